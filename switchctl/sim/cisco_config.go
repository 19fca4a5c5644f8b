package sim

import (
	"maps"
	"slices"
	"time"

	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

// Values of ConfigFileType and ConfigCopyState (CISCO-CONFIG-COPY-MIB).
const (
	fileStartup = 3
	fileRunning = 4

	copyWaiting    = 1
	copyRunning    = 2
	copySuccessful = 3
	copyFailed     = 4
)

// copyTime is how long copying a configuration takes: a manager has to poll for its end.
const copyTime = 30 * time.Millisecond

// copyJob is one row of ccCopyTable.
type copyJob struct {
	index      uint32
	from, to   uint32
	status     uint32
	begun      bool
	startedAt  time.Time
	startTick  uint32
	hasCarried bool
}

// state gives ccCopyState and carries the copy out when its time has come.
func (j *copyJob) state(s *Switch) int {
	switch {
	case !j.begun:
		return copyWaiting
	case j.from != fileRunning || j.to != fileStartup:
		return copyFailed // no server to copy from or to
	case s.now.Before(j.startedAt.Add(copyTime)):
		return copyRunning
	}
	if !j.hasCarried {
		j.hasCarried = true
		s.save()
	}
	return copySuccessful
}

func (j *copyJob) begin(s *Switch) {
	j.status, j.begun, j.startedAt, j.startTick = rowActive, true, s.now, s.tick
}

// ciscoConfigTables are ccCopyTable (1.3.6.1.4.1.9.9.96.1.1.1.1) and ccmHistory
// (CISCO-CONFIG-MAN-MIB 1.3.6.1.4.1.9.9.43.1.1).
func ciscoConfigTables() []table {
	rows := kept(rowsJobs, func(c *scope, r *rowSet) {
		for _, j := range c.s.jobs {
			r.Add(row{job: j}, j.index)
		}
	})
	// A manager sets all columns of a row in one PDU, in any order; so every column may make the row.
	setting := func(id uint32, lo, hi int64, get func(j *copyJob) uint32, put func(s *Switch, j *copyJob, n uint32)) column {
		act := func(c *scope, index uint32, v snmp.Value) (func(), agent.Status) {
			n, st := among(v, lo, hi)
			return func() {
				j := c.s.jobs[index]
				if j == nil {
					j = &copyJob{index: index, status: rowNotReady}
					c.s.jobs[index] = j
				}
				put(c.s, j, uint32(n))
				c.s.changed(domainJobs)
			}, st
		}
		return column{
			ID: id, Kind: snmp.KindInteger,
			Get: func(_ *scope, r *row) snmp.Value { return snmp.Integer(int64(get(r.job))) },
			Set: func(c *scope, r *row, v snmp.Value) (func(), agent.Status) {
				if r.job.begun && id != 14 {
					return nil, agent.InconsistentValue
				}
				return act(c, r.job.index, v)
			},
			Create: func(c *scope, index []uint32, v snmp.Value) (func(), agent.Status) {
				if len(index) != 1 || index[0] == 0 {
					return nil, agent.NoCreation
				}
				return act(c, index[0], v)
			},
		}
	}
	rowStatus := setting(14, rowActive, rowDestroy, func(j *copyJob) uint32 { return j.status }, func(s *Switch, j *copyJob, n uint32) {
		switch n {
		case rowDestroy:
			delete(s.jobs, j.index)
		case rowCreateAndNot:
			j.status = rowNotReady
		case rowCreateAndGo, rowActive:
			// The columns of this PDU may come behind this one: the copy begins with all of them set.
			j.begin(s)
		}
	})
	return []table{
		{
			Name: "ccCopyTable", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.96.1.1.1.1"), Rows: rows,
			Columns: []column{
				setting(2, 1, 5, func(*copyJob) uint32 { return 1 }, func(*Switch, *copyJob, uint32) {}),
				setting(3, 1, 6, func(j *copyJob) uint32 { return j.from }, func(_ *Switch, j *copyJob, n uint32) { j.from = n }),
				setting(4, 1, 6, func(j *copyJob) uint32 { return j.to }, func(_ *Switch, j *copyJob, n uint32) { j.to = n }),
				integer(10, func(c *scope, r *row) int { return r.job.state(c.s) }),
				ticks(11, func(_ *scope, r *row) uint32 { return r.job.startTick }),
				ticks(12, func(c *scope, r *row) uint32 {
					if r.job.state(c.s) == copyRunning {
						return 0
					}
					return r.job.startTick + uint32(copyTime/(10*time.Millisecond))
				}),
				ro(13, snmp.KindInteger, func(c *scope, r *row) snmp.Value { // ccCopyConfigFailCause
					if r.job.state(c.s) != copyFailed {
						return snmp.Value{}
					}
					return snmp.Integer(1) // unknown
				}),
				rowStatus,
			},
		},
		{
			Name: "ccmHistory", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.43.1.1"), Rows: scalars,
			Columns: []column{
				ticks(1, func(c *scope, _ *row) uint32 { return c.s.runAt }),
				ticks(2, func(c *scope, _ *row) uint32 { return c.s.saveAt }),
				ticks(3, func(c *scope, _ *row) uint32 { return c.s.saveAt }),
			},
		},
	}
}

// carryCopies ends the copies whose time has come, whether or not anybody asks for their state.
func (s *Switch) carryCopies() {
	for _, index := range slices.Sorted(maps.Keys(s.jobs)) {
		s.jobs[index].state(s)
	}
}
