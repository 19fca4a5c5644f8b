package portfsm

import (
	"slices"
	"time"
)

// step is one Step under way.
type step struct {
	*Machine
	s   State
	in  Input
	now time.Time
	out []Effect
}

// Step gives the next state of a port, and what is to be done. The caller stores the state before it carries out
// the effects. s is not changed. The time may go back a little, as clocks do; nothing is waited for longer because of that.
func (m *Machine) Step(s State, in Input, now time.Time) (State, []Effect) {
	r := &step{Machine: m, s: s, in: in, now: exact(now)}
	r.s.Cuts, r.s.Repairs = slices.Clone(s.Cuts), slices.Clone(s.Repairs)
	r.turnBack()
	r.s.Paused = in.Paused
	r.step()
	if len(r.s.Cuts) == 0 {
		r.s.Cuts = nil // as it comes back from where it is stored
	}
	if w := r.s.Wake; !w.IsZero() && (!w.Equal(s.Wake) || in.Kind == Timer || in.Kind == Started) {
		r.emit(Effect{Kind: Wake, At: w})
	}
	return r.s, r.out
}

func (r *step) emit(e Effect) { r.out = append(r.out, e) }

func (r *step) step() {
	switch r.in.Kind {
	case Dirty:
		r.hint(r.in.Authentic)
	case Observed:
		r.observed()
	case Unread:
		if r.s.Reading {
			r.unread()
		}
	case Held:
		if r.s.Phase == Applied && r.in.Seq == r.s.Seq {
			r.held()
		}
	case Ended:
		if r.s.Phase == Applied && r.in.Seq == r.s.Seq {
			r.ended()
		}
	case Approved, Rejected:
		if r.s.Phase == Planned && r.s.Plan != "" && r.s.Plan == r.in.Plan {
			r.answered()
		}
	case Registered:
		if p := r.s.Phase; (p == Settling || p == Cooling) && !r.s.Reading {
			r.look(r.now, r.gap(r.in.Authentic))
		}
	case Progress:
		if r.s.Phase == Settling && !r.s.Reading {
			r.prolong()
		}
	case Pause, Resume:
		if r.s.Phase == Planned && r.s.Why == ReasonPaused && r.in.Paused == 0 && !r.s.Reading {
			r.look(r.now, r.o.ReadGap)
		}
	case Timer:
		if !r.s.Wake.IsZero() && !r.now.Before(r.s.Wake) {
			r.timer()
		}
	case Reset:
		r.fresh(ReasonReset)
	case Configured:
		r.s.Rejected, r.s.RejectAt = "", time.Time{}
		r.fresh(ReasonConfigured)
	case Restarted:
		r.restarted()
	case Started:
		r.started()
	}
}

// enter begins a phase. Entering the phase that it is in begins it anew.
func (r *step) enter(p Phase, why Reason) {
	r.s.Phase, r.s.Since, r.s.Why = p, r.now, why
	r.s.Detail = short(r.in.Detail)
	r.s.Wake, r.s.Until, r.s.Reading = time.Time{}, time.Time{}, false
}

// short cuts a text to what is worth storing.
func short(s string) string {
	const limit = 200
	if len(s) <= limit {
		return s
	}
	n := limit
	for n > 0 && s[n]&0xc0 == 0x80 { // not within a character
		n--
	}
	return s[:n]
}

func (r *step) gap(authentic bool) time.Duration {
	if authentic {
		return r.o.ReadGap
	}
	return r.o.HintGap
}

// look reads the port at a time, or as soon afterwards as the gap to the last reading allows.
func (r *step) look(at time.Time, gap time.Duration) {
	if r.s.Asked.After(r.now) { // the clock was set back
		r.s.Asked = r.now
	}
	if t := r.s.Asked.Add(gap); !r.s.Asked.IsZero() && t.After(at) {
		at = t
	}
	if at.After(r.now) {
		if r.s.Wake.IsZero() || at.Before(r.s.Wake) {
			r.s.Wake = at
		}
		return
	}
	r.s.Reading, r.s.Again, r.s.Asked = true, 0, r.now
	r.s.Wake = r.now.Add(r.o.ReadTimeout)
	r.emit(Effect{Kind: Reconcile, Why: r.s.Why})
}

// lookAt makes a time the end of the phase, and reads the port then.
func (r *step) lookAt(until time.Time, gap time.Duration) {
	r.s.Until, r.s.Wake = until, time.Time{}
	r.look(until, gap)
}

// hint hears that something may have changed. In the phases left out a reading follows anyway, or none is wanted.
func (r *step) hint(authentic bool) {
	if r.s.Reading {
		r.s.Again = max(r.s.Again, 1)
		if authentic {
			r.s.Again = 2
		}
		return
	}
	switch r.s.Phase {
	case PhaseUnknown, Quiet, Good:
		r.enter(Suspect, "")
	case Suspect, Planned:
	default:
		return
	}
	at := r.now.Add(r.o.Debounce)
	if r.s.Phase == Suspect && r.s.Until.After(at) {
		at = r.s.Until
	}
	r.look(at, r.gap(authentic))
}

// timer does what the phase waited for.
func (r *step) timer() {
	if r.s.Reading {
		r.unread()
		return
	}
	switch r.s.Phase {
	case Applied:
		r.lost()
	case Quarantined:
		r.release(ReasonExpired)
	case Planned:
		if !r.now.Before(r.s.Until) {
			r.expire()
			return
		}
		fallthrough
	default:
		r.s.Wake = time.Time{}
		r.look(r.now, r.o.ReadGap)
	}
}

// unread counts a reading that failed, and gives up after some.
func (r *step) unread() {
	r.s.Reading = false
	r.s.Unread++
	if r.s.Unread >= r.o.Unreadable {
		r.s.Unread = 0
		r.drop()
		r.s.HeldAt = time.Time{}
		r.enter(Quiet, ReasonUnreachable)
		r.s.Again = 0
		r.emit(Effect{Kind: Notify, Why: ReasonUnreachable, Rules: r.s.Rules, Detail: r.s.Detail})
		return
	}
	r.s.Wake = r.now.Add(grown(r.o.ReadRetry, 2, r.s.Unread-1, time.Hour))
	if r.s.Phase == Planned && r.s.Until.Before(r.s.Wake) {
		r.s.Wake = r.s.Until
	}
}

// held takes back what was counted for a repair that was not begun.
func (r *step) held() {
	r.s.Tries = max(0, r.s.Tries-1)
	if r.s.Cut && len(r.s.Cuts) > 0 {
		r.s.Cuts = r.s.Cuts[:len(r.s.Cuts)-1]
	}
	r.s.Cut = false
	r.hold(ReasonHeld, exact(r.in.Until))
}

// hold waits for a better time. The waiting has an end, counted from its begin.
func (r *step) hold(why Reason, until time.Time) {
	if r.s.HeldAt.IsZero() || r.s.HeldAt.After(r.now) {
		r.s.HeldAt = r.now
	}
	end := r.s.HeldAt.Add(r.o.HoldFor)
	if !r.now.Before(end) {
		r.expire()
		return
	}
	r.enter(Planned, why)
	if !until.After(r.now) {
		until = r.now.Add(r.o.HoldRetry)
	}
	r.s.Until, r.s.Wake = end, until
	if end.Before(until) {
		r.s.Wake = end
	}
}

// expire ends a wait that nobody ended.
func (r *step) expire() {
	r.drop()
	r.s.HeldAt = time.Time{}
	r.enter(Quiet, ReasonExpired)
	r.emit(Effect{Kind: Notify, Why: ReasonExpired, Rules: r.s.Rules})
}

// ended hears what came of a repair.
func (r *step) ended() {
	r.s.Plan, r.s.Approved, r.s.HeldAt = "", false, time.Time{}
	switch r.in.Outcome {
	case Done, Unchanged:
		r.enter(Settling, "")
		r.lookAt(r.now.Add(r.o.Settle), r.o.ReadGap)
	case Refused:
		r.fail(ReasonRefused)
	case Unverified, Undone:
		r.fail(ReasonUnverified)
	default:
		r.fail(ReasonFailed)
	}
}

// lost goes on where nobody knows what became of a repair: as if it had been done, so that a phone that may be starting
// gets its time, and then by reading.
func (r *step) lost() {
	r.s.Plan, r.s.Approved, r.s.HeldAt = "", false, time.Time{}
	r.enter(Settling, ReasonLost)
	r.lookAt(r.now.Add(r.o.Settle), r.o.ReadGap)
}

// fail waits before the next repair, or ends in quarantine.
func (r *step) fail(why Reason) {
	if r.s.Tries >= r.o.Attempts {
		r.quarantine(ReasonAttempts)
		return
	}
	d := grown(r.o.Cool, r.o.Growth, r.s.Tries-1, r.o.CoolMax)
	if r.s.Cut {
		d = max(d, r.o.Settle)
	}
	r.enter(Cooling, why)
	r.lookAt(r.now.Add(d), r.o.ReadGap)
}

// answered hears a person's yes or no. A yes leads to a reading, as the port may have changed since it was proposed.
func (r *step) answered() {
	if r.in.Kind == Rejected {
		r.s.Rejected, r.s.RejectAt = r.s.Plan, r.now
		r.s.Plan, r.s.Approved, r.s.HeldAt = "", false, time.Time{}
		again := r.s.Again
		r.enter(Quiet, ReasonRejected)
		r.again(again)
		return
	}
	r.s.Approved = true
	if !r.s.Reading {
		r.look(r.now, r.o.ReadGap)
	}
}

// prolong gives a phone that shows that it is starting more time.
func (r *step) prolong() {
	until := later(r.s.Until, earlier(r.now.Add(r.o.Settle), r.s.Since.Add(r.o.SettleMax)))
	if r.s.Wake.Equal(r.s.Until) {
		r.s.Wake = until
	}
	r.s.Until = until
}

// restarted hears that the switch restarted. Its phones start too: what is read before they had time for that proves nothing.
func (r *step) restarted() {
	switch r.s.Phase {
	case PhaseUnknown, Quiet, Good:
		r.enter(Suspect, "")
	case Planned:
		if !r.in.Authentic { // else whoever can forge a trap could make proposals void
			r.hint(false)
			return
		}
		r.drop()
		r.enter(Suspect, "")
	case Suspect, Settling, Cooling:
	default:
		return
	}
	until := later(r.s.Until, earlier(r.now.Add(r.o.Settle), r.s.Since.Add(r.o.SettleMax)))
	if until.After(r.s.Until) {
		r.s.Reading = false
		r.lookAt(until, r.gap(r.in.Authentic))
	}
}

// started goes on after this process was not there.
func (r *step) started() {
	switch {
	case r.s.Phase == Applied:
		r.lost()
	case r.s.Reading:
		r.s.Reading, r.s.Wake = false, time.Time{}
		r.look(r.now, r.o.ReadGap)
	case r.s.Phase == Planned && r.s.Plan != "" && !r.s.Approved:
		r.emit(Effect{Kind: Propose, Plan: r.s.Plan, Rules: r.s.Rules, Why: r.s.Why})
	}
}

// fresh begins anew. The cuts stay counted: the phone does not know that an operator has looked.
func (r *step) fresh(why Reason) {
	r.s.Tries, r.s.Unread, r.s.Repairs, r.s.Told = 0, 0, nil, nil
	r.s.HeldAt = time.Time{}
	switch r.s.Phase {
	case Applied, Settling: // a repair is under way, and a reading follows
	case Quarantined:
		r.release(why)
	default:
		var start time.Time // until then the phone may be starting
		switch {
		case r.s.Phase == Suspect:
			start = r.s.Until
		case r.s.Phase == Cooling && r.s.Cut:
			start = r.s.Since.Add(r.o.Settle)
		}
		r.drop()
		r.enter(Suspect, why)
		if start.After(r.now) {
			r.lookAt(start, r.o.ReadGap)
			return
		}
		r.look(r.now, r.o.ReadGap)
	}
}

func (r *step) quarantine(why Reason) {
	r.drop()
	r.enter(Quarantined, why)
	r.s.HeldAt, r.s.Told, r.s.Again = time.Time{}, nil, 0
	r.s.Until = r.now.Add(r.o.Quarantine)
	r.s.Wake = r.s.Until
	r.emit(Effect{Kind: Quarantine, At: r.s.Until, Rules: r.s.Rules, Why: why, Detail: r.s.Detail})
}

func (r *step) release(why Reason) {
	r.emit(Effect{Kind: Release, Why: why})
	r.s.Tries, r.s.Repairs = 0, nil
	r.enter(Suspect, why)
	r.look(r.now, r.o.ReadGap)
}

// drop takes a proposal back that nobody needs to answer any more.
func (r *step) drop() {
	if r.s.Plan != "" && !r.s.Approved {
		r.emit(Effect{Kind: Withdraw, Plan: r.s.Plan})
	}
	r.s.Plan, r.s.Approved = "", false
}

// again reads a resting port once more, as a hint came while it was read.
func (r *step) again(hinted uint8) {
	r.s.Again = 0
	if hinted > 0 {
		r.hint(hinted == 2)
	}
}
