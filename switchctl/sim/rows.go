package sim

import (
	"strconv"
	"strings"

	"phoneport/discovery"
	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

// scope is what a table sees: the switch, and in a context of one VLAN that VLAN.
type scope struct {
	s    *Switch
	vlan uint16
}

// bridge is the VLAN whose bridge the context shows, where the family has one bridge for each VLAN.
func (c *scope) bridge() uint16 {
	if c.vlan == 0 {
		return vlanDefault
	}
	return c.vlan
}

// row is what a cell is made of. Which fields are set depends on the kind of rows.
type row struct {
	p   *port
	e   *entity
	v   *vlan
	job *copyJob
	mac discovery.MAC
	n   uint32
}

type (
	table  = agent.Table[*scope, row]
	column = agent.Column[*scope, row]
	rowSet = agent.Rows[row]
)

// rowKind names an index shared by tables; the rows of each are made once and kept until what they are
// made of changes.
type rowKind uint8

const (
	rowsInterfaces rowKind = iota
	rowsPhysical           // sockets and aggregates, by ifIndex
	rowsSockets            // sockets, by ifIndex
	rowsStack
	rowsBridgePorts
	rowsPVIDPorts
	rowsFDB
	rowsFDBNumbers
	rowsQFDB
	rowsVLANs
	rowsVLANsCurrent
	rowsVLANsVTP
	rowsMembership
	rowsPSE
	rowsPSEGroups
	rowsLLDPPorts
	rowsLLDPNeighbors
	rowsLLDPAddresses
	rowsMEDNeighbors
	rowsMEDPolicies
	rowsMEDLocal
	rowsPDNeighbors
	rowsCDP
	rowsCDPPorts
	rowsEntities
	rowsAliases
	rowsJobs
	rowKinds // count
)

// rowDomains says what each kind of rows is made of.
var rowDomains = [rowKinds]domain{
	rowsInterfaces: domainPorts, rowsPhysical: domainPorts, rowsSockets: domainPorts, rowsStack: domainPorts,
	rowsBridgePorts: domainPorts | domainFDB, rowsPVIDPorts: domainPorts, rowsFDB: domainFDB | domainPorts,
	rowsFDBNumbers: domainVLANs, rowsQFDB: domainFDB | domainPorts | domainVLANs, rowsVLANs: domainVLANs,
	rowsVLANsCurrent: domainVLANs, rowsVLANsVTP: domainVLANs, rowsMembership: domainPorts, rowsPSE: domainPorts,
	rowsPSEGroups: domainPorts, rowsLLDPPorts: domainPorts, rowsLLDPNeighbors: domainNeighbors | domainPorts,
	rowsLLDPAddresses: domainNeighbors | domainPorts, rowsMEDNeighbors: domainNeighbors | domainPorts,
	rowsMEDPolicies: domainNeighbors | domainPorts, rowsMEDLocal: domainPorts, rowsPDNeighbors: domainNeighbors | domainPorts,
	rowsCDP: domainNeighbors | domainPorts, rowsCDPPorts: domainPorts, rowsEntities: domainPorts, rowsAliases: domainPorts,
	rowsJobs: domainJobs,
}

// kept makes the rows of a kind when they are asked for first.
func kept(k rowKind, fill func(c *scope, r *rowSet)) func(*scope) *rowSet {
	return func(c *scope) *rowSet {
		s := c.s
		if c.vlan == 0 {
			if s.tables[k] == nil {
				s.tables[k] = &rowSet{}
				fill(c, s.tables[k])
				s.tables[k].Sort()
			}
			return s.tables[k]
		}
		key := vlanRows{k, c.vlan}
		r := s.perVLAN[key]
		if r == nil {
			r = &rowSet{}
			fill(c, r)
			r.Sort()
			if s.perVLAN == nil {
				s.perVLAN = map[vlanRows]*rowSet{}
			}
			s.perVLAN[key] = r
		}
		return r
	}
}

// one is the only row of a group of scalars.
var one = func() *rowSet {
	r := &rowSet{}
	r.Add(row{}, 0)
	return r
}()

func scalars(*scope) *rowSet { return one }

// ports makes rows of the ports that pass, indexed by one number.
func ports(k rowKind, pass func(*port) bool, index func(*port) uint32) func(*scope) *rowSet {
	return kept(k, func(c *scope, r *rowSet) {
		for _, p := range c.s.ports {
			if pass(p) {
				r.Add(row{p: p}, index(p))
			}
		}
	})
}

func byIfIndex(p *port) uint32 { return p.ifIndex }

// parseContext reads vlan-N.
func parseContext(s string) (uint16, bool) {
	t, ok := strings.CutPrefix(s, "vlan-")
	n, err := strconv.ParseUint(t, 10, 16)
	return uint16(n), ok && err == nil && n >= 1 && n <= 4094
}

// Constructors of columns, by the type of the cells.

func ro(id uint32, k snmp.Kind, get func(c *scope, r *row) snmp.Value) column {
	return column{ID: id, Kind: k, Get: get}
}

func rw(id uint32, k snmp.Kind, get func(c *scope, r *row) snmp.Value, set func(c *scope, r *row, v snmp.Value) (func(), agent.Status)) column {
	return column{ID: id, Kind: k, Get: get, Set: set}
}

func integer(id uint32, get func(c *scope, r *row) int) column {
	return ro(id, snmp.KindInteger, func(c *scope, r *row) snmp.Value { return snmp.Integer(int64(get(c, r))) })
}

func gauge(id uint32, get func(c *scope, r *row) uint32) column {
	return ro(id, snmp.KindUnsigned, func(c *scope, r *row) snmp.Value { return snmp.Unsigned(get(c, r)) })
}

func counter(id uint32, get func(c *scope, r *row) uint64) column {
	return ro(id, snmp.KindCounter32, func(c *scope, r *row) snmp.Value {
		return snmp.Number(snmp.KindCounter32, uint64(uint32(get(c, r))))
	})
}

func counter64(id uint32, get func(c *scope, r *row) uint64) column {
	return ro(id, snmp.KindCounter64, func(c *scope, r *row) snmp.Value { return snmp.Number(snmp.KindCounter64, get(c, r)) })
}

func ticks(id uint32, get func(c *scope, r *row) uint32) column {
	return ro(id, snmp.KindTicks, func(c *scope, r *row) snmp.Value { return snmp.Ticks(get(c, r)) })
}

func text(id uint32, get func(c *scope, r *row) string) column {
	return ro(id, snmp.KindOctets, func(c *scope, r *row) snmp.Value { return snmp.Text(get(c, r)) })
}

func object(id uint32, get func(c *scope, r *row) snmp.OID) column {
	return ro(id, snmp.KindOID, func(c *scope, r *row) snmp.Value { return snmp.ObjectID(get(c, r)) })
}

// fixed is a column that has the same value in every row.
func fixed(id uint32, v snmp.Value) column {
	return ro(id, v.Kind, func(*scope, *row) snmp.Value { return v })
}

// truth is a TruthValue (SNMPv2-TC).
func truth(b bool) int {
	if b {
		return 1
	}
	return 2
}

// among checks an enumeration or a range and gives the number.
func among(v snmp.Value, lo, hi int64) (int64, agent.Status) {
	n, _ := v.Int()
	if n < lo || n > hi {
		return 0, agent.WrongValue
	}
	return n, agent.NoError
}

// setPort makes the Set of a number of a port's configuration.
func setPort(lo, hi int64, put func(c *scope, p *port, n int64)) func(*scope, *row, snmp.Value) (func(), agent.Status) {
	return func(c *scope, r *row, v snmp.Value) (func(), agent.Status) {
		n, st := among(v, lo, hi)
		if st != agent.NoError {
			return nil, st
		}
		p := r.p
		return func() {
			put(c, p, n)
			c.s.configured()
		}, agent.NoError
	}
}
