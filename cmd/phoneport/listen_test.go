package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"phoneport/cmd/internal/render"
	"phoneport/cmd/internal/shape"
	"phoneport/discovery"
	"phoneport/discovery/wire"
)

// listening is a listener on one end of wires in memory.
type listening struct {
	*listener
	out, talk *bytes.Buffer
	far       []discovery.Wire
	near      []discovery.Wire
}

func listenTo(o *listenFlags, names ...string) *listening {
	s, out, talk := pretend("")
	if o.format == nil {
		o.format = &formatFlag{value: render.JSON}
	}
	l := &listening{listener: newListener(&cli{stdio: s}, o), out: out, talk: talk}
	for _, n := range names {
		far, near := wire.Pair("desk", n, deskPhone, deskSwitch)
		l.far, l.near = append(l.far, far), append(l.near, near)
	}
	return l
}

func (l *listening) say(t *testing.T, port int, frame []byte, outgoing bool) {
	t.Helper()
	if err := l.far[port].Write(t.Context(), discovery.Frame{Data: frame, Outgoing: outgoing}); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

// lines gives the changes that were written: "eth0 new SEP…".
func (l *listening) lines(t *testing.T) (out []string) {
	t.Helper()
	for line := range strings.Lines(l.out.String()) {
		var h shape.Heard
		if err := json.Unmarshal([]byte(line), &h); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		name := ""
		if h.Neighbor != nil {
			name = " " + h.Neighbor.System
		}
		out = append(out, strings.TrimSpace(h.Interface+" "+h.Kind+name+" "+h.Why))
	}
	return out
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("wrote\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// TestListenLive: two interfaces side by side, ageing by itself, --for, and an own frame.
func TestListenLive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := listenTo(&listenFlags{period: 10 * time.Minute}, "eth0", "eth1")
		done := make(chan error, 1)
		began := time.Now()
		go func() { done <- l.live(t.Context(), l.near) }()
		synctest.Wait()
		l.say(t, 0, phoneFrame(false), false)
		l.say(t, 1, pcFrame(120), false)
		l.say(t, 1, cdpSwitchFrame(), true)
		l.say(t, 1, cdpSwitchFrame(), true)
		<-time.After(2*time.Minute + time.Second)
		synctest.Wait()
		wantLines(t, l.lines(t), "eth0 new SEP0021D8BA0965", "eth1 new desk-7", "eth1 gone desk-7 aged out")
		l.say(t, 0, phoneFrame(false), false) // heard again: it does not age
		<-time.After(2 * time.Minute)
		if err := <-done; err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != 10*time.Minute {
			t.Errorf("--for 10m took %v", took)
		}
		wantLines(t, l.lines(t), "eth0 new SEP0021D8BA0965", "eth1 new desk-7", "eth1 gone desk-7 aged out", "eth0 gone SEP0021D8BA0965 aged out", "summary")
		if got := strings.Count(l.talk.String(), "another program of this host speaks cdp"); got != 1 {
			t.Errorf("told %d times of another program:\n%s", got, l.talk)
		}
	})
}

// TestListenCount ends with the change that was wanted; changes that are not shown do not count.
func TestListenCount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := listenTo(&listenFlags{count: 1, phones: true}, "eth0")
		done := make(chan error, 1)
		go func() { done <- l.live(t.Context(), l.near) }()
		synctest.Wait()
		l.say(t, 0, pcFrame(120), false)
		l.say(t, 0, cdpPhoneFrame(), false)
		if err := <-done; err != nil {
			t.Error(err)
		}
		wantLines(t, l.lines(t), "eth0 new SEP0021D8BA0965", "summary")
		if strings.Contains(l.out.String(), "desk-7") {
			t.Errorf("the PC is in the table of phones: %s", l.out)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		l := listenTo(&listenFlags{count: 1, period: time.Second}, "eth0")
		if got := codeOf(t.Context(), l.live(t.Context(), l.near)); got != exitFindings {
			t.Errorf("exit code %d where nobody was heard in time, want %d", got, exitFindings)
		}
	})
}

// TestListenInterrupted: Ctrl-C shows who is there.
func TestListenInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := listenTo(&listenFlags{}, "eth0")
		ctx, cancel := context.WithCancelCause(t.Context())
		done := make(chan error, 1)
		go func() { done <- l.live(ctx, l.near) }()
		synctest.Wait()
		l.say(t, 0, phoneFrame(false), false)
		cancel(errInterrupted)
		if got := codeOf(ctx, <-done); got != exitInterrupted {
			t.Errorf("exit code %d", got)
		}
		wantLines(t, l.lines(t), "eth0 new SEP0021D8BA0965", "summary")
	})
}

// TestListenLosesAnInterface: the others are heard on, and the exit code tells.
func TestListenLosesAnInterface(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := listenTo(&listenFlags{period: time.Minute}, "eth0", "eth1")
		done := make(chan error, 1)
		go func() { done <- l.live(t.Context(), l.near) }()
		synctest.Wait()
		l.say(t, 0, phoneFrame(false), false)
		if err := l.near[0].Close(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		l.say(t, 1, pcFrame(120), false)
		if got := codeOf(t.Context(), <-done); got != exitUnread {
			t.Errorf("exit code %d, want %d", got, exitUnread)
		}
		wantLines(t, l.lines(t), "eth0 new SEP0021D8BA0965", "eth0 gone SEP0021D8BA0965 link down", "eth1 new desk-7", "summary")
		if !strings.Contains(l.talk.String(), "wire closed") {
			t.Errorf("stderr %q", l.talk)
		}
	})
}

// TestListenMalformed: each is told and counted, a lost TLV only where something changes, and nothing else is lost.
func TestListenMalformed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := listenTo(&listenFlags{period: time.Minute}, "eth0")
		done := make(chan error, 1)
		go func() { done <- l.live(t.Context(), l.near) }()
		synctest.Wait()
		cut := cdpSwitchFrame()
		for _, f := range [][]byte{brokenFrame(), lossyFrame(), lossyFrame(), lossyFrame(), cut[:40], brokenFrame()} {
			l.say(t, 0, f, false)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		wantLines(t, l.lines(t), "eth0 malformed", "eth0 new desk-7", "eth0 malformed", "eth0 malformed", "eth0 malformed", "summary")
		talk := l.talk.String()
		for text, n := range map[string]int{
			"warning: eth0: frame 1: ": 1, "warning: eth0: frame 2: lldp: maximum frame size at offset 30": 1, "frame 3": 0,
			"frame 5: parse CDP frame": 1, "frame 6: ": 1, "3× lldp: maximum frame size": 1, "2× decode port id": 1, "3 malformed frames": 1,
		} {
			if got := strings.Count(talk, text); got != n {
				t.Errorf("%q stands %d times in stderr, want %d:\n%s", text, got, n, talk)
			}
		}
	})
}

// TestReasonsAreBounded: a sender of nonsense does not fill the memory.
func TestReasonsAreBounded(t *testing.T) {
	t.Parallel()
	e := &ear{}
	for i := range 3 * mostReasons {
		e.because(strings.Repeat("x", i))
	}
	e.because("")
	if len(e.reasons) != mostReasons+1 || e.reasons[0].Count != 2 || e.reasons[mostReasons].Reason != "other reasons" || e.reasons[mostReasons].Count != 2*mostReasons {
		t.Errorf("%d reasons: %+v", len(e.reasons), e.reasons)
	}
}

// failing is an output that is full.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestListenCannotWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := listenTo(&listenFlags{}, "eth0")
		l.c.out = failing{}
		done := make(chan error, 1)
		go func() { done <- l.live(t.Context(), l.near) }()
		synctest.Wait()
		l.say(t, 0, phoneFrame(false), false)
		if err := <-done; err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("err = %v", err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		l := listenTo(&listenFlags{}, "eth0")
		var limited bytes.Buffer
		r, err := wire.NewRecorder(&firstWrite{w: &limited})
		if err != nil {
			t.Fatal(err)
		}
		l.recorder = r
		done := make(chan error, 1)
		go func() { done <- l.live(t.Context(), l.near) }()
		synctest.Wait()
		l.say(t, 0, phoneFrame(false), false)
		if err := <-done; err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("err = %v", err)
		}
	})
}

// firstWrite takes one Write and is full then.
type firstWrite struct {
	w *bytes.Buffer
	n int
}

func (f *firstWrite) Write(b []byte) (int, error) {
	if f.n++; f.n > 1 {
		return 0, errors.New("disk full")
	}
	return f.w.Write(b)
}

func TestChoosePorts(t *testing.T) {
	t.Parallel()
	mac := net.HardwareAddr{2, 0, 0, 0, 0, 1}
	port := func(name string) net.Interface {
		return net.Interface{Name: name, HardwareAddr: mac, Flags: net.FlagUp}
	}
	dir := &fstest.MapFile{Data: []byte{}}
	sys := fstest.MapFS{
		"eth0/device": dir, "eth1/device": dir, "wlan0/device": dir, "wlan0/wireless/x": dir, "br0/bridge/x": dir, "bond0/bonding/x": dir, "eth0.10/lower_eth0": dir,
		"tap0/tun_flags": dir, "veth1/address": dir, "lan1/device": dir, "lan1/lower_eth0": dir,
	}
	down, loop, tunnel := port("eth2"), port("lo"), port("tun0")
	down.Flags, tunnel.HardwareAddr = 0, nil
	loop.Flags |= net.FlagLoopback
	for name, tt := range map[string]struct {
		all  []net.Interface
		want []string
	}{
		"a server":    {[]net.Interface{loop, port("eth0"), port("eth1"), down, port("wlan0"), port("br0"), port("bond0"), port("eth0.10"), port("veth1"), tunnel}, []string{"eth0", "eth1"}},
		"a switch":    {[]net.Interface{port("lan1"), port("br0")}, []string{"lan1"}},
		"a container": {[]net.Interface{loop, port("veth1"), port("br0"), port("eth0.10"), port("tap0")}, []string{"veth1"}},
		"no sysfs":    {[]net.Interface{port("other0")}, []string{"other0"}},
		"nothing":     {[]net.Interface{loop, down}, nil},
	} {
		if got := choosePorts(tt.all, sys); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// TestListenCorpus reads each capture of the corpus through the command, for people and for programs.
func TestListenCorpus(t *testing.T) {
	t.Parallel()
	const corpus = "../../../shared/corpus/pcap"
	files, err := filepath.Glob(corpus + "/*/*.pcap")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("%s is not there: no capture of a real device is read through listen", corpus)
	}
	// What the captures hold, as tshark tells: frames with a defect that is told.
	warned := map[string]string{
		"procurve.lldp.pcap": "96 of its 171 octets", "lldp_asan.pcap": "54 of its 310 octets",
		"lldp_8021_linkagg.pcap": "chassis id", "med-loc-malformed.pcap": "location at offset", "sg200.pcap": "location at offset",
		"lldpd_recv_cdpv1.pcap": "checksum", "scapy_cdp_phone_voip_query.pcap": "checksum",
	}
	silent := map[string]bool{"procurve.lldp.pcap": true, "lldp_asan.pcap": true, "lldp_8021_linkagg.pcap": true}
	for _, path := range files {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, format := range []string{"table", "json"} {
				s, out, talk := pretend("")
				if code := run(t.Context(), []string{"listen", "--read", path, "--details", "-o", format}, s); code != exitClean {
					t.Errorf("exit code %d: %s", code, talk)
				}
				if format == "json" {
					checkJSON(t, out.String())
				} else if (out.Len() == 0) != silent[name] {
					t.Errorf("stdout %q", out)
				}
				warning := strings.Contains(talk.String(), "warning:")
				if want, ok := warned[name]; ok != warning || !strings.Contains(talk.String(), want) {
					t.Errorf("want a warning of %q: %v, got %q", want, ok, talk)
				}
			}
		})
	}
	if len(files) < 15 {
		t.Errorf("%d captures; the test looks at the wrong place", len(files))
	}
}

func checkJSON(t *testing.T, text string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		var h struct {
			Kind string
			TLVs []shape.TLV
		}
		if err := json.Unmarshal([]byte(line), &h); err != nil {
			t.Errorf("line %d: %v: %s", i+1, err, line)
		}
		if (h.Kind == shape.HeardSummary) != (i == len(lines)-1) {
			t.Errorf("line %d of %d is of kind %s", i+1, len(lines), h.Kind)
		}
		if h.Kind == "new" && len(h.TLVs) < 3 {
			t.Errorf("line %d: no TLVs: %s", i+1, line)
		}
	}
}

// TestListenDamagedFile: what stands before the damage counts.
func TestListenDamagedFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "boot.pcapng")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(writeCapture(f, sequences["boot"]), f.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data[:len(data)*2/3], 0o600); err != nil {
		t.Fatal(err)
	}
	s, out, talk := pretend("")
	if code := run(t.Context(), []string{"listen", "--read", path}, s); code != exitUnread {
		t.Errorf("exit code %d, want %d", code, exitUnread)
	}
	if !strings.Contains(out.String(), "INTERFACE") || strings.Count(talk.String(), "unexpected EOF") != 1 || strings.Contains(talk.String(), "captured whole") {
		t.Errorf("stdout %q, stderr %q", out, talk)
	}
}
