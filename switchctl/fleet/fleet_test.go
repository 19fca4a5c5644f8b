package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/switchctl"
	"phoneport/switchctl/fleet"
)

// driver is a session that only counts its closing.
type driver struct{ closed *atomic.Int64 }

func (d driver) Info() switchctl.Info { return switchctl.Info{Driver: "fake"} }
func (d driver) Observe(context.Context, switchctl.Scope) (switchctl.Snapshot, error) {
	return switchctl.Snapshot{}, nil
}
func (d driver) Apply(context.Context, switchctl.Change) error { return nil }
func (d driver) Save(context.Context) error                    { return nil }
func (d driver) Close() error {
	if d.closed != nil {
		d.closed.Add(1)
	}
	return nil
}

func opens(context.Context, fleet.Target, *switchctl.Memory) (switchctl.Driver, error) {
	return driver{}, nil
}

// silent is what a session with a dead switch does: nothing, until it is given up.
func silent(ctx context.Context, t fleet.Target, _ *switchctl.Memory) (switchctl.Driver, error) {
	<-ctx.Done()
	return nil, &switchctl.Error{Op: "read sysObjectID", Switch: t.ID, Class: switchctl.ErrUnreachable, Err: ctx.Err()}
}

func targets(n int) []fleet.Target {
	ts := make([]fleet.Target, n)
	for i := range ts {
		ts[i] = fleet.Target{ID: switchctl.SwitchID(fmt.Sprintf("sw%05d", i)), Site: "hq"}
	}
	return ts
}

func newFleet(t *testing.T, o fleet.Options) *fleet.Fleet {
	t.Helper()
	f, err := fleet.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		o    fleet.Options
		want string
	}{
		{"no open", fleet.Options{}, "no function to open"},
		{"no name", fleet.Options{Open: opens, Targets: []fleet.Target{{Address: "192.0.2.1"}}}, `"192.0.2.1" has no name`},
		{"twice", fleet.Options{Open: opens, Targets: []fleet.Target{{ID: "a"}, {ID: "a"}}}, `"a" is named twice`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if _, err := fleet.New(tc.o); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("New: %v, want an error with %q", err, tc.want)
			}
		})
	}
}

func TestUnknownSwitch(t *testing.T) {
	t.Parallel()
	f := newFleet(t, fleet.Options{Open: opens, Targets: targets(1)})
	err := f.With(t.Context(), "nosuch", func(context.Context, switchctl.Driver) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "nosuch") {
		t.Errorf("With: %v, want an error that names the switch", err)
	}
}

func TestOneUserASwitch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, fleet.Options{Open: opens, Targets: targets(1)})
		var using, most atomic.Int64
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				err := f.With(t.Context(), "sw00000", func(context.Context, switchctl.Driver) error {
					most.Store(max(most.Load(), using.Add(1)))
					pass(time.Second)
					using.Add(-1)
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		start := time.Now()
		wg.Wait()
		if most.Load() != 1 {
			t.Errorf("%d users at once, want 1", most.Load())
		}
		if d := time.Since(start); d != 20*time.Second {
			t.Errorf("20 users of one second took %s, want 20 s", d)
		}
	})
}

func TestWaitingForATurnEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, fleet.Options{Open: opens, Targets: targets(1)})
		release := make(chan struct{})
		go func() {
			_ = f.With(context.Background(), "sw00000", func(context.Context, switchctl.Driver) error { <-release; return nil })
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := f.With(ctx, "sw00000", func(context.Context, switchctl.Driver) error { t.Error("used by two"); return nil })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("With: %v, want the context's error", err)
		}
		close(release)
	})
}

func TestEachIsBoundedAndTellsAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const n, parallel = 100, 7
		var closed, using, most atomic.Int64
		f := newFleet(t, fleet.Options{
			Targets: targets(n), Parallel: parallel,
			Open: func(context.Context, fleet.Target, *switchctl.Memory) (switchctl.Driver, error) {
				return driver{&closed}, nil
			},
		})
		var got []int
		seen := map[switchctl.SwitchID]bool{}
		err := f.Each(t.Context(), nil, func(context.Context, fleet.Target, switchctl.Driver) error {
			u := using.Add(1)
			for m := most.Load(); u > m && !most.CompareAndSwap(m, u); m = most.Load() {
			}
			pass(time.Second)
			using.Add(-1)
			return nil
		}, func(d fleet.Done) {
			got = append(got, d.N)
			seen[d.Target.ID] = true
			if d.Err != nil || d.Total != n || d.Target.Site != "hq" {
				t.Errorf("done: %+v", d)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if most.Load() != parallel {
			t.Errorf("%d sessions at once, want %d", most.Load(), parallel)
		}
		if len(seen) != n || len(got) != n || got[0] != 1 || got[n-1] != n {
			t.Errorf("told of %d switches in %d calls, want %d", len(seen), len(got), n)
		}
		if closed.Load() != n {
			t.Errorf("%d sessions closed, want %d", closed.Load(), n)
		}
	})
}

func TestEachAfterCtrlC(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, fleet.Options{Open: opens, Targets: targets(10), Parallel: 2})
		ctx, cancel := context.WithCancelCause(t.Context())
		ctrlC := errors.New("interrupted by the keyboard")
		go func() {
			pass(time.Second)
			cancel(ctrlC)
		}()
		start := time.Now()
		var finished, notBegun int
		err := f.Each(ctx, nil, func(ctx context.Context, _ fleet.Target, _ switchctl.Driver) error {
			<-ctx.Done()
			pass(time.Minute) // the step in hand
			return nil
		}, func(d fleet.Done) {
			switch {
			case d.Err == nil:
				finished++
			case errors.Is(d.Err, ctrlC):
				notBegun++
			default:
				t.Errorf("%s: %v", d.Target.ID, d.Err)
			}
		})
		if !errors.Is(err, ctrlC) {
			t.Errorf("Each: %v, want the cause of the interruption", err)
		}
		if finished != 2 || notBegun != 8 {
			t.Errorf("%d finished and %d not begun, want 2 and 8", finished, notBegun)
		}
		if d := time.Since(start); d != 61*time.Second {
			t.Errorf("Each returned after %s, want when the steps in hand were done", d)
		}
	})
}

func TestDeadSwitchCostsOneTimeOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dead := true
		tries := 0
		f := newFleet(t, fleet.Options{
			Targets: targets(1), OpenTimeout: 5 * time.Second, BreakerCooldown: 30 * time.Second,
			Open: func(ctx context.Context, tg fleet.Target, m *switchctl.Memory) (switchctl.Driver, error) {
				tries++
				if dead {
					return silent(ctx, tg, m)
				}
				return driver{}, nil
			},
		})
		use := func() (time.Duration, error) {
			start := time.Now()
			err := f.With(t.Context(), "sw00000", func(context.Context, switchctl.Driver) error { return nil })
			return time.Since(start), err
		}
		if took, err := use(); !errors.Is(err, switchctl.ErrUnreachable) || took != 5*time.Second {
			t.Errorf("first use: %v after %s, want unreachable after 5 s", err, took)
		}
		took, err := use()
		var left *fleet.LeftAloneError
		if !errors.Is(err, switchctl.ErrUnreachable) || !errors.As(err, &left) || took != 0 {
			t.Fatalf("second use: %v after %s, want left alone at once", err, took)
		}
		if left.Last == nil || !strings.Contains(err.Error(), "read sysObjectID") {
			t.Errorf("second use: %v, want the last cause named", err)
		}
		if tries != 1 {
			t.Errorf("%d tries, want 1", tries)
		}
		pass(31 * time.Second)
		dead = false
		if _, err := use(); err != nil {
			t.Errorf("use after the rest: %v", err)
		}
		if _, err := use(); err != nil {
			t.Errorf("use of a switch that is back: %v", err)
		}
	})
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	unreachable := &switchctl.Error{Op: "read", Class: switchctl.ErrUnreachable}
	rejected := &switchctl.Error{Op: "write", Class: switchctl.ErrRejected}
	for _, tc := range []struct {
		name  string
		errs  []error // of uses, one after the other
		alone bool    // is the switch left alone afterwards?
	}{
		{"contact lost once", []error{unreachable}, false},
		{"contact lost three times", []error{unreachable, unreachable, unreachable}, true},
		{"contact lost, and good between", []error{unreachable, unreachable, nil, unreachable}, false},
		{"refusals", []error{rejected, rejected, rejected, rejected}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFleet(t, fleet.Options{Open: opens, Targets: targets(1), BreakerFailures: 3})
			for i, want := range tc.errs {
				err := f.With(t.Context(), "sw00000", func(context.Context, switchctl.Driver) error { return want })
				if !errors.Is(err, want) {
					t.Errorf("use %d: %v, want %v", i, err, want)
				}
			}
			var left *fleet.LeftAloneError
			err := f.With(t.Context(), "sw00000", func(context.Context, switchctl.Driver) error { return nil })
			if got := errors.As(err, &left); got != tc.alone {
				t.Errorf("left alone: %v, want %v (%v)", got, tc.alone, err)
			}
		})
	}
}

func TestUserWhoGivesUpSaysNothingOfTheSwitch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, fleet.Options{Targets: targets(1), Open: silent, OpenTimeout: time.Hour, BreakerFailures: 1})
		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			err := f.With(ctx, "sw00000", func(context.Context, switchctl.Driver) error { return nil })
			cancel()
			var left *fleet.LeftAloneError
			if err == nil || errors.As(err, &left) {
				t.Fatalf("With: %v, want the open's own error", err)
			}
		}
	})
}

func TestUseThatTakesTooLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, fleet.Options{Targets: targets(1), Open: opens, PerSwitchTimeout: time.Minute})
		start := time.Now()
		err := f.With(t.Context(), "sw00000", func(ctx context.Context, _ switchctl.Driver) error {
			<-ctx.Done()
			return ctx.Err()
		})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Minute {
			t.Errorf("With: %v after %s, want a time-out after a minute", err, time.Since(start))
		}
	})
}

func TestOpenThatTakesTooLongIsUnreachable(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		wrap func(error) error
		want string
	}{
		{"bare", func(err error) error { return err }, "sw00000: open session: unreachable: no answer within 5s"},
		{"classed", func(err error) error {
			return &switchctl.Error{Op: "read sysDescr", Class: switchctl.ErrUnreachable, Err: err}
		}, "sw00000: read sysDescr: unreachable: no answer within 5s"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFleet(t, fleet.Options{Targets: targets(1), Open: func(ctx context.Context, _ fleet.Target, _ *switchctl.Memory) (switchctl.Driver, error) {
					<-ctx.Done()
					return nil, tc.wrap(ctx.Err())
				}})
				err := f.With(t.Context(), "sw00000", func(context.Context, switchctl.Driver) error { return nil })
				if !errors.Is(err, switchctl.ErrUnreachable) || err.Error() != tc.want {
					t.Errorf("With: %v, want %s", err, tc.want)
				}
			})
		})
	}
}

func TestPanicIsAnError(t *testing.T) {
	t.Parallel()
	var closed atomic.Int64
	f := newFleet(t, fleet.Options{Targets: targets(2), Open: func(_ context.Context, tg fleet.Target, _ *switchctl.Memory) (switchctl.Driver, error) {
		if tg.ID == "sw00001" {
			panic("in open")
		}
		return driver{&closed}, nil
	}})
	errs := map[switchctl.SwitchID]string{}
	if err := f.Each(t.Context(), nil, func(context.Context, fleet.Target, switchctl.Driver) error { panic("in use") }, func(d fleet.Done) {
		errs[d.Target.ID] = fmt.Sprint(d.Err)
	}); err != nil {
		t.Fatal(err)
	}
	want := map[switchctl.SwitchID]string{
		"sw00000": "sw00000: use session: defect in phoneport: panic: in use",
		"sw00001": "sw00001: use session: defect in phoneport: panic: in open",
	}
	if d := cmp.Diff(want, errs); d != "" {
		t.Error(d)
	}
	if closed.Load() != 1 {
		t.Errorf("%d sessions closed, want the one that was opened", closed.Load())
	}
}

func TestMemoryOutlivesSessions(t *testing.T) {
	t.Parallel()
	var loaded []any
	f := newFleet(t, fleet.Options{Targets: targets(2), Parallel: 1, Open: func(_ context.Context, tg fleet.Target, m *switchctl.Memory) (switchctl.Driver, error) {
		loaded = append(loaded, m.Load())
		m.Store("index of " + string(tg.ID))
		return driver{}, nil
	}})
	for _, id := range []switchctl.SwitchID{"sw00000", "sw00001", "sw00000", "sw00001"} {
		if err := f.With(t.Context(), id, func(context.Context, switchctl.Driver) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff([]any{nil, nil, "index of sw00000", "index of sw00001"}, loaded); d != "" {
		t.Error(d)
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFleet(t, fleet.Options{Targets: targets(11), Open: opens, Rate: 2})
		start := time.Now()
		if err := f.Each(t.Context(), nil, func(context.Context, fleet.Target, switchctl.Driver) error { return nil }, nil); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d != 5*time.Second {
			t.Errorf("11 sessions at 2 a second took %s, want 5 s", d)
		}
	})
}

func TestHooks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var got []string
		hook := func(what string) func(fleet.Target, time.Duration, error) {
			return func(tg fleet.Target, took time.Duration, err error) {
				mu.Lock()
				defer mu.Unlock()
				got = append(got, fmt.Sprintf("%s %s %s %v", what, tg.ID, took, switchctl.ClassOf(err)))
			}
		}
		f := newFleet(t, fleet.Options{
			Targets: targets(2), OpenTimeout: time.Second, Hooks: fleet.Hooks{Opened: hook("opened"), Used: hook("used")},
			Open: func(ctx context.Context, tg fleet.Target, m *switchctl.Memory) (switchctl.Driver, error) {
				if tg.ID == "sw00001" {
					return silent(ctx, tg, m)
				}
				return driver{}, nil
			},
		})
		for _, tg := range f.Targets() {
			_ = f.With(t.Context(), tg.ID, func(context.Context, switchctl.Driver) error { pass(time.Minute); return nil })
		}
		want := []string{"opened sw00000 0s <nil>", "used sw00000 1m0s <nil>", "opened sw00001 1s unreachable"}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

// TestTenThousandDead: what a dead campus costs is waiting, and that is done side by side.
func TestTenThousandDead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const n, live = 10_000, 100
		firstLive := targets(n + 1)[n].ID
		f := newFleet(t, fleet.Options{
			Targets: targets(n + live), OpenParallel: 4096, Parallel: 64,
			Open: func(ctx context.Context, tg fleet.Target, m *switchctl.Memory) (switchctl.Driver, error) {
				if tg.ID >= firstLive {
					return driver{}, nil
				}
				return silent(ctx, tg, m)
			},
		})
		count := func() (dead, good int, took time.Duration) {
			start := time.Now()
			if err := f.Each(t.Context(), nil, func(context.Context, fleet.Target, switchctl.Driver) error {
				pass(100 * time.Millisecond)
				return nil
			}, func(d fleet.Done) {
				switch {
				case errors.Is(d.Err, switchctl.ErrUnreachable):
					dead++
				case d.Err == nil:
					good++
				default:
					t.Errorf("%s: %v", d.Target.ID, d.Err)
				}
			}); err != nil {
				t.Fatal(err)
			}
			return dead, good, time.Since(start)
		}
		dead, good, took := count()
		if dead != n || good != live {
			t.Errorf("%d dead and %d good, want %d and %d", dead, good, n, live)
		}
		if took > 16*time.Second { // three rounds of five seconds, and the live ones
			t.Errorf("10,000 dead switches took %s", took)
		}
		if _, _, again := count(); again > time.Second {
			t.Errorf("10,000 switches known to be dead took %s", again)
		}
	})
}

// pass lets time go by in the bubble of a synctest; outside of one it has no business.
func pass(d time.Duration) { <-time.After(d) }
