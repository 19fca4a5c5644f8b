package policy

import (
	"fmt"
	"slices"
	"time"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

// Severity says how bad a finding is.
type Severity uint8

// The severities. Critical: a phone is or will be dark. Warning: a phone works by luck, or the reading
// says that it soon will not. Info: for the record.
const (
	SeverityUnknown Severity = iota
	Info
	Warning
	Critical
)

var severities = []string{"unknown", "info", "warning", "critical"}

func (s Severity) String() string {
	if int(s) < len(severities) {
		return severities[s]
	}
	return "invalid"
}

// MarshalText gives the word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word.
func (s *Severity) UnmarshalText(b []byte) error {
	for i, w := range severities {
		if i > 0 && w == string(b) {
			*s = Severity(i)
			return nil
		}
	}
	return fmt.Errorf("parse severity: %q is none of %q", b, severities[1:])
}

// Profile is what should hold on a port that a phone plugs into. Zero fields are not enforced.
type Profile struct {
	Name      string
	Voice     discovery.VoicePolicy // Mode VoiceUnknown = not enforced
	DataVLAN  uint16                // native VLAN; 0 = not enforced
	PoE       switchctl.PoEAdmin    // PoEAuto or PoEOn: power must be on; PoEAdminUnknown = not enforced
	Priority  switchctl.PoEPriority
	Limit     discovery.Milliwatts
	Protected bool // never cut power of phones with this profile
}

// Intent is what should hold on one port, and why.
type Intent struct {
	Profile *Profile // nil: nothing is known about what this port should be
	Why     string   // the assignment that chose the profile, or why there is none
	// NeedsPhone is true where the profile was chosen because of the phone on the port, so that the
	// choice is no better than the proof that the phone is there; false where the port itself was named.
	NeedsPhone bool
	Guards     []Guard      // reasons not to write to this port
	Exceptions []*Exception // those whose globs match this port, live or expired
}

// Guard is one reason never to write to a port.
type Guard struct {
	ID     string   // stable word, one of those in guard.go
	Reason string   // what was seen, for people
	Kinds  []string // the kinds of change that it stops (Change.Kind); empty = every kind
}

// Stops reports whether the guard stops changes of the kind.
func (g Guard) Stops(kind string) bool { return len(g.Kinds) == 0 || slices.Contains(g.Kinds, kind) }

// Exception exempts ports from rules, with a reason, an owner and an end.
type Exception struct {
	Switch, Port string   // globs
	Rules        []string // rule ids; empty = all
	Reason       string
	Owner        string
	Expires      time.Time // zero = never
}

// View is all that a rule may look at for one port. It is read-only.
type View struct {
	Now      time.Time
	Site     string
	Switch   *switchctl.Snapshot
	Port     *switchctl.PortState
	Bindings []inventory.Binding // phones on this port, the surest first
	Expected []inventory.Phone   // phones that the inventory expects here, found or not
	Intent   Intent
	Fleet    FleetFacts
	Options  Options
}

// FleetFacts is what can be known only after all switches were read. NewFacts fills all but LastPhone.
type FleetFacts struct {
	// Seen gives every port on which a MAC was found as a phone; more than one is a duplicate.
	Seen map[discovery.MAC][]switchctl.PortRef
	// LastPhone is when a phone was last seen on a port; the zero time where never, absent where no
	// history is kept.
	LastPhone map[switchctl.PortRef]time.Time
	// Read are switches that were read.
	Read map[switchctl.SwitchID]bool
	// Unread are switches that could not be read: a phone expected there is not called missing.
	Unread map[switchctl.SwitchID]bool
	// Blind are switches that were read, but where phones cannot be seen now, and why: no table of
	// neighbours or addresses, or restarted a moment ago.
	Blind map[switchctl.SwitchID]string
	// Phones is how many phones the inventory has; with none, no phone is called unknown.
	Phones int
	// VoiceVLANs are the VLANs that some profile or some port uses for voice.
	VoiceVLANs map[uint16]bool
}

// Options are the numbers that rules use.
type Options struct {
	IdleVoiceDays int           // voice VLAN configured where no phone has been for so many days; 0 = never idle
	BootTime      time.Duration // a phone may be silent for so long after power or link came
}

// Rule is one thing that can be wrong. At least one of Check, Switch and Fleet is set.
type Rule struct {
	ID       string                     // stable, kebab-case; also the name of its docs page
	Title    string                     // what is wrong, in words for people
	Why      string                     // why an admin should care
	Severity Severity                   // of findings that set none
	Check    func(View) []Finding       // per port; may be nil
	Switch   func(SwitchView) []Finding // per switch: what has one cause for many ports; may be nil
	Fleet    func(FleetView) []Finding  // over the whole fleet: missing phones; may be nil
}

// SwitchView is what a rule about a whole switch may look at.
type SwitchView struct {
	Now        time.Time
	Switch     *switchctl.Snapshot
	Ports      []View       // parallel to Switch.Ports
	Exceptions []*Exception // those whose switch glob matches
	Facts      FleetFacts
	Options    Options
}

// FleetView is what a fleet rule may look at.
type FleetView struct {
	Now        time.Time
	Directory  *inventory.Directory
	Readings   []*Reading // every switch that was read
	Exceptions []Exception
	Facts      FleetFacts
	Options    Options
}

// Finding is one thing that is wrong at one place.
type Finding struct {
	Rule     string
	Port     switchctl.PortRef // Name "" where it is about the switch; zero where about a phone
	Phone    discovery.MAC     // zero where about no phone
	Severity Severity
	Message  string
	Evidence []string
	Fix      []switchctl.Change // empty: a person must act
	// Confidence of the binding that the finding rests on. Findings that need no phone (a port
	// assigned by name) are Certain.
	Confidence inventory.Confidence
	// Excepted is the live exception that exempts the port from the rule; nil for a finding that counts.
	// Excepted findings are reported apart and never acted on.
	Excepted *Exception
}

// Hold is a change that waits, and why.
type Hold struct {
	Change switchctl.Change
	Rule   string
	Reason string
	Guard  string // stable word of the guard or limit
}

// Step is one change of a plan.
type Step struct {
	Change switchctl.Change
	Why    string // rule and message
	Rule   string
	Before switchctl.PortState
}

// Plan is what would be done to one switch.
type Plan struct {
	Switch switchctl.SwitchID
	Steps  []Step
	Held   []Hold
}

// Limits bound what Decide lets through. Zero means no limit, except in PerPort (zero = one change of
// each kind in a window). With Window zero the limits hold for each plan alone.
type Limits struct {
	PerPort   int // changes of one port in a window
	PerSwitch int
	PerSite   int
	Total     int
	Window    time.Duration
	// CycleRest is how long a port is left alone after a power cycle or a bounce: where one did not
	// help, a person must look.
	CycleRest time.Duration
	// Hours are the change windows; empty = at any time.
	Hours []Hours
	// MaxMACs: a port with more learned MACs than this is not a phone port.
	MaxMACs int
	// Kinds that may be applied at all (Change.Kind); nil = all but bounce.
	Kinds []string
	// Protect lists ports (switch glob, port glob) that are never written to.
	Protect []PortPattern
	// StopUnverified: hold everything once this share (0..1) of at least 5 changes in the window ended
	// unverified.
	StopUnverified float64
}

// Hours is one change window of a week. From and To are times since midnight in Zone; To before From
// goes over midnight, and belongs to the day on which it begins.
type Hours struct {
	Days     []time.Weekday // empty = every day
	From, To time.Duration
	Zone     *time.Location // nil = UTC
}

// PortPattern names ports by globs; an empty glob matches all.
type PortPattern struct {
	Switch string
	Port   string
	Reason string
}

// Past is one earlier change, as History remembers it.
type Past struct {
	Port    switchctl.PortRef
	Site    string
	Kind    string
	At      time.Time
	Outcome string // done, unchanged, refused, unverified, undone
}

// History is what was done lately, newest last.
type History []Past
