package main

import (
	"math"
	"runtime"
	"runtime/debug"
)

// What a reading takes beside what is there when it begins, by measurement: what the switches that are read
// at once need, and what stays of each until all are judged, with room for what waits to be collected.
const (
	memoryAtOnce    = 128 << 20
	memoryOfASwitch = 240 << 10
)

// budgetMemory tells the collector what a reading of so many switches may take. A reading makes much that is
// dropped at once. Collecting whenever the heap has doubled, as Go does by itself, takes more time and has a
// higher peak than collecting when the budget is near. An operator's GOGC or GOMEMLIMIT holds.
func (c *cli) budgetMemory(switches int) {
	for _, name := range []string{"GOGC", "GOMEMLIMIT"} {
		if _, set := c.getenv(name); set {
			return
		}
	}
	if debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return // set before: by a test, or by an earlier command of this process
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	debug.SetMemoryLimit(int64(m.HeapAlloc) + memoryAtOnce + int64(switches)*memoryOfASwitch)
	debug.SetGCPercent(400)
}

// oneCore has the process use one core until back is called, unless an operator's GOMAXPROCS says otherwise. Who speaks on
// many ports does little, often: with several cores most of its time goes into waking the others up to look
// for work that is done already (1.3 instead of 1.0 % of a core on a thousand ports).
func (c *cli) oneCore() (back func()) {
	if _, set := c.getenv("GOMAXPROCS"); set {
		return func() {}
	}
	n := runtime.GOMAXPROCS(1)
	return func() { runtime.GOMAXPROCS(n) }
}
