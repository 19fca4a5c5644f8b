package privilege_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
	"kernel.org/pub/linux/libs/security/libcap/cap"

	"phoneport/cmd/internal/privilege"
)

// thread is what the kernel tells of one, as it stands in /proc.
type thread struct {
	Inheritable, Permitted, Effective, Bounding, Ambient, NoNewPrivs string
	Uid, Gid, Groups                                                 string
}

// report is what a child tells of itself.
type report struct {
	Errors  []string
	Denied  bool // the first error is os.ErrPermission
	Threads []thread
	Raw     bool // a packet socket opens
	Child   thread
}

// TestMain makes the test program its own child, which does what it is told and reports.
func TestMain(m *testing.M) {
	if todo := os.Getenv("PRIVILEGE_TEST_CHILD"); todo != "" {
		if err := json.NewEncoder(os.Stdout).Encode(child(strings.Fields(todo))); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func child(todo []string) report {
	// Threads of all kinds: with a goroutine of their own, and idle ones.
	for range 6 {
		started := make(chan bool)
		go func() {
			runtime.LockOSThread()
			close(started)
			select {}
		}()
		<-started
	}
	var r report
	for _, step := range todo {
		what, rest, _ := strings.Cut(step, "=")
		user, list, _ := strings.Cut(rest, "/")
		var caps []privilege.Capability
		var needs []privilege.Requirement
		for c := range strings.SplitSeq(list, ",") {
			if c != "" {
				caps = append(caps, privilege.Capability(c))
				needs = append(needs, privilege.Requirement{Capability: privilege.Capability(c), For: "test " + c})
			}
		}
		var err error
		switch what {
		case "need":
			err = privilege.Need(needs...)
		case "keep":
			err = privilege.Keep(caps...)
		case "lower": // as after setcap …+p
			process := cap.GetProc()
			err = errors.Join(process.ClearFlag(cap.Effective), process.SetProc())
		case "become":
			err = privilege.Become(user, caps...)
		case "status": // of a program that is started by one without privileges
			r.Child = status("self")
			return r
		}
		if err != nil {
			r.Denied = r.Denied || len(r.Errors) == 0 && errors.Is(err, os.ErrPermission)
			r.Errors = append(r.Errors, err.Error())
		}
	}
	names, _ := filepath.Glob("/proc/self/task/*")
	for _, n := range names {
		r.Threads = append(r.Threads, status("self/task/"+filepath.Base(n)))
	}
	if fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0); err == nil {
		r.Raw = true
		_ = unix.Close(fd)
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), "PRIVILEGE_TEST_CHILD=status")
	if out, err := cmd.Output(); err == nil {
		var c report
		_ = json.Unmarshal(out, &c)
		r.Child = c.Child
	}
	return r
}

func status(of string) thread {
	text, err := os.ReadFile("/proc/" + of + "/status")
	if err != nil {
		return thread{}
	}
	fields := map[string]string{}
	for line := range strings.Lines(string(text)) {
		k, v, _ := strings.Cut(line, ":")
		fields[k] = strings.Join(strings.Fields(v), " ")
	}
	return thread{
		fields["CapInh"], fields["CapPrm"], fields["CapEff"], fields["CapBnd"], fields["CapAmb"], fields["NoNewPrivs"],
		fields["Uid"], fields["Gid"], fields["Groups"],
	}
}

// run starts the child. All of its threads must be alike; one of them is given.
func run(t *testing.T, todo string, as *syscall.SysProcAttr) (report, thread) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("not root: dropping privileges is not tested")
	}
	program, err := os.Open("/proc/self/exe") // its folder may be closed to others, what is open is not
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = program.Close() }()
	cmd := exec.Command("/proc/self/fd/3")
	cmd.ExtraFiles = []*os.File{program}
	cmd.Env = append(os.Environ(), "PRIVILEGE_TEST_CHILD="+todo)
	cmd.Dir = "/"
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = as
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("child: %v", err)
	}
	var r report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("child: %v\n%s", err, out)
	}
	if len(r.Threads) < 7 {
		t.Fatalf("the child has %d threads; that all of them drop is not shown", len(r.Threads))
	}
	for _, other := range r.Threads[1:] {
		if diff := cmp.Diff(r.Threads[0], other); diff != "" {
			t.Errorf("threads of one process differ:\n%s", diff)
		}
	}
	return r, r.Threads[0]
}

// bits gives a set as the kernel prints it.
func bits(caps ...int) string {
	var v uint64
	for _, c := range caps {
		v |= 1 << c
	}
	return fmt.Sprintf("%016x", v)
}

func nobody(caps ...uintptr) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}, AmbientCaps: caps}
}

func TestKeep(t *testing.T) {
	t.Parallel()
	const raw, admin = unix.CAP_NET_RAW, unix.CAP_NET_ADMIN
	none, all := bits(), status("self").Bounding
	tests := map[string]struct {
		todo   string
		as     *syscall.SysProcAttr
		left   string // permitted and effective
		bound  string
		uid    string
		groups string
		raw    bool
	}{
		"root keeps one":            {"keep=/CAP_NET_RAW", nil, bits(raw), bits(raw), "0 0 0 0", "", true},
		"root keeps two":            {"keep=/CAP_NET_RAW,CAP_NET_ADMIN", nil, bits(raw, admin), bits(raw, admin), "0 0 0 0", "", true},
		"root keeps none":           {"keep=/", nil, none, none, "0 0 0 0", "", false},
		"root keeps twice":          {"keep=/CAP_NET_RAW,CAP_NET_ADMIN keep=/CAP_NET_RAW", nil, bits(raw), bits(raw, admin), "0 0 0 0", "", true},
		"root, what is gone":        {"keep=/ keep=/CAP_NET_RAW", nil, none, none, "0 0 0 0", "", false},
		"user with one":             {"keep=/CAP_NET_RAW", nobody(raw), bits(raw), all, "65534 65534 65534 65534", "", true},
		"user with two, keeps one":  {"keep=/CAP_NET_RAW", nobody(raw, admin), bits(raw), all, "65534 65534 65534 65534", "", true},
		"user with one, keeps none": {"keep=/", nobody(raw), none, all, "65534 65534 65534 65534", "", false},
		"user without":              {"keep=/CAP_NET_RAW", nobody(), none, all, "65534 65534 65534 65534", "", false},
		"user that may bound":       {"keep=/CAP_NET_RAW", nobody(raw, unix.CAP_SETPCAP), bits(raw), bits(raw), "65534 65534 65534 65534", "", true},
		"become by name":            {"become=nobody/CAP_NET_RAW", nil, bits(raw), bits(raw), "65534 65534 65534 65534", "65534", true},
		"become by number":          {"become=1234/CAP_NET_RAW,CAP_NET_ADMIN", nil, bits(raw, admin), bits(raw, admin), "1234 1234 1234 1234", "1234", true},
		"become by numbers":         {"become=1234:99/", nil, none, none, "1234 1234 1234 1234", "99", false},
		"become who one is":         {"become=65534/CAP_NET_RAW", nobody(raw, admin), bits(raw), all, "65534 65534 65534 65534", "", true},
		"user becomes another":      {"become=1234/CAP_NET_RAW", nobody(raw, unix.CAP_SETUID, unix.CAP_SETGID), bits(raw), all, "1234 1234 1234 1234", "1234", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, got := run(t, tt.todo, tt.as)
			if len(r.Errors) > 0 {
				t.Fatalf("errors %q", r.Errors)
			}
			groups := tt.groups
			if groups == "" {
				groups = got.Groups
			}
			want := thread{
				Inheritable: none, Permitted: tt.left, Effective: tt.left, Bounding: tt.bound, Ambient: none, NoNewPrivs: "1",
				Uid: tt.uid, Gid: got.Gid, Groups: groups,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("threads (-want +got):\n%s", diff)
			}
			if tt.groups != "" && got.Gid != strings.TrimSpace(strings.Repeat(tt.groups+" ", 4)) {
				t.Errorf("group %q, want %s", got.Gid, tt.groups)
			}
			if r.Raw != tt.raw {
				t.Errorf("a packet socket opens: %t, want %t", r.Raw, tt.raw)
			}
			// What it starts has no more, not even as root.
			if r.Child.Uid == "" {
				t.Log("the child could not start a program; that those get nothing back is not shown")
			} else if allowed := []string{none, tt.left}; !slices.Contains(allowed, r.Child.Permitted) || r.Child.NoNewPrivs != "1" {
				t.Errorf("a program that it starts has %+v", r.Child)
			}
		})
	}
}

func TestNeed(t *testing.T) {
	t.Parallel()
	const raw, admin = unix.CAP_NET_RAW, unix.CAP_NET_ADMIN
	tests := map[string]struct {
		todo string
		as   *syscall.SysProcAttr
		says []string
		not  []string
	}{
		"root":          {"need=/CAP_NET_RAW,CAP_NET_ADMIN", nil, nil, nil},
		"user with one": {"need=/CAP_NET_RAW", nobody(raw), nil, nil},
		"user with two": {"need=/CAP_NET_RAW,CAP_NET_ADMIN", nobody(raw, admin), nil, nil},
		"user without": {
			"need=/CAP_NET_RAW,CAP_NET_ADMIN", nobody(),
			[]string{
				"CAP_NET_RAW is missing, needed to test CAP_NET_RAW; CAP_NET_ADMIN is missing", "`setcap cap_net_raw,cap_net_admin+ep /",
				"`AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN`", "run it as root",
			},
			nil,
		},
		"user with the other": {
			"need=/CAP_NET_RAW,CAP_NET_ADMIN", nobody(raw),
			[]string{"CAP_NET_ADMIN is missing, needed to test CAP_NET_ADMIN", "`setcap cap_net_admin+ep /"},
			[]string{"CAP_NET_RAW", "cap_net_raw"},
		},
		"dropped": {"keep=/CAP_NET_RAW need=/CAP_NET_RAW need=/CAP_NET_ADMIN", nil, []string{"CAP_NET_ADMIN is missing"}, []string{"CAP_NET_RAW"}},
		"become without the right": {
			"become=1234/CAP_NET_RAW", nobody(raw),
			[]string{"CAP_SETUID is missing, needed to become user 1234; CAP_SETGID is missing"},
			nil,
		},
		"become after Keep": {"keep=/CAP_NET_RAW become=1234/CAP_NET_RAW", nil, []string{"CAP_SETUID is missing"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, _ := run(t, tt.todo, tt.as)
			text := strings.Join(r.Errors, "\n")
			if (len(r.Errors) > 0) != (len(tt.says) > 0) {
				t.Fatalf("errors %q, want %q", r.Errors, tt.says)
			}
			for _, s := range tt.says {
				if !strings.Contains(text, s) || !r.Denied {
					t.Errorf("error %q (os.ErrPermission: %t); want %q", text, r.Denied, s)
				}
			}
			for _, s := range tt.not {
				if strings.Contains(text, s) {
					t.Errorf("error %q names %s, which is there", text, s)
				}
			}
		})
	}
}

// TestNeedRaises wants what is permitted to be of use, and nothing else.
func TestNeedRaises(t *testing.T) {
	t.Parallel()
	const raw, admin = unix.CAP_NET_RAW, unix.CAP_NET_ADMIN
	r, got := run(t, "lower need=/CAP_NET_RAW", nobody(raw, admin))
	if len(r.Errors) > 0 || got.Effective != bits(raw) || got.Permitted != bits(raw, admin) || !r.Raw {
		t.Errorf("errors %q, effective %s, permitted %s, a packet socket opens: %t", r.Errors, got.Effective, got.Permitted, r.Raw)
	}
}

func TestBadNames(t *testing.T) {
	t.Parallel()
	for todo, want := range map[string]string{
		"need=/CAP_NET_FLY":               `capability "CAP_NET_FLY"`,
		"keep=/CAP_NET_FLY":               `capability "CAP_NET_FLY"`,
		"become=no-such-user/CAP_NET_RAW": `become user "no-such-user"`,
		"become=12:x/CAP_NET_RAW":         `group "x" is no number`,
	} {
		r, got := run(t, todo, nil)
		if len(r.Errors) != 1 || !strings.Contains(r.Errors[0], want) {
			t.Errorf("%s: errors %q, want %q", todo, r.Errors, want)
		}
		if got.NoNewPrivs != "0" || got.Uid != "0 0 0 0" || got.Permitted != status("self").Permitted {
			t.Errorf("%s: changed something all the same: %+v", todo, got)
		}
	}
}

func TestMissingText(t *testing.T) {
	t.Parallel()
	err := &privilege.Missing{Program: "/usr/bin/phoneport", Needs: []privilege.Requirement{
		{privilege.NetRaw, "hear and send frames on eth0"},
		{privilege.NetAdmin, "change the VLANs of br0"},
		{privilege.NetRaw, "hear and send frames on eth1"},
		{privilege.NetRaw, "hear and send frames on eth0"},
	}}
	want := "CAP_NET_RAW is missing, needed to hear and send frames on eth0 and to hear and send frames on eth1; " +
		"CAP_NET_ADMIN is missing, needed to change the VLANs of br0: give the program what is missing with " +
		"`setcap cap_net_raw,cap_net_admin+ep /usr/bin/phoneport`, or its systemd unit with " +
		"`AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN`, or run it as root: permission denied"
	got := err.Error()
	if i := strings.LastIndex(got, ": "); got[:i] != want[:strings.LastIndex(want, ": ")] || !errors.Is(err, os.ErrPermission) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
