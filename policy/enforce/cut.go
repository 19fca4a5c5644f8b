package enforce

import (
	"context"
	"errors"
	"fmt"
	"time"

	"phoneport/switchctl"
)

// cut is how one port is cut off and given back: its power, or its link.
type cut struct {
	off, on switchctl.Change // on is the state before, exactly
	dark    func(switchctl.PortState) bool
	wait    time.Duration // between dark and on
	watch   watch
	tell    func(CycleStep)
}

// watch is how long a cycle waits for the phone afterwards; zero waits are skipped.
type watch struct{ power, link, neighbor time.Duration }

// cutOf gives the cut of a checked result. In a plan it watches only for what the change itself promises,
// because the other ports of the switch wait.
func (w *writer) cutOf(r *Result, o doing) cut {
	t := w.e.c.Timing
	k, _ := newCut(r.Step.Change, r.Before) // check has refused what makes no sense
	k.tell = o.tell
	switch c := r.Step.Change.(type) {
	case switchctl.CyclePoE:
		k.wait, k.watch = c.Off, watch{power: t.Power}
	case switchctl.Bounce:
		k.wait, k.watch = c.Off, watch{link: t.Link}
	}
	if k.wait <= 0 {
		k.wait = t.Off
	}
	if o.watch != nil {
		k.watch = *o.watch
	}
	return k
}

// newCut says how to cut a port that is as before, or why that makes no sense.
func newCut(c switchctl.Change, before switchctl.PortState) (cut, error) {
	switch c.(type) {
	case switchctl.CyclePoE:
		k := cut{
			off: switchctl.SetPoE{Ref: c.Port(), Admin: switchctl.PoEOff},
			on:  switchctl.SetPoE{Ref: c.Port(), Admin: before.PoE.Admin},
			dark: func(p switchctl.PortState) bool {
				return p.PoE.Admin == switchctl.PoEOff && p.PoE.Detect != switchctl.PoEDelivering
			},
		}
		if !before.PoE.Supported {
			return k, errors.New("the port gives no inline power")
		}
		if !before.PoE.Admin.Enabled() {
			return k, fmt.Errorf("inline power is %s: there is nothing to cycle", before.PoE.Admin)
		}
		return k, nil
	case switchctl.Bounce:
		k := cut{
			off:  switchctl.SetAdmin{Ref: c.Port(), Admin: switchctl.Down},
			on:   switchctl.SetAdmin{Ref: c.Port(), Admin: switchctl.Up},
			dark: func(p switchctl.PortState) bool { return p.Admin == switchctl.Down && p.Link != switchctl.Up },
		}
		if before.Admin != switchctl.Up {
			return k, fmt.Errorf("the port is %s: there is nothing to bounce", before.Admin)
		}
		return k, nil
	}
	return cut{}, fmt.Errorf("change %s is no cycle", c.Kind())
}

// cycle cuts one port and gives it back. Its caller has checked the port (r.Before). Once the journal has
// the intent nothing ends the cycle before the port is back but the death of the process, and then Recover
// ends it.
func (w *writer) cycle(ctx context.Context, r *Result, k cut) verdict {
	name := r.Step.Change.Port().Name
	seq, v := w.intend(r)
	if v.stop {
		r.step(w, k, "journal", StepFailed, v.reason)
		return v
	}
	r.step(w, k, "journal", StepOK, "state before: "+poeText(r.Before))
	aerr := w.apply(ctx, k.off)
	if refusal(aerr) {
		r.step(w, k, "off", StepFailed, aerr.Error())
		r.Outcome, r.Err = Refused, aerr
		// Refused should mean untouched. Only reading tells, and a dark port is the worst that can happen.
		if err := w.giveBack(ctx, r, k); err != nil {
			r.Outcome = Unverified
			r.Err = errors.Join(aerr, err)
		} else {
			w.restored(r, seq)
		}
		return w.settle(r, seq, verdict{stop: true, guard: holdRefusal, reason: fmt.Sprintf("stopped after refusal: %v", aerr)})
	}
	r.step(w, k, "off", StepOK, errText(aerr, "accepted"))
	derr := w.readBack(ctx, r, k.dark, w.e.c.Timing.ReadBack)
	if derr == nil {
		r.step(w, k, "dark", StepOK, poeText(r.After))
		// The phone must have lost power, whoever presses Ctrl-C.
		_ = sleep(context.WithoutCancel(ctx), k.wait)
		r.step(w, k, "wait", StepOK, k.wait.String())
	} else {
		r.step(w, k, "dark", StepFailed, fmt.Sprintf("%v: %s", derr, poeText(r.After)))
	}
	if err := w.giveBack(ctx, r, k); err != nil {
		r.step(w, k, "on", StepFailed, err.Error())
		r.Outcome = Unverified
		r.Err = &switchctl.Error{
			Op: "give back " + name, Switch: w.target.ID, Port: name, Class: switchctl.ErrUnverified,
			Err: fmt.Errorf("the port may be off; phoneport tries again at its next start: %w", err),
		}
		w.log.Error("port may be off", "port", name, "err", err)
		return w.settle(r, seq, verdict{stop: true, guard: holdUnverified, reason: "stopped: a port could not be given back"})
	}
	w.restored(r, seq)
	r.step(w, k, "on", StepOK, poeText(r.After))
	if derr != nil {
		r.Outcome = Unverified
		r.Err = &switchctl.Error{
			Op: "cut", Switch: w.target.ID, Port: name, Class: switchctl.ErrUnverified,
			Err: errors.Join(aerr, fmt.Errorf("the port did not go off: %w", derr)),
		}
		return w.settle(r, seq, w.run.unverified(w.target.ID))
	}
	if err := w.watch(ctx, r, k); err != nil {
		r.Outcome = Unverified
		r.Err = &switchctl.Error{Op: r.Step.Change.Kind(), Switch: w.target.ID, Port: name, Class: switchctl.ErrUnverified, Err: err}
		return w.settle(r, seq, w.run.unverified(w.target.ID))
	}
	r.Outcome = Done
	return w.settle(r, seq, verdict{})
}

// giveBack orders the former state until it is seen, again and again: an order may be lost, refused while
// the switch is busy, or accepted and not done.
func (w *writer) giveBack(ctx context.Context, r *Result, k cut) error {
	end := time.Now().Add(w.e.c.Timing.Restore)
	for try := 0; ; try++ {
		aerr := w.apply(ctx, k.on)
		left := time.Until(end)
		err := w.readBack(ctx, r, k.on.Seen, max(0, min(left, w.e.c.Timing.ReadBack)))
		if err == nil {
			return nil
		}
		if left <= 0 {
			return errors.Join(aerr, err)
		}
		w.log.Warn("give port back again", "port", k.on.Port().Name, "try", try+1, "err", errors.Join(aerr, err))
	}
}

// restored journals that the port is back. Where that cannot be written the next start looks at the port
// once more, finds it as it was, and writes it then.
func (w *writer) restored(r *Result, seq int) {
	if err := w.run.log.Write(w.entry(r, seq, StageRestored)); err != nil {
		w.run.journalFailed(err)
	}
}

// watch waits for power, link and the phone, as far as asked for, and fails where what was there before
// does not come back. Here ctx counts again: the port is back.
func (w *writer) watch(ctx context.Context, r *Result, k cut) error {
	lost := w.watchPower(ctx, r, k)
	if err := w.watchLink(ctx, r, k, lost); err != nil && lost == nil {
		lost = err
	}
	w.watchNeighbor(ctx, r, k, lost)
	return lost
}

func (w *writer) watchPower(ctx context.Context, r *Result, k cut) error {
	if k.watch.power <= 0 || !r.Before.PoE.Supported {
		return nil
	}
	denied := false
	err := w.until(ctx, r, func(p switchctl.PortState) bool {
		denied = denied || p.PoE.Denied || p.PoE.Counters.Denied > r.Before.PoE.Counters.Denied
		return p.PoE.Detect == switchctl.PoEDelivering
	}, k.watch.power)
	switch {
	case err == nil:
		r.step(w, k, "power", StepOK, poeText(r.After))
		return nil
	case ctx.Err() != nil:
		r.step(w, k, "power", StepSkipped, "not waited for: "+poeText(r.After))
		return nil
	}
	why := poeText(r.After)
	switch {
	case denied:
		why = "the switch denies power to the port: " + why
	case r.After.PoE.Detect == switchctl.PoESearching:
		why += ": nothing that asks for power is plugged in"
	}
	r.step(w, k, "power", StepFailed, why)
	if r.Before.PoE.Detect == switchctl.PoESearching && r.After.PoE.Detect == switchctl.PoESearching && !denied {
		return nil // nothing was plugged in before either: the port is as it was
	}
	return fmt.Errorf("power is on but not delivered within %s: %s", k.watch.power, why)
}

func (w *writer) watchLink(ctx context.Context, r *Result, k cut, lost error) error {
	if k.watch.link <= 0 {
		return nil
	}
	if lost != nil || unpowered(r.After) {
		r.step(w, k, "link", StepSkipped, "without power there is nothing to wait for")
		return nil
	}
	err := w.until(ctx, r, func(p switchctl.PortState) bool { return p.Link == switchctl.Up }, k.watch.link)
	switch {
	case err == nil:
		r.step(w, k, "link", StepOK, "up")
		return nil
	case ctx.Err() != nil:
		r.step(w, k, "link", StepSkipped, "not waited for: "+r.After.Link.String())
		return nil
	}
	r.step(w, k, "link", StepFailed, fmt.Sprintf("%s after %s", r.After.Link, k.watch.link))
	if r.Before.Link != switchctl.Up {
		return nil
	}
	return fmt.Errorf("link was up and is %s after %s", r.After.Link, k.watch.link)
}

// watchNeighbor never fails a cycle: a phone may be silent and work.
func (w *writer) watchNeighbor(ctx context.Context, r *Result, k cut, lost error) {
	if k.watch.neighbor <= 0 {
		return
	}
	if lost != nil || r.After.Link != switchctl.Up {
		r.step(w, k, "neighbor", StepSkipped, "without link there is nobody to hear")
		return
	}
	err := w.until(ctx, r, func(p switchctl.PortState) bool { return len(p.Neighbors) > 0 }, k.watch.neighbor)
	switch {
	case err == nil:
		r.step(w, k, "neighbor", StepOK, heardText(r.After))
	case ctx.Err() != nil:
		r.step(w, k, "neighbor", StepSkipped, "not waited for")
	case len(r.After.Learned) > 0:
		r.step(w, k, "neighbor", StepFailed, fmt.Sprintf("nobody is heard by LLDP or CDP after %s, but %s sends", k.watch.neighbor, r.After.Learned[0].MAC))
	default:
		r.step(w, k, "neighbor", StepFailed, fmt.Sprintf("nobody is heard after %s", k.watch.neighbor))
	}
}

// unpowered reports whether the port could feed a phone and does not.
func unpowered(p switchctl.PortState) bool {
	return p.PoE.Supported && p.PoE.Admin.Enabled() && p.PoE.Detect != switchctl.PoEDelivering && p.PoE.Detect != switchctl.PoEDetectUnknown && p.Link != switchctl.Up
}

// step adds a step to the report.
func (r *Result) step(w *writer, k cut, name string, s StepState, detail string) {
	st := CycleStep{Name: name, State: s, At: w.e.now(), Detail: detail}
	r.Cycle = append(r.Cycle, st)
	if k.tell != nil {
		k.tell(st)
	}
}

func errText(err error, s string) string {
	if err != nil {
		return err.Error()
	}
	return s
}

func poeText(p switchctl.PortState) string {
	if !p.PoE.Supported {
		return "port " + p.Admin.String() + ", link " + p.Link.String()
	}
	s := fmt.Sprintf("power %s, %s", p.PoE.Admin, p.PoE.Detect)
	if p.PoE.DrawTold && p.PoE.Draw > 0 {
		s += ", drawing " + p.PoE.Draw.String()
	}
	if p.PoE.Denied {
		s += ", denied"
	}
	return s
}

func heardText(p switchctl.PortState) string {
	n := p.Neighbors[0]
	for _, m := range p.Neighbors {
		if m.IsPhone() {
			n = m
			break
		}
	}
	name := n.System
	if name == "" {
		name = n.ChassisID
	}
	return fmt.Sprintf("%s by %s", name, n.Protocol)
}
