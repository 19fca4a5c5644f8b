package sim

import (
	"strconv"

	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

// ciscoVLANTables are CISCO-VLAN-MEMBERSHIP-MIB (1.3.6.1.4.1.9.9.68) and CISCO-VTP-MIB
// (1.3.6.1.4.1.9.9.46).
func ciscoVLANTables() []table {
	membership := ports(rowsMembership, func(p *port) bool { return p.physical() && !p.cfg.trunk }, byIfIndex)
	sockets := ports(rowsSockets, (*port).physical, byIfIndex)
	return append([]table{
		{
			Name: "vmVlanCreation", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.68.1.2"), Rows: scalars,
			Columns: []column{rw(4, snmp.KindInteger, func(c *scope, _ *row) snmp.Value { return snmp.Integer(int64(truth(c.s.autoVLAN))) },
				func(c *scope, _ *row, v snmp.Value) (func(), agent.Status) {
					n, st := among(v, 1, 2)
					return func() { c.s.autoVLAN = n == 1; c.s.configured() }, st
				})},
		},
		{
			Name: "vmMembershipTable", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.68.1.2.2.1"), Rows: membership,
			Columns: []column{
				fixed(1, snmp.Integer(1)), // vmVlanType static
				rw(2, snmp.KindInteger, func(_ *scope, r *row) snmp.Value { return snmp.Integer(int64(r.p.cfg.pvid)) },
					func(c *scope, r *row, v snmp.Value) (func(), agent.Status) {
						n, st := among(v, 1, 4094)
						if st == agent.NoError && !c.s.hasVLAN(uint16(n)) && !c.s.autoVLAN {
							st = agent.InconsistentValue
						}
						p := r.p
						return func() {
							if !c.s.hasVLAN(uint16(n)) { // vmVlanCreationMode automatic
								c.s.addVLAN(uint16(n), vlanName(uint16(n)))
							}
							p.cfg.pvid = uint16(n)
							c.s.configured()
						}, st
					}),
				integer(3, func(_ *scope, r *row) int { return 1 + b2i(r.p.up) }), // vmPortStatus inactive, active
			},
		},
		{
			Name: "vmVoiceVlanTable", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.68.1.5.1.1"), Rows: sockets,
			Columns: []column{
				rw(1, snmp.KindInteger, func(_ *scope, r *row) snmp.Value { return snmp.Integer(int64(r.p.cfg.voice)) },
					setPort(0, voiceNone, func(_ *scope, p *port, n int64) { p.cfg.voice = uint16(n) })),
				fixed(2, snmp.Integer(2)), // vmVoiceVlanCdpVerifyEnable false
			},
		},
	}, vtpTables()...)
}

func vlanName(id uint16) string {
	n := strconv.Itoa(int(id))
	return "VLAN0000"[:8-len(n)] + n
}

// fddiVLANs are the VLANs that every Catalyst has beside the Ethernet ones, with their vtpVlanType.
var fddiVLANs = []struct {
	id, kind uint32
	name     string
}{{1002, 2, "fddi-default"}, {1003, 3, "token-ring-default"}, {1004, 4, "fddinet-default"}, {1005, 5, "trnet-default"}}

// vlanSet is a bit string of the 1024 VLANs from first on: bit 0 is the highest of the first octet.
func vlanSet(first int, in func(id uint16) bool) snmp.Value {
	var b [128]byte
	for i := range 1024 {
		if id := first + i; id > 0 && id < 4095 && in(uint16(id)) {
			b[i/8] |= 0x80 >> (i % 8)
		}
	}
	return snmp.Octets(b[:])
}

func vtpTables() []table {
	trunks := ports(rowsPhysical, func(p *port) bool { return p.physical() || p.role == roleLAG }, byIfIndex)
	every := func(first int) snmp.Value { return vlanSet(first, func(uint16) bool { return true }) }
	full := []snmp.Value{every(0), every(1024), every(2048), every(3072)}
	empty := snmp.Text("")
	zero := snmp.Number(snmp.KindCounter32, 0)
	return []table{
		{
			Name: "vtpStatus", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.46.1.1"), Rows: scalars,
			Columns: []column{fixed(1, snmp.Integer(2)), fixed(2, snmp.Integer(1005))},
		},
		{
			Name: "managementDomainTable", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.46.1.2.1.1"), Rows: oneRow,
			Columns: []column{fixed(2, snmp.Text("campus")), fixed(3, snmp.Integer(3)), fixed(4, snmp.Unsigned(0))}, // transparent
		},
		{
			Name: "vtpVlanTable", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.46.1.3.1.1"),
			Rows: kept(rowsVLANsVTP, func(c *scope, r *rowSet) {
				for i := range c.s.vlans {
					r.Add(row{v: &c.s.vlans[i], n: 1}, 1, uint32(c.s.vlans[i].id))
				}
				for _, f := range fddiVLANs {
					r.Add(row{v: &vlan{id: uint16(f.id), name: f.name}, n: f.kind}, 1, f.id)
				}
			}),
			Columns: []column{
				integer(2, func(_ *scope, r *row) int { return 1 }), // vtpVlanState operational
				integer(3, func(_ *scope, r *row) int { return int(r.n) }),
				text(4, func(_ *scope, r *row) string { return r.v.name }),
				fixed(5, snmp.Integer(1500)),
				ro(6, snmp.KindOctets, func(_ *scope, r *row) snmp.Value {
					n := 100_000 + uint32(r.v.id)
					return snmp.Octets([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
				}),
				fixed(11, snmp.Integer(0)), fixed(12, snmp.Integer(0)), fixed(17, snmp.Octets([]byte{0x80})),
				integer(18, func(c *scope, r *row) int { // vtpVlanIfIndex: of a VLAN with an interface
					for _, p := range c.s.ports {
						if p.role == roleVirtual && p.ifIndex == uint32(r.v.id) {
							return int(p.ifIndex)
						}
					}
					return 0
				}),
			},
		},
		{
			Name: "vlanTrunkPortTable", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.46.1.6.1.1"), Rows: trunks,
			Columns: []column{
				fixed(2, snmp.Integer(1)), fixed(3, snmp.Integer(4)), // managementDomain 1, dot1Q
				fixed(4, full[0]),
				rw(5, snmp.KindInteger, func(_ *scope, r *row) snmp.Value {
					if !r.p.cfg.trunk {
						return snmp.Integer(1)
					}
					return snmp.Integer(int64(r.p.cfg.pvid))
				}, setPort(1, 4094, func(_ *scope, p *port, n int64) {
					if p.cfg.trunk {
						p.cfg.pvid = uint16(n)
					}
				})),
				fixed(6, snmp.Integer(rowActive)), fixed(7, zero), fixed(8, zero), fixed(9, zero),
				fixed(10, full[0]),
				ro(11, snmp.KindOctets, func(c *scope, r *row) snmp.Value {
					if !r.p.cfg.trunk || !r.p.up {
						return empty
					}
					return vlanSet(0, c.s.hasVLAN)
				}),
				fixed(12, empty),
				rw(13, snmp.KindInteger, func(_ *scope, r *row) snmp.Value { // on(1), off(2)
					return snmp.Integer(int64(2 - b2i(r.p.cfg.trunk)))
				}, setPort(1, 5, func(_ *scope, p *port, n int64) { p.cfg.trunk = n == 1 || n == 5 })),
				integer(14, func(_ *scope, r *row) int { return 2 - b2i(r.p.cfg.trunk && r.p.up) }), // trunking, notTrunking
				fixed(15, snmp.Integer(1)),
				integer(16, func(_ *scope, r *row) int { return 6 - 2*b2i(r.p.cfg.trunk && r.p.up) }), // dot1Q, notApplicable
				fixed(17, full[1]), fixed(18, full[2]), fixed(19, full[3]),
			},
		},
	}
}

// oneRow is the only row, of index 1.
func oneRow(*scope) *rowSet { return first }

var first = func() *rowSet {
	r := &rowSet{}
	r.Add(row{}, 1)
	return r
}()
