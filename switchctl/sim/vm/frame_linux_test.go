package vm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestInsideTaggedFrame shows that the machine is what it is for: a frame sent on an 802.1Q interface in
// one namespace is tagged on the port of a VLAN-filtering bridge and leaves it untagged, in its VLAN only,
// into another namespace.
func TestInsideTaggedFrame(t *testing.T) {
	Only(t)
	batch(t, "ip",
		"netns add phone", "netns add server",
		"link add br0 type bridge vlan_filtering 1 mcast_snooping 0",
		"link add p0 type veth peer name eth0 netns phone",
		"link add p1 type veth peer name eth0 netns server",
		"link set p0 master br0 up", "link set p1 master br0 up", "link set br0 up")
	batch(t, "ip -n phone", "link add link eth0 name eth0.110 type vlan id 110", "link set eth0 up", "link set eth0.110 up")
	batch(t, "ip -n server", "link set eth0 up")
	batch(t, "bridge", "vlan add dev p0 vid 110", "vlan del dev p1 vid 1", "vlan add dev p1 vid 110 pvid untagged")

	port := listen(t, "", "p0")
	server := listen(t, "server", "eth0")
	plain, tagged := listen(t, "phone", "eth0"), listen(t, "phone", "eth0.110")
	// A bridge forwards once its ports are told of their links, some time after the commands: until then
	// both frames are lost. The untagged one is sent first: had it passed, the server would hear it first.
	for try := 1; ; try++ {
		plain.send(t, "untagged")
		tagged.send(t, "tagged")
		if vlan, text := port.hear(t); vlan != 0 || text != "untagged" {
			t.Errorf("on the port of the phone: %q in VLAN %d, want the untagged frame", text, vlan)
		}
		if vlan, text := port.hear(t); vlan != 110 || text != "tagged" {
			t.Errorf("on the port of the phone: %q in VLAN %d, want the frame tagged with 110", text, vlan)
		}
		vlan, text := server.hear(t)
		if text == "" && try < 100 {
			continue
		}
		if vlan != 0 || text != "tagged" {
			t.Errorf("at the server: %q in VLAN %d, want the frame of VLAN 110 without its tag", text, vlan)
		}
		return
	}
}

// batch gives lines to one program: each start of one costs a tenth of a second in here.
func batch(t *testing.T, program string, lines ...string) {
	t.Helper()
	args := append(strings.Fields(program), "-batch", "-")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s\nof\n%s", program, err, out, strings.Join(lines, "\n"))
	}
}

// ethLocal is the Ethertype for experiments (IEEE 802 local experimental 1).
const ethLocal = 0x88b5

// tap is a packet socket on one interface for frames of ethLocal.
type tap struct{ fd int }

// listen opens a tap in the network namespace with the name, "" for the one of the test.
func listen(t *testing.T, ns, name string) *tap {
	t.Helper()
	type opened struct {
		tap *tap
		err error
	}
	done := make(chan opened)
	go func() {
		// The thread stays in the namespace and ends with this goroutine, because it is not unlocked.
		runtime.LockOSThread()
		fd, err := open(ns, name)
		done <- opened{&tap{fd}, err}
	}()
	o := <-done
	if o.err != nil {
		t.Fatalf("listen on %s %s: %v", ns, name, o.err)
	}
	t.Cleanup(func() { unix.Close(o.tap.fd) })
	return o.tap
}

func open(ns, name string) (int, error) {
	if ns != "" {
		f, err := os.Open("/run/netns/" + ns)
		if err != nil {
			return -1, err
		}
		defer f.Close()
		if err := unix.Setns(int(f.Fd()), unix.CLONE_NEWNET); err != nil {
			return -1, fmt.Errorf("setns: %w", err)
		}
	}
	index, err := net.InterfaceByName(name)
	if err != nil {
		return -1, err
	}
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	// The tag of a frame heard is in the auxiliary data, the kernel takes it out of the frame.
	for _, err := range []error{
		unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1),
		unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1),
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 200_000}),
		unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: unix.ETH_P_ALL<<8&0xff00 | unix.ETH_P_ALL>>8, Ifindex: index.Index}),
	} {
		if err != nil {
			unix.Close(fd)
			return -1, err
		}
	}
	return fd, nil
}

// send broadcasts text.
func (p *tap) send(t *testing.T, text string) {
	t.Helper()
	b := append([]byte{255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1}, binary.BigEndian.AppendUint16(nil, ethLocal)...)
	b = append(b, text...)
	b = append(b, make([]byte, 60-len(b))...)
	if _, err := unix.Write(p.fd, b); err != nil {
		t.Fatalf("send %q: %v", text, err)
	}
}

// hear waits for the next text and gives the VLAN that it was tagged with; nothing where none comes within
// the time that open sets.
func (p *tap) hear(t *testing.T) (vlan uint16, text string) {
	t.Helper()
	buf, oob := make([]byte, 2048), make([]byte, 256)
	for {
		n, oobn, _, _, err := unix.Recvmsg(p.fd, buf, oob, 0)
		if errors.Is(err, unix.EAGAIN) {
			return 0, ""
		}
		if err != nil {
			t.Fatalf("hear: %v", err)
		}
		if n < 14 || binary.BigEndian.Uint16(buf[12:]) != ethLocal {
			continue // IPv6 of the kernels
		}
		msgs, err := unix.ParseSocketControlMessage(oob[:oobn])
		if err != nil {
			t.Fatalf("hear: %v", err)
		}
		for _, m := range msgs {
			if m.Header.Type == unix.PACKET_AUXDATA && len(m.Data) >= int(unsafe.Sizeof(unix.TpacketAuxdata{})) {
				aux := (*unix.TpacketAuxdata)(unsafe.Pointer(&m.Data[0]))
				if aux.Status&unix.TP_STATUS_VLAN_VALID != 0 {
					vlan = aux.Vlan_tci & 0xfff
				}
			}
		}
		return vlan, strings.TrimRight(string(buf[14:n]), "\x00")
	}
}
