package advertise

import (
	"phoneport/discovery"
	"phoneport/discovery/lldp"
)

// limit is the most that the port gives; where none is told, what its type allows.
func (p Power) limit() discovery.Milliwatts {
	if p.Limit > 0 {
		return p.Limit
	}
	switch p.Type {
	case 1:
		return 15_400
	case 2:
		return 30_000
	case 3:
		return 60_000
	default:
		return 90_000
	}
}

// start is what the port gives before anything was asked for.
func (p Power) start() discovery.Milliwatts {
	if p.Allocated > 0 {
		return p.Allocated
	}
	return p.limit()
}

// source is the power source of a PSE: 1 primary, 2 backup (802.3 clause 79.3.2.4.2; TIA-1057 clause 10.2.5.2 has the same numbers).
func source(p Power) uint8 {
	if p.Backup {
		return 2
	}
	return 1
}

// mdi gives the Power via MDI TLV. Type 1 has no classification by LLDP and tells the short form, until a
// device asks by the longer one; Type 2 tells the at form; Types 3 and 4 the bt form. Before a device asks, its
// request is told as what is allocated: nothing is to be changed.
func mdi(t *telling) lldp.MDIPower {
	p := t.power
	m := lldp.MDIPower{
		Form:    lldp.MDIAF,
		Support: lldp.MDIPSE | lldp.MDISupported,
		Pairs:   1,
		Class:   min(p.Class, 4) + 1, // 5 stands for class 4 and above
	}
	if p.Enabled {
		m.Support |= lldp.MDIEnabled
	}
	switch {
	case p.Type >= 3:
		m.Form = lldp.MDIBT
	case p.Type == 2 || t.dll:
		m.Form = lldp.MDIAT
	}
	if m.Form == lldp.MDIAF {
		return m
	}
	m.Type = lldp.MDIType2PSE
	if p.Type == 1 {
		m.Type = lldp.MDIType1PSE
	}
	m.Source, m.Priority = source(p), p.Priority
	m.Allocated = tenths(t.allocated)
	m.Requested = m.Allocated
	if t.dll {
		m.Requested = t.mirrored
	}
	if m.Form != lldp.MDIBT {
		return m
	}
	// 802.3 clause 79.3.2.6: a single-signature device; from class 5 on it is fed over all four pairs.
	m.PSEStatus, m.PairsExt = 1, 2
	if p.Class > 4 {
		m.PSEStatus, m.PairsExt = 2, 3
	}
	m.ClassA, m.ClassB = 7, 7
	if m.ClassExt = p.Class; p.Class == 0 {
		m.ClassExt = 3 // the field has no class 0, whose power is that of class 3
	}
	m.System = (p.Type - 3) << 1
	m.MaxPower = tenths(p.limit())
	return m
}
