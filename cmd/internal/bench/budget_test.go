//go:build linux

package bench

import (
	"strconv"
	"testing"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/config"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

// The budgets of requests for one Catalyst with 48 phones and about 100 learned addresses, where answers are
// limited to 1,472 octets. What is read fills 60 to 79 answers of that size when each row is asked for once.
const (
	fullBudget   = 75
	repeatBudget = 25
)

// TestRequestBudget counts what a switch is asked. It does not depend on time or machine, so that a part
// which asks for a column too many fails here, and not as a slow campus at a customer's.
func TestRequestBudget(t *testing.T) {
	const switches = 4
	var c campus
	lab := start(t, &c, "campus", strconv.Itoa(switches), strconv.Itoa(portsASwitch), "0s")
	conf, err := config.Load(config.Options{Path: configure(t, c.Switches, c.Phones, "")})
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), conf, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name   string
		fresh  bool
		budget int
	}{
		{"first", false, fullBudget},
		{"repeat", false, repeatBudget},
		{"fresh", true, fullBudget},
		{"repeat after fresh", false, repeatBudget},
	} {
		audit, err := a.Audit(t.Context(), enforce.Request{Fresh: step.fresh})
		if err != nil {
			t.Fatal(err)
		}
		if len(audit.Read) != switches || audit.Phones.Found != len(c.Phones) || len(c.Phones) != switches*portsASwitch {
			t.Fatalf("%s: read %d switches and found %d of %d phones", step.name, len(audit.Read), audit.Phones.Found, len(c.Phones))
		}
		for _, s := range audit.Read {
			for _, m := range s.Missing {
				t.Errorf("%s: %s misses %s: %s", step.name, s.Target.ID, m.Table, m.Reason)
			}
			if n := learned(s.Reading.Switch); n < 80 {
				t.Errorf("%s: %s has %d learned addresses, want about 100 for the budget to mean something", step.name, s.Target.ID, n)
			}
		}
		var n counts
		lab.ask("counts", &n)
		t.Logf("%s: %d requests, %d octets for %d switches", step.name, n.Requests, n.Octets, switches)
		if n.Most > step.budget {
			t.Errorf("%s reading asks a switch %d times, budget %d", step.name, n.Most, step.budget)
		}
		if n.Most < 5 {
			t.Errorf("%s reading asks a switch %d times; the campus does not count", step.name, n.Most)
		}
	}
}

// learned counts the rows of the forwarding databases.
func learned(s *switchctl.Snapshot) (n int) {
	for _, p := range s.Ports {
		n += len(p.Learned)
	}
	return n
}
