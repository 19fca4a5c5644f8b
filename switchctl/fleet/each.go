package fleet

import (
	"context"
	"slices"
	"sync"
	"time"

	"phoneport/switchctl"
)

// Done says how the work on one switch of an Each ended.
type Done struct {
	Target Target
	Err    error         // of fn, of opening, or of the context where the switch was not begun
	Took   time.Duration // waiting for the turn included
	N      int           // how many switches are done, this one included
	Total  int
}

// Each runs fn once on each of the switches (nil = all), many at once (Options.Parallel), and tells done of
// each in order of completion, one call at a time. Where ctx ends, switches that were not begun are told
// to done with the context's error; fn sees the end of ctx and decides itself what to finish. Each
// returns once every fn has, with the context's error or nil: what went wrong on one switch is told to
// done only.
func (f *Fleet) Each(ctx context.Context, ids []switchctl.SwitchID, fn func(context.Context, Target, switchctl.Driver) error, done func(Done)) error {
	if ids == nil {
		ids = make([]switchctl.SwitchID, len(f.targets))
		for i, t := range f.targets {
			ids[i] = t.ID
		}
	} else {
		ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	}
	todo := make(chan switchctl.SwitchID)
	finished := make(chan Done, min(len(ids), f.o.Parallel)) // a slow done must not keep sessions open
	var workers sync.WaitGroup
	// Workers wait inside With for their turn to open and to use, so their number bounds goroutines only.
	for range min(len(ids), f.o.OpenParallel) {
		workers.Go(func() {
			for id := range todo {
				finished <- f.one(ctx, id, fn)
			}
		})
	}
	go func() {
		for _, id := range ids {
			todo <- id // never blocks for long after the end of ctx: workers then only report
		}
		close(todo)
		workers.Wait()
		close(finished)
	}()
	n := 0
	for d := range finished {
		n++
		d.N, d.Total = n, len(ids)
		if done != nil {
			done(d)
		}
	}
	return context.Cause(ctx)
}

func (f *Fleet) one(ctx context.Context, id switchctl.SwitchID, fn func(context.Context, Target, switchctl.Driver) error) Done {
	start := time.Now()
	t, ok := f.Target(id)
	if !ok {
		t.ID = id
	}
	if ctx.Err() != nil {
		return Done{Target: t, Err: interrupted(ctx, id)}
	}
	err := f.With(ctx, id, func(ctx context.Context, d switchctl.Driver) error { return fn(ctx, t, d) })
	return Done{Target: t, Err: err, Took: time.Since(start)}
}
