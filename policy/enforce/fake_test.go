package enforce_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/policy/enforce/journal"
	"phoneport/switchctl"
	"phoneport/switchctl/fleet"
)

// fakeSwitch is a switch that does as it is told, unless a hook says otherwise.
type fakeSwitch struct {
	mu      sync.Mutex
	snap    switchctl.Snapshot
	info    switchctl.Info
	applied []string // every order, in turn
	saved   int
	fresh   []bool // of every reading, whether it was to be fresh

	open    func() error                                             // nil = opens
	observe func() error                                             // before each reading
	order   func(c switchctl.Change, p *switchctl.PortState) error   // instead of doing it; obey(c, p) does it
	settle  func(c switchctl.Change, before, p *switchctl.PortState) // after it was done
	save    func() error
}

var allKinds = []string{"set-poe", "set-poe-priority", "set-poe-limit", "set-voice", "set-access-vlan", "set-admin"}

// deskPort is a port that nothing speaks against: powered, access, proven, with nobody on it.
func deskPort(sw switchctl.SwitchID, n int) switchctl.PortState {
	return switchctl.PortState{
		Ref: switchctl.PortRef{Switch: sw, Name: fmt.Sprintf("Gi1/0/%d", n)}, Type: 6,
		Admin: switchctl.Up, Link: switchctl.Down, Mode: switchctl.ModeAccess, Untagged: 10,
		Voice: discovery.VoicePolicy{Mode: discovery.VoiceNone},
		Index: switchctl.Indices{If: 10100 + n, PSE: [2]int{1, n}, Proof: switchctl.ProofMIB},
		PoE: switchctl.PoEState{
			Supported: true, Admin: switchctl.PoEAuto, Detect: switchctl.PoESearching,
			Priority: switchctl.PriorityLow, Limit: 15400,
		},
	}
}

func newFake(id switchctl.SwitchID, ports int) *fakeSwitch {
	f := &fakeSwitch{info: switchctl.Info{Driver: "fake", Kinds: allKinds, NeedsSave: true}}
	f.snap = switchctl.Snapshot{
		Switch: id, System: switchctl.System{Name: string(id), Driver: "fake"},
		Power: []switchctl.PowerGroup{{Group: 1, Status: "on", Nominal: 740000}},
		VLANs: []switchctl.VLAN{{ID: 10, Name: "data"}, {ID: 110, Name: "voice"}},
	}
	for n := range ports {
		f.snap.Ports = append(f.snap.Ports, deskPort(id, n+1))
	}
	return f
}

// port gives the n-th port (from 1) for the test to look at or to change.
func (f *fakeSwitch) port(n int) *switchctl.PortState { return &f.snap.Ports[n-1] }

func (f *fakeSwitch) with(fn func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fn()
}

func (f *fakeSwitch) orders() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.applied)
}

// obey does what a change says.
func obey(c switchctl.Change, p *switchctl.PortState) error {
	switch c := c.(type) {
	case switchctl.SetPoE:
		p.PoE.Admin = c.Admin
		if !c.Admin.Enabled() {
			p.PoE.Detect, p.PoE.Draw, p.Link, p.Neighbors, p.Learned = switchctl.PoEDisabled, 0, switchctl.Down, nil, nil
		} else if p.PoE.Detect == switchctl.PoEDisabled {
			p.PoE.Detect = switchctl.PoESearching
		}
	case switchctl.SetPoEPriority:
		p.PoE.Priority = c.Priority
	case switchctl.SetPoELimit:
		p.PoE.Limit = c.Limit
	case switchctl.SetVoice:
		p.Voice = c.Voice
	case switchctl.SetAccessVLAN:
		p.Untagged = c.VLAN
	case switchctl.SetAdmin:
		p.Admin = c.Admin
		if c.Admin == switchctl.Down {
			p.Link = switchctl.Down
		}
	default:
		return fmt.Errorf("driver was asked for %T, which it must never see", c)
	}
	return nil
}

// session is one session with a fakeSwitch.
type session struct{ *fakeSwitch }

func (s session) Info() switchctl.Info { return s.info }
func (s session) Close() error         { return nil }

func (s session) Observe(_ context.Context, sc switchctl.Scope) (switchctl.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fresh = append(s.fresh, sc.Fresh)
	if s.observe != nil {
		if err := s.observe(); err != nil {
			return switchctl.Snapshot{}, err
		}
	}
	snap := s.snap
	snap.Ports = nil
	for _, p := range s.snap.Ports {
		if len(sc.Ports) == 0 || slices.Contains(sc.Ports, p.Ref.Name) {
			p.Neighbors, p.Learned = slices.Clone(p.Neighbors), slices.Clone(p.Learned)
			snap.Ports = append(snap.Ports, p)
		}
	}
	return snap, nil
}

func (s session) Apply(_ context.Context, c switchctl.Change) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.applied = append(s.applied, c.Port().Name+" "+c.Kind()+" "+c.Args())
	p, ok := s.snap.Port(c.Port().Name)
	if !ok {
		return &switchctl.Error{Op: "apply", Class: switchctl.ErrRejected, Err: errors.New("no such port")}
	}
	before := *p
	do := obey
	if s.order != nil {
		do = s.order
	}
	if err := do(c, p); err != nil {
		return err
	}
	if s.settle != nil {
		s.settle(c, &before, p)
	}
	return nil
}

func (s session) Save(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saved++
	if s.save != nil {
		return s.save()
	}
	return nil
}

// rig is an engine over fake switches and a journal in a temporary directory.
type rig struct {
	*enforce.Engine
	journal  *journal.Dir
	switches map[switchctl.SwitchID]*fakeSwitch
}

func newRig(t *testing.T, c enforce.Config, fakes ...*fakeSwitch) *rig {
	t.Helper()
	return newRigAt(t, t.TempDir(), c, fakes...)
}

func newRigAt(t *testing.T, dir string, c enforce.Config, fakes ...*fakeSwitch) *rig {
	t.Helper()
	r := &rig{journal: journal.New(dir, nil), switches: map[switchctl.SwitchID]*fakeSwitch{}}
	var ts []fleet.Target
	for _, f := range fakes {
		r.switches[f.snap.Switch] = f
		ts = append(ts, fleet.Target{ID: f.snap.Switch, Site: "hq"})
	}
	fl, err := fleet.New(fleet.Options{
		Targets: ts,
		Open: func(_ context.Context, tg fleet.Target, _ *switchctl.Memory) (switchctl.Driver, error) {
			f := r.switches[tg.ID]
			if f.open != nil {
				if err := f.open(); err != nil {
					return nil, err
				}
			}
			return session{f}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	c.Switches = fl
	if c.Journal == nil {
		c.Journal = r.journal
	}
	if r.Engine, err = enforce.New(c); err != nil {
		t.Fatal(err)
	}
	return r
}

// planOf makes a plan of changes as if an audit had just seen the ports.
func (r *rig) planOf(cs ...switchctl.Change) *enforce.Plan {
	p := &enforce.Plan{Run: "20260102T030405Z-000000", Made: time.Now()}
	for _, c := range cs {
		id := c.Port().Switch
		i := slices.IndexFunc(p.Switches, func(s policy.Plan) bool { return s.Switch == id })
		if i < 0 {
			p.Switches = append(p.Switches, policy.Plan{Switch: id})
			i = len(p.Switches) - 1
		}
		st := policy.Step{Change: c, Rule: "test", Why: "test: because"}
		if f, ok := r.switches[id]; ok {
			if port, ok := f.snap.Port(c.Port().Name); ok {
				st.Before = *port
			}
		}
		p.Switches[i].Steps = append(p.Switches[i].Steps, st)
	}
	return p
}

// outcomes gives "port kind outcome" of every result and "port kind held guard" of every hold.
func outcomes(a *enforce.Applied) []string {
	var s []string
	for _, sw := range a.Switches {
		for _, r := range sw.Results {
			s = append(s, fmt.Sprintf("%s %s %s", r.Step.Change.Port().Name, r.Step.Change.Kind(), r.Outcome))
		}
		for _, h := range sw.Held {
			s = append(s, fmt.Sprintf("%s %s held %s", h.Change.Port().Name, h.Change.Kind(), h.Guard))
		}
	}
	return s
}

func ref(sw switchctl.SwitchID, n int) switchctl.PortRef {
	return switchctl.PortRef{Switch: sw, Name: fmt.Sprintf("Gi1/0/%d", n)}
}

func voice(sw switchctl.SwitchID, n int, vlan uint16) switchctl.Change {
	return switchctl.SetVoice{Ref: ref(sw, n), Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: vlan}}
}

func power(sw switchctl.SwitchID, n int, a switchctl.PoEAdmin) switchctl.Change {
	return switchctl.SetPoE{Ref: ref(sw, n), Admin: a}
}

func unreachable(op string) error {
	return &switchctl.Error{Op: op, Class: switchctl.ErrUnreachable, Err: errors.New("no answer")}
}

func rejected(op string) error {
	return &switchctl.Error{Op: op, Class: switchctl.ErrRejected, Err: errors.New("inconsistentValue")}
}

// phoneOn puts a phone on a port that is heard, sends and draws power.
func phoneOn(p *switchctl.PortState, mac discovery.MAC) {
	p.Link, p.PoE.Detect, p.PoE.Draw, p.PoE.DrawTold = switchctl.Up, switchctl.PoEDelivering, 6300, true
	p.Neighbors = []discovery.Neighbor{{
		Protocol: discovery.LLDP, ChassisID: mac.String(), MAC: mac, System: "SEP" + mac.String(), MEDClass: discovery.MEDClassIII,
		Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapTelephone}, TTL: 2 * time.Minute,
	}}
	vlan := p.Untagged
	if p.Voice.VLAN != 0 {
		vlan = p.Voice.VLAN
	}
	p.Learned = []switchctl.LearnedMAC{{MAC: mac, VLAN: vlan}}
}

func mac(n int) discovery.MAC { return discovery.MAC{0x00, 0x1b, 0xd4, 0, byte(n >> 8), byte(n)} }

func directory(phones ...inventory.Phone) *inventory.Directory {
	d, _ := inventory.NewDirectory(phones)
	return d
}

// pass lets time go by in the bubble of a synctest; outside of one it has no business.
func pass(d time.Duration) { <-time.After(d) }
