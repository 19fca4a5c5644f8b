package ciscoios

import (
	"strings"

	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
)

// ifStackEntry of IF-MIB, index ifStackHigherLayer.ifStackLowerLayer.
var ifStackEntry = snmp.MustOID("1.3.6.1.2.1.31.1.2.1")

const ifStackStatus = 3

// lagPart finds the members of the port channels that the standard part has found none for: IEEE8023-LAG-MIB
// tells those made by LACP only. IOS gives port channels the ifType propVirtual, so they are known by name, and
// their members by ifStackTable.
func lagPart() standard.Part {
	return standard.Part{
		Name: standard.PartStack, Phase: standard.PhaseExtra, Keep: standard.StampIfTable,
		Tables: func(b *standard.Build) []snmp.Table {
			told, _ := b.Noted(standard.PartLAG).(map[*standard.Port]bool)
			for _, p := range b.Ports() {
				if portChannel(p.Ref.Name) && !told[p] {
					return []snmp.Table{{Name: "ifStackTable", Entry: ifStackEntry, Columns: []uint32{ifStackStatus}, Rows: 2 * b.Expect()}}
				}
			}
			return nil
		},
		Fill: func(b *standard.Build, rows []*snmp.Rows) {
			for _, r := range rows[0].All() {
				if len(r.Index) != 2 {
					continue
				}
				channel, member := b.ByIf(int(r.Index[0])), b.ByIf(int(r.Index[1]))
				if channel != nil && portChannel(channel.Ref.Name) {
					channel.LAG = true
					if member != nil {
						member.LAG = true
					}
				}
			}
		},
	}
}

// portChannel reports whether an interface name is that of a port channel: Po1, port-channel11.
func portChannel(name string) bool {
	n, ok := strings.CutPrefix(standard.NameKey(name), "po")
	return ok && n != "" && n[0] >= '0' && n[0] <= '9'
}
