package standard

import (
	"fmt"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// Entries of POWER-ETHERNET-MIB (RFC 3621).
var (
	pethPsePortEntry = snmp.MustOID("1.3.6.1.2.1.105.1.1.1")
	pethMainPseEntry = snmp.MustOID("1.3.6.1.2.1.105.1.3.1.1")
)

// Columns of pethPsePortTable and pethMainPseTable.
const (
	colPSEAdmin       = 3
	colPSEDetect      = 6
	colPSEPriority    = 7
	colPSEClass       = 10
	colPSEDenied      = 12
	colMainPower      = 2
	colMainStatus     = 3
	colMainConsumed   = 4
	colMainThreshold  = 5
	maxPlausibleWatts = 20_000 // no access switch or stack member has a larger supply; above it is milliwatts
)

// power reads inline power.
func power() Part {
	return Part{
		Name: PartPower, Phase: PhaseState,
		Tables: func(b *Build) []snmp.Table {
			main := snmp.Table{Name: "pethMainPseTable", Entry: pethMainPseEntry, Columns: []uint32{colMainPower, colMainStatus, colMainConsumed, colMainThreshold}, Rows: 1}
			t, ok := b.Scoped(snmp.Table{Name: "pethPsePortTable", Entry: pethPsePortEntry, Columns: []uint32{
				colPSEAdmin, colPSEDetect, colPSEPriority, colPSEClass, colPSEDenied,
			}}, ByPSEPort)
			if !ok {
				return []snmp.Table{main}
			}
			return []snmp.Table{main, t}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			fillMainPSE(b, rows[0])
			if len(rows) > 1 {
				fillPSE(b, rows[1])
			}
		},
	}
}

// fillMainPSE reads the power supplies. The MIB says watts; agents that say milliwatts are known by sums
// that no supply has, or by a consumption far above the nominal power.
func fillMainPSE(b *Build, rows *snmp.Rows) {
	for _, r := range rows.All() {
		i, ok := oneIndex(r)
		if !ok {
			continue
		}
		nominal, _ := r.Int(colMainPower)
		used, _ := r.Int(colMainConsumed)
		status, _ := r.Int(colMainStatus)
		threshold, _ := r.Int(colMainThreshold)
		g := switchctl.PowerGroup{
			Group: i, Nominal: watts(nominal), Threshold: int(max(0, min(threshold, 100))),
			Status: map[int64]string{1: "on", 2: "off", 3: "faulty"}[status], // pethMainPseOperStatus
		}
		if g.Drawn = watts(used); nominal > 0 && nominal <= maxPlausibleWatts && used > 2*nominal {
			g.Drawn = discovery.Milliwatts(min(used, maxPlausibleWatts*1000))
		}
		b.Power = append(b.Power, g)
	}
}

// watts converts a number that the MIB says is watts.
func watts(n int64) discovery.Milliwatts {
	if n < 0 || n > maxPlausibleWatts*1000 {
		return 0
	}
	if n > maxPlausibleWatts {
		return discovery.Milliwatts(n)
	}
	return discovery.Milliwatts(n) * 1000
}

// fillPSE joins the power ports to ports and reads their state.
func fillPSE(b *Build, rows *snmp.Rows) {
	joinPSE(b, rows)
	for _, r := range rows.All() {
		if len(r.Index) != 2 {
			continue
		}
		if p := b.ByPSE(int(r.Index[0]), int(r.Index[1])); p != nil {
			fillPSEPort(p, r)
		}
	}
}

// fillPSEPort reads one row of pethPsePortTable.
func fillPSEPort(p *Port, r *snmp.Row) {
	e := &p.PoE
	switch n, _ := r.Int(colPSEAdmin); n { // TruthValue
	case 1:
		e.Admin = switchctl.PoEOn
	case 2:
		e.Admin = switchctl.PoEOff
	}
	if n, ok := r.Int(colPSEDetect); ok && n >= 1 && n <= 6 {
		e.Detect = switchctl.PoEDetect(n) // the enumeration has the numbers of pethPsePortDetectionStatus
	}
	if n, ok := r.Int(colPSEPriority); ok && n >= 1 && n <= 3 {
		e.Priority = switchctl.PoEPriority(n)
	}
	// pethPsePortPowerClassifications is class+1, and means something only while power is delivered.
	if n, ok := r.Int(colPSEClass); ok && n >= 1 && n <= 9 && e.Detect == switchctl.PoEDelivering {
		e.Class, e.ClassTold = uint8(n-1), true
	}
	// Of the counters only the one that a finding is made of is read: five columns of a 48-port switch are
	// three requests.
	if n, ok := r.Int(colPSEDenied); ok && n >= 0 {
		e.Counters.Denied, e.Counters.Told = uint32(n), true
	}
}

// at gives the time of a TimeTicks that counts as sysUpTime does; the zero time for 0 (before the agent
// began to count) and for times to come.
func (b *Build) at(ticks int64) time.Time {
	if ticks <= 0 || b.Boot.IsZero() {
		return time.Time{}
	}
	t := b.Boot.Add(time.Duration(ticks) * 10 * time.Millisecond)
	if t.After(b.Now.Add(time.Second)) {
		return time.Time{}
	}
	return t
}

// pseName gives a power port in text.
func pseName(p [2]int) string { return fmt.Sprintf("%d.%d", p[0], p[1]) }
