package agent

import (
	"context"
	"net/netip"

	"phoneport/discovery"
	"phoneport/discovery/advertise"
)

// Host is the machine whose ports speak.
type Host interface {
	// Scene looks at the interfaces and at what the ports of these bridges carry. A bridge that cannot be
	// read is told in its Bridge; the error is for where nothing can be read.
	Scene(ctx context.Context, bridges []string) (Scene, error)
	// Watch tells what changes until the context ends. The sink never blocks.
	Watch(ctx context.Context, sink discovery.Sink) error
}

// Scene is one look at a host.
type Scene struct {
	Name     string // host name
	System   string // operating system and kernel
	Platform string // system and machine
	Links    []Link // in the order of their index
	Bridges  map[string]Bridge
}

// Link is one network interface.
type Link struct {
	Name       string
	Index      int
	Addr       discovery.MAC
	Addresses  []netip.Addr
	Alias      string // description that people gave
	Kind       string // of virtual ones: bridge, vlan, veth …; "" for hardware
	Bridge     string // the bridge that it is a port of
	Up         bool   // frames can be sent: switched on, and with a carrier
	Loopback   bool
	HalfDuplex bool
}

// Bridge is what the ports of one bridge carry.
type Bridge struct {
	Err   error             // why it could not be read; Ports is empty then
	Ports map[string]Member // by name of the interface
}

// Member is a port of a bridge.
type Member struct {
	// Filtering says that the bridge keeps VLANs apart. Without it each port carries whatever tag comes.
	Filtering bool
	PVID      uint16   // VLAN of frames without a tag; 0 = they are dropped
	Tagged    []uint16 // VLANs that leave tagged
	Power     *advertise.Power
}

// link gives the interface with a name.
func (s *Scene) link(name string) (Link, bool) {
	for _, l := range s.Links {
		if l.Name == name {
			return l, true
		}
	}
	return Link{}, false
}
