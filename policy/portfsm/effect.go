package portfsm

import "time"

// EffectKind says what an Effect asks for.
type EffectKind uint8

// The effects.
const (
	EffectUnknown EffectKind = iota
	Reconcile                // read the port, and answer with Observed or Unread
	Propose                  // ask people to approve Plan, for Rules; answered by Approved or Rejected
	Withdraw                 // Plan need not be approved any more
	Apply                    // decide and carry out what Rules ask for; answer with Held or Ended and Seq
	Wake                     // put Timer in at At; it replaces an earlier Wake
	Notify                   // tell people: Rules, Why, Detail
	Quarantine               // the port is in quarantine from now on; Rules, Why, At = its end
	Release                  // the port left quarantine; Why
)

var effects = []string{"unknown", "reconcile", "propose", "withdraw", "apply", "wake", "notify", "quarantine", "release"}

func (k EffectKind) String() string { return word(effects, int(k)) }

// MarshalText gives the word.
func (k EffectKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the word.
func (k *EffectKind) UnmarshalText(b []byte) error {
	i, err := unword("effect", effects, b)
	if err == nil {
		*k = EffectKind(i)
	}
	return err
}

// Effect is what the caller is to do. It stores the state first: an effect that is lost with a crash is asked for
// again after Started; an Apply that is not is one whose outcome is read from the port.
type Effect struct {
	Kind   EffectKind
	At     time.Time // of Wake and Quarantine
	Seq    uint32    // of Apply
	Plan   string    // of Propose and Withdraw
	Rules  []string  // sorted
	Cut    bool      // of Apply: power or link may be cut, and it was counted
	Why    Reason
	Detail string
}
