package fleet

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/sony/gobreaker/v2"

	"phoneport/switchctl"
)

// member is one switch with what is kept of it between sessions.
type member struct {
	target  Target
	turn    chan struct{} // holds one token while somebody uses the switch; a channel, so that waiting can be given up
	memory  switchctl.Memory
	breaker *gobreaker.CircuitBreaker[struct{}]

	// The rest is touched only by who has the turn.
	silent bool      // the last attempt to open a session got no answer
	gaveUp bool      // the user's context ended, which says nothing of the switch
	last   error     // why the breaker opened
	until  time.Time // when the switch is tried again
}

func newMember(t Target, o Options) *member {
	m := &member{target: t, turn: make(chan struct{}, 1)}
	m.breaker = gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Name:        string(t.ID),
		MaxRequests: 1,
		Timeout:     o.BreakerCooldown,
		ReadyToTrip: func(c gobreaker.Counts) bool {
			return m.silent || int(c.ConsecutiveFailures) >= o.BreakerFailures
		},
		// Only lost contact speaks against trying again: a refusal is an answer.
		IsSuccessful: func(err error) bool { return !lostContact(err) },
		IsExcluded:   func(error) bool { return m.gaveUp },
		OnStateChange: func(name string, _, to gobreaker.State) {
			if to == gobreaker.StateOpen {
				m.until = time.Now().Add(o.BreakerCooldown)
				o.Log.Warn("switch is left alone", "switch", name, "for", o.BreakerCooldown)
			}
		},
	})
	return m
}

func lostContact(err error) bool {
	return errors.Is(err, switchctl.ErrUnreachable) || errors.Is(err, context.DeadlineExceeded)
}

// explain turns the breaker's own refusal into a classed error that names the last cause.
func (m *member) explain(err error) error {
	if !errors.Is(err, gobreaker.ErrOpenState) && !errors.Is(err, gobreaker.ErrTooManyRequests) {
		if lostContact(err) {
			m.last = err
		}
		return err
	}
	return &switchctl.Error{
		Op: "open session", Switch: m.target.ID, Class: switchctl.ErrUnreachable,
		Err: &LeftAloneError{Until: m.until, Last: m.last},
	}
}

// LeftAloneError says that a switch was not tried because it did not answer a short while ago.
type LeftAloneError struct {
	Until time.Time
	Last  error // what was wrong when it was last tried
}

func (e *LeftAloneError) Error() string {
	return fmt.Sprintf("not tried again until %s, last: %v", e.Until.UTC().Format(time.RFC3339), e.Last)
}

// Unwrap gives what was wrong when the switch was last tried.
func (e *LeftAloneError) Unwrap() error { return e.Last }

// guarded turns a panic into an error.
func (f *Fleet) guarded(m *member, fn func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			f.log.Error("driver panicked", "switch", m.target.ID, "panic", r, "stack", string(debug.Stack()))
			err = &switchctl.Error{Op: "use session", Switch: m.target.ID, Err: fmt.Errorf("defect in phoneport: panic: %v", r)}
		}
	}()
	return fn()
}
