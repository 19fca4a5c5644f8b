package render

import (
	"fmt"
	"io"
	"strings"

	"phoneport/cmd/internal/shape"
)

// Plan writes a plan.
func Plan(w io.Writer, f Format, p shape.Plan, o Options) error {
	if f == JSON || f == YAML {
		return Data(w, f, p)
	}
	g := newGrid(o, "switch", "port", "change", "to", "now", "why")
	for _, s := range p.Switches {
		for _, c := range s.Changes {
			g.row(s.Switch, c.Port, c.Kind, c.Args, now(c), c.Why)
		}
	}
	if err := g.write(w); err != nil {
		return err
	}
	return heldTable(w, p.Switches, o, g.lines > 0)
}

func heldTable(w io.Writer, ss []shape.SwitchPlan, o Options, gap bool) error {
	g := newGrid(o, "switch", "port", "held", "to", "reason")
	for _, s := range ss {
		for _, h := range s.Held {
			g.row(s.Switch, h.Port, h.Kind, h.Args, h.Reason)
		}
	}
	if g.lines > 0 && gap {
		if _, err := io.WriteString(w, "\n"); err != nil {
			return err
		}
	}
	return g.write(w)
}

// now gives what a change replaces, in the words of its arguments.
func now(c shape.Change) string {
	b := c.Before
	if b == nil {
		return "-"
	}
	switch {
	case c.Kind == "set-voice" && b.Voice != nil && b.Voice.VLAN != 0:
		return fmt.Sprintf("%s %d", b.Voice.Mode, b.Voice.VLAN)
	case c.Kind == "set-voice" && b.Voice != nil:
		return b.Voice.Mode
	case c.Kind == "set-access-vlan":
		return vlan(b.AccessVLAN)
	case c.Kind == "set-admin" || c.Kind == "bounce":
		return dash(b.Admin)
	case b.PoE == nil:
		return "-"
	case c.Kind == "set-poe" || c.Kind == "cycle-poe":
		return dash(b.PoE.Admin)
	case c.Kind == "set-poe-priority":
		return dash(b.PoE.Priority)
	case c.Kind == "set-poe-limit" && b.PoE.LimitMW != 0:
		return fmt.Sprintf("%d mW", b.PoE.LimitMW)
	}
	return "-"
}

// PlanSummary says in one line what a plan would do; it is talk, not data.
func PlanSummary(p shape.Plan) string {
	changes, held, on := 0, 0, 0
	for _, s := range p.Switches {
		changes += len(s.Changes)
		held += len(s.Held)
		if len(s.Changes) > 0 {
			on++
		}
	}
	s := "nothing to change"
	if changes > 0 {
		s = fmt.Sprintf("%s on %s", Count(changes, "change"), Count(on, "switch"))
	}
	if held > 0 {
		s += fmt.Sprintf(", %d held back", held)
	}
	if n := len(p.Unreadable); n > 0 {
		s += fmt.Sprintf(", %s could not be read", Count(n, "switch"))
	}
	return s
}

// Applied writes what an apply or an undo did.
func Applied(w io.Writer, f Format, a shape.Applied, o Options) error {
	if f == JSON || f == YAML {
		return Data(w, f, a)
	}
	g := newGrid(o, "outcome", "switch", "port", "change", "to", "was", "error")
	for _, s := range a.Switches {
		for _, c := range s.Changes {
			g.row(word(c.Outcome), s.Switch, c.Port, c.Kind, c.Args, now(c), dash(c.Error))
		}
	}
	if err := g.write(w); err != nil {
		return err
	}
	if err := heldTable(w, a.Switches, o, g.lines > 0); err != nil {
		return err
	}
	e := newGrid(o, "switch", "error")
	for _, s := range a.Switches {
		if s.Error != "" {
			e.row(s.Switch, s.Error)
		}
	}
	return e.write(w)
}

// AppliedSummary says in one line what was done; it is talk, not data.
func AppliedSummary(a shape.Applied) string {
	n, held, saved := map[string]int{}, 0, 0
	for _, s := range a.Switches {
		for _, c := range s.Changes {
			n[c.Outcome]++
		}
		held += len(s.Held)
		if s.Saved {
			saved++
		}
	}
	var parts []string
	for _, o := range []string{"done", "unchanged", "refused", "unverified", "undone"} {
		if n[o] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[o], o))
		}
	}
	if held > 0 {
		parts = append(parts, fmt.Sprintf("%d held back", held))
	}
	if saved > 0 {
		parts = append(parts, Count(saved, "switch")+" saved")
	}
	if len(parts) == 0 {
		parts = []string{"nothing to do"}
	}
	s := fmt.Sprintf("run %s: %s", a.Run, strings.Join(parts, ", "))
	if a.Interrupted {
		s += "; interrupted"
	}
	return s
}

// Cycled writes what one power cycle did.
func Cycled(w io.Writer, f Format, c shape.Cycled, o Options) error {
	if f == JSON || f == YAML {
		return Data(w, f, c)
	}
	g := newGrid(o, "step", "state", "detail")
	for _, s := range c.Change.Steps {
		g.row(s.Name, word(s.State), dash(s.Detail))
	}
	if err := g.write(w); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%s %s: %s%s\n", c.Switch, clean(c.Change.Port), c.Change.Outcome, suffix(c.Change.Error))
	return err
}

func suffix(err string) string {
	if err == "" {
		return ""
	}
	return ": " + clean(err)
}

// Runs writes the runs of the journal.
func Runs(w io.Writer, f Format, rs []shape.Run, o Options) error {
	if f == JSON || f == YAML {
		return Data(w, f, rs)
	}
	g := newGrid(o, "run", "kind", "started", "changes", "outcomes")
	for _, r := range rs {
		var parts []string
		for _, k := range []string{"done", "unchanged", "refused", "unverified", "undone"} {
			if n := r.Outcomes[k]; n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n, k))
			}
		}
		g.row(r.Run, r.Kind, r.Started.Local().Format("2006-01-02 15:04:05"), r.Changes, dash(strings.Join(parts, ", ")))
	}
	return g.write(w)
}
