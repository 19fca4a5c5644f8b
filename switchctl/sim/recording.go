package sim

import (
	"sync"
	"sync/atomic"
	"time"

	"phoneport/switchctl/sim/agent"
)

// recorded serves one recorded walk. What is written to it is kept in memory until the campus ends.
type recorded struct {
	sync.Mutex
	name    string
	records *agent.Records
	agent   *agent.Agent
	server  atomic.Pointer[agent.Server]
}

var _ agent.Device = (*recorded)(nil)

func newRecorded(rec Recording, cfg *agent.Config, k uint32, now time.Time) *recorded {
	r := &recorded{name: rec.Name, records: agent.NewRecords(rec.Walk)}
	// Format 4 is text (RFC 3411 clause 5); 32473 is the enterprise number for examples (RFC 5612).
	id := append([]byte{0x80, 0x00, 0x7e, 0xd9, 4}, "rec"+itoa(int(k))...)
	r.agent = agent.New(cfg, r, agent.Engine{ID: id, Boots: 1, BootAt: now})
	return r
}

// View gives the recording in every context: which context it was recorded in is not known.
func (r *recorded) View(string) agent.View { return r.records }
