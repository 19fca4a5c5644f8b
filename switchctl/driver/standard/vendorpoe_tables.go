package standard

import (
	"strings"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// poeTables are the vendors' tables. To add one, check each column against a recording of such a switch or
// against two sources that do not copy each other, and add the recording to the tests.
var poeTables = []poeTable{
	// CISCOSB-POE-MIB, LINKSYS-POE-MIB and MARVELL-POE-MIB (Radlan) are one MIB under three arcs.
	radlanTable("cisco-sb", "1.3.6.1.4.1.9.6.1.101.108.1.1", "1.3.6.1.4.1.9.6.1"),
	radlanTable("linksys", "1.3.6.1.4.1.3955.1000.201.108.1.1", "1.3.6.1.4.1.3955.1000"),
	radlanTable("radlan", "1.3.6.1.4.1.89.108.1.1", "1.3.6.1.4.1.35265", "1.3.6.1.4.1.89"),
	{
		vendor: "huawei", objects: []string{"1.3.6.1.4.1.2011"}, // HUAWEI-POE-MIB
		name: "hwPoePortTable", entry: snmp.MustOID("1.3.6.1.4.1.2011.5.25.195.3.1"), index: poeByIf, unit: 1,
		columns: []poeColumn{
			{3, readAdmin(map[int64]switchctl.PoEAdmin{1: switchctl.PoEOn, 2: switchctl.PoEOff})}, // hwPoePortEnable
			{4, readPriority(map[int64]switchctl.PoEPriority{1: switchctl.PriorityCritical, 2: switchctl.PriorityHigh, 3: switchctl.PriorityLow})},
			{5, readLimit},         // hwPoePortMaximumPower
			{6, readHuaweiPowerOn}, // hwPoePortPowerOnStatus
			{8, readClass(0)},      // hwPoePortPdClass
			{9, readAllocated},     // hwPoePortReferencePower
			{10, readDraw},         // hwPoePortConsumingPower
			{11, readMaxDraw},      // hwPoePortPeakPower
		},
	},
	{
		vendor: "procurve", objects: []string{"1.3.6.1.4.1.11"}, // HP-ICF-POE-MIB
		name: "hpicfPoePethPsePortTable", entry: snmp.MustOID("1.3.6.1.4.1.11.2.14.11.1.9.1.1.1"), index: poeByPSE, unit: 1,
		columns: []poeColumn{
			{3, readDraw}, // hpicfPoePethPsePortPower
			{8, readDraw}, // hpicfPoePethPsePortActualPower, the better one where both are told
		},
	},
	{
		vendor: "aruba-cx", objects: []string{"1.3.6.1.4.1.47196"}, // ARUBAWIRED-POE-MIB
		name: "arubaWiredPoePethPsePortTable", entry: snmp.MustOID("1.3.6.1.4.1.47196.4.1.1.3.8.1.1.1"), index: poeByPSE, unit: 1,
		columns: []poeColumn{
			{6, readAllocated},  // arubaWiredPoePethPsePortReservedPower
			{7, readDraw},       // arubaWiredPoePethPsePortPowerDrawn
			{9, readMaxDraw},    // arubaWiredPoePethPsePortPeakPower
			{10, readDenied(1)}, // arubaWiredPoePethPsePortOperStatus: deny(1) off(2) on(3)
			{12, readClass(1)},  // arubaWiredPoePethPsePortPowerClassification: class0(1) … class8(9)
		},
	},
	{
		vendor: "extreme", objects: []string{"1.3.6.1.4.1.1916"}, // EXTREME-POE-MIB
		name: "extremePethPsePortTable", entry: snmp.MustOID("1.3.6.1.4.1.1916.1.27.2.1.1"), index: poeByPSE, unit: 1,
		columns: []poeColumn{
			{1, readLimit}, // extremePethPortOperatorLimit
			{6, readDraw},  // extremePethPortMeasuredPower
		},
	},
	{
		vendor: "foundry", objects: []string{"1.3.6.1.4.1.1991"}, // FOUNDRY-POE-MIB
		name: "snAgentPoePortTable", entry: snmp.MustOID("1.3.6.1.4.1.1991.1.1.2.14.2.2.1"), index: poeByIf, unit: 1,
		columns: []poeColumn{
			{2, readFoundryControl}, // snAgentPoePortControl
			{3, readAllocated},      // snAgentPoePortWattage
			{4, readClass(0)},       // snAgentPoePortClass
			{5, readPriority(map[int64]switchctl.PoEPriority{1: switchctl.PriorityCritical, 2: switchctl.PriorityHigh, 3: switchctl.PriorityLow})},
			{6, readDraw}, // snAgentPoePortConsumed
		},
	},
	{
		vendor: "tp-link", objects: []string{"1.3.6.1.4.1.11863"}, // TPLINK-POWER-OVER-ETHERNET-MIB
		name: "tpPoePortConfigTable", entry: snmp.MustOID("1.3.6.1.4.1.11863.6.56.1.1.2.1.1"), index: poeByPort, unit: 100,
		columns: []poeColumn{
			{2, readAdmin(map[int64]switchctl.PoEAdmin{0: switchctl.PoEOff, 1: switchctl.PoEOn})},                   // tpPoePortStatus
			{3, readPriority(map[int64]switchctl.PoEPriority{0: switchctl.PriorityHigh, 2: switchctl.PriorityLow})}, // tpPoePriority; middle(1) has no match
			{4, readLimit},     // tpPoePowerLimit
			{7, readDraw},      // tpPoePower
			{10, readClass(0)}, // tpPoeClass; class-not-defined(7)
			{11, readDetect(map[int64]switchctl.PoEDetect{ // tpPoePowerStatus
				0: switchctl.PoESearching, 1: switchctl.PoESearching, 2: switchctl.PoEDelivering, 3: switchctl.PoEFault, 4: switchctl.PoEFault,
				5: switchctl.PoEFault, 6: switchctl.PoEFault, 7: switchctl.PoEFault, 8: switchctl.PoEOtherFault, 9: switchctl.PoEOtherFault,
			})},
		},
		// tpPoeGlobal: tpSystemPowerLimit.0 and tpSystemPowerConsumption.0
		main: &poeMain{name: "tpPoeGlobal", entry: snmp.MustOID("1.3.6.1.4.1.11863.6.56.1.1.1"), nominal: 1, drawn: 3},
	},
	{
		vendor: "mikrotik", objects: []string{"1.3.6.1.4.1.14988"}, // MIKROTIK-MIB
		name: "mtxrPOETable", entry: snmp.MustOID("1.3.6.1.4.1.14988.1.1.15.1.1"), index: poeByIf, unit: 100,
		columns: []poeColumn{
			{3, readMikrotikStatus}, // mtxrPOEStatus
			{6, readDraw},           // mtxrPOEPower
		},
	},
}

// radlanTable is rlPethPsePortTable under one vendor's arc.
func radlanTable(vendor, entry string, objects ...string) poeTable {
	return poeTable{
		vendor: vendor, objects: objects, name: "rlPethPsePortTable", entry: snmp.MustOID(entry), index: poeByUnitIf, unit: 1,
		columns: []poeColumn{
			{5, readDraw},         // rlPethPsePortOutputPower
			{6, readLimit},        // rlPethPsePortPowerLimit
			{8, readRadlanStatus}, // rlPethPsePortStatusDescription
		},
	}
}

// poeNumber makes a column of a function on its number; a value that is none is passed over.
func poeNumber(f func(s *switchctl.PoEState, n int64)) poePut {
	return func(s *switchctl.PoEState, v snmp.Value, _ discovery.Milliwatts) bool {
		if n, ok := v.Int(); ok {
			f(s, n)
		}
		return true
	}
}

// poeMost is more than any port gives, in the smallest unit; a larger number is a broken row, as is one below 0.
const poeMost = 1_000_000

// poePower makes a column of a function on its power.
func poePower(f func(s *switchctl.PoEState, p discovery.Milliwatts)) poePut {
	return func(s *switchctl.PoEState, v snmp.Value, unit discovery.Milliwatts) bool {
		if n, ok := v.Int(); ok && n >= 0 && n <= poeMost {
			f(s, discovery.Milliwatts(n)*unit)
		}
		return true
	}
}

var (
	readDraw      = poePower(func(s *switchctl.PoEState, p discovery.Milliwatts) { s.Draw, s.DrawTold = p, true })
	readLimit     = poePower(func(s *switchctl.PoEState, p discovery.Milliwatts) { s.Limit = p })
	readAllocated = poePower(func(s *switchctl.PoEState, p discovery.Milliwatts) { s.Allocated = p })
	readMaxDraw   = poePower(func(s *switchctl.PoEState, p discovery.Milliwatts) { s.MaxDraw = p })
)

func readAdmin(words map[int64]switchctl.PoEAdmin) poePut {
	return poeNumber(func(s *switchctl.PoEState, n int64) { s.Admin = words[n] })
}

func readPriority(words map[int64]switchctl.PoEPriority) poePut {
	return poeNumber(func(s *switchctl.PoEState, n int64) { s.Priority = words[n] })
}

func readDetect(words map[int64]switchctl.PoEDetect) poePut {
	return poeNumber(func(s *switchctl.PoEState, n int64) { s.Detect = words[n] })
}

// readClass reads an IEEE class that counts from base.
func readClass(base int64) poePut {
	return poeNumber(func(s *switchctl.PoEState, n int64) {
		if n -= base; n >= 0 && n <= 8 && !(base == 0 && n == 7) { // 7 says "no class" where classes are told as such
			s.Class, s.ClassTold = uint8(n), true
		}
	})
}

// readDenied marks a port as refused at one value of its state.
func readDenied(at int64) poePut {
	return poeNumber(func(s *switchctl.PoEState, n int64) { s.Denied = s.Denied || n == at })
}

// readHuaweiPowerOn reads hwPoePortPowerOnStatus: the words on and off.
func readHuaweiPowerOn(s *switchctl.PoEState, v snmp.Value, _ discovery.Milliwatts) bool {
	switch {
	case strings.EqualFold(v.Text(), "on"):
		s.Detect = switchctl.PoEDelivering
	case strings.EqualFold(v.Text(), "off") && s.Admin == switchctl.PoEOn:
		s.Detect = switchctl.PoESearching
	}
	return true
}

// readFoundryControl reads snAgentPoePortControl: other(1) on ports without inline power, disable(2), enable(3),
// enableLegacyDevice(4).
func readFoundryControl(s *switchctl.PoEState, v snmp.Value, _ discovery.Milliwatts) bool {
	switch n, _ := v.Int(); n {
	case 1:
		return false
	case 2:
		s.Admin = switchctl.PoEOff
	case 3, 4:
		s.Admin = switchctl.PoEOn
	}
	return true
}

// readMikrotikStatus reads mtxrPOEStatus.
func readMikrotikStatus(s *switchctl.PoEState, v snmp.Value, _ discovery.Milliwatts) bool {
	n, ok := v.Int()
	if !ok {
		return true
	}
	s.Admin = switchctl.PoEOn
	switch n {
	case 1: // disabled
		s.Admin, s.Detect = switchctl.PoEOff, switchctl.PoEDisabled
	case 2: // waitingForLoad
		s.Detect = switchctl.PoESearching
	case 3: // poweredOn
		s.Detect = switchctl.PoEDelivering
	case 4, 5, 6, 7, 9, 15: // overload, shortCircuit, voltageTooLow, currentTooLow, voltageTooHigh, lowVoltageTooLow
		s.Detect = switchctl.PoEFault
	case 8, 11, 14: // powerReset, controllerUpgrade, controllerInit: on the way
		s.Detect = switchctl.PoESearching
	default: // controllerError(10), poeInDetected(12), noValidPsu(13)
		s.Detect = switchctl.PoEOtherFault
	}
	return true
}

// readRadlanStatus reads rlPethPsePortStatusDescription. The number beside it (rlPethPsePortStatus) is that of
// the power controller and differs between chips: one calls 8 a short circuit, another says it in text only.
func readRadlanStatus(s *switchctl.PoEState, v snmp.Value, _ discovery.Milliwatts) bool {
	text := strings.ToLower(v.Text())
	has := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case has("user setting"):
		s.Admin, s.Detect = switchctl.PoEOff, switchctl.PoEDisabled
		return true
	case has("port is on"):
		s.Detect = switchctl.PoEDelivering
	case has("budget", "power management"):
		s.Detect, s.Denied = switchctl.PoESearching, true
	case has("overload", "short", "hw fault", "hardware", "temperature"):
		s.Detect = switchctl.PoEFault
	case has("detection", "underload", "non-802.3", "resistor"):
		s.Detect = switchctl.PoESearching
	default:
		return true
	}
	s.Admin = switchctl.PoEOn
	return true
}
