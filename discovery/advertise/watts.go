package advertise

import "phoneport/discovery"

// point is one class of powered device: the most that it may draw at its end of the cable and what the port
// must give for it, in milliwatts.
type point struct{ pd, pse discovery.Milliwatts }

// points are the power classes of IEEE 802.3 (tables 33-1, 33-18, 145-11 and 145-26). Classes 0 and 3 are the same. Between them,
// the loss of the cable is taken as straight.
var points = [...]point{
	{0, 0},
	{3_840, 4_000},   // class 1
	{6_490, 7_000},   // class 2
	{13_000, 15_400}, // classes 0 and 3, Type 1
	{25_500, 30_000}, // class 4, Type 2
	{40_000, 45_000}, // class 5
	{51_000, 60_000}, // class 6, Type 3
	{62_000, 75_000}, // class 7
	{71_300, 90_000}, // class 8, Type 4
	{76_660, 99_900}, // beyond the classes, at the slope of the last piece; more cannot be told
}

// maxPower is the most that a port can be said to give.
const maxPower discovery.Milliwatts = 99_900

// AtPSE gives what a port must give, so that a device has pd at its end of the longest cable: CDP tells power at
// the port, LLDP at the device. The rule is that of the classes of IEEE 802.3, straight between them and
// rounded up: 3.84 W make 4 W, 6.49 make 7, 13.0 make 15.4, 25.5 make 30, 51 make 60, 71.3 make 90. It gives
// at most 99.9 W.
func AtPSE(pd discovery.Milliwatts) discovery.Milliwatts {
	if pd <= 0 {
		return 0
	}
	for i := 1; i < len(points); i++ {
		if a, b := points[i-1], points[i]; pd <= b.pd {
			return a.pse + ((pd-a.pd)*(b.pse-a.pse)+b.pd-a.pd-1)/(b.pd-a.pd)
		}
	}
	return maxPower
}

// AtPD is the other way of AtPSE, rounded down: what a device has for sure where the port gives pse. AtPD(AtPSE(p)) is p, or 1 mW
// more, for all p up to 76.66 W.
func AtPD(pse discovery.Milliwatts) discovery.Milliwatts {
	if pse <= 0 {
		return 0
	}
	for i := 1; i < len(points); i++ {
		if a, b := points[i-1], points[i]; pse <= b.pse {
			return a.pd + (pse-a.pse)*(b.pd-a.pd)/(b.pse-a.pse)
		}
	}
	return points[len(points)-1].pd
}

// tenths gives what LLDP tells of power that the port gives: tenths of a watt at the device, rounded down.
func tenths(pse discovery.Milliwatts) uint16 { return uint16(AtPD(pse) / 100) }
