package agent

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"phoneport/cmd/internal/config"
	"phoneport/discovery"
)

const told110 = "lldp 1=110, cdp tagged 110"

func TestReload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth("eth1", 2), eth("eth2", 3))
		a, stop := l.run(Setup{Adverts: []config.Advert{forced("a", voice(110), "eth1")}})
		defer stop()
		if got := l.words("eth1"); got != told110 {
			t.Fatalf("at the start: %s", got)
		}
		pass(10 * time.Second) // credits and fast start are over
		l.words("eth1")
		set := func(adverts ...config.Advert) error {
			return a.Set(t.Context(), Setup{Station: station0, Adverts: adverts})
		}
		began := time.Now()

		// A new VLAN, and a further port, are on the wire when Set returns.
		if err := set(forced("a", voice(120), "eth*")); err != nil {
			t.Fatal(err)
		}
		if got := l.words("eth1"); got != "lldp 1=120, cdp tagged 120" {
			t.Errorf("changed: %s", got)
		}
		synctest.Wait()
		if got := l.words("eth2"); got != "lldp 1=120, cdp tagged 120" {
			t.Errorf("added: %s", got)
		}
		// Withdrawn: LLDP without the policy, CDP without a voice VLAN.
		none := forced("a", voice(120), "eth*")
		none.Says.Voice = nil
		if err := set(none); err != nil {
			t.Fatal(err)
		}
		if got := l.words("eth1"); got != "lldp, cdp none" {
			t.Errorf("withdrawn: %s", got)
		}
		// A faulty setup changes nothing, on no port.
		if err := set(forced("a", voice(130), "eth1"), forced("b", voice(5000), "eth2")); err == nil || !strings.Contains(err.Error(), "5000") {
			t.Errorf("faulty: %v", err)
		}
		if err := set(forced("a", voice(130), "eth7")); !errors.Is(err, ErrNoPort) {
			t.Errorf("covers nothing: %v", err)
		}
		if got := l.words("eth1") + l.words("eth2"); got != "lldp, cdp none" { // eth2's withdrawal
			t.Errorf("after faulty ones: %s", got)
		}
		// The same again says nothing, and a look at the host goes by the new setup.
		if err := set(none); err != nil {
			t.Fatal(err)
		}
		l.change(func(*Scene) {}, discovery.Event{Kind: discovery.EventResync})
		if got := l.words("eth1"); got != "" {
			t.Errorf("unchanged: %s", got)
		}
		if d := time.Since(began); d > time.Millisecond {
			t.Errorf("the changes took %s", d) // virtual time: words waits for nanoseconds
		}
		// Other rules of when to speak begin anew, with a goodbye; a port that goes says goodbye too.
		other := forced("a", voice(120), "eth1")
		other.Options.Interval = 5 * time.Second
		gone := l.far["eth2"]
		if err := set(other); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := l.words("eth1"); got != told120 || l.opens["eth1"] != 2 {
			t.Errorf("restarted: %s, %d wires", got, l.opens["eth1"])
		}
		f, err := gone.Read(t.Context())
		if err != nil || wordOf(t, f.Data) != "lldp bye" {
			t.Errorf("goodbye of a port that goes: %v", err)
		}
		if l.claims["eth2"] || !l.claims["eth1"] {
			t.Errorf("claims: %v", l.claims)
		}
	})
}

const told120 = "lldp 1=120, cdp tagged 120"

func TestStationChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth("eth1", 2))
		setup := Setup{Adverts: []config.Advert{forced("a", voice(110), "eth1")}}
		a, stop := l.run(setup)
		defer stop()
		pass(10 * time.Second)
		l.words("eth1")
		setup.Station = station0
		setup.Station.Name, setup.Station.Chassis = "other", mac(99)
		if err := a.Set(t.Context(), setup); err != nil {
			t.Fatal(err)
		}
		pass(3 * time.Second) // reinitDelay
		if got := l.words("eth1"); !strings.HasPrefix(got, "lldp bye, ") || !strings.Contains(got, "lldp 1=110") {
			t.Errorf("said: %s", got)
		}
		if got := a.Status().Station; got.Name != "other" || got.Chassis != mac(99).String() {
			t.Errorf("status: %+v", got)
		}
	})
}

func setLink(name string, up bool) func(*Scene) {
	return func(s *Scene) {
		for i := range s.Links {
			if s.Links[i].Name == name {
				s.Links[i].Up = up
			}
		}
	}
}

func TestLinkFlap(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		down := eth("eth1", 2)
		down.Up = false
		l := newLab(t, down, eth("eth2", 3))
		a, stop := l.run(Setup{Adverts: []config.Advert{forced("a", voice(110), "eth*")}})
		defer stop()
		if got := l.words("eth1"); got != "" {
			t.Errorf("said on a link that is down: %s", got)
		}
		for i := range 3 {
			pass(20 * time.Second)
			l.words("eth2")
			began := time.Now()
			l.change(setLink("eth1", true), discovery.Event{Kind: discovery.EventLinkUp, IfIndex: 2, IfName: "eth1"})
			if time.Since(began) != 0 {
				t.Fatal("the agent waited")
			}
			if got := l.words("eth1"); got != told110 {
				t.Errorf("%d: at link-up: %q", i, got)
			}
			l.phone("eth1", 110)
			if n := len(a.Status().Ports[0].Neighbors); n != 1 {
				t.Errorf("%d: %d neighbours", i, n)
			}
			l.change(setLink("eth1", false), discovery.Event{Kind: discovery.EventLinkDown, IfIndex: 2})
			if p := a.Status().Ports[0]; len(p.Neighbors) != 0 || p.Link != "down" {
				t.Errorf("%d: after link-down: %+v", i, p)
			}
			l.words("eth1")
			if got := l.words("eth2"); strings.Contains(got, "bye") {
				t.Errorf("%d: the other port: %s", i, got)
			}
		}
		// A link that nobody told of is seen by the next look.
		l.edit(setLink("eth1", true))
		pass(lookEvery + time.Second)
		if got := l.words("eth1"); !strings.HasPrefix(got, told110) {
			t.Errorf("a lost event: %q", got)
		}
		l.edit(setLink("eth1", false))
		pass(lookEvery + time.Second)
		if p := a.Status().Ports[0]; p.Link != "down" {
			t.Errorf("a second lost event: link is %s", p.Link)
		}
	})
}

// TestLinkNewerThanLook: an event that comes while the host is being read is newer than what is read.
func TestLinkNewerThanLook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth("eth1", 2))
		a, stop := l.run(Setup{Adverts: []config.Advert{forced("a", voice(110), "eth1")}})
		defer stop()
		pass(20 * time.Second)
		l.phone("eth1", 110)
		l.edit(setLink("eth1", false)) // what the reading sees …
		l.onRead = func() {            // … and what comes while it goes on
			l.mu.Lock()
			l.onRead = nil
			l.mu.Unlock()
			l.edit(setLink("eth1", true))
			_ = l.sink(t.Context(), discovery.Event{Kind: discovery.EventLinkUp, IfIndex: 2}) // never fails
		}
		l.change(func(*Scene) {}, discovery.Event{Kind: discovery.EventResync})
		if p := a.Status().Ports[0]; p.Link != "up" || len(p.Neighbors) != 1 {
			t.Errorf("the older reading won: %s, %d neighbours", p.Link, len(p.Neighbors))
		}
	})
}

func TestPortRemovedAndBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth("lan1", 2), eth("lan2", 3))
		a, stop := l.run(Setup{Adverts: []config.Advert{forced("a", voice(110), "lan*")}})
		defer stop()
		removed := l.far["lan2"]
		l.change(func(s *Scene) { s.Links = s.Links[:1] }, discovery.Event{Kind: discovery.EventPortRemoved, IfIndex: 3})
		if n := len(a.Status().Ports); n != 1 || l.claims["lan2"] {
			t.Errorf("%d ports, claims %v", n, l.claims)
		}
		var last string
		for {
			ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
			f, err := removed.Read(ctx)
			cancel()
			if err != nil {
				break
			}
			if w := wordOf(t, f.Data); strings.HasPrefix(w, "lldp") {
				last = w
			}
		}
		if last != "lldp bye" {
			t.Errorf("last words of lan2: %s", last)
		}
		// It comes back with another index: a new wire.
		l.change(func(s *Scene) { s.Links = append(s.Links, eth("lan2", 7)) }, discovery.Event{Kind: discovery.EventPortAdded, IfIndex: 7})
		if got := l.words("lan2"); got != told110 || l.opens["lan2"] != 2 {
			t.Errorf("back: %s, %d wires", got, l.opens["lan2"])
		}
		// Replaced by another device of the same name, without a word.
		l.change(func(s *Scene) { s.Links[1].Index = 8 }, discovery.Event{Kind: discovery.EventResync})
		if got := l.words("lan2"); got != told110 || l.opens["lan2"] != 3 {
			t.Errorf("replaced: %s, %d wires", got, l.opens["lan2"])
		}
	})
}

// TestWireFails: a port whose wire fails is opened again, more and more seldom.
func TestWireFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, eth("eth1", 2), eth("eth2", 3))
		a, stop := l.run(Setup{Adverts: []config.Advert{forced("a", voice(110), "eth*")}})
		defer stop()
		l.mu.Lock()
		l.fail["eth1"] = errors.New("no such device")
		l.mu.Unlock()
		if err := l.near["eth1"].Close(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if s := a.Status(); len(s.Ports) != 2 || s.Ports[0].Link != "failed" || !strings.Contains(s.Ports[0].Error, "no such device") {
			t.Errorf("status: %+v", s.Ports)
		}
		if n := len(l.noted(NoteFailed)); n != 1 {
			t.Errorf("%d failures told", n)
		}
		pass(10 * time.Second) // tried after 1, 3 and 7 seconds
		if n := len(l.noted(NoteFailed)); n != 4 {
			t.Errorf("%d failures told after ten seconds", n)
		}
		l.mu.Lock()
		l.fail = map[string]error{}
		l.mu.Unlock()
		pass(lastRetry)
		if got := l.words("eth1"); !strings.HasPrefix(got, told110) {
			t.Errorf("again: %q", got)
		}
		if s := a.Status().Ports[0]; s.Error != "" || s.Link != "up" {
			t.Errorf("status: %+v", s)
		}
	})
}

// TestBridgeVLANs: what ports carry is what they tell, and a change is on the wire at once.
func TestBridgeVLANs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l1, l2 := eth("lan1", 2), eth("lan2", 3)
		l1.Bridge, l2.Bridge = "br0", "br0"
		l := newLab(t, l1, l2, Link{Name: "br0", Index: 9, Addr: mac(9), Kind: "bridge"})
		carry := func(pvid uint16, tagged ...uint16) func(*Scene) {
			return func(s *Scene) {
				s.Bridges = map[string]Bridge{"br0": {Ports: map[string]Member{
					"lan1": {Filtering: true, PVID: pvid, Tagged: tagged}, "lan2": {Filtering: true, PVID: 1},
				}}}
			}
		}
		carry(10, 110)(&l.scene)
		entry := forced("a", asked)
		entry.Interfaces, entry.Bridge = nil, "br0"
		_, stop := l.run(Setup{Adverts: []config.Advert{entry}})
		defer stop()
		if got := l.words("lan1"); got != "lldp 1=110 pvid=10, cdp tagged 110" {
			t.Errorf("lan1: %s", got)
		}
		if got := l.words("lan2"); got != "lldp pvid=1, cdp none" {
			t.Errorf("lan2: %s", got)
		}
		for _, step := range []struct {
			pvid   uint16
			tagged []uint16
			want   string
		}{
			{10, []uint16{120}, "lldp 1=120 pvid=10, cdp tagged 120"},
			{20, []uint16{120}, "lldp 1=120 pvid=20, cdp tagged 120"},
			{20, []uint16{120, 130}, "lldp pvid=20, cdp none"},
			{20, nil, ""},
		} {
			pass(10 * time.Second)
			l.words("lan1")
			l.change(carry(step.pvid, step.tagged...), discovery.Event{Kind: discovery.EventVLANChanged, IfIndex: 2})
			if got := l.words("lan1"); got != step.want {
				t.Errorf("%d %v: said %q, want %q", step.pvid, step.tagged, got, step.want)
			}
		}
		if n := l.noted(NoteWarning); len(n) != 1 || !strings.Contains(n[0].Text, "several VLANs") {
			t.Errorf("warnings: %+v", n)
		}
		// A bridge that cannot be read for a while changes nothing.
		pass(10 * time.Second)
		l.words("lan1")
		l.change(func(s *Scene) { s.Bridges = map[string]Bridge{"br0": {Err: errors.New("busy")}} }, discovery.Event{Kind: discovery.EventVLANChanged})
		if got := l.words("lan1"); got != "" {
			t.Errorf("unread bridge: said %q", got)
		}
		if n := l.noted(NoteFailed); len(n) != 1 || !strings.Contains(n[0].Text, "busy") {
			t.Errorf("failures: %+v", n)
		}
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(l *lab, o *Options, s *Setup)
		want  string
	}{
		{"claimed by another", func(l *lab, _ *Options, _ *Setup) { l.claims["eth2"] = true }, "claim interface eth2: taken"},
		{"cannot be opened", func(l *lab, _ *Options, _ *Setup) { l.fail["eth2"] = errors.New("operation not permitted") }, "operation not permitted"},
		{"claimed says no", func(_ *lab, o *Options, _ *Setup) { o.Claimed = func() error { return errors.New("socket is taken") } }, "socket is taken"},
		{"no such interface", func(_ *lab, _ *Options, s *Setup) { s.Only = []string{"eth9"} }, "there is no interface eth9"},
		{"covers nothing", func(_ *lab, _ *Options, s *Setup) { s.Adverts[0].Interfaces = []string{"eth9"} }, "no port to speak on: there is no interface eth9"},
		{"host cannot be read", func(l *lab, _ *Options, _ *Setup) { l.err = errors.New("netlink is closed") }, "read interfaces: netlink is closed"},
		{"cannot be said", func(_ *lab, _ *Options, s *Setup) { s.Adverts[0].Says = said(voice(5000)) }, "5000"},
		{"bridge cannot be read", func(l *lab, _ *Options, s *Setup) {
			s.Adverts[0] = config.Advert{Name: "a", Bridge: "br0"}
			l.scene.Links = append(l.scene.Links, Link{Name: "br0", Index: 9, Addr: mac(9), Kind: "bridge"})
			l.scene.Bridges["br0"] = Bridge{Err: errors.New("denied")}
		}, "read bridge br0: denied"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := newLab(t, eth("eth1", 2), eth("eth2", 3))
				s := Setup{Station: station0, Adverts: []config.Advert{forced("a", voice(110), "eth*")}}
				o := Options{Host: l, Open: l.open, Claim: l.claim}
				tt.spoil(l, &o, &s)
				before := len(l.claims)
				err := New(o, s).Run(t.Context(), func() { t.Error("it started") })
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%v, want %q", err, tt.want)
				}
				if len(l.claims) != before {
					t.Errorf("claims are left: %v", l.claims)
				}
				// Who is refused an interface has said nothing on any.
				if strings.Contains(tt.name, "claimed") && len(l.far) > 0 {
					t.Errorf("%d wires were opened", len(l.far))
				}
			})
		})
	}
}

func TestFiftyPorts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var links []Link
		for i := range 50 {
			links = append(links, eth(fmt.Sprintf("lan%d", i+1), i+2))
		}
		l := newLab(t, links...)
		auto := forced("a", voice(110), "lan*")
		auto.Options.MED, auto.Options.CDP = 0, 0
		a, stop := l.run(Setup{Adverts: []config.Advert{auto}})
		for _, k := range links {
			if got := l.words(k.Name); got != "lldp" {
				t.Fatalf("%s: %q", k.Name, got)
			}
		}
		pass(10 * time.Second)
		for i, k := range links {
			l.words(k.Name)
			l.phone(k.Name, 0)
			if got := l.words(k.Name); got != "lldp 1=110" {
				t.Errorf("%s answers a phone with %q", k.Name, got)
			}
			if i%2 == 0 {
				l.phone(k.Name, 110)
			}
		}
		s := a.Status()
		for i, p := range s.Ports {
			if len(p.Neighbors) != 1 || p.Neighbors[0].System != "SEP020000007000" || p.Counters.LLDPSent < 2 {
				t.Errorf("%s: %+v", p.Name, p)
			}
			if used := p.Neighbors[0].Adopted; i%2 == 0 && (used == nil || used.VLAN != 110) {
				t.Errorf("%s: adopted %+v", p.Name, used)
			}
		}
		if n := len(l.noted(NoteAdopted)); n != 25 {
			t.Errorf("%d notes of adopted policies", n)
		}
		if n := len(l.noted(NoteMED)); n != 50 {
			t.Errorf("%d notes of policies told", n)
		}
		stop()
		for _, k := range links {
			if got := l.words(k.Name); !strings.HasSuffix(got, "lldp bye") {
				t.Errorf("%s: last words %q", k.Name, got)
			}
		}
	})
}
