//go:build linux

package peers

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
	"phoneport/discovery/wire"
)

// times are measurements of one thing.
type times []time.Duration

func (t times) median() time.Duration {
	s := slices.Sorted(slices.Values(t))
	return s[len(s)/2]
}

func (t times) worst() time.Duration { return slices.Max(t) }

func (t times) String() string {
	s := slices.Sorted(slices.Values(t))
	return fmt.Sprintf("median %-10s nine of ten under %-10s worst %-10s of %d",
		round(t.median()), round(s[len(s)*9/10]), round(t.worst()), len(t))
}

func round(d time.Duration) time.Duration {
	if d > 10*time.Millisecond {
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(time.Microsecond)
}

// met prints a target of the issue and whether it is met.
func met(ok bool, format string, args ...any) {
	word := "met   "
	if !ok {
		word = "MISSED"
	}
	fmt.Fprintf(os.Stdout, "  %s  %s\n", word, fmt.Sprintf(format, args...))
}

// handset plays a phone at the far end of the cable, and a tap beside it takes the kernel's time of each frame
// that goes either way. Both are told by the same clock, so what the benchmark itself takes to wake up is
// not measured.
type handset struct {
	b    testing.TB
	wire discovery.Wire
	tap  discovery.Wire
	ctx  context.Context
}

func newHandset(b testing.TB, iface string) *handset {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	h := &handset{b: b, ctx: ctx}
	for _, w := range []*discovery.Wire{&h.wire, &h.tap} {
		var err error
		if *w, err = wire.Open(iface); err != nil {
			b.Fatal(err)
		}
	}
	b.Cleanup(func() { cancel(); _ = h.wire.Close(); _ = h.tap.Close() })
	return h
}

func (h *handset) say(frame []byte) {
	h.b.Helper()
	if err := h.wire.Write(h.ctx, discovery.Frame{Data: frame}); err != nil {
		h.b.Fatal(err)
	}
}

// fit says whether a frame is the one that is waited for. One of pdu and packet is nil.
type fit func(outgoing bool, pdu *lldp.PDU, packet *cdp.Packet) bool

// next gives the time of the next frame that fits.
func (h *handset) next(fits fit) time.Time {
	h.b.Helper()
	for {
		f, err := h.tap.Read(h.ctx)
		if err != nil {
			h.b.Fatalf("the frame that is waited for does not come: %v", err)
		}
		if _, _, payload, err := lldp.ParseFrame(f.Data); err == nil {
			var p lldp.PDU
			if p.Decode(payload) == nil && fits(f.Outgoing, &p, nil) {
				return f.At
			}
		} else if _, _, payload, err := cdp.ParseFrame(f.Data); err == nil {
			var p cdp.Packet
			if p.Decode(payload) == nil && fits(f.Outgoing, nil, &p) {
				return f.At
			}
		}
	}
}

// settle reads away what the tap heard up to now. Its marker is CDP, which lldpd does not answer.
func (h *handset) settle() {
	h.b.Helper()
	h.say(phoneCDP(h.b, "marker"))
	h.next(func(outgoing bool, _ *lldp.PDU, p *cdp.Packet) bool {
		return outgoing && p != nil && p.DeviceID == "marker"
	})
}

// said is a frame of the phone itself; policyOf one of the switch that tells a voice VLAN.
func said(outgoing bool, _ *lldp.PDU, _ *cdp.Packet) bool { return outgoing }

func anyLLDP(outgoing bool, p *lldp.PDU, _ *cdp.Packet) bool {
	return !outgoing && p != nil && p.TTL > 0
}

func policyLLDP(outgoing bool, p *lldp.PDU, _ *cdp.Packet) bool {
	return !outgoing && p != nil && len(p.Policies) > 0 && p.Policies[0].VLAN == 110
}

func voiceCDP(outgoing bool, _ *lldp.PDU, p *cdp.Packet) bool {
	return !outgoing && p != nil && p.Has&cdp.HasVoiceVLAN != 0 && p.VoiceVLAN.VLAN == 110
}

// phoneLLDP is what a phone of class III says first: it wants a policy and knows none.
func phoneLLDP(b testing.TB, chassis string, ttl uint16) []byte {
	b.Helper()
	p := lldp.PDU{
		Chassis: lldp.ID{Subtype: lldp.ChassisLocal, Value: chassis}, Port: lldp.ID{Subtype: lldp.PortLocal, Value: "1"}, TTL: ttl,
	}
	if ttl > 0 {
		p.Has = lldp.HasCapabilities | lldp.HasMED
		p.Capabilities = lldp.Capabilities{Supported: lldp.CapTelephone, Enabled: lldp.CapTelephone}
		p.MED = lldp.MEDCapabilities{Bits: lldp.MEDCaps | lldp.MEDPolicy | lldp.MEDPD | lldp.MEDInventory, Class: discovery.MEDClassIII}
		p.Policies = []lldp.NetworkPolicy{{Application: lldp.AppVoice, Unknown: true}}
	}
	frame, err := lldp.AppendFrame(nil, lldp.NearestBridge, phoneMAC, &p)
	if err != nil {
		b.Fatal(err)
	}
	return frame
}

// phoneCDP is a phone's query for its voice VLAN.
func phoneCDP(b testing.TB, device string) []byte {
	b.Helper()
	frame, err := cdp.AppendFrame(nil, phoneMAC, &cdp.Packet{
		TTL: 180, Has: cdp.HasDeviceID | cdp.HasPortID | cdp.HasCapabilities | cdp.HasPlatform | cdp.HasQuery | cdp.HasConsumption,
		DeviceID: device, PortID: "Port 1", Capabilities: cdp.CapHost | cdp.CapPhone, Platform: "tin phone", Query: "\x20\x02\x00\x01", Consumption: 6300,
	})
	if err != nil {
		b.Fatal(err)
	}
	return frame
}
