package enforce

import (
	"fmt"
	"sync"

	"phoneport/switchctl"
)

// campaign is what all switches of one apply share: the journal's run, the numbering of its changes, and the
// brake that stops everything where too much ends unverified.
type campaign struct {
	e   *Engine
	id  string
	log RunLog
	max int // unverified changes that stop one switch

	mu      sync.Mutex
	seq     int
	tried   int
	bad     int                        // unverified or undone
	badOn   map[switchctl.SwitchID]int // the same, by switch
	stopped verdict
}

// begin takes the right to write and first finishes what an earlier process left.
func (e *Engine) newCampaign(kind string) (*campaign, error) {
	now := e.now()
	id := newRun(now)
	log, err := e.c.Journal.Begin(id, kind, now)
	if err != nil {
		return nil, err
	}
	return &campaign{e: e, id: id, log: log, max: defaultMaxUnverified, badOn: map[switchctl.SwitchID]int{}}, nil
}

// defaultMaxUnverified: one change that is not seen may be the port's fault, two are the switch's.
const defaultMaxUnverified = 2

func (c *campaign) next() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq++
	c.tried++
	return c.seq
}

// minTried is how many changes must have been tried before their share says anything (policy.Limits.StopUnverified).
const minTried = 5

// unverified counts a change that was not seen, and says whether its switch goes on.
func (c *campaign) unverified(id switchctl.SwitchID) verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bad++
	c.badOn[id]++
	if share := c.e.c.Limits.StopUnverified; share > 0 && c.tried >= minTried && float64(c.bad) >= share*float64(c.tried) && !c.stopped.stop {
		c.stopped = verdict{stop: true, guard: holdUnverified, reason: fmt.Sprintf("stopped everywhere: %d of %d changes could not be verified", c.bad, c.tried)}
		c.e.log.Error("apply stops", "reason", c.stopped.reason)
	}
	if c.stopped.stop {
		return c.stopped
	}
	if n := c.badOn[id]; n >= c.max {
		return verdict{stop: true, guard: holdUnverified, reason: fmt.Sprintf("stopped after %d changes that could not be verified", n)}
	}
	return verdict{}
}

// journalFailed stops everything: what is not journalled is not done.
func (c *campaign) journalFailed(err error) verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopped.stop {
		c.stopped = verdict{stop: true, guard: holdJournal, reason: fmt.Sprintf("the journal cannot be written: %v", err)}
		c.e.log.Error("apply stops", "reason", c.stopped.reason)
	}
	return c.stopped
}

// brake says whether everything was stopped.
func (c *campaign) brake() verdict {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stopped
}
