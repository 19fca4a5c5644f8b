package portfsm_test

import (
	"testing"

	"phoneport/policy/enforce"
	"phoneport/policy/portfsm"
)

// TestOutcomes holds the outcomes to those of the engine, so that one is the other by its number and by its word.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	for o := enforce.OutcomeUnknown; o <= enforce.Undone; o++ {
		if got := portfsm.Outcome(o).String(); got != o.String() {
			t.Errorf("outcome %d is %s here and %s in the engine", o, got, o)
		}
	}
	if got := enforce.Outcome(portfsm.Failed).String(); got != "invalid" {
		t.Errorf("the engine has an outcome %q that is failed here", got)
	}
}
