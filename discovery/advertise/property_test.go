package advertise

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// device is one that the property test lets speak, and what the oracle below holds of it.
type device struct {
	frame  string
	class  uint8
	bridge bool
	power  string // "", "req" or "ext"
}

var devices = []device{
	{"phone", 3, false, "req"},
	{"phone2", 3, false, "ext"},
	{"media", 2, false, ""},
	{"pc", 0, false, ""},
	{"pc-bridge", 0, true, ""},
	{"switch", 0, true, ""},
	{"class4", 4, false, ""},
}

// oracle is the world as the standards have it, kept in the plainest way beside the machine.
type oracle struct {
	o      Options
	up     bool
	a      Advert
	alive  map[string]time.Time   // LLDP neighbours, until when
	silent map[string]time.Time   // another speaker, by protocol
	sent   map[string][]time.Time // frames since link-up, goodbyes not counted
	known  map[string]string      // ids that neighbours know us by, by protocol
	last   map[string]said        // last frame
	power  *cdp.PowerAvailable    // last one told
}

func (w *oracle) gate() bool {
	var endpoint, phone, network, bridge bool
	for _, d := range devices {
		if _, ok := w.alive[d.frame]; !ok {
			continue
		}
		endpoint = endpoint || d.class >= 1 && d.class <= 3
		phone = phone || d.class == 3
		network = network || d.class == 4
		bridge = bridge || d.bridge
	}
	switch w.o.MED {
	case Off:
		return false
	case Forced:
		return !network
	}
	return endpoint && !network && (phone || !bridge)
}

func (w *oracle) age(now time.Time) {
	for k, until := range w.alive {
		if !now.Before(until) {
			delete(w.alive, k)
		}
	}
	for k, until := range w.silent {
		if !now.Before(until) {
			delete(w.silent, k)
		}
	}
}

func (w *oracle) mode(protocol string) Mode {
	if protocol == "cdp" {
		return w.o.CDP
	}
	return w.o.LLDP
}

// check judges what came out of one step.
func (w *oracle) check(t *rapid.T, m *Machine, out Output, now time.Time) {
	w.age(now)
	for _, f := range out.Frames {
		s := decodeSaid(t, f)
		protocol, ids, ttl := "cdp", "", uint16(0)
		if s.lldp != nil {
			protocol, ids, ttl = "lldp", fmt.Sprint(s.lldp.Chassis, s.lldp.Port), s.lldp.TTL
		} else {
			ids, ttl = s.cdp.DeviceID+" "+s.cdp.PortID, uint16(s.cdp.TTL)
		}
		switch {
		case !w.up:
			t.Fatalf("%s said while the link is down", s.text())
		case w.mode(protocol) == Off:
			t.Fatalf("%s said, which is off", s.text())
		case ttl == 0:
			if w.known[protocol] != ids {
				t.Fatalf("goodbye by %q, neighbours know us by %q", ids, w.known[protocol])
			}
			if s.lldp != nil && (s.lldp.Has != 0 || len(s.lldp.Management) != 0) {
				t.Fatalf("goodbye that says more: %s", s.text())
			}
			delete(w.known, protocol)
			continue
		case w.known[protocol] != "" && w.known[protocol] != ids:
			t.Fatalf("%s said without a goodbye by %q", s.text(), w.known[protocol])
		}
		if _, ok := w.silent[protocol]; ok && w.mode(protocol) != Forced {
			t.Fatalf("%s said beside another speaker", s.text())
		}
		w.known[protocol], w.last[protocol] = ids, s
		w.credit(t, protocol, now)
		w.content(t, m, s, ttl)
	}
	if next := m.Next(); !next.IsZero() && !next.After(now) {
		t.Fatalf("Next is %v after a step at %v", next.Sub(base), now.Sub(base))
	}
}

// credit: never more than the credits allow, over any window since link-up.
func (w *oracle) credit(t *rapid.T, protocol string, now time.Time) {
	w.sent[protocol] = append(w.sent[protocol], now)
	times := w.sent[protocol]
	for i, since := range times {
		if n := len(times) - i; n > w.o.CreditMax+int(now.Sub(since)/time.Second) {
			t.Fatalf("%d frames of %s within %v", n, protocol, now.Sub(since))
		}
	}
}

// content: a frame says what the advert says, no more and no less.
func (w *oracle) content(t *rapid.T, m *Machine, s said, ttl uint16) {
	voice := w.a.voice(1)
	told := voice.Mode >= discovery.VoiceTagged
	allocated := m.supply.allocated
	if limit := m.tell.power.limit(); allocated > limit {
		t.Fatalf("%v allocated of %v", allocated, limit)
	}
	if p := s.cdp; p != nil {
		want := map[discovery.VoiceMode]uint16{discovery.VoiceTagged: voice.VLAN, discovery.VoicePriority: 0, discovery.VoiceUntagged: 4095}[voice.Mode]
		if got := p.Has&cdp.HasVoiceVLAN != 0; got != told || p.VoiceVLAN.VLAN != want {
			t.Fatalf("%s, want %v", s.text(), voice)
		}
		if ttl != uint16(w.o.CDPHold/time.Second) || p.NativeVLAN != w.a.DataVLAN || p.PortID != w.a.PortID {
			t.Fatalf("%s of %+v", s.text(), w.a)
		}
		if p.Has&cdp.HasAvailable != 0 {
			a := p.Available
			if discovery.Milliwatts(a.Levels[0]) != allocated || a.ManagementID == 0 {
				t.Fatalf("%s, allocated are %v", s.text(), allocated)
			}
			if was := w.power; was != nil && was.ManagementID == a.ManagementID && (was.Levels[0] != a.Levels[0] || was.RequestID != a.RequestID) {
				t.Fatalf("power changed from %v to %v under one management id", *was, a)
			}
			w.power = &a
		}
		return
	}
	p := s.lldp
	if got := p.Has&lldp.HasMED != 0; got != w.gate() {
		t.Fatalf("%s, the gate is open: %t; heard are %v", s.text(), w.gate(), w.alive)
	}
	if p.Has&lldp.HasMED == 0 && (len(p.Policies)+len(p.Locations) != 0 || p.Has&lldp.HasExtendedPower != 0) {
		t.Fatalf("%s: LLDP-MED without its capabilities", s.text())
	}
	if p.Has&lldp.HasMED != 0 {
		if got := len(p.Policies) == 1; got != told || told && p.Policies[0].Voice() != normal(voice) {
			t.Fatalf("%s, want %+v", s.text(), voice)
		}
	}
	if ttl != w.o.ttl() || p.PVID != w.a.DataVLAN || p.Port.Value != w.a.PortID {
		t.Fatalf("%s of %+v", s.text(), w.a)
	}
	if p.Has&lldp.HasExtendedPower != 0 && p.ExtendedPower.Value != uint16(AtPD(allocated)/100) ||
		p.Has&lldp.HasPower != 0 && p.Power.Form != lldp.MDIAF && p.Power.Allocated != uint16(AtPD(allocated)/100) {
		t.Fatalf("%s, allocated are %v", s.text(), allocated)
	}
	if _, ok := w.alive["phone"]; ok && m.supply.lldp.dll && m.supply.held.Supported && (p.Has&lldp.HasPower == 0 || p.Power.Form == lldp.MDIAF) {
		t.Fatalf("%s while a device negotiates", s.text())
	}
}

// normal gives a policy as it comes out of a frame: what does not count is not in it.
func normal(v discovery.VoicePolicy) discovery.VoicePolicy {
	if v.Mode == discovery.VoiceUntagged {
		v.PCP = 0
	}
	return v
}

func ttlOf(s said) uint16 {
	if s.cdp != nil {
		return uint16(s.cdp.TTL)
	}
	return s.lldp.TTL
}

// TestProperties lets a port live at random, and holds everything that it says against the oracle.
func TestProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		mode := rapid.SampledFrom([]Mode{Auto, Auto, Auto, Forced, Off})
		o := Options{LLDP: mode.Draw(t, "lldp"), MED: mode.Draw(t, "med"), CDP: mode.Draw(t, "cdp")}
		w := oracle{
			a: advert(), alive: map[string]time.Time{}, silent: map[string]time.Time{}, sent: map[string][]time.Time{},
			known: map[string]string{}, last: map[string]said{},
		}
		w.a.VoiceName = ""
		s := station()
		m, err := NewMachine(portMAC, s, w.a, o)
		if err != nil {
			t.Fatal(err)
		}
		w.o = m.o
		now := base
		step := func(in Input, at time.Time) {
			now = at
			w.check(t, m, m.Step(in, at), at)
		}
		run := func(to time.Time) {
			for n := 0; ; n++ {
				next := m.Next()
				if next.IsZero() || next.After(to) {
					break
				}
				if n > 1000 {
					t.Fatalf("1000 ticks until %v", to.Sub(base))
				}
				step(Input{Kind: Tick}, next)
			}
			now = to
		}
		hear := func(frame []byte, outgoing bool) {
			step(Input{Kind: Heard, Frame: discovery.Frame{Data: frame, Outgoing: outgoing}}, now)
		}
		ttls := rapid.SampledFrom([]int{0, 2, 120})
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			run(now.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 300, 1000, 5000, 70_000}).Draw(t, "wait")) * time.Millisecond))
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0:
				if !w.up {
					w.sent = map[string][]time.Time{}
				}
				w.up = true
				step(Input{Kind: LinkUp}, now)
			case 1:
				if rapid.IntRange(0, 2).Draw(t, "really") == 0 {
					w.up = false
					clear(w.alive)
					clear(w.known)
					step(Input{Kind: LinkDown}, now)
				}
			case 2, 3, 4:
				d := rapid.SampledFrom(devices).Draw(t, "device")
				ttl := ttls.Draw(t, "ttl")
				words := []string{d.frame, fmt.Sprintf("ttl=%d", ttl)}
				if d.power != "" {
					words = append(words, fmt.Sprintf("%s=%d", d.power, rapid.IntRange(1, 500).Draw(t, "tenths")))
				}
				w.age(now)
				if delete(w.alive, d.frame); ttl > 0 {
					w.alive[d.frame] = now.Add(time.Duration(ttl) * time.Second)
				}
				hear(heardFrame(t, words), false)
			case 5:
				words := []string{"cdp-phone", fmt.Sprintf("req=%d:%d,%d", rapid.IntRange(1, 3).Draw(t, "id"),
					rapid.IntRange(0, 40000).Draw(t, "level"), rapid.IntRange(0, 40000).Draw(t, "level"))}
				hear(heardFrame(t, words), false)
			case 6:
				a := w.a
				a.DataVLAN = rapid.Uint16Range(0, 3).Draw(t, "data")
				v := discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceMode(rapid.IntRange(0, 4).Draw(t, "mode")), PCP: 5, DSCP: 46}
				if v.Mode == discovery.VoiceTagged {
					v.VLAN = rapid.Uint16Range(1, 4094).Draw(t, "voice")
				}
				a.Voice = []discovery.VoicePolicy{v}
				a.PortID = rapid.SampledFrom([]string{"eth1", "eth1", "eth1", "eth2"}).Draw(t, "port")
				a.Power = Power{Supported: rapid.Bool().Draw(t, "pse"), Enabled: rapid.Bool().Draw(t, "on"), Type: rapid.Uint8Range(1, 4).Draw(t, "type"), Limit: discovery.Milliwatts(rapid.IntRange(0, 99_900).Draw(t, "limit"))}
				w.a = a
				step(Input{Kind: SetAdvert, Advert: &a}, now)
			case 7:
				s.Chassis[5] = rapid.SampledFrom([]byte{3, 4}).Draw(t, "chassis")
				s.Name = rapid.SampledFrom([]string{"sw1", "sw22"}).Draw(t, "name")
				station := s
				step(Input{Kind: SetStation, Station: &station}, now)
			case 8:
				protocol := rapid.SampledFrom([]string{"lldp", "cdp"}).Draw(t, "speaker")
				frame := map[string]string{"lldp": "lldpd", "cdp": "cdp-ladvd"}[protocol]
				ttl := ttls.Draw(t, "ttl")
				w.age(now)
				goodbye := now.Add(time.Duration(ttl) * time.Second)
				switch until, active := w.silent[protocol]; {
				case w.mode(protocol) == Off:
				case ttl == 0:
					delete(w.silent, protocol)
				case !active || goodbye.After(until):
					w.silent[protocol] = goodbye
				}
				hear(heardFrame(t, []string{frame, fmt.Sprintf("ttl=%d", ttl)}), true)
				if w.known[protocol] != "" && w.mode(protocol) == Auto && ttl != 0 {
					t.Fatalf("no goodbye by %q to who hears another speaker", w.known[protocol])
				}
			case 9:
				hear(heardFrame(t, []string{rapid.SampledFrom([]string{"garbage", "cdp-garbage", "cdp-switch", "cdp-pc"}).Draw(t, "frame")}), false)
			}
		}
		// In the end all is told that there is to tell, whatever happened before.
		run(now.Add(10 * time.Second))
		for _, protocol := range []string{"lldp", "cdp"} {
			_, silent := w.silent[protocol]
			heard := protocol == "lldp" || m.cdp.heard
			switch mode := w.mode(protocol); {
			case !w.up || mode == Off || mode == Auto && (silent || !heard):
			case w.known[protocol] == "":
				t.Fatalf("nothing said by %s", protocol)
			default:
				w.content(t, m, w.last[protocol], ttlOf(w.last[protocol]))
			}
		}
		known := len(w.known)
		out := m.Step(Input{Kind: Stop}, now)
		if w.check(t, m, out, now); len(out.Frames) != known || len(w.known) != 0 {
			t.Fatalf("%d goodbyes to neighbours who knew us by %d protocols; left: %v", len(out.Frames), known, w.known)
		}
		for _, in := range []Input{{Kind: LinkUp}, {Kind: Tick}, {Kind: Heard, Frame: discovery.Frame{Data: heardFrame(t, []string{"phone"})}}} {
			if out := m.Step(in, now.Add(time.Hour)); len(out.Frames)+len(out.Notices) != 0 || !m.Next().IsZero() {
				t.Fatalf("stopped, and yet %v", out)
			}
		}
	})
}
