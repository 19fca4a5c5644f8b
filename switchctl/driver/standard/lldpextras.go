package standard

import (
	"net/netip"
	"slices"
	"strconv"

	"phoneport/discovery"
	"phoneport/switchctl/snmp"
)

// Entries of the extension MIBs of LLDP (IEEE 802.1AB annex F and G, TIA-1057 clause 13).
var (
	lldpRemManAddrEntry         = snmp.MustOID("1.0.8802.1.1.2.1.4.2.1")
	lldpXMedRemCapabilities     = snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.3.1.1")
	lldpXMedRemMediaPolicy      = snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.3.2.1")
	lldpXMedRemInventory        = snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.3.3.1")
	lldpXMedRemXPoEPD           = snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.3.7.1")
	lldpXMedLocMediaPolicyEntry = snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.2.1.1")
)

// Columns.
const (
	colManAddrIfSubtype = 3 // lldpRemManAddrIfSubtype; the address itself is in the index
	colMEDClass         = 3 // lldpXMedRemDeviceClass
	colPolicyVLAN       = 2 // lldpXMedRemMediaPolicyVlanID, lldpXMedLocMediaPolicyVlanID
	colPolicyPriority   = 3
	colPolicyDSCP       = 4
	colPolicyUnknown    = 5
	colPolicyTagged     = 6
	colPDPower          = 1 // lldpXMedRemXPoEPDPowerReq, tenths of a watt
)

// policyColumns are what is used of the policies of neighbours. A switch's own policy is never unknown.
var (
	policyColumns    = []uint32{colPolicyVLAN, colPolicyPriority, colPolicyDSCP, colPolicyUnknown, colPolicyTagged}
	ownPolicyColumns = []uint32{colPolicyVLAN, colPolicyTagged}
	ownMarkColumns   = []uint32{colPolicyPriority, colPolicyDSCP}
)

// lldpExtras reads what the extensions tell of the neighbours that lldpRemote found. The policy that a phone
// says it adopted is the cheapest proof that it took the voice VLAN.
func lldpExtras() Part {
	return Part{
		Name: PartLLDPExtras, Phase: PhaseState, Keep: StampLLDP,
		Tables: func(b *Build) []snmp.Table {
			// Asked for together with the neighbours, though there may be none: a phase of its own would cost more
			// requests than the question.
			n := b.remoteHint
			if n == 0 && len(b.lldp()) == 0 {
				return nil
			}
			return []snmp.Table{
				{Name: "lldpXMedRemCapabilitiesTable", Entry: lldpXMedRemCapabilities, Columns: []uint32{colMEDClass}, Rows: n},
				{Name: "lldpXMedRemMediaPolicyTable", Entry: lldpXMedRemMediaPolicy, Columns: policyColumns, Rows: n},
				{Name: "lldpXMedRemInventoryTable", Entry: lldpXMedRemInventory, Columns: []uint32{1, 2, 3, 4, 5, 6, 7}, Rows: n},
				{Name: "lldpXMedRemXPoEPDTable", Entry: lldpXMedRemXPoEPD, Columns: []uint32{colPDPower}, Rows: n},
				{Name: "lldpRemManAddrTable", Entry: lldpRemManAddrEntry, Columns: []uint32{colManAddrIfSubtype}, Rows: n},
			}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			b.eachRemote(rows[0], 0, func(n *discovery.Neighbor, r *snmp.Row, _ snmp.OID) {
				if c, ok := r.Int(colMEDClass); ok && c >= 1 && c <= 4 {
					n.MEDClass = uint8(c)
				}
			})
			b.eachRemote(rows[1], 1, func(n *discovery.Neighbor, r *snmp.Row, rest snmp.OID) {
				if MEDApplication(rest) == appVoice {
					n.Adopted = Policy(r)
				}
			})
			b.eachRemote(rows[2], 0, func(n *discovery.Neighbor, r *snmp.Row, _ snmp.OID) {
				// lldpXMedRemHardwareRev(1) … lldpXMedRemAssetID(7)
				n.Inventory = discovery.Inventory{
					Hardware: r.Text(1), Firmware: r.Text(2), Software: r.Text(3), Serial: r.Text(4),
					Manufacturer: r.Text(5), Model: r.Text(6), Asset: r.Text(7),
				}
			})
			b.eachRemote(rows[3], 0, func(n *discovery.Neighbor, r *snmp.Row, _ snmp.OID) {
				if w, ok := r.Int(colPDPower); ok && w > 0 && w <= 1023 {
					n.Draws = discovery.Milliwatts(w) * 100
				}
			})
			b.eachRemote(rows[4], 1, func(n *discovery.Neighbor, _ *snmp.Row, rest snmp.OID) {
				if a := manAddress(rest); a != "" && !slices.Contains(n.Addresses, a) {
					n.Addresses = append(n.Addresses, a)
				}
			})
		},
	}
}

// appVoice is the application type voice (TIA-1057 table 12).
const appVoice = 1

// eachRemote calls fn for each row of an extension table whose neighbour is known, with what the index has
// after the remote index. Rows come by time mark, so the newest comes last and wins.
func (b *Build) eachRemote(rows *snmp.Rows, tail int, fn func(*discovery.Neighbor, *snmp.Row, snmp.OID)) {
	for _, r := range rows.All() {
		if len(r.Index) < 3+tail || tail == 0 && len(r.Index) != 3 {
			continue
		}
		if n := b.remote[RemoteKey{r.Index[1], r.Index[2]}]; n != nil {
			fn(n, r, r.Index[3:])
		}
	}
}

// Policy reads one row of a MED policy table. A policy that the endpoint calls unknown tells nothing.
func Policy(r *snmp.Row) discovery.VoicePolicy {
	p := discovery.VoicePolicy{Application: appVoice}
	vlan, ok := r.Int(colPolicyVLAN)
	tagged, _ := r.Int(colPolicyTagged)
	if unknown, _ := r.Int(colPolicyUnknown); unknown == 1 || !ok { // TruthValue
		return discovery.VoicePolicy{}
	}
	switch {
	case tagged != 1:
		p.Mode = discovery.VoiceUntagged
	case vlan == 0:
		p.Mode = discovery.VoicePriority
	case vlan >= 1 && vlan <= 4094:
		p.Mode, p.VLAN = discovery.VoiceTagged, uint16(vlan)
	default:
		return discovery.VoicePolicy{}
	}
	p.PCP, p.DSCP = policyMarks(r)
	return p
}

// policyMarks reads priority and DSCP of a policy, 0 where out of range.
func policyMarks(r *snmp.Row) (pcp, dscp uint8) {
	if n, ok := r.Int(colPolicyPriority); ok && n >= 0 && n <= 7 {
		pcp = uint8(n)
	}
	if n, ok := r.Int(colPolicyDSCP); ok && n >= 0 && n <= 63 {
		dscp = uint8(n)
	}
	return pcp, dscp
}

// manAddress reads lldpRemManAddrSubtype.lldpRemManAddr of the index: the IANA address family, the length
// and the octets. Agents exist that leave the length out.
func manAddress(rest snmp.OID) string {
	if len(rest) < 5 {
		return ""
	}
	family, o := rest[0], rest[1:]
	want := map[uint32]int{1: 4, 2: 16, 6: 6}[family] // ipV4(1), ipV6(2), all802(6)
	if want == 0 {
		return ""
	}
	if len(o) == want+1 && int64(o[0]) == int64(want) {
		o = o[1:]
	}
	if len(o) != want {
		return ""
	}
	b := make([]byte, want)
	for i, n := range o {
		if n > 255 {
			return ""
		}
		b[i] = byte(n)
	}
	if family == 6 {
		return discovery.MAC(b).String()
	}
	a, _ := netip.AddrFromSlice(b)
	return a.String()
}

// advert reads the voice policy that the switch advertises on each port.
func advert() Part {
	return Part{
		Name: PartAdvert, Phase: PhaseState,
		Tables: ownPolicy(ownPolicyColumns),
		Fill: func(b *Build, rows []*snmp.Rows) {
			b.eachOwnPolicy(rows[0], func(p *Port, r *snmp.Row) { p.Advert = Policy(r) })
		},
	}
}

// advertMarks reads priority and DSCP of that policy. They are set once in the life of a network, and two
// columns of a 48-port switch are two requests: so they are kept, unlike the VLAN.
func advertMarks() Part {
	return Part{
		Name: PartAdvertMarks, Phase: PhaseState, Keep: StampBoot,
		Tables: ownPolicy(ownMarkColumns),
		Fill: func(b *Build, rows []*snmp.Rows) {
			b.eachOwnPolicy(rows[0], func(p *Port, r *snmp.Row) {
				if p.Advert.Mode != discovery.VoiceUnknown {
					p.Advert.PCP, p.Advert.DSCP = policyMarks(r)
				}
			})
		},
	}
}

// ownPolicy gives the table of the switch's own policies. An agent without LLDP-MIB has no extension of it.
func ownPolicy(columns []uint32) func(*Build) []snmp.Table {
	return func(b *Build) []snmp.Table {
		if len(b.lldp()) == 0 {
			return nil
		}
		return []snmp.Table{{Name: "lldpXMedLocMediaPolicyTable", Entry: lldpXMedLocMediaPolicyEntry, Columns: columns, Rows: len(b.lldp())}}
	}
}

// eachOwnPolicy calls fn for the voice policy of each port.
func (b *Build) eachOwnPolicy(rows *snmp.Rows, fn func(*Port, *snmp.Row)) {
	for _, r := range rows.All() {
		if len(r.Index) < 2 || MEDApplication(r.Index[1:]) != appVoice {
			continue
		}
		if p := b.ByLLDPRow(int(r.Index[0])); p != nil {
			fn(p, r)
		}
	}
}

// plural counts things in words.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
