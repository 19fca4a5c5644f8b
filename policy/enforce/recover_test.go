package enforce_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

// TestPortThatCannotBeGivenBack stays in the journal until it can.
func TestPortThatCannotBeGivenBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a", 2)
		dead := false
		f.order = func(c switchctl.Change, p *switchctl.PortState) error {
			if dead {
				return unreachable("set")
			}
			dead = true // as soon as power is off
			return obey(c, p)
		}
		f.observe = func() error {
			if dead {
				return unreachable("read")
			}
			return nil
		}
		r := newRig(t, enforce.Config{}, f)
		got, err := r.Cycle(t.Context(), "a", "Gi1/0/1", enforce.CycleOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Result.Outcome != enforce.Unverified || !strings.Contains(got.Result.Err.Error(), "the port may be off") {
			t.Errorf("outcome %s: %v", got.Result.Outcome, got.Result.Err)
		}
		rs, err := r.Recover(t.Context())
		if err != nil || len(rs) != 1 || !errors.Is(rs[0].Err, switchctl.ErrUnreachable) {
			t.Fatalf("recover while dead: %+v, %v", rs, err)
		}
		f.with(func() { dead, f.order = false, nil })
		a, err := r.Apply(t.Context(), r.planOf(voice("a", 2, 110)), enforce.ApplyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Recovered) != 1 || a.Recovered[0].Err != nil || a.Recovered[0].Run != got.Run {
			t.Errorf("apply recovered %+v, want the port of run %s first", a.Recovered, got.Run)
		}
		o := f.orders()
		if d := cmp.Diff([]string{"Gi1/0/1 set-poe auto", "Gi1/0/2 set-voice tagged 110"}, o[len(o)-2:]); d != "" {
			t.Error(d)
		}
		if rs, err := r.Recover(t.Context()); err != nil || len(rs) != 0 {
			t.Errorf("recover again: %+v, %v; want nothing left", rs, err)
		}
		// Who undoes that apply does not want the port dark again.
		u, err := r.Undo(t.Context(), a.Run, enforce.ApplyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"Gi1/0/2 set-voice done"}, outcomes(u)); d != "" {
			t.Error(d)
		}
	})
}

func TestRecover(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change switchctl.Change
		now    func(p *switchctl.PortState)
		orders []string
		err    string
	}{
		{"power is off", switchctl.CyclePoE{Ref: ref("a", 1), Off: 5 * time.Second}, func(p *switchctl.PortState) { p.PoE.Admin = switchctl.PoEOff }, []string{"Gi1/0/1 set-poe static"}, ""},
		{"power never went off", switchctl.CyclePoE{Ref: ref("a", 1), Off: 5 * time.Second}, func(*switchctl.PortState) {}, nil, ""},
		{"somebody switched it on", switchctl.CyclePoE{Ref: ref("a", 1), Off: 5 * time.Second}, func(p *switchctl.PortState) { p.PoE.Admin = switchctl.PoEAuto }, nil, ""},
		{"port is down", switchctl.Bounce{Ref: ref("a", 1), Off: 5 * time.Second}, func(p *switchctl.PortState) { p.Admin = switchctl.Down }, []string{"Gi1/0/1 set-admin up"}, ""},
		{
			"power ports were numbered anew",
			switchctl.CyclePoE{Ref: ref("a", 1), Off: 5 * time.Second},
			func(p *switchctl.PortState) { p.PoE.Admin, p.Index.Proof = switchctl.PoEOff, switchctl.ProofNone }, nil, "switch it on by hand",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFake("a", 1)
				f.port(1).PoE.Admin = switchctl.PoEStatic
				r := newRig(t, enforce.Config{}, f)
				log, err := r.journal.Begin("20260102T030405Z-aaaaaa", "cycle", time.Now())
				if err != nil {
					t.Fatal(err)
				}
				if err := log.Write(enforce.Entry{Seq: 1, Stage: enforce.StageIntent, Switch: "a", Change: tc.change, Before: *f.port(1)}); err != nil {
					t.Fatal(err)
				}
				if err := log.Close(); err != nil { // a process that dies closes nothing; the lock is all that differs
					t.Fatal(err)
				}
				tc.now(f.port(1))
				rs, err := r.Recover(t.Context())
				if err != nil || len(rs) != 1 {
					t.Fatalf("Recover: %+v, %v", rs, err)
				}
				if tc.err == "" && rs[0].Err != nil || !strings.Contains(fmt.Sprint(rs[0].Err), tc.err) {
					t.Errorf("error %v, want %q in it", rs[0].Err, tc.err)
				}
				if d := cmp.Diff(tc.orders, f.orders()); d != "" {
					t.Error(d)
				}
				us, err := r.journal.Unfinished()
				if err != nil || (len(us) == 0) != (tc.err == "") {
					t.Errorf("unfinished %+v, %v", us, err)
				}
			})
		})
	}
}
