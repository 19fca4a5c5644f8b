package portfsm

import "time"

// exact gives a time as it comes back from a database.
func exact(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// grown gives d times growth to the power n, at most limit and at least d.
func grown(d time.Duration, growth float64, n int, limit time.Duration) time.Duration {
	f := float64(d)
	for range n {
		if f *= growth; f >= float64(limit) {
			return max(d, limit)
		}
	}
	return time.Duration(f)
}

// turnBack moves the times of a state that is from the future: the clock was set back. Cuts stay where they are, as
// forgetting one would be worse than one too few; those of a clock that was wrong by more than a day are moved too.
func (r *step) turnBack() {
	for i, t := range r.s.Cuts {
		if t.After(r.now.Add(r.day)) {
			r.s.Cuts[i] = r.now
		}
	}
	d := r.s.Since.Sub(r.now)
	if d <= 0 {
		return
	}
	for _, t := range []*time.Time{&r.s.Since, &r.s.Wake, &r.s.Until, &r.s.Asked, &r.s.HeldAt, &r.s.RejectAt} {
		if !t.IsZero() {
			*t = t.Add(-d)
		}
	}
	for i, t := range r.s.Repairs {
		r.s.Repairs[i] = earlier(t, r.now)
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
