//go:build linux

package peers

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"phoneport/discovery/advertise"
	"phoneport/discovery/wire"
	"phoneport/discovery/wire/wiretest"
)

// The switch of BenchmarkPorts. Each phone says LLDP every 30 s and CDP every 60 s, as phones do, and so do we:
// a minute has each timer of each port once at least.
const (
	manyPorts = 1000
	watched   = time.Minute
)

// portsChild tells the test program to be that switch.
const portsChild = "PEERS_TEST_PORTS"

func TestMain(m *testing.M) {
	if n, err := strconv.Atoi(os.Getenv(portsChild)); err == nil {
		if err := servePorts(n); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// usage is what the switch says of itself.
type usage struct {
	CPU        time.Duration
	RSS        int64 // KiB, at most
	LLDP, CDP  uint64
	Neighbors  int
	SendErrors uint64
}

// servePorts advertises on all ports, and says what it used for each line that it reads.
func servePorts(n int) error {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(1) // as phoneport advertise does
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ports, ended := make([]*advertise.Port, n), make(chan error, n)
	for i := range ports {
		w, err := wire.Open(fmt.Sprintf("s%04d", i))
		if err != nil {
			return err
		}
		a := advert()
		a.PortID, a.IfIndex = w.Name(), i+1
		if ports[i], err = advertise.NewPort(w, station(), a, advertise.Options{}, nil); err != nil {
			return err
		}
		go func() { ended <- ports[i].Run(ctx, true) }()
	}
	in := bufio.NewScanner(os.Stdin)
	for {
		var (
			self unix.Rusage
			u    usage
		)
		if err := unix.Getrusage(unix.RUSAGE_SELF, &self); err != nil {
			return err
		}
		u.CPU, u.RSS = time.Duration(self.Utime.Nano()+self.Stime.Nano()), self.Maxrss
		for _, p := range ports {
			s := p.Stats()
			u.LLDP += s.LLDPSent
			u.CDP += s.CDPSent
			u.SendErrors += s.SendErrors
			u.Neighbors += len(p.Neighbors())
		}
		if err := json.NewEncoder(os.Stdout).Encode(u); err != nil {
			return err
		}
		if !in.Scan() {
			break
		}
	}
	cancel()
	for range ports {
		if err := <-ended; err != nil {
			return err
		}
	}
	return in.Err()
}

// BenchmarkPorts has one process advertise on many ports, with a phone at each.
func BenchmarkPorts(b *testing.B) {
	namespace(b)
	phones := make([]int, manyPorts) // indices of their interfaces
	for i := range phones {
		ours, theirs := fmt.Sprintf("s%04d", i), fmt.Sprintf("p%04d", i)
		wiretest.LayCable(b, ours, theirs)
		wiretest.Up(b, ours)
		wiretest.Up(b, theirs)
		l, err := netlink.LinkByName(theirs)
		if err != nil {
			b.Fatal(err)
		}
		phones[i] = l.Attrs().Index
	}
	wiretest.Running(b, fmt.Sprintf("s%04d", manyPorts-1))
	socket, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = unix.Close(socket) })
	lldpFrames, cdpFrames := make([][]byte, manyPorts), make([][]byte, manyPorts)
	for i := range phones {
		lldpFrames[i], cdpFrames[i] = phoneLLDP(b, fmt.Sprint("phone", i), 120), phoneCDP(b, fmt.Sprintf("SEP0200000%05d", i))
	}
	say := func(i int, frame []byte) {
		if err := unix.Sendto(socket, frame, 0, &unix.SockaddrLinklayer{Ifindex: phones[i]}); err != nil {
			b.Fatal(err)
		}
	}

	both := func(i int) { say(i, lldpFrames[i]); say(i, cdpFrames[i]) }
	// steady has the phones speak for a while as phones do, and gives what share of a core the switch took.
	steady := func(cpu func() time.Duration) (share float64) {
		// All phones are plugged in within some seconds, and what that sets off is over.
		pace(10*time.Second, manyPorts, both)
		<-time.After(10 * time.Second)
		before, began := cpu(), time.Now()
		pace(watched, 2*manyPorts, func(i int) {
			say(i%manyPorts, lldpFrames[i%manyPorts])
			if i%2 == 0 {
				say(i/2, cdpFrames[i/2])
			}
		})
		return 100 * float64(cpu()-before) / float64(time.Since(began))
	}

	for b.Loop() {
		ours := startPorts(b)
		var seen []usage
		share := steady(func() time.Duration {
			u := ours.ask()
			seen = append(seen, u)
			return u.CPU
		})
		before, after := seen[0], seen[1]
		ours.stop()
		if after.Neighbors != 2*manyPorts || after.SendErrors > 0 {
			b.Errorf("%d neighbours, want %d; %d frames could not be sent", after.Neighbors, 2*manyPorts, after.SendErrors)
		}
		sentLLDP, sentCDP := after.LLDP-before.LLDP, after.CDP-before.CDP
		if sentLLDP < 2*manyPorts*9/10 || sentCDP < manyPorts*9/10 {
			b.Errorf("in %s it sent %d LLDP and %d CDP frames: that is no steady state", watched, sentLLDP, sentCDP)
		}
		d := startLLDPd(b, "s*", "-M", "4", "-c")
		theirs := steady(func() time.Duration { return processTime(b, d.cmd.Process.Pid) })
		d.stop()

		fmt.Fprintf(os.Stdout, "\none process on %d ports with a phone each, for %s\n", manyPorts, watched)
		fmt.Fprintf(os.Stdout, "  phoneport  %5.2f %% of a core; %d LLDP and %d CDP frames sent, as many heard; %d MiB at most\n", share, sentLLDP, sentCDP, after.RSS>>10)
		fmt.Fprintf(os.Stdout, "  lldpd      %5.2f %% of a core\n", theirs)
		met(share < 1, "under 1 %% of a core: %.2f %%, %.1f times less than lldpd", share, theirs/share)
		b.ReportMetric(share, "%CPU")
		b.ReportMetric(theirs, "%CPU-lldpd")
		b.ReportMetric(float64(after.RSS)/1024, "MiB")
	}
}

// manySwitch is the switch of BenchmarkPorts that runs.
type manySwitch struct {
	b       testing.TB
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *json.Decoder
}

func startPorts(b testing.TB) *manySwitch {
	b.Helper()
	s := &manySwitch{b: b, cmd: exec.Command("/proc/self/exe")}
	s.cmd.Env = append(os.Environ(), portsChild+"="+strconv.Itoa(manyPorts))
	s.cmd.Stderr = os.Stderr
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var err error
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		b.Fatal(err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	s.answers = json.NewDecoder(out)
	s.tell() // it runs
	return s
}

func (s *manySwitch) tell() (u usage) {
	s.b.Helper()
	if err := s.answers.Decode(&u); err != nil {
		s.b.Fatalf("the switch of %d ports: %v", manyPorts, err)
	}
	return u
}

func (s *manySwitch) ask() usage {
	s.b.Helper()
	if _, err := io.WriteString(s.in, "\n"); err != nil {
		s.b.Fatal(err)
	}
	return s.tell()
}

func (s *manySwitch) stop() {
	s.b.Helper()
	if err := s.in.Close(); err != nil {
		s.b.Error(err)
	}
	if err := s.cmd.Wait(); err != nil {
		s.b.Errorf("the switch of %d ports: %v", manyPorts, err)
	}
}

// processTime gives the CPU time of a process and its children, as lldpd has one for what needs privileges.
func processTime(b testing.TB, pid int) time.Duration {
	b.Helper()
	total := time.Duration(0)
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // ended meanwhile
		}
		_, rest, ok := strings.Cut(string(text), ") ")
		f := strings.Fields(rest)
		if !ok || len(f) < 13 || f[1] != strconv.Itoa(pid) && filepath.Dir(name) != fmt.Sprintf("/proc/%d", pid) {
			continue
		}
		for _, ticks := range f[11:13] { // utime and stime, in 1/100 s
			n, err := strconv.Atoi(ticks)
			if err != nil {
				b.Fatal(err)
			}
			total += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return total
}

// pace calls f n times, spread over some time.
func pace(over time.Duration, n int, f func(i int)) {
	began := time.Now()
	for i := range n {
		f(i)
		<-time.After(time.Until(began.Add(over * time.Duration(i+1) / time.Duration(n))))
	}
}
