package startup

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/vishvananda/netns"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/wire"
	"phoneport/switchctl"
	"phoneport/switchctl/sim/vm"
)

// query is the frame in which a phone asks for its voice VLAN, with the TLVs and values of a 7942.
func query(t *testing.T) discovery.Frame {
	t.Helper()
	p := cdp.Packet{
		Version: 2, TTL: 180,
		Has: cdp.HasDeviceID | cdp.HasPortID | cdp.HasCapabilities | cdp.HasSoftware | cdp.HasPlatform | cdp.HasQuery | cdp.HasDuplex |
			cdp.HasConsumption | cdp.HasRequested,
		DeviceID: "SEP001B54AABBCC", PortID: "Port 1", Capabilities: 0x490, Software: "SCCP42.9-4-2SR3-1S", Platform: "Cisco IP Phone 7942",
		Query: "\x20\x02\x00\x01", FullDuplex: true, Consumption: 6300, Requested: cdp.PowerRequested{RequestID: 1, Levels: []uint32{6300, 0}},
	}
	b, err := cdp.AppendFrame(nil, phoneMAC, &p)
	if err != nil {
		t.Fatal(err)
	}
	return discovery.Frame{Data: b}
}

// plugCDP puts a phone on the switch that speaks CDP only. What it hears is read by tcpdump.
func (s *site) plugCDP() (p *phone, ask func()) {
	s.t.Helper()
	p = &phone{site: s, dir: s.t.TempDir(), events: &log{}}
	s.batch("ip -n phone", "link set lo up", "link set eth0 up")
	p.watch = s.start(p.events, "ip", "netns", "exec", "phone", "tcpdump", "-l", "-nn", "-vv", "-Z", "root", "-i", "eth0", "ether dst 01:00:0c:cc:cc:cc and not ether src "+phoneMAC.String())
	p.events.wait(s.t, p.watch, 0, "listening on eth0")
	w := s.openIn("phone", "eth0")
	frame := query(s.t)
	return p, func() {
		s.t.Helper()
		s.must(w.Write(s.t.Context(), frame))
	}
}

// openIn opens an interface of a namespace.
func (s *site) openIn(ns, name string) discovery.Wire {
	s.t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	home, err := netns.Get()
	s.must(err)
	defer home.Close()
	there, err := netns.GetFromName(ns)
	s.must(err)
	defer there.Close()
	s.must(netns.Set(there))
	w, err := wire.Open(name)
	s.must(netns.Set(home)) // a thread that is lost in there would be of no use
	s.must(err)
	s.t.Cleanup(func() { w.Close() })
	return w
}

// TestInsideCDPPhoneComesUp is a phone that speaks no LLDP: it asks for its voice VLAN by CDP, is told, tags, and gets its
// address and its file.
func TestInsideCDPPhoneComesUp(t *testing.T) {
	vm.Only(t)
	s := newSite(t)
	s.file(phoneFile, "<device>of this phone</device>")
	s.apply(switchctl.SetVoice{Ref: s.port(), Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: voiceVLAN}})
	said, agent := s.phoneport("advertise", "--bridge", "br0", "lan1", "-o", "json")
	said.wait(t, agent, 0, `"kind":"started"`, "lan1")

	p, ask := s.plugCDP()
	if line := p.events.find(0, "CDP"); line != "" {
		t.Errorf("before the phone spoke CDP it heard %s", line)
	}
	ask()
	reply := p.events.wait(t, p.watch, 0, "VoIP VLAN assignment (0x0e)")
	if !strings.HasSuffix(reply, fmt.Sprintf("app 1, vlan %d", voiceVLAN)) {
		t.Fatalf("the phone heard %q, want VLAN %d", reply, voiceVLAN)
	}
	p.events.wait(t, p.watch, 0, "Native VLAN ID", fmt.Sprint(dataVLAN))
	said.wait(t, agent, 0, `"kind":"query-answered"`)
	said.wait(t, agent, 0, `"kind":"neighbor-new"`, phoneMAC.String(), "Cisco IP Phone 7942")

	lease := p.lease(p.tag(voiceVLAN), 20)
	if !strings.HasPrefix(lease["ip"], voiceNet) {
		t.Fatalf("lease: %v, want an address in the voice VLAN", words(lease))
	}
	if got := s.learnedIn(); !slices.Contains(got, voiceVLAN) {
		t.Errorf("tag: the switch has learned the phone in VLANs %d, want %d among them", got, voiceVLAN)
	}
	if name, text := p.fetch(address(option(lease, 150))); name != phoneFile || text != "<device>of this phone</device>" {
		t.Errorf("file: got %q, %q; want %s", name, text, phoneFile)
	}
}
