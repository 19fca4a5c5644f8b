package sim

import (
	"phoneport/switchctl/snmp"
)

// Bits of cdpCacheCapabilities, as on the wire.
const (
	cdpRouter = 0x01
	cdpBridge = 0x02
	cdpSwitch = 0x08
	cdpHost   = 0x10
	cdpIGMP   = 0x20
	cdpPhone  = 0x80
	cdpTwo    = 0x400 // two-port MAC relay
)

// cdpHears reports whether the port has a CDP neighbour.
func (s *Switch) cdpHears(p *port) bool {
	if !p.physical() || !p.up || !p.cfg.cdp || !p.dev.talks() || p.dev.cdpIdx == 0 {
		return false
	}
	return p.dev.kind != kindPhone || p.dev.model.cdp
}

// cdpIdentity is what a neighbour says of itself by CDP.
type cdpIdentity struct {
	id, port, platform, version string
	caps                        uint32
	native, watts               int // watts in mW; -1 = not told
}

func (s *Switch) cdpIdentify(p *port) cdpIdentity {
	d := p.dev
	switch d.kind {
	case kindAP:
		return cdpIdentity{
			id: "ap-" + d.tag[6:], port: "GigabitEthernet0", platform: "cisco AIR-AP2802I-E-K9", version: "Cisco AP Software, ap3g3-k9w8 Version: 17.3.4.30",
			caps: cdpRouter | cdpBridge, watts: 12500, native: -1,
		}
	case kindCore:
		return cdpIdentity{
			id: "core-" + s.site + ".example.net", port: "TenGigabitEthernet" + s.corePort(p)[2:], platform: "cisco C9500-48Y4C", version: coreDescr,
			caps: cdpRouter | cdpSwitch | cdpIGMP, native: int(p.cfg.pvid), watts: -1,
		}
	}
	return cdpIdentity{
		id: "SEP" + d.tag, port: "Port 1", platform: d.model.platform, version: d.model.software,
		caps: cdpHost | cdpPhone | cdpTwo, native: -1, watts: int(d.draw()),
	}
}

// ciscoCDPTables are CISCO-CDP-MIB (1.3.6.1.4.1.9.9.23).
func ciscoCDPTables() []table {
	rows := kept(rowsCDP, func(c *scope, r *rowSet) {
		for _, p := range c.s.ports {
			if c.s.cdpHears(p) {
				r.Add(row{p: p}, p.ifIndex, p.dev.cdpIdx)
			}
		}
	})
	get := func(id uint32, f func(n *cdpIdentity) string) column {
		return text(id, func(c *scope, r *row) string {
			n := c.s.cdpIdentify(r.p)
			return f(&n)
		})
	}
	optional := func(id uint32, k snmp.Kind, f func(n *cdpIdentity) int) column {
		return ro(id, k, func(c *scope, r *row) snmp.Value {
			n := c.s.cdpIdentify(r.p)
			if v := f(&n); v >= 0 {
				return snmp.Number(k, uint64(v))
			}
			return snmp.Value{}
		})
	}
	// Phones send the appliance TLV 20 02 00 01, which agents show as appliance 32 and VLAN 512: no
	// proof of any VLAN.
	appliance := func(id uint32, n uint64) column {
		return ro(id, snmp.KindUnsigned, func(_ *scope, r *row) snmp.Value {
			if !isPhone(r.p.dev) {
				return snmp.Value{}
			}
			return snmp.Number(snmp.KindUnsigned, n)
		})
	}
	return []table{
		{
			Name: "cdpInterfaceTable", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.23.1.1.1.1"),
			Rows: ports(rowsCDPPorts, (*port).physical, byIfIndex),
			Columns: []column{
				rw(2, snmp.KindInteger, func(_ *scope, r *row) snmp.Value { return snmp.Integer(int64(truth(r.p.cfg.cdp))) },
					setPort(1, 2, func(_ *scope, p *port, n int64) { p.cfg.cdp = n == 1 })),
				fixed(4, snmp.Integer(0)), fixed(5, snmp.Integer(0)),
				text(6, func(_ *scope, r *row) string { return r.p.descr }),
			},
		},
		{
			Name: "cdpCacheTable", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.23.1.2.1.1"), Rows: rows,
			Columns: []column{
				fixed(3, snmp.Integer(1)), // cdpCacheAddressType ip
				ro(4, snmp.KindOctets, func(_ *scope, r *row) snmp.Value {
					a := r.p.dev.addr.As4()
					return snmp.Octets(a[:])
				}),
				get(5, func(n *cdpIdentity) string { return n.version }),
				get(6, func(n *cdpIdentity) string { return n.id }),
				get(7, func(n *cdpIdentity) string { return n.port }),
				get(8, func(n *cdpIdentity) string { return n.platform }),
				get(9, func(n *cdpIdentity) string { return string([]byte{0, 0, byte(n.caps >> 8), byte(n.caps)}) }),
				ro(10, snmp.KindOctets, func(_ *scope, r *row) snmp.Value {
					if r.p.dev.kind != kindCore {
						return snmp.Value{}
					}
					return snmp.Text("campus")
				}),
				optional(11, snmp.KindInteger, func(n *cdpIdentity) int { return max(n.native, 0) }),
				fixed(12, snmp.Integer(3)), // fullduplex
				appliance(13, 32), appliance(14, 512),
				optional(15, snmp.KindUnsigned, func(n *cdpIdentity) int { return n.watts }),
				ticks(24, func(_ *scope, r *row) uint32 { return r.p.dev.heard }),
			},
		},
		{
			Name: "cdpGlobal", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.23.1.3"), Rows: scalars,
			Columns: []column{
				fixed(1, snmp.Integer(1)), fixed(2, snmp.Integer(60)), fixed(3, snmp.Integer(180)),
				text(4, func(c *scope, _ *row) string { return c.s.sysName }),
				ticks(5, func(c *scope, _ *row) uint32 { return c.s.cdpAt }), // cdpGlobalLastChange
			},
		},
	}
}
