package sim

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"time"

	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp/snmprec"
)

// User is one SNMPv3 user of all switches.
type User = agent.User

// DefaultBoot is how long a phone takes from power to registration in demonstrations: long enough to be
// seen, short enough not to be waited for.
const DefaultBoot = 300 * time.Millisecond

// Options say what campus to build. Zero fields take the defaults that their comments name.
type Options struct {
	Switches int     // simulated switches; 0 is right where there are Recordings
	Ports    int     // access ports of each switch: 48. A Catalyst above 48 is a stack
	Phones   float64 // share of the access ports that have a phone, 0..1: 0.8; negative = none
	// Personalities are dealt out in turn: all of Personalities().
	Personalities []string
	Recordings    []Recording // served on the addresses behind the switches

	// Listen is the first address; switch k answers on the k-th loopback address from it, with .0 and
	// .255 left out. Default 127.1.0.1:1161. Port 0 lets the kernel choose a port for each switch.
	Listen netip.AddrPort
	Seed   uint64

	ReadCommunity  string // public
	WriteCommunity string // private
	Users          []User // SNMPv3

	DataVLAN  uint16 // 10
	VoiceVLAN uint16 // 110
	PoEBudget int    // of each switch or stack member, in watts: 740
	// Boot is the time from power to registration of a phone; 0 = at once. See DefaultBoot.
	Boot time.Duration

	MaxSize int           // of an answer, in octets of UDP payload: 1472
	Delay   time.Duration // from request to answer, on every switch
	PerPDU  time.Duration // work of an agent for each request
	Loss    float64       // share of requests that get no answer

	Now func() time.Time // clock of the campus: time.Now. It must not go backwards
	Log *slog.Logger     // none
}

// Recording is one recorded walk, served with any community.
type Recording struct {
	Name     string
	Walk     snmprec.Walk
	ReadOnly bool // refuse every SET
}

// The defaults that more than one place needs.
var defaultListen = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 1, 0, 1}), 1161)

// maxPorts is a stack of eight members.
const maxPorts = 384

func (o Options) withDefaults() Options {
	set := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	set(&o.Ports, 48)
	set(&o.PoEBudget, 740)
	if o.Phones == 0 {
		o.Phones = 0.8
	}
	o.Phones = max(0, o.Phones)
	if len(o.Personalities) == 0 {
		o.Personalities = Personalities()
	}
	if !o.Listen.IsValid() {
		o.Listen = defaultListen
	}
	if o.ReadCommunity == "" {
		o.ReadCommunity = "public"
	}
	if o.WriteCommunity == "" {
		o.WriteCommunity = "private"
	}
	if o.DataVLAN == 0 {
		o.DataVLAN = 10
	}
	if o.VoiceVLAN == 0 {
		o.VoiceVLAN = 110
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// check joins all mistakes.
func (o Options) check() error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf("check lab: "+format, args...)) }
	if n := o.Switches + len(o.Recordings); o.Switches < 0 || n == 0 || n > maxSwitches {
		bad("%d switches and recordings, want 1..%d", n, maxSwitches)
	}
	if o.Ports < 1 || o.Ports > maxPorts {
		bad("%d ports, want 1..%d", o.Ports, maxPorts)
	}
	if o.Phones > 1 {
		bad("share of phones is %g, want 0..1", o.Phones)
	}
	if o.Loss < 0 || o.Loss >= 1 {
		bad("loss is %g, want 0 to below 1", o.Loss)
	}
	if o.Boot < 0 || o.Delay < 0 || o.PerPDU < 0 {
		bad("a negative time")
	}
	for _, name := range o.Personalities {
		if !slices.Contains(Personalities(), name) {
			bad("personality %q is none of %q", name, Personalities())
		}
	}
	if a := o.Listen.Addr(); !a.Is4() || !a.IsLoopback() {
		bad("address %s is no IPv4 loopback address", o.Listen)
	} else if last, err := addressAt(a, o.Switches+len(o.Recordings)-1); err != nil {
		errs = append(errs, err)
	} else if !last.IsLoopback() {
		bad("%d switches from %s on leave 127.0.0.0/8", o.Switches+len(o.Recordings), a)
	}
	for _, v := range []uint16{o.DataVLAN, o.VoiceVLAN} {
		if v > 4094 || slices.Contains([]uint16{vlanGuest, vlanMgmt, vlanVoiceOld}, v) {
			bad("VLAN %d is taken or not in 1..4094", v)
		}
	}
	if o.DataVLAN == o.VoiceVLAN {
		bad("data and voice VLAN are both %d", o.DataVLAN)
	}
	return errors.Join(errs...)
}

// addressAt gives the k-th address from first on that does not end in 0 or 255: some stacks and people
// take those for network and broadcast addresses.
func addressAt(first netip.Addr, k int) (netip.Addr, error) {
	b := first.As4()
	if b[3] == 0 || b[3] == 255 {
		return netip.Addr{}, fmt.Errorf("check lab: first address %s ends in 0 or 255", first)
	}
	n := (uint32(b[0])<<16|uint32(b[1])<<8|uint32(b[2]))*254 + uint32(b[3]) - 1 + uint32(max(k, 0))
	net, host := n/254, n%254+1
	return netip.AddrFrom4([4]byte{byte(net >> 16), byte(net >> 8), byte(net), byte(host)}), nil
}
