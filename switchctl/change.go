package switchctl

import (
	"fmt"
	"time"

	"phoneport/discovery"
)

// Change is one act on one port. The set is sealed: a driver switches over these types and answers
// ErrUnsupported for those that its family cannot do.
type Change interface {
	Port() PortRef
	Kind() string   // stable word for output and storage: set-poe …
	Args() string   // the arguments in text: "auto", "tagged 110"
	String() string // a sentence for people
	// Undo gives the change that puts the port back as before; ok is false where nothing can or need be
	// put back.
	Undo(before PortState) (c Change, ok bool)
	// Seen reports whether the port, as read, shows the change.
	Seen(p PortState) bool
	change()
}

type (
	// SetPoE sets the administrative state of inline power. PoEOn and PoEAuto mean the same to a driver
	// of a family that knows only one of the two.
	SetPoE struct {
		Ref   PortRef
		Admin PoEAdmin
	}
	// SetPoEPriority sets who keeps power when there is not enough.
	SetPoEPriority struct {
		Ref      PortRef
		Priority PoEPriority
	}
	// SetPoELimit sets the configured maximum, in milliwatts at the switch.
	SetPoELimit struct {
		Ref   PortRef
		Limit discovery.Milliwatts
	}
	// SetVoice sets the voice VLAN of an access port; Voice.Mode VoiceNone removes it.
	SetVoice struct {
		Ref   PortRef
		Voice discovery.VoicePolicy
	}
	// SetAccessVLAN sets the untagged (data) VLAN.
	SetAccessVLAN struct {
		Ref  PortRef
		VLAN uint16
	}
	// SetAdmin sets the administrative link state (ifAdminStatus).
	SetAdmin struct {
		Ref   PortRef
		Admin UpDown
	}
	// CyclePoE takes power off for Off and gives it back. It is carried out by policy/enforce as two
	// SetPoE changes with a journal around them; drivers never see it.
	CyclePoE struct {
		Ref PortRef
		Off time.Duration
	}
	// Bounce takes the link down for Off and up again. It is carried out by policy/enforce as two
	// SetAdmin changes with a journal around them; drivers never see it.
	Bounce struct {
		Ref PortRef
		Off time.Duration
	}
)

func (c SetPoE) Port() PortRef         { return c.Ref }
func (c SetPoEPriority) Port() PortRef { return c.Ref }
func (c SetPoELimit) Port() PortRef    { return c.Ref }
func (c SetVoice) Port() PortRef       { return c.Ref }
func (c SetAccessVLAN) Port() PortRef  { return c.Ref }
func (c SetAdmin) Port() PortRef       { return c.Ref }
func (c CyclePoE) Port() PortRef       { return c.Ref }
func (c Bounce) Port() PortRef         { return c.Ref }

func (SetPoE) Kind() string         { return "set-poe" }
func (SetPoEPriority) Kind() string { return "set-poe-priority" }
func (SetPoELimit) Kind() string    { return "set-poe-limit" }
func (SetVoice) Kind() string       { return "set-voice" }
func (SetAccessVLAN) Kind() string  { return "set-access-vlan" }
func (SetAdmin) Kind() string       { return "set-admin" }
func (CyclePoE) Kind() string       { return "cycle-poe" }
func (Bounce) Kind() string         { return "bounce" }

func (c SetPoE) Args() string         { return c.Admin.String() }
func (c SetPoEPriority) Args() string { return c.Priority.String() }
func (c SetPoELimit) Args() string    { return fmt.Sprintf("%d mW", int64(c.Limit)) }
func (c SetVoice) Args() string       { return c.Voice.String() }
func (c SetAccessVLAN) Args() string  { return fmt.Sprint(c.VLAN) }
func (c SetAdmin) Args() string       { return c.Admin.String() }
func (c CyclePoE) Args() string       { return c.Off.String() }
func (c Bounce) Args() string         { return c.Off.String() }

func (c SetPoE) String() string { return fmt.Sprintf("%s: set inline power %s", c.Ref, c.Admin) }
func (c SetPoEPriority) String() string {
	return fmt.Sprintf("%s: set inline power priority %s", c.Ref, c.Priority)
}

func (c SetPoELimit) String() string {
	return fmt.Sprintf("%s: limit inline power to %s", c.Ref, c.Limit)
}

func (c SetVoice) String() string {
	if c.Voice.Mode == discovery.VoiceNone {
		return fmt.Sprintf("%s: remove the voice VLAN", c.Ref)
	}
	return fmt.Sprintf("%s: set the voice VLAN %s", c.Ref, c.Voice)
}

func (c SetAccessVLAN) String() string {
	return fmt.Sprintf("%s: set the access VLAN %d", c.Ref, c.VLAN)
}
func (c SetAdmin) String() string { return fmt.Sprintf("%s: set the port %s", c.Ref, c.Admin) }
func (c CyclePoE) String() string {
	return fmt.Sprintf("%s: power off for %s and on again", c.Ref, c.Off)
}

func (c Bounce) String() string {
	return fmt.Sprintf("%s: link down for %s and up again", c.Ref, c.Off)
}

// Undo puts the former administrative state back.
func (c SetPoE) Undo(b PortState) (Change, bool) {
	return SetPoE{c.Ref, b.PoE.Admin}, b.PoE.Admin != PoEAdminUnknown && b.PoE.Admin != c.Admin
}

// Undo puts the former priority back.
func (c SetPoEPriority) Undo(b PortState) (Change, bool) {
	return SetPoEPriority{c.Ref, b.PoE.Priority}, b.PoE.Priority != PriorityUnknown && b.PoE.Priority != c.Priority
}

// Undo puts the former limit back.
func (c SetPoELimit) Undo(b PortState) (Change, bool) {
	return SetPoELimit{c.Ref, b.PoE.Limit}, b.PoE.Limit != 0 && b.PoE.Limit != c.Limit
}

// Undo puts the former voice VLAN back.
func (c SetVoice) Undo(b PortState) (Change, bool) {
	return SetVoice{c.Ref, b.Voice}, b.Voice.Mode != discovery.VoiceUnknown && !sameVoice(b.Voice, c.Voice)
}

// Undo puts the former access VLAN back.
func (c SetAccessVLAN) Undo(b PortState) (Change, bool) {
	return SetAccessVLAN{c.Ref, b.Untagged}, b.Untagged != 0 && b.Untagged != c.VLAN
}

// Undo puts the former administrative state back.
func (c SetAdmin) Undo(b PortState) (Change, bool) {
	return SetAdmin{c.Ref, b.Admin}, (b.Admin == Up || b.Admin == Down) && b.Admin != c.Admin
}

// Undo has nothing to put back: a cycle ends in the state that it began in.
func (c CyclePoE) Undo(PortState) (Change, bool) { return nil, false }

// Undo has nothing to put back: a bounce ends in the state that it began in.
func (c Bounce) Undo(PortState) (Change, bool) { return nil, false }

// Seen compares on and off where one side knows no more than that.
func (c SetPoE) Seen(p PortState) bool {
	if p.PoE.Admin == PoEAdminUnknown {
		return false
	}
	if p.PoE.Admin == PoEOn || c.Admin == PoEOn {
		return p.PoE.Admin.Enabled() == c.Admin.Enabled()
	}
	return p.PoE.Admin == c.Admin
}
func (c SetPoEPriority) Seen(p PortState) bool { return p.PoE.Priority == c.Priority }
func (c SetPoELimit) Seen(p PortState) bool    { return p.PoE.Limit == c.Limit }
func (c SetVoice) Seen(p PortState) bool       { return sameVoice(p.Voice, c.Voice) }
func (c SetAccessVLAN) Seen(p PortState) bool  { return p.Untagged == c.VLAN }
func (c SetAdmin) Seen(p PortState) bool       { return p.Admin == c.Admin }

// Seen reports whether power is administratively on again.
func (c CyclePoE) Seen(p PortState) bool { return p.PoE.Admin.Enabled() }

// Seen reports whether the port is administratively up again.
func (c Bounce) Seen(p PortState) bool { return p.Admin == Up }

func sameVoice(a, b discovery.VoicePolicy) bool { return a.Mode == b.Mode && a.VLAN == b.VLAN }

func (SetPoE) change()         {}
func (SetPoEPriority) change() {}
func (SetPoELimit) change()    {}
func (SetVoice) change()       {}
func (SetAccessVLAN) change()  {}
func (SetAdmin) change()       {}
func (CyclePoE) change()       {}
func (Bounce) change()         {}

// changeKinds builds an empty change of a kind out of its text; the inverse of Kind and Args.
var changeKinds = map[string]func(ref PortRef, args string) (Change, error){
	"set-poe": func(r PortRef, a string) (Change, error) {
		c := SetPoE{Ref: r}
		err := c.Admin.UnmarshalText([]byte(a))
		return c, err
	},
	"set-poe-priority": func(r PortRef, a string) (Change, error) {
		c := SetPoEPriority{Ref: r}
		err := c.Priority.UnmarshalText([]byte(a))
		return c, err
	},
	"set-poe-limit": func(r PortRef, a string) (Change, error) {
		c := SetPoELimit{Ref: r}
		_, err := fmt.Sscanf(a, "%d mW", &c.Limit)
		return c, err
	},
	"set-voice": func(r PortRef, a string) (Change, error) {
		c := SetVoice{Ref: r}
		if n, err := fmt.Sscanf(a, "tagged %d", &c.Voice.VLAN); err == nil && n == 1 {
			c.Voice.Mode = discovery.VoiceTagged
			return c, nil
		}
		err := c.Voice.Mode.UnmarshalText([]byte(a))
		return c, err
	},
	"set-access-vlan": func(r PortRef, a string) (Change, error) {
		c := SetAccessVLAN{Ref: r}
		_, err := fmt.Sscan(a, &c.VLAN)
		return c, err
	},
	"set-admin": func(r PortRef, a string) (Change, error) {
		c := SetAdmin{Ref: r}
		err := c.Admin.UnmarshalText([]byte(a))
		return c, err
	},
	"cycle-poe": func(r PortRef, a string) (Change, error) {
		d, err := time.ParseDuration(a)
		return CyclePoE{r, d}, err
	},
	"bounce": func(r PortRef, a string) (Change, error) {
		d, err := time.ParseDuration(a)
		return Bounce{r, d}, err
	},
}

// ParseChange is the inverse of Kind and Args: it reads a change back from a plan file or a journal.
func ParseChange(ref PortRef, kind, args string) (Change, error) {
	f, ok := changeKinds[kind]
	if !ok {
		return nil, fmt.Errorf("parse change of %s: kind %q is unknown", ref, kind)
	}
	c, err := f(ref, args)
	if err != nil {
		return nil, fmt.Errorf("parse change %s of %s: %w", kind, ref, err)
	}
	return c, nil
}
