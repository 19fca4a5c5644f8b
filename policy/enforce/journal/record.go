package journal

import (
	"encoding/json"
	"fmt"
	"time"

	"phoneport/discovery"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

// The stages of lines that are not the engine's entries.
const (
	stageBegin = "begin"
	stageEnd   = "end"
)

// record is one line. Fields are added, never renamed: old journals stay readable.
type record struct {
	Stage string    `json:"stage"`
	At    time.Time `json:"at"`

	// begin
	Run string `json:"run,omitempty"`
	Act string `json:"act,omitempty"` // apply, undo, cycle, recover
	PID int    `json:"pid,omitempty"`

	// intent, restored, outcome, saved
	Seq     int         `json:"seq,omitempty"`
	Switch  string      `json:"switch,omitempty"`
	Port    string      `json:"port,omitempty"`
	Site    string      `json:"site,omitempty"`
	Kind    string      `json:"kind,omitempty"`
	Args    string      `json:"args,omitempty"`
	Rule    string      `json:"rule,omitempty"`
	Why     string      `json:"why,omitempty"`
	Before  *portRecord `json:"before,omitempty"`
	After   *portRecord `json:"after,omitempty"`
	Outcome string      `json:"outcome,omitempty"`
	Error   string      `json:"error,omitempty"`
}

// portRecord is what of a port's state a change can touch, and what tells how it was powered.
type portRecord struct {
	Admin    switchctl.UpDown     `json:"admin"`
	Link     switchctl.UpDown     `json:"link"`
	Mode     switchctl.PortMode   `json:"mode"`
	Untagged uint16               `json:"untagged,omitempty"`
	Tagged   []uint16             `json:"tagged,omitempty"`
	Voice    voiceRecord          `json:"voice"`
	PoE      *poeRecord           `json:"poe,omitempty"`
	Proof    switchctl.IndexProof `json:"pse_proof"`
}

type voiceRecord struct {
	Mode discovery.VoiceMode `json:"mode"`
	VLAN uint16              `json:"vlan,omitempty"`
	PCP  uint8               `json:"pcp,omitempty"`
	DSCP uint8               `json:"dscp,omitempty"`
}

type poeRecord struct {
	Admin     switchctl.PoEAdmin    `json:"admin"`
	Detect    switchctl.PoEDetect   `json:"detect"`
	Priority  switchctl.PoEPriority `json:"priority"`
	Limit     int64                 `json:"limit_mw,omitempty"`
	Draw      int64                 `json:"draw_mw,omitempty"`
	Allocated int64                 `json:"allocated_mw,omitempty"`
	Denied    bool                  `json:"denied,omitempty"`
}

func portToRecord(p switchctl.PortState) *portRecord {
	if p.Ref == (switchctl.PortRef{}) {
		return nil
	}
	r := &portRecord{
		Admin: p.Admin, Link: p.Link, Mode: p.Mode, Untagged: p.Untagged, Tagged: p.Tagged, Proof: p.Index.Proof,
		Voice: voiceRecord{p.Voice.Mode, p.Voice.VLAN, p.Voice.PCP, p.Voice.DSCP},
	}
	if p.PoE.Supported {
		r.PoE = &poeRecord{
			Admin: p.PoE.Admin, Detect: p.PoE.Detect, Priority: p.PoE.Priority, Limit: int64(p.PoE.Limit),
			Draw: int64(p.PoE.Draw), Allocated: int64(p.PoE.Allocated), Denied: p.PoE.Denied,
		}
	}
	return r
}

func (r *portRecord) port(ref switchctl.PortRef) switchctl.PortState {
	if r == nil {
		return switchctl.PortState{}
	}
	p := switchctl.PortState{
		Ref: ref, Admin: r.Admin, Link: r.Link, Mode: r.Mode, Untagged: r.Untagged, Tagged: r.Tagged,
		Index: switchctl.Indices{Proof: r.Proof},
		Voice: discovery.VoicePolicy{Mode: r.Voice.Mode, VLAN: r.Voice.VLAN, PCP: r.Voice.PCP, DSCP: r.Voice.DSCP},
	}
	if r.PoE != nil {
		p.PoE = switchctl.PoEState{
			Supported: true, Admin: r.PoE.Admin, Detect: r.PoE.Detect, Priority: r.PoE.Priority,
			Limit: discovery.Milliwatts(r.PoE.Limit), Draw: discovery.Milliwatts(r.PoE.Draw),
			Allocated: discovery.Milliwatts(r.PoE.Allocated), Denied: r.PoE.Denied,
		}
	}
	return p
}

func entryToRecord(e enforce.Entry) record {
	r := record{
		Stage: string(e.Stage), At: e.At.UTC(), Seq: e.Seq, Switch: string(e.Switch), Site: e.Site,
		Rule: e.Rule, Why: e.Why, Before: portToRecord(e.Before), After: portToRecord(e.After), Error: e.Error,
	}
	if e.Change != nil {
		r.Port, r.Kind, r.Args = e.Change.Port().Name, e.Change.Kind(), e.Change.Args()
	}
	if e.Stage == enforce.StageOutcome {
		r.Outcome = e.Outcome.String()
	}
	return r
}

func (r record) entry() (enforce.Entry, error) {
	ref := switchctl.PortRef{Switch: switchctl.SwitchID(r.Switch), Name: r.Port}
	e := enforce.Entry{
		Seq: r.Seq, Stage: enforce.Stage(r.Stage), At: r.At, Switch: ref.Switch, Site: r.Site,
		Rule: r.Rule, Why: r.Why, Before: r.Before.port(ref), After: r.After.port(ref), Error: r.Error,
	}
	switch e.Stage {
	case enforce.StageIntent, enforce.StageRestored, enforce.StageOutcome:
		c, err := switchctl.ParseChange(ref, r.Kind, r.Args)
		if err != nil {
			return e, err
		}
		e.Change = c
	case enforce.StageSaved:
	default:
		return e, fmt.Errorf("read journal line: stage %q is unknown", r.Stage)
	}
	if e.Stage == enforce.StageOutcome {
		if err := e.Outcome.UnmarshalText([]byte(r.Outcome)); err != nil {
			return e, err
		}
	}
	return e, nil
}

func (r record) line() ([]byte, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	return append(b, '\n'), nil
}
