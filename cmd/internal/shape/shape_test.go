package shape_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/cmd/internal/shape"
	"phoneport/cmd/internal/shape/shapetest"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestGolden holds the contract that scripts rely on: every field of every shape, filled and empty.
func TestGolden(t *testing.T) {
	t.Parallel()
	audit, plan, applied := shapetest.Audit(), shapetest.Plan(), shapetest.Applied()
	snap := shapetest.Snapshot()
	tests := []struct {
		name string
		v    any
	}{
		{"read", shape.NewReading(snap)},
		{"read-empty", shape.NewReading(&switchctl.Snapshot{Switch: "acc-9", Ports: []switchctl.PortState{{Ref: switchctl.PortRef{Switch: "acc-9", Name: "1"}}}})},
		{"audit", shape.NewAudit(audit, 0)},
		{"audit-empty", shape.NewAudit(&enforce.Audit{Run: "r"}, 0)},
		{"plan", shape.NewPlan(plan)},
		{"plan-empty", shape.NewPlan(&enforce.Plan{Run: "r"})},
		{"apply", shape.NewApplied(applied)},
		{"cycle", shape.NewCycled(shapetest.Cycled())},
		{"power", []shape.SwitchPower{shape.NewSwitchPower(snap)}},
		{"runs", shape.NewRuns(shapetest.Runs())},
		{"phones", shapetest.Phones()},
		{"where", shapetest.Whereabouts()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			enc := json.NewEncoder(&b)
			enc.SetEscapeHTML(false)
			enc.SetIndent("", "  ")
			if err := enc.Encode(tt.v); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", tt.name+".json")
			if *update {
				if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		})
	}
}

// TestPlanAndBack takes a plan through its file form: what apply checks must survive.
func TestPlanAndBack(t *testing.T) {
	t.Parallel()
	want := shapetest.Plan()
	data, err := json.Marshal(shape.NewPlan(want))
	if err != nil {
		t.Fatal(err)
	}
	var s shape.Plan
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	got, err := s.Plan()
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(shape.NewPlan(got))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(data), string(again)); diff != "" {
		t.Errorf("the plan changed on its way (-want +got):\n%s", diff)
	}
	if got.Changes() != want.Changes() || got.Held() != want.Held() {
		t.Fatalf("%d changes, %d held; want %d, %d", got.Changes(), got.Held(), want.Changes(), want.Held())
	}
	for i, sp := range want.Switches {
		for j, st := range sp.Steps {
			b, w := got.Switches[i].Steps[j], st
			if b.Change != w.Change || b.Rule != w.Rule || b.Why != w.Why {
				t.Errorf("step %d of %s: got %v (%s), want %v (%s)", j, sp.Switch, b.Change, b.Rule, w.Change, w.Rule)
			}
			for what, pair := range map[string][2]any{
				"mode": {b.Before.Mode, w.Before.Mode}, "voice": {b.Before.Voice.String(), w.Before.Voice.String()}, "untagged": {b.Before.Untagged, w.Before.Untagged},
				"index": {b.Before.Index, w.Before.Index}, "admin": {b.Before.Admin, w.Before.Admin}, "poe admin": {b.Before.PoE.Admin, w.Before.PoE.Admin},
				"priority": {b.Before.PoE.Priority, w.Before.PoE.Priority}, "limit": {b.Before.PoE.Limit, w.Before.PoE.Limit},
				"neighbors": {len(b.Before.Neighbors), len(w.Before.Neighbors)},
			} {
				if pair[0] != pair[1] {
					t.Errorf("step %d of %s: before: %s is %v, want %v", j, sp.Switch, what, pair[0], pair[1])
				}
			}
			for k, n := range w.Before.Neighbors {
				if m := b.Before.Neighbors[k]; m.MAC != n.MAC || m.IsPhone() != n.IsPhone() {
					t.Errorf("neighbour %d: got %v, want %v", k, m, n)
				}
			}
		}
	}
}

func TestPlanThatIsNone(t *testing.T) {
	t.Parallel()
	port := func(name string) *shape.Port { return &shape.Port{Name: name, Mode: "access"} }
	bad := func(change func(*shape.Port)) *shape.Port {
		p := port("1")
		change(p)
		return p
	}
	for name, c := range map[string]shape.Change{
		"kind":         {Port: "1", Kind: "set-fire", Args: "on"},
		"args":         {Port: "1", Kind: "set-poe", Args: "maybe"},
		"no port":      {Kind: "set-poe", Args: "auto"},
		"another port": {Port: "1", Kind: "set-poe", Args: "auto", Before: port("2")},
		"mode":         {Port: "1", Kind: "set-poe", Args: "auto", Before: bad(func(p *shape.Port) { p.Mode = "sideways" })},
		"proof":        {Port: "1", Kind: "set-poe", Args: "auto", Before: bad(func(p *shape.Port) { p.PSEProof = "hearsay" })},
		"pse":          {Port: "1", Kind: "set-poe", Args: "auto", Before: bad(func(p *shape.Port) { p.PSE = "1" })},
		"mac":          {Port: "1", Kind: "set-poe", Args: "auto", Before: bad(func(p *shape.Port) { p.Neighbors = []shape.Neighbor{{MAC: "x"}} })},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := shape.Plan{Switches: []shape.SwitchPlan{{Switch: "acc-1", Changes: []shape.Change{c}}}}
			if _, err := p.Plan(); err == nil {
				t.Errorf("was accepted: %+v", c)
			}
		})
	}
}

func TestErrorsAreText(t *testing.T) {
	t.Parallel()
	a := shapetest.Audit()
	a.Unreadable[0].Err = &switchctl.Error{Op: "read", Switch: "acc-3", Class: switchctl.ErrUnreachable, Err: errors.New("no answer")}
	got := shape.NewAudit(a, 0).Switches.Unreadable[0].Error
	if got != "acc-3: read: unreachable: no answer" {
		t.Errorf("error = %q", got)
	}
}

// TestTimesAreUTC: two hosts must print the same.
func TestTimesAreUTC(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("here", 7200)
	a, p, d := shapetest.Audit(), shapetest.Plan(), shapetest.Applied()
	a.Started, p.Made, d.Finished = a.Started.In(zone), p.Made.In(zone), d.Finished.In(zone)
	for what, at := range map[string]time.Time{
		"audit": shape.NewAudit(a, 0).StartedAt, "plan": shape.NewPlan(p).MadeAt, "apply": shape.NewApplied(d).FinishedAt,
	} {
		if _, offset := at.Zone(); offset != 0 {
			t.Errorf("%s: %s is not UTC", what, at)
		}
	}
}
