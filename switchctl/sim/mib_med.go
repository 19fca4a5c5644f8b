package sim

import (
	"phoneport/discovery"
	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

// Bits of LldpXMedCapabilities.
const (
	medCaps      = 0x80
	medPolicy    = 0x40
	medLocation  = 0x20
	medPSE       = 0x10
	medPD        = 0x08
	medInventory = 0x04
)

func isPhone(d *device) bool { return d.kind == kindPhone }

// lldpExtTables are LLDP-EXT-MED-MIB (1.0.8802.1.1.2.1.5.4795) and the parts of LLDP-EXT-DOT1-MIB
// (…5.32962) and LLDP-EXT-DOT3-MIB (…5.4623) that phones and their readers use.
func lldpExtTables() []table {
	local := ports(rowsLLDPPorts, func(p *port) bool { return p.lldp != 0 }, func(p *port) uint32 { return p.lldp })
	pd := neighbors(rowsPDNeighbors, func(d *device) bool { return d.needsPower }, noMore)
	all := neighbors(rowsLLDPNeighbors, func(*device) bool { return true }, noMore)
	return append([]table{
		{
			Name: "lldpXMedConfig", Entry: snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.1"), Rows: scalars,
			Columns: []column{
				fixed(1, snmp.Integer(4)), // lldpXMedLocDeviceClass networkConnectivity
				rw(3, snmp.KindUnsigned, func(c *scope, _ *row) snmp.Value { return snmp.Unsigned(c.s.fastRep) },
					func(c *scope, _ *row, v snmp.Value) (func(), agent.Status) {
						n, st := among(v, 1, 10)
						return func() { c.s.fastRep = uint32(n); c.s.configured() }, st
					}),
			},
		},
		{
			Name: "lldpXMedPortConfigTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.1.2.1"), Rows: local,
			Columns: []column{
				fixed(1, snmp.Octets([]byte{medCaps | medPolicy | medLocation | medPSE})),
				fixed(2, snmp.Octets([]byte{medCaps | medPolicy | medPSE})),
				fixed(3, snmp.Integer(2)),
			},
		},
		{
			Name: "lldpXMedLocMediaPolicyTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.2.1.1"),
			Rows: kept(rowsMEDLocal, func(c *scope, r *rowSet) {
				for _, p := range c.s.ports {
					if p.lldp == 0 || p.role != roleAccess {
						continue
					}
					if c.s.advert(p).mode != discovery.VoiceNone {
						r.Add(row{p: p}, append([]uint32{p.lldp}, c.s.kind.voiceApp...)...)
					}
				}
			}),
			Columns: []column{
				integer(2, func(c *scope, r *row) int { return int(c.s.advert(r.p).vlan) }),
				fixed(3, snmp.Integer(voicePCP)), fixed(4, snmp.Integer(voiceDSCP)), fixed(5, snmp.Integer(2)),
				integer(6, func(c *scope, r *row) int { return truth(c.s.advert(r.p).mode != discovery.VoiceUntagged) }),
			},
		},
		{
			Name: "lldpXMedLocInventory", Entry: snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.2"), Rows: scalars,
			Columns: []column{
				fixed(2, snmp.Text("")), fixed(3, snmp.Text("")), fixed(4, snmp.Text("")),
				text(5, func(c *scope, _ *row) string { return c.s.serial }),
				text(6, func(c *scope, _ *row) string { return c.s.kind.vendor }),
				text(7, func(c *scope, _ *row) string { return c.s.kind.model }),
				fixed(8, snmp.Text("")),
			},
		},
		{
			Name: "lldpXdot1LocTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.5.32962.1.2.1.1"), Rows: local,
			Columns: []column{integer(1, func(_ *scope, r *row) int { return int(r.p.cfg.pvid) })},
		},
		{
			Name: "lldpXdot1RemTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.5.32962.1.3.1.1"), Rows: all,
			Columns: []column{integer(1, func(_ *scope, r *row) int { return r.p.dev.pvidOf(r.p) })},
		},
		{
			Name: "lldpXdot3RemPowerTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.5.4623.1.3.2.1"), Rows: pd,
			Columns: []column{
				fixed(1, snmp.Integer(2)), // pClassPD
				fixed(2, snmp.Integer(1)), fixed(3, snmp.Integer(1)), fixed(4, snmp.Integer(2)), fixed(5, snmp.Integer(1)),
				integer(6, func(_ *scope, r *row) int { return int(min(r.p.dev.class(), 4)) + 1 }),
			},
		},
	}, medRemoteTables(pd)...)
}

func medRemoteTables(pd func(*scope) *rowSet) []table {
	rows := neighbors(rowsMEDNeighbors, isPhone, noMore)
	model := func(id uint32, f func(d *device) string) column {
		return text(id, func(_ *scope, r *row) string { return f(r.p.dev) })
	}
	return []table{
		{
			Name: "lldpXMedRemCapabilitiesTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.3.1.1"), Rows: rows,
			Columns: []column{
				fixed(1, snmp.Octets([]byte{medCaps | medPolicy | medPD | medInventory})),
				fixed(2, snmp.Octets([]byte{medCaps | medPolicy | medPD | medInventory})),
				fixed(3, snmp.Integer(3)), // endpointClass3
			},
		},
		{
			Name: "lldpXMedRemMediaPolicyTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.3.2.1"),
			Rows: neighbors(rowsMEDPolicies, isPhone, func(c *scope, _ *port) []uint32 { return c.s.kind.voiceApp }),
			Columns: []column{
				integer(2, func(_ *scope, r *row) int { v, _, _ := r.p.dev.policyOf(); return v }),
				integer(3, func(_ *scope, r *row) int {
					if _, tagged, _ := r.p.dev.policyOf(); !tagged {
						return 0
					}
					return voicePCP
				}),
				fixed(4, snmp.Integer(voiceDSCP)),
				integer(5, func(_ *scope, r *row) int { _, _, u := r.p.dev.policyOf(); return truth(u) }),
				integer(6, func(_ *scope, r *row) int { _, t, _ := r.p.dev.policyOf(); return truth(t) }),
			},
		},
		{
			Name: "lldpXMedRemInventoryTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.3.3.1"), Rows: rows,
			Columns: []column{
				model(1, func(d *device) string { return d.model.hardware }),
				model(2, func(d *device) string { return d.model.firmware }),
				model(3, func(d *device) string { return d.model.software }),
				model(4, (*device).serial),
				model(5, func(d *device) string { return d.model.manufacturer }),
				model(6, func(d *device) string { return d.model.name }),
				model(7, func(*device) string { return "" }),
			},
		},
		{
			Name: "lldpXMedRemXPoETable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.3.5.1"), Rows: pd,
			Columns: []column{fixed(1, snmp.Integer(3))}, // pdDevice
		},
		{
			Name: "lldpXMedRemXPoEPDTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.3.7.1"), Rows: pd,
			Columns: []column{
				gauge(1, func(_ *scope, r *row) uint32 { return (r.p.dev.draw() + 99) / 100 }), // tenths of a watt
				integer(2, func(_ *scope, r *row) int { return 2 + b2i(r.p.dev.brick) }),       // fromPSE, local
				fixed(3, snmp.Integer(3)), // high
			},
		},
	}
}
