package advertise

import (
	"testing"

	"phoneport/discovery"
	"phoneport/discovery/lldp"
)

// TestWatts holds the rule of the cable's loss to the classes of IEEE 802.3.
func TestWatts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ pd, pse discovery.Milliwatts }{
		"nothing": {0, 0},
		"class 1": {3_840, 4_000}, "class 2": {6_490, 7_000}, "class 3": {13_000, 15_400}, "class 4": {25_500, 30_000},
		"class 5": {40_000, 45_000}, "class 6": {51_000, 60_000}, "class 7": {62_000, 75_000}, "class 8": {71_300, 90_000},
		"a Cisco phone": {5_871, 6_300},
	} {
		if got := AtPSE(c.pd); got != c.pse {
			t.Errorf("%s: AtPSE(%d) = %d, want %d", name, c.pd, got, c.pse)
		}
		if got := AtPD(c.pse); got != c.pd {
			t.Errorf("%s: AtPD(%d) = %d, want %d", name, c.pse, got, c.pd)
		}
	}
	for _, beyond := range []discovery.Milliwatts{-1, -100_000} {
		if AtPSE(beyond) != 0 || AtPD(beyond) != 0 {
			t.Errorf("negative power is %v and %v", AtPSE(beyond), AtPD(beyond))
		}
	}
	if got := AtPSE(6_553_500); got != maxPower {
		t.Errorf("AtPSE of the largest number that LLDP holds = %v, want %v", got, maxPower)
	}
	if got := AtPD(1 << 40); got != 76_660 {
		t.Errorf("AtPD(too much) = %v", got)
	}
}

// TestWattsAgree: what CDP tells and what LLDP tells are one value, for all that LLDP can ask for and CDP can tell.
func TestWattsAgree(t *testing.T) {
	t.Parallel()
	for asked := range discovery.Milliwatts(766) {
		if got := tenths(AtPSE(asked * 100)); got != uint16(asked) {
			t.Fatalf("a device asks for %d tenths, is given %v and told %d tenths", asked, AtPSE(asked*100), got)
		}
	}
	last := discovery.Milliwatts(0)
	for pse := range maxPower + 1 {
		pd := AtPD(pse)
		if pd > pse || pd < last {
			t.Fatalf("AtPD(%d) = %d, less before it was %d", pse, pd, last)
		}
		last = pd
		if back := AtPSE(pd); back > pse || pse-back > 2 {
			t.Fatalf("AtPSE(AtPD(%d)) = %d", pse, back)
		}
	}
}

// TestMDI holds the forms of the Power via MDI TLV to their tables.
func TestMDI(t *testing.T) {
	t.Parallel()
	const base = lldp.MDIPSE | lldp.MDISupported
	tests := map[string]struct {
		t    telling
		want lldp.MDIPower
	}{
		"af": {
			telling{power: Power{Supported: true, Enabled: true, Type: 1, Class: 3}, allocated: 15_400},
			lldp.MDIPower{Form: lldp.MDIAF, Support: base | lldp.MDIEnabled, Pairs: 1, Class: 4},
		},
		"off": {
			telling{power: Power{Supported: true, Type: 1}},
			lldp.MDIPower{Form: lldp.MDIAF, Support: base, Pairs: 1, Class: 1},
		},
		// The vector of the reference: Type 2 PSE, primary, high, class 3, 6.5 W asked for and given.
		"at": {
			telling{power: Power{Supported: true, Enabled: true, Type: 2, Class: 3, Priority: 2}, allocated: AtPSE(6_500), dll: true, mirrored: 65},
			lldp.MDIPower{Form: lldp.MDIAT, Support: 7, Pairs: 1, Class: 4, Source: 1, Priority: 2, Requested: 65, Allocated: 65},
		},
		"at of a Type 1 port, on backup power": {
			telling{power: Power{Supported: true, Enabled: true, Type: 1, Class: 3, Backup: true}, allocated: 7_000, dll: true, mirrored: 100},
			lldp.MDIPower{Form: lldp.MDIAT, Support: 7, Pairs: 1, Class: 4, Type: lldp.MDIType1PSE, Source: 2, Requested: 100, Allocated: 64},
		},
		"bt, class 4": {
			telling{power: Power{Supported: true, Enabled: true, Type: 3, Class: 4}, allocated: 30_000},
			lldp.MDIPower{
				Form: lldp.MDIBT, Support: 7, Pairs: 1, Class: 5, Source: 1, Requested: 255, Allocated: 255,
				PSEStatus: 1, PairsExt: 2, ClassA: 7, ClassB: 7, ClassExt: 4, MaxPower: 510,
			},
		},
		"bt, class 8": {
			telling{power: Power{Supported: true, Enabled: true, Type: 4, Class: 8, Limit: 90_000}, allocated: 90_000},
			lldp.MDIPower{
				Form: lldp.MDIBT, Support: 7, Pairs: 1, Class: 5, Source: 1, Requested: 713, Allocated: 713,
				PSEStatus: 2, PairsExt: 3, ClassA: 7, ClassB: 7, ClassExt: 8, System: 2, MaxPower: 713,
			},
		},
		"bt, class 0": {
			telling{power: Power{Supported: true, Enabled: true, Type: 3, Limit: 15_400}, allocated: 15_400},
			lldp.MDIPower{
				Form: lldp.MDIBT, Support: 7, Pairs: 1, Class: 1, Source: 1, Requested: 130, Allocated: 130,
				PSEStatus: 1, PairsExt: 2, ClassA: 7, ClassB: 7, ClassExt: 3, MaxPower: 130,
			},
		},
	}
	for name, tt := range tests {
		if got := mdi(&tt.t); got != tt.want {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, tt.want)
		}
	}
}
