package linux

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"phoneport/switchctl"
)

// lab is a switch made of a bridge br0 in a network namespace of its own, with ports lan1 … and uplink. At the other
// end of each port's cable is a namespace too: of a phone, and of a server at the uplink.
type lab struct {
	t        *testing.T
	sw       netns.NsHandle
	stations map[string]*station // by name of the port
}

// station is the far end of a cable, eth0 in a namespace of its own, with an open socket for raw frames.
type station struct {
	ns  netns.NsHandle
	fd  int
	mac [6]byte
}

// etherType is local experimental (IEEE 802): nobody else sends it.
const etherType = 0x88b5

// patience is how long a frame may take that must come.
const patience = 10 * time.Second

// newLab makes the switch. The thread of the test stays in its namespace, for the programs it starts, and ends with
// the test; tests of this file are therefore not parallel and start no goroutine that needs the namespace.
func newLab(t *testing.T, filters bool, ports ...string) *lab {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: needs root to make network namespaces; not tested: the driver on a real bridge")
	}
	for _, tool := range []string{"ip", "bridge"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("SKIPPED: needs %s (iproute2); not tested: the driver on a real bridge", tool)
		}
	}
	runtime.LockOSThread() // never unlocked: the thread is thrown away with its namespace
	l := &lab{t: t, stations: map[string]*station{}}
	l.sw = l.newNS()
	br := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "br0"}}
	if filters {
		br.VlanFiltering = &filters
	}
	l.must(netlink.LinkAdd(br))
	l.must(netlink.LinkSetUp(br))
	for _, p := range ports {
		l.plug(p)
	}
	return l
}

// newNS makes a namespace and enters it.
func (l *lab) newNS() netns.NsHandle {
	l.t.Helper()
	ns, err := netns.New()
	if err != nil {
		if errors.Is(err, unix.EPERM) {
			l.t.Skipf("SKIPPED: this user may not make network namespaces (%v); not tested: the driver on a real bridge", err)
		}
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { ns.Close() })
	return ns
}

// plug makes a port of the bridge with a station at its other end.
func (l *lab) plug(port string) {
	l.t.Helper()
	s := &station{ns: l.newNS()}
	l.quiet()
	l.enter(l.sw)
	l.quiet()
	br, err := netlink.LinkByName("br0")
	l.must(err)
	l.must(netlink.LinkAdd(&netlink.Veth{
		LinkAttrs: netlink.LinkAttrs{Name: port, MasterIndex: br.Attrs().Index}, PeerName: "eth0", PeerNamespace: netlink.NsFd(s.ns),
	}))
	link, err := netlink.LinkByName(port)
	l.must(err)
	l.must(netlink.LinkSetUp(link))
	l.enter(s.ns)
	link, err = netlink.LinkByName("eth0")
	l.must(err)
	l.must(netlink.LinkSetUp(link))
	copy(s.mac[:], link.Attrs().HardwareAddr)
	s.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, int(htons(unix.ETH_P_ALL)))
	l.must(err)
	l.t.Cleanup(func() { unix.Close(s.fd) })
	l.must(unix.SetsockoptInt(s.fd, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1))
	l.must(unix.Bind(s.fd, &unix.SockaddrLinklayer{Protocol: htons(unix.ETH_P_ALL), Ifindex: link.Attrs().Index}))
	tv := unix.NsecToTimeval(patience.Nanoseconds())
	l.must(unix.SetsockoptTimeval(s.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv))
	l.enter(l.sw)
	l.stations[port] = s
	// The bridge takes frames once it was told of the carrier, which is a little later (linkwatch).
	for begin := time.Now(); ; runtime.Gosched() {
		link, err := netlink.LinkByName(port)
		l.must(err)
		if link.Attrs().OperState == netlink.OperUp {
			return
		}
		if time.Since(begin) > patience {
			l.t.Fatalf("%s does not come up", port)
		}
	}
}

// quiet switches IPv6 off in the present namespace, so that nobody sends what no test asked for.
func (l *lab) quiet() {
	l.t.Helper()
	err := os.WriteFile("/proc/sys/net/ipv6/conf/default/disable_ipv6", []byte("1"), 0o644)
	if err != nil && !errors.Is(err, os.ErrNotExist) { // a kernel without IPv6
		l.t.Fatal(err)
	}
}

func htons(v uint16) uint16 { return v<<8 | v>>8 }

func (l *lab) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) enter(ns netns.NsHandle) {
	l.t.Helper()
	l.must(netns.Set(ns))
}

// run runs a program in the namespace of the switch and gives what it says.
func (l *lab) run(format string, args ...any) string {
	l.t.Helper()
	words := strings.Fields(fmt.Sprintf(format, args...))
	var stderr bytes.Buffer
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		l.t.Fatalf("%s: %v: %s", strings.Join(words, " "), err, &stderr)
	}
	return string(out)
}

// batch has a program of iproute2 do several commands: each program takes its time in an emulated machine.
func (l *lab) batch(program, commands string) {
	l.t.Helper()
	cmd := exec.Command(program, "-batch", "-")
	cmd.Stdin = strings.NewReader(commands)
	if out, err := cmd.CombinedOutput(); err != nil {
		l.t.Fatalf("%s -batch: %v: %s", program, err, out)
	}
}

// open opens the driver in the namespace of the switch, from whatever goroutine.
func (l *lab) open(o Options) (switchctl.Driver, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	here, err := netns.Get()
	if err != nil {
		return nil, err
	}
	defer here.Close()
	if err := netns.Set(l.sw); err != nil {
		return nil, err
	}
	defer func() { _ = netns.Set(here) }()
	if o.ID == "" {
		o.ID = "edge-1"
	}
	o.Bridge = "br0"
	return Open(l.t.Context(), o)
}

func (l *lab) driver(o Options) switchctl.Driver {
	l.t.Helper()
	d, err := l.open(o)
	l.must(err)
	l.t.Cleanup(func() { l.must(d.Close()) })
	return d
}

// vlans gives the VLANs of a port as the bridge command of iproute2 tells them: "1U 10PU 110".
func (l *lab) vlans(port string) string {
	l.t.Helper()
	var rows []struct {
		Ifname string
		VLANs  []struct {
			VLAN, VLANEnd uint16
			Flags         []string
		}
	}
	l.must(json.Unmarshal([]byte(l.run("bridge -j vlan show")), &rows))
	for _, r := range rows {
		if r.Ifname != port {
			continue
		}
		var vs []vlan
		for _, v := range r.VLANs {
			for id := v.VLAN; id <= max(v.VLAN, v.VLANEnd); id++ {
				flags := strings.Join(v.Flags, " ")
				vs = append(vs, vlan{id, strings.Contains(flags, "PVID"), strings.Contains(flags, "Egress Untagged")})
			}
		}
		return vlanText(vs)
	}
	return ""
}

// linkUp tells whether ip says that a link is administratively up.
func (l *lab) linkUp(port string) bool {
	l.t.Helper()
	var rows []struct{ Flags []string }
	l.must(json.Unmarshal([]byte(l.run("ip -j link show dev %s", port)), &rows))
	return strings.Contains(" "+strings.Join(rows[0].Flags, " ")+" ", " UP ")
}

var broadcast = [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// send sends a frame with a number in it from a station, with a tag where vlan is not 0.
func (l *lab) send(port string, to [6]byte, vlan uint16, number uint32) {
	l.t.Helper()
	s := l.stations[port]
	f := append(append([]byte(nil), to[:]...), s.mac[:]...)
	if vlan != 0 {
		f = binary.BigEndian.AppendUint16(f, unix.ETH_P_8021Q)
		f = binary.BigEndian.AppendUint16(f, vlan)
	}
	f = binary.BigEndian.AppendUint16(f, etherType)
	f = binary.BigEndian.AppendUint32(f, number)
	f = append(f, make([]byte, 46)...)
	_, err := unix.Write(s.fd, f)
	l.must(err)
}

// hear waits for the next of our frames at a station and gives its tag (0 = none) and number. Frames that the
// station sent itself do not count.
func (l *lab) hear(port string) (vlan uint16, number uint32) {
	l.t.Helper()
	buf, oob := make([]byte, 2048), make([]byte, 256)
	for {
		n, on, _, from, err := unix.Recvmsg(l.stations[port].fd, buf, oob, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			l.t.Fatalf("no frame came to the station at %s: %v", port, err)
		}
		if sa, ok := from.(*unix.SockaddrLinklayer); ok && sa.Pkttype == unix.PACKET_OUTGOING {
			continue
		}
		f := buf[:n]
		vlan = auxVLAN(oob[:on])
		if len(f) >= 18 && binary.BigEndian.Uint16(f[12:]) == unix.ETH_P_8021Q {
			vlan, f = binary.BigEndian.Uint16(f[14:])&0xfff, append(f[:12:12], f[16:]...)
		}
		if len(f) >= 18 && binary.BigEndian.Uint16(f[12:]) == etherType {
			return vlan, binary.BigEndian.Uint32(f[14:])
		}
	}
}

// auxVLAN gives the tag that the kernel took off a frame (struct tpacket_auxdata of linux/if_packet.h).
func auxVLAN(oob []byte) uint16 {
	cs, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return 0
	}
	for _, c := range cs {
		if c.Header.Level == unix.SOL_PACKET && c.Header.Type == unix.PACKET_AUXDATA && len(c.Data) >= 20 &&
			binary.NativeEndian.Uint32(c.Data)&unix.TP_STATUS_VLAN_VALID != 0 {
			return binary.NativeEndian.Uint16(c.Data[16:]) & 0xfff
		}
	}
	return 0
}

// passes sends a frame from one station to all and tells in which VLAN it comes to another, and whether at all. A second
// frame, in the VLAN sure that is known to pass, shows when waiting is over.
func (l *lab) passes(from, to string, vlan, sure uint16) (as uint16, ok bool) {
	l.t.Helper()
	l.send(from, broadcast, vlan, 1)
	l.send(from, broadcast, sure, 2)
	for {
		v, number := l.hear(to)
		if number == 2 {
			return as, ok
		}
		as, ok = v, true
	}
}
