package wire

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/mdlayher/packet"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"phoneport/discovery"
)

// Open opens an interface for LLDP and CDP (Linux only; elsewhere the error says so). It needs CAP_NET_RAW;
// without it the error wraps os.ErrPermission and says how to give it. Errors name the interface; where there
// is none of that name, they name those that there are.
//
// Frames that another program of this host sends on the interface are heard with Outgoing set, as long as
// they come from the address of the interface; the wire's own are not heard. The interface may go down, come
// up and be renamed meanwhile; Name and Addr stay those of Open. Once it is removed, or moved to another
// network namespace, Read and Write give discovery.ErrWireClosed. Frames of more than 9,216 octets behind the
// Ethernet header are not heard.
func Open(name string) (discovery.Wire, error) {
	w, err := open(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", cmp.Or(name, "interface without a name"), err)
	}
	return w, nil
}

func open(name string) (*live, error) {
	ifi, err := net.InterfaceByName(name)
	if op := (*net.OpError)(nil); errors.As(err, &op) {
		err = op.Err // what stands before it names Go's way of asking
	}
	if err != nil {
		return nil, unknown(err)
	}
	if len(ifi.HardwareAddr) != len(discovery.MAC{}) {
		return nil, errors.New("it is no Ethernet port: it has no MAC address")
	}
	addr := discovery.MAC(ifi.HardwareAddr)
	filter, err := bpf.Assemble(kernel(addr))
	if err != nil {
		return nil, fmt.Errorf("assemble filter: %w", err)
	}
	// ETH_P_ALL, as frames that come in on the port of a bridge, or go out, reach no socket of one protocol.
	// The socket has no protocol before it is bound, and is bound behind its filter: no other frame gets in.
	c, err := packet.Listen(ifi, packet.Raw, unix.ETH_P_ALL, &packet.Config{Filter: filter})
	if err != nil {
		return nil, permission(err)
	}
	w, err := newLive(c, ifi, addr)
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return w, nil
}

// unknown says which interfaces there are, where that is what is wrong.
func unknown(err error) error {
	all, listErr := net.Interfaces()
	if listErr != nil {
		return err
	}
	var names []string
	for _, i := range all {
		if len(i.HardwareAddr) == len(discovery.MAC{}) {
			names = append(names, i.Name)
		}
	}
	if len(names) == 0 {
		return fmt.Errorf("%w; this host has no Ethernet port", err)
	}
	slices.Sort(names)
	return fmt.Errorf("%w; there are %s", err, strings.Join(names, ", "))
}

// permission says how to give the capability, where that is what is missing.
func permission(err error) error {
	if !errors.Is(err, os.ErrPermission) {
		return err
	}
	self, selfErr := os.Executable()
	if selfErr != nil {
		self = "phoneport"
	}
	return fmt.Errorf("CAP_NET_RAW is needed to hear and send frames: give it to the program with `setcap cap_net_raw+ep %s`, "+
		"or to its systemd unit with AmbientCapabilities=CAP_NET_RAW, or run it as root: %w", self, err)
}
