package standard

import (
	"maps"
	"slices"
	"time"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// keepFor bounds how long rows are kept, whatever the stamps say: agents exist that forget to touch a
// last-change object, and a renamed port (ifAlias) touches none.
const keepFor = time.Hour

// bootSlack is how far the computed time of the last restart may move before it counts as another
// restart: the clocks of switches drift, and sysUpTime is read some time after it was taken.
const bootSlack = 5 * time.Minute

// kept is what a driver leaves in switchctl.Memory. It is never changed after it was stored.
type kept struct {
	objectID string
	upTime   uint32 // hundredths of a second
	bootAt   time.Time
	parts    map[string]keptPart
	prior    map[string]switchctl.Indices // by canonical name, of the last whole reading
	priorOn  stampValue                   // StampIfTable at that time
	silent   map[uint16]time.Time         // VLAN contexts that did not answer, and when
	counts   map[string]int               // rows that each table had, as a hint for the next reading
}

// keptPart is the rows of one part, with the stamp that proves them.
type keptPart struct {
	at    time.Time
	by    Stamp
	stamp stampValue
	rows  []*snmp.Rows
}

// stampValue is what the objects of a stamp told. ok is false where the switch has none of them, or tells a
// time of zero for something that has changed: then nothing is proved.
type stampValue struct {
	ok     bool
	values [4]int64
}

// stampObjects are the objects behind each stamp. The first one must be told for the stamp to count; the
// others sharpen it.
var stampObjects = map[Stamp][]snmp.OID{
	StampIfTable: {
		snmp.MustOID("1.3.6.1.2.1.2.1.0"),    // ifNumber
		snmp.MustOID("1.3.6.1.2.1.31.1.5.0"), // ifTableLastChange
	},
	StampEntity: {snmp.MustOID("1.3.6.1.2.1.47.1.4.1.0")}, // entLastChangeTime
	StampLLDP: {
		snmp.MustOID("1.0.8802.1.1.2.1.2.1.0"), // lldpStatsRemTablesLastChangeTime
		snmp.MustOID("1.0.8802.1.1.2.1.2.2.0"), // lldpStatsRemTablesInserts
		snmp.MustOID("1.0.8802.1.1.2.1.2.3.0"), // lldpStatsRemTablesDeletes
		snmp.MustOID("1.0.8802.1.1.2.1.2.5.0"), // lldpStatsRemTablesAgeouts
	},
	StampCDP:    {snmp.MustOID("1.3.6.1.4.1.9.9.23.1.3.5.0")}, // cdpGlobalLastChange
	StampConfig: {snmp.MustOID("1.3.6.1.4.1.9.9.43.1.1.1.0")}, // ccmHistoryRunningLastChanged
}

// sysUpTime is sysUpTime.0 of SNMPv2-MIB.
var sysUpTime = snmp.MustOID("1.3.6.1.2.1.1.3.0")

// reading is the state of one Observe: what the stamps say now, and what is kept.
type reading struct {
	now    time.Time
	upTime uint32
	bootAt time.Time
	stamps map[Stamp]stampValue
	old    *kept // nil where nothing kept is good
	next   *kept
	silent int  // VLAN contexts in a row that did not answer
	scoped bool // some ports only
}

// stampOrder gives the stamps that the parts use, in a fixed order.
func stampOrder(parts []Part) []Stamp {
	used := map[Stamp]bool{StampIfTable: true}
	for _, p := range parts {
		if len(stampObjects[p.Keep]) > 0 {
			used[p.Keep] = true
		}
	}
	return slices.Sorted(maps.Keys(used))
}

// stampValueOf makes the value of a stamp out of what the switch told.
func stampValueOf(vs []snmp.Value) stampValue {
	var s stampValue
	for i, v := range vs {
		n, ok := v.Int()
		if i == 0 {
			s.ok = ok
		}
		if !ok {
			n = -1
		}
		s.values[i] = n
	}
	// A last-change time of zero says "not since the restart". Agents that do not implement the object
	// say so for ever, so it proves nothing unless counters beside it are told.
	if s.ok && s.values[0] == 0 && (len(vs) == 1 || s.values[1] <= 0) {
		s.ok = false
	}
	return s
}

// usable gives the kept rows that are still true: the same switch, not restarted since.
func (r *reading) usable(old *kept, objectID string) *kept {
	if old == nil || old.objectID != objectID || r.upTime < old.upTime {
		return nil
	}
	if d := r.bootAt.Sub(old.bootAt); d > bootSlack || d < -bootSlack {
		return nil
	}
	return old
}

// rows gives the kept rows of a part where they may be used again for these tables.
func (r *reading) rows(p Part, tables []snmp.Table) ([]*snmp.Rows, bool) {
	if r.old == nil || p.Keep == StampNone {
		return nil, false
	}
	k, ok := r.old.parts[p.Name]
	if !ok || r.now.Sub(k.at) > keepFor || r.now.Before(k.at) || !sameTables(k.rows, tables) {
		return nil, false
	}
	if p.Keep != StampBoot {
		if s := r.stamps[p.Keep]; !s.ok || s != k.stamp {
			return nil, false
		}
	}
	r.next.parts[p.Name] = k
	return k.rows, true
}

// expect fills the expected number of rows of tables that were read whole before: a reader that knows where
// columns end asks for no more than there is.
func (r *reading) expect(tables []snmp.Table) []snmp.Table {
	for i, t := range tables {
		if r.old == nil || t.Only != nil {
			continue
		}
		if n := r.old.counts[t.Name]; n > 0 {
			tables[i].Rows = n
		}
	}
	return tables
}

// count remembers how many rows the tables had.
func (r *reading) count(rows []*snmp.Rows) {
	for _, t := range rows {
		if t.Table.Only == nil && t.Err == nil {
			r.next.counts[t.Table.Name] = t.Len()
		}
	}
}

// keep remembers the rows of a part for the next reading, unless one of the tables failed, or was read for the
// ports in scope only.
func (r *reading) keep(p Part, rows []*snmp.Rows) {
	if p.Keep == StampNone {
		return
	}
	for _, t := range rows {
		if t.Err != nil || r.scoped && t.Table.Only != nil {
			return
		}
		t.All() // sorts now, so that later readers change nothing
	}
	r.next.parts[p.Name] = keptPart{at: r.now, by: p.Keep, stamp: r.stamps[p.Keep], rows: rows}
}

// changed forgets what StampConfig keeps: agents exist that do not count a SET as a change of configuration.
func (d *Driver) changed() {
	old, _ := d.memory.Load().(*kept)
	if old == nil {
		return
	}
	next := *old
	next.parts = maps.Clone(old.parts)
	maps.DeleteFunc(next.parts, func(_ string, k keptPart) bool { return k.by == StampConfig })
	d.memory.Store(&next)
}

// sameTables reports whether kept rows answer the same question.
func sameTables(rows []*snmp.Rows, tables []snmp.Table) bool {
	if len(rows) != len(tables) {
		return false
	}
	for i, t := range tables {
		k := rows[i].Table
		if t.Entry.Compare(k.Entry) != 0 || !slices.Equal(t.Columns, k.Columns) ||
			!slices.EqualFunc(t.Only, k.Only, func(a, b snmp.OID) bool { return a.Compare(b) == 0 }) ||
			(t.Only == nil) != (k.Only == nil) {
			return false
		}
	}
	return true
}
