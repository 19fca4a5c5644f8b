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
