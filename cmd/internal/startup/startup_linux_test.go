package startup

import (
	"net/netip"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/sim/vm"
)

// TestStartup runs all tests of this package in a machine whose kernel filters VLANs.
func TestStartup(t *testing.T) {
	t.Parallel()
	programs := []string{"ip", "bridge", "lldpd", "lldpcli", "dnsmasq", "udhcpc", "busybox", "tcpdump"}
	vm.Need(t, programs...)
	vm.Run(t, vm.Options{Run: "^TestInside", Timeout: 4 * time.Minute, Programs: programs, Env: []string{programEnv + "=" + build(t)}})
}

// programEnv holds the path of phoneport, inside.
const programEnv = "PHONEPORT_STARTUP_PROGRAM"

// build builds phoneport.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "phoneport")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "phoneport/cmd/phoneport").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

// TestInsidePhoneComesUp goes the whole way: link, policy, tagged VLAN, lease, file.
func TestInsidePhoneComesUp(t *testing.T) {
	vm.Only(t)
	s := newSite(t)
	s.file(phoneFile, "<device>of this phone</device>")
	s.file("XMLDefault.cnf.xml", "<Default>of all phones</Default>")
	s.apply(switchctl.SetVoice{Ref: s.port(), Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: voiceVLAN}})
	said, agent := s.phoneport("advertise", "--bridge", "br0", "lan1", "-o", "json")

	p := s.plug()
	if st := s.read(); st.Link != switchctl.Up || st.Untagged != dataVLAN || !slices.Equal(st.Tagged, []uint16{voiceVLAN}) {
		t.Fatalf("link: the driver reads %s, untagged %d, tagged %d; want up, %d and %d", st.Link, st.Untagged, st.Tagged, dataVLAN, voiceVLAN)
	}
	policy, ok := p.listen()
	if want := tagged(voiceVLAN); !ok || policy != want {
		t.Fatalf("policy: the phone heard %+v (%t), want %+v", policy, ok, want)
	}
	said.wait(t, agent, 0, `"kind":"neighbor-new"`, phoneMAC.String())
	mark := s.log.mark()
	lease := p.lease(p.tag(policy.VLAN), 20)
	if !strings.HasPrefix(lease["ip"], voiceNet) {
		t.Fatalf("lease: %v, want an address in the voice VLAN", words(lease))
	}
	s.said(mark, "DHCPACK(eth0.110)", lease["ip"], phoneMAC.String())
	if got := s.learnedIn(); !slices.Contains(got, voiceVLAN) {
		t.Errorf("tag: the switch has learned the phone in VLANs %d, want %d among them", got, voiceVLAN)
	}
	server := address(option(lease, 150))
	if server != voiceServer || lease["tftp"] != voiceServer {
		t.Fatalf("lease: option 150 is %q, option 66 %q, want %s: %v", server, lease["tftp"], voiceServer, words(lease))
	}
	if got := string(option(lease, 242)); got != avayaOption {
		t.Errorf("lease: option 242 is %q, want %q", got, avayaOption)
	}
	if name, text := p.fetch(server); name != phoneFile || text != "<device>of this phone</device>" {
		t.Errorf("file: got %q, %q; want %s", name, text, phoneFile)
	}
	s.said(mark, "sent ", phoneFile, lease["ip"])
}

// TestInsideNoPolicy has a switch that speaks LLDP-MED and tells no policy: the phone stays untagged, and gets an address of
// the data VLAN, where nobody tells it a server.
func TestInsideNoPolicy(t *testing.T) {
	vm.Only(t)
	s := newSite(t)
	s.apply(switchctl.SetVoice{Ref: s.port(), Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: voiceVLAN}})
	s.advertise()
	p := s.plug()
	if policy, ok := p.listen(); ok {
		t.Fatalf("policy: the phone heard %+v, want none", policy)
	}
	lease := p.lease("eth0", 20)
	if !strings.HasPrefix(lease["ip"], dataNet) {
		t.Fatalf("lease: %v, want an address in the data VLAN", words(lease))
	}
	if option(lease, 150) != nil || lease["tftp"] != "" {
		t.Errorf("lease: %v, want no server in the data VLAN", words(lease))
	}
	if got := s.learnedIn(); !slices.Contains(got, dataVLAN) || slices.Contains(got, voiceVLAN) {
		t.Errorf("the switch has learned the phone in VLANs %d, want %d only", got, dataVLAN)
	}
}

// TestInsidePhoneFollows has a port without a voice VLAN, which gets one while the phone is there: the phone is told at once,
// and comes up.
func TestInsidePhoneFollows(t *testing.T) {
	vm.Only(t)
	s := newSite(t)
	s.phoneport("advertise", "--bridge", "br0", "lan1")
	p := s.plug()
	if policy, ok := p.listen(); ok {
		t.Fatalf("policy: the phone heard %+v, want none: the port carries no voice VLAN", policy)
	}
	s.apply(switchctl.SetVoice{Ref: s.port(), Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: voiceVLAN}})
	policy := p.follow()
	if want := tagged(voiceVLAN); policy != want {
		t.Fatalf("policy: the phone heard %+v, want %+v", policy, want)
	}
	if lease := p.lease(p.tag(policy.VLAN), 20); !strings.HasPrefix(lease["ip"], voiceNet) {
		t.Fatalf("lease: %v, want an address in the voice VLAN", words(lease))
	}
}

// TestInsideWrongVLAN has switch and policy agree on a VLAN in which there is no server: the phone does as told, and
// gets no address.
func TestInsideWrongVLAN(t *testing.T) {
	vm.Only(t)
	s := newSite(t)
	s.apply(switchctl.SetVoice{Ref: s.port(), Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: otherVLAN}})
	s.advertise(tagged(otherVLAN))
	p := s.plug()
	policy, ok := p.listen()
	if !ok || policy.VLAN != otherVLAN {
		t.Fatalf("policy: the phone heard %+v (%t), want VLAN %d", policy, ok, otherVLAN)
	}
	if lease := p.lease(p.tag(policy.VLAN), 3); lease != nil {
		t.Errorf("lease: %v, want none", words(lease))
	}
	s.dhcp.end() // then its log is whole
	if line := s.log.find(0, "DHCPDISCOVER"); line != "" {
		t.Errorf("lease: the server heard the phone: %s", line)
	}
	if got := s.learnedIn(); !slices.Contains(got, otherVLAN) {
		t.Errorf("the switch has learned the phone in VLANs %d, want %d among them: it never asked there", got, otherVLAN)
	}
}

// TestInsidePolicyWithoutVLAN tells the phone a VLAN that its port is no member of: the switch drops its frames. This is the
// fault that phoneport's driver and advertiser together are there to prevent.
func TestInsidePolicyWithoutVLAN(t *testing.T) {
	vm.Only(t)
	s := newSite(t)
	s.advertise(tagged(voiceVLAN))
	p := s.plug()
	policy, ok := p.listen()
	if !ok || policy.VLAN != voiceVLAN {
		t.Fatalf("policy: the phone heard %+v (%t), want VLAN %d", policy, ok, voiceVLAN)
	}
	ifname := p.tag(policy.VLAN)
	if lease := p.lease(ifname, 3); lease != nil {
		t.Errorf("lease: %v, want none", words(lease))
	}
	if got := s.learnedIn(); slices.Contains(got, voiceVLAN) {
		t.Errorf("the switch has learned the phone in VLANs %d, of which it is no member", got)
	}
	// Repaired, the same phone gets through without anything else being done.
	s.apply(switchctl.SetVoice{Ref: s.port(), Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: voiceVLAN}})
	if lease := p.lease(ifname, 20); !strings.HasPrefix(lease["ip"], voiceNet) {
		t.Errorf("lease after the repair: %v, want an address in the voice VLAN", words(lease))
	}
}

// TestInsideFileMissing has a server without a file for the phone: the phone asks for its own, then for that of all phones.
func TestInsideFileMissing(t *testing.T) {
	vm.Only(t)
	s := newSite(t)
	s.file("XMLDefault.cnf.xml", "<Default>of all phones</Default>")
	s.apply(switchctl.SetVoice{Ref: s.port(), Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: voiceVLAN}})
	s.advertise(tagged(voiceVLAN))
	p := s.plug()
	policy, _ := p.listen()
	mark := s.log.mark()
	lease := p.lease(p.tag(policy.VLAN), 20)
	if !strings.HasPrefix(lease["ip"], voiceNet) {
		t.Fatalf("lease: %v, want an address in the voice VLAN", words(lease))
	}
	if name, text := p.fetch(address(option(lease, 150))); name != "XMLDefault.cnf.xml" || text != "<Default>of all phones</Default>" {
		t.Errorf("file: got %q, %q; want XMLDefault.cnf.xml", name, text)
	}
	s.said(mark, phoneFile, "not found", lease["ip"])
	s.said(mark, "sent ", "XMLDefault.cnf.xml", lease["ip"])
}

// address gives the first IPv4 address of an option; "" for none.
func address(b []byte) string {
	if len(b) < 4 {
		return ""
	}
	return netip.AddrFrom4([4]byte(b[:4])).String()
}
