package startup

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/wire"
	"phoneport/switchctl"
	"phoneport/switchctl/driver/linux"
)

// The VLANs, and the server's addresses in them.
const (
	dataVLAN, voiceVLAN, otherVLAN = 10, 110, 120

	dataServer, voiceServer = "10.0.10.1", "10.0.110.1"
	dataNet, voiceNet       = "10.0.10.", "10.0.110."
)

// deadline is how long a test waits for any one thing before it fails; what is waited for comes in a second or two on
// an idle machine.
const deadline = 20 * time.Second

// site is a switch with a phone on port lan1 and a server behind port uplink.
type site struct {
	t      *testing.T
	driver switchctl.Driver
	files  string // what the TFTP server has
	log    *log   // of the server
	dhcp   *process
}

// newSite makes a site: the uplink as an administrator sets it up, the phone's port as a new port of a bridge is.
func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, files: t.TempDir(), log: &log{}}
	s.batch("ip",
		"netns add phone", "netns add server",
		"link add br0 type bridge vlan_filtering 1",
		"link add lan1 type veth peer name eth0 address "+phoneMAC.String()+" netns phone",
		"link add uplink type veth peer name eth0 netns server",
		"link set lan1 master br0", "link set uplink master br0",
		"link set br0 up", "link set uplink up", "link set lan1 up")
	t.Cleanup(func() { s.batch("ip", "netns del phone", "netns del server", "link del br0") })
	s.batch("bridge", "vlan add dev uplink vid 10 pvid untagged", "vlan del dev uplink vid 1", "vlan add dev uplink vid 110", "vlan add dev uplink vid 120")
	s.batch("ip -n server",
		"link set lo up", "link set eth0 up", "addr add "+dataServer+"/24 dev eth0",
		"link add link eth0 name eth0.110 type vlan id 110", "link set eth0.110 up", "addr add "+voiceServer+"/24 dev eth0.110")
	s.server()
	d, err := linux.Open(t.Context(), linux.Options{ID: "site", Bridge: "br0"})
	s.must(err)
	t.Cleanup(func() { d.Close() })
	s.driver = d
	s.apply(switchctl.SetAccessVLAN{Ref: s.port(), VLAN: dataVLAN})
	return s
}

func (s *site) port() switchctl.PortRef { return switchctl.PortRef{Switch: "site", Name: "lan1"} }

// server starts dnsmasq: DHCP in both VLANs, with the options of phones in the voice VLAN only, and TFTP.
func (s *site) server() {
	s.t.Helper()
	// In a file, as on a command line the commas in an option's text would part it.
	conf := filepath.Join(s.t.TempDir(), "dnsmasq.conf")
	s.must(os.WriteFile(conf, fmt.Appendf(nil, "dhcp-option=tag:voice,150,%s\ndhcp-option=tag:voice,66,%[1]s\ndhcp-option=tag:voice,242,%q\n", voiceServer, avayaOption), 0o644))
	s.dhcp = s.start(s.log, "ip", "netns", "exec", "server", "dnsmasq", "--no-daemon", "--conf-file="+conf, "--user=root", "--pid-file=",
		"--port=0", "--no-resolv", "--no-hosts", "--no-ping", "--log-dhcp", "--log-facility=-",
		"--bind-interfaces", "--interface=eth0", "--interface=eth0.110", "--except-interface=lo",
		"--dhcp-authoritative", "--dhcp-leasefile="+filepath.Join(s.t.TempDir(), "leases"),
		"--dhcp-range=set:data,10.0.10.100,10.0.10.199,1h", "--dhcp-range=set:voice,10.0.110.100,10.0.110.199,1h",
		"--enable-tftp", "--tftp-root="+s.files)
	s.log.wait(s.t, s.dhcp, 0, "TFTP root is")
}

// said wants a line of the server, from a place in its log on. It may come some time after the act.
func (s *site) said(mark int, words ...string) {
	s.t.Helper()
	s.log.wait(s.t, s.dhcp, mark, words...)
}

// avayaOption is what an Avaya phone is told by option 242.
const avayaOption = "MCIPADD=" + voiceServer + ",HTTPSRVR=" + voiceServer

// file puts a file on the server.
func (s *site) file(name, text string) {
	s.t.Helper()
	// The TFTP server gives out what everybody may read.
	s.must(os.Chmod(s.files, 0o755))
	s.must(os.WriteFile(filepath.Join(s.files, name), []byte(text), 0o644))
}

// apply has phoneport's driver change the phone's port, and reads it back.
func (s *site) apply(c switchctl.Change) {
	s.t.Helper()
	s.must(s.driver.Apply(s.t.Context(), c))
	if p := s.read(); !c.Seen(p) {
		s.t.Fatalf("%s: accepted and not seen: %+v", c, p)
	}
}

// read has the driver read the phone's port.
func (s *site) read() switchctl.PortState {
	s.t.Helper()
	snap, err := s.driver.Observe(s.t.Context(), switchctl.Scope{Ports: []string{"lan1"}})
	s.must(err)
	p, ok := snap.Port("lan1")
	if !ok {
		s.t.Fatalf("the driver reads no lan1: %+v", snap)
	}
	return *p
}

// learnedIn gives the VLANs in which the switch has heard the phone.
func (s *site) learnedIn() []uint16 {
	s.t.Helper()
	vlans, _ := s.read().HasMAC(phoneMAC)
	slices.Sort(vlans)
	return vlans
}

// phoneport starts the program itself, until the test ends.
func (s *site) phoneport(args ...string) (*log, *process) {
	s.t.Helper()
	l := &log{}
	return l, s.start(l, append([]string{os.Getenv(programEnv), "--state-dir", s.t.TempDir()}, args...)...)
}

// advertise has phoneport's advertiser, without the rest of the program, tell the phone, until the test ends.
func (s *site) advertise(voice ...discovery.VoicePolicy) *advertise.Port {
	s.t.Helper()
	w, err := wire.Open("lan1")
	s.must(err)
	station := advertise.Station{
		Chassis: w.Addr(), Name: "site", Description: "phoneport", Capabilities: []discovery.Capability{discovery.CapBridge},
	}
	p, err := advertise.NewPort(w, station, advertise.Advert{PortID: "lan1", Description: "desk 1", DataVLAN: dataVLAN, Voice: voice}, advertise.Options{}, nil)
	s.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx, true) }()
	s.t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			s.t.Errorf("the advertiser ended: %v", err)
		}
	})
	return p
}

// tagged is the policy of a voice VLAN as an administrator gives it: PCP 5, DSCP 46.
func tagged(vlan uint16) discovery.VoicePolicy {
	return discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceTagged, VLAN: vlan, PCP: 5, DSCP: 46}
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// batch gives lines to ip or bridge.
func (s *site) batch(program string, lines ...string) {
	s.t.Helper()
	args := append(strings.Fields(program), "-batch", "-")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v\n%s\nof\n%s", program, err, out, strings.Join(lines, "\n"))
	}
}

// run runs a program to its end, in the namespace if there is one.
func (s *site) run(ns string, args ...string) (string, error) {
	if ns != "" {
		args = append([]string{"ip", "netns", "exec", ns}, args...)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), deadline)
	defer cancel()
	out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
	return string(out), err
}

// process is a program that runs until the test ends.
type process struct {
	name string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended and all that it said is in its log
}

// end ends it, if it has not ended.
func (p *process) end() {
	p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.done:
	case <-time.After(deadline):
		p.cmd.Process.Kill()
		<-p.done
	}
}

// start starts a program whose output goes to l; it is ended, by its number, when the test ends.
func (s *site) start(l *log, args ...string) *process {
	s.t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	r, w, err := os.Pipe()
	s.must(err)
	cmd.Stdout, cmd.Stderr = w, w
	err = cmd.Start()
	w.Close()
	s.must(err)
	name := args[0]
	if name == "ip" { // ip netns exec NAMESPACE PROGRAM
		name = args[4]
	}
	p := &process{name: name, cmd: cmd, done: make(chan struct{})}
	go func() {
		l.read(r)
		r.Close()
		cmd.Wait()
		close(p.done)
	}()
	s.t.Cleanup(func() {
		p.end()
		if s.t.Failed() {
			s.t.Logf("%s said:\n%s", p.name, strings.Join(l.since(0), "\n"))
		}
	})
	return p
}

// log is what a program says, line by line.
type log struct {
	mu    sync.Mutex
	lines []string
	news  chan struct{} // closed at the next line; nil while nobody waits
}

func (l *log) read(r io.Reader) {
	for in := bufio.NewScanner(r); in.Scan(); {
		l.mu.Lock()
		l.lines = append(l.lines, in.Text())
		if l.news != nil {
			close(l.news)
			l.news = nil
		}
		l.mu.Unlock()
	}
}

// mark gives the place of the next line.
func (l *log) mark() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.lines)
}

// since gives the lines from a place on.
func (l *log) since(mark int) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines[mark:])
}

// changed gives a channel that is closed when there are more lines than n.
func (l *log) changed(n int) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.lines) > n {
		c := make(chan struct{})
		close(c)
		return c
	}
	if l.news == nil {
		l.news = make(chan struct{})
	}
	return l.news
}

// find gives the first line from a place on that contains all words; "" for none.
func (l *log) find(mark int, words ...string) string {
	for _, line := range l.since(mark) {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(line, w) }) {
			return line
		}
	}
	return ""
}

// wait waits for a line from a place on that contains all words.
func (l *log) wait(t *testing.T, p *process, mark int, words ...string) string {
	t.Helper()
	late := time.After(deadline)
	for {
		n := l.mark()
		if line := l.find(mark, words...); line != "" {
			return line
		}
		select {
		case <-l.changed(n):
		case <-p.done:
			t.Fatalf("%s ended without a word of %q", p.name, words)
		case <-late:
			t.Fatalf("%s said nothing of %q in %s", p.name, words, deadline)
		}
	}
}
