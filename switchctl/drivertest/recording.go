package drivertest

import (
	"context"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmprec"
	"phoneport/switchctl/snmp/snmptest"
)

// Opener opens a driver over a session, as driver.Open does.
type Opener func(s snmp.Session, m *switchctl.Memory) (switchctl.Driver, error)

// Recording checks what holds for a recorded switch: its snapshot, reading again and reading single ports,
// and that agents that answer nonsense end in an error or in a snapshot without nonsense, never in a panic.
func Recording(t *testing.T, path string, open Opener) {
	t.Helper()
	sw := func(t *testing.T) Switch {
		a := snmptest.Open(t, path)
		return Switch{Open: func(m *switchctl.Memory) (switchctl.Driver, error) { return open(a, m) }}
	}
	t.Run("snapshot", func(t *testing.T) { t.Parallel(); testRecorded(t, sw(t)) })
	t.Run("memory", func(t *testing.T) { t.Parallel(); testMemory(t, sw(t)) })
	t.Run("scope", func(t *testing.T) { t.Parallel(); testScope(t, sw(t)) })
	t.Run("hostile", func(t *testing.T) { t.Parallel(); testHostile(t, path, open) })
}

func testRecorded(t *testing.T, sw Switch) { Check(t, observe(t, sw.open(t, nil))) }

// hostility is one way in which an agent answers what no agent may.
type hostility struct {
	name string
	bend func(r *rand.Rand, rec *snmprec.Record) // an empty OID takes the variable away
}

var hostilities = []hostility{
	{"numbers as text", func(_ *rand.Rand, rec *snmprec.Record) {
		if _, ok := rec.Value.Int(); ok {
			rec.Value = snmp.Text("not a number")
		}
	}},
	{"numbers far out", func(r *rand.Rand, rec *snmprec.Record) {
		if rec.Value.Kind != snmp.KindOctets && rec.Value.Kind != snmp.KindOID && r.IntN(3) == 0 {
			rec.Value = snmp.Integer([]int64{math.MinInt64, -1, 0, math.MaxInt32, math.MaxInt64}[r.IntN(5)])
		}
	}},
	{"octets cut", func(r *rand.Rand, rec *snmprec.Record) {
		if b := rec.Value.Bytes(); len(b) > 0 {
			rec.Value = snmp.Octets(b[:r.IntN(len(b))])
		}
	}},
	{"octets grown", func(r *rand.Rand, rec *snmprec.Record) {
		if rec.Value.Kind == snmp.KindOctets && r.IntN(4) == 0 {
			b := make([]byte, 1+r.IntN(2000))
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			rec.Value = snmp.Octets(b)
		}
	}},
	{"types mixed", func(r *rand.Rand, rec *snmprec.Record) {
		if r.IntN(3) == 0 {
			rec.Value = []snmp.Value{
				snmp.Integer(7), snmp.Octets(nil), snmp.ObjectID(snmp.OID{1, 3}), snmp.ObjectID(nil), snmp.Unsigned(math.MaxUint32), snmp.Ticks(1),
			}[r.IntN(6)]
		}
	}},
	{"indices wild", func(r *rand.Rand, rec *snmprec.Record) {
		if n := len(rec.OID); n > 10 && r.IntN(3) == 0 {
			rec.OID = slices.Clone(rec.OID)
			switch r.IntN(4) {
			case 0:
				rec.OID[n-1] = math.MaxUint32
			case 1:
				rec.OID = append(rec.OID, r.Uint32(), 0)
			case 2:
				rec.OID = rec.OID[:n-1]
			default:
				rec.OID[n-1] = 0
			}
		}
	}},
	{"rows missing", func(r *rand.Rand, rec *snmprec.Record) {
		if r.IntN(3) == 0 {
			rec.OID = nil
		}
	}},
}

// testHostile bends a recording in each way, with a seed that is its name's.
func testHostile(t *testing.T, path string, open Opener) {
	base := snmptest.Open(t, path).Walk
	h := fnv.New64a()
	h.Write([]byte(path[max(0, len(path)-40):]))
	for i, hostile := range hostilities {
		r := rand.New(rand.NewPCG(h.Sum64(), uint64(i)))
		walk := make(snmprec.Walk, 0, len(base))
		for _, rec := range base {
			if !rec.OID.HasPrefix(snmp.OID{1, 3, 6, 1, 2, 1, 1}) { // the system group stays, so that the driver is chosen
				hostile.bend(r, &rec)
			}
			if len(rec.OID) > 0 {
				walk = append(walk, rec)
			}
		}
		slices.SortStableFunc(walk, func(a, b snmprec.Record) int { return a.OID.Compare(b.OID) })
		d, err := open(&snmptest.Agent{Walk: walk}, &switchctl.Memory{})
		if err != nil {
			t.Errorf("%s: open: %v", hostile.name, err)
			continue
		}
		for range 2 { // the second time with what was kept of the first
			s, err := d.Observe(context.Background(), switchctl.Scope{})
			if err != nil {
				if switchctl.ClassOf(err) == nil {
					t.Errorf("%s: error without a class: %v", hostile.name, err)
				}
				continue
			}
			for _, p := range Problems(s) {
				t.Errorf("%s: %s", hostile.name, p)
			}
		}
	}
}
