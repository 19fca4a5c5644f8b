package agent

import (
	"slices"
	"strings"

	"phoneport/cmd/internal/config"
	"phoneport/discovery/advertise"
	"phoneport/switchctl"
)

// members makes of a driver's reading what the ports carry. Only VLANs and power count here: what the driver
// concludes about voice is for audits.
func members(s *switchctl.Snapshot) Bridge {
	b := Bridge{Ports: make(map[string]Member, len(s.Ports))}
	filtering := !slices.ContainsFunc(s.Missing, func(m switchctl.Missing) bool { return strings.Contains(m.Table, "VLAN") })
	for i := range s.Ports {
		p := &s.Ports[i]
		b.Ports[p.Ref.Name] = Member{Filtering: filtering, PVID: p.Untagged, Tagged: p.Tagged, Power: powerOf(p.PoE)}
	}
	return b
}

// powerOf makes what is told about power of what the driver knows; nil where the port has none.
func powerOf(p switchctl.PoEState) *advertise.Power {
	if !p.Supported {
		return nil
	}
	out := &advertise.Power{
		Supported: true, Enabled: p.Admin.Enabled(), Priority: uint8(p.Priority), Limit: p.Limit, Allocated: p.Allocated,
	}
	if p.Limit > 0 {
		out.Allocated = min(p.Allocated, p.Limit)
	}
	out.Type, out.Class = config.PowerType(p.Limit)
	if p.ClassTold {
		out.Class = p.Class
		if p.Limit == 0 {
			out.Type = config.TypeOfClass(p.Class)
		}
	}
	return out
}
