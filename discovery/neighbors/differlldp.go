package neighbors

import (
	"slices"

	"phoneport/discovery/lldp"
)

// otherwise is what changed where no name below fits.
const otherwise = "other"

// lldpFields are the parts of a PDU by which people read what changed. has is 0 for parts that can come more than
// once or are always there.
var lldpFields = []struct {
	name string
	has  lldp.Fields
	same func(a, b *lldp.PDU) bool
}{
	{"chassis id", 0, func(a, b *lldp.PDU) bool { return a.Chassis == b.Chassis }},
	{"port id", 0, func(a, b *lldp.PDU) bool { return a.Port == b.Port }},
	{"port description", lldp.HasPortDescription, func(a, b *lldp.PDU) bool { return a.PortDescription == b.PortDescription }},
	{"system name", lldp.HasSystemName, func(a, b *lldp.PDU) bool { return a.SystemName == b.SystemName }},
	{"system description", lldp.HasSystemDescription, func(a, b *lldp.PDU) bool { return a.SystemDescription == b.SystemDescription }},
	{"capabilities", lldp.HasCapabilities, func(a, b *lldp.PDU) bool { return a.Capabilities == b.Capabilities }},
	{"management address", 0, func(a, b *lldp.PDU) bool { return slices.Equal(a.Management, b.Management) }},
	{"port VLAN", lldp.HasPVID, func(a, b *lldp.PDU) bool { return a.PVID == b.PVID }},
	{"protocol VLAN", 0, func(a, b *lldp.PDU) bool { return slices.Equal(a.PortVLANs, b.PortVLANs) }},
	{"VLAN name", 0, func(a, b *lldp.PDU) bool { return slices.Equal(a.VLANNames, b.VLANNames) }},
	{"protocol identity", 0, func(a, b *lldp.PDU) bool { return slices.Equal(a.Protocols, b.Protocols) }},
	{"speed", lldp.HasMACPHY, func(a, b *lldp.PDU) bool { return a.MACPHY == b.MACPHY }},
	{"aggregation", lldp.HasAggregation, func(a, b *lldp.PDU) bool { return a.Aggregation == b.Aggregation }},
	{"frame size", lldp.HasMaxFrame, func(a, b *lldp.PDU) bool { return a.MaxFrame == b.MaxFrame }},
	{"power", lldp.HasPower, func(a, b *lldp.PDU) bool { return a.Power == b.Power }},
	{"power measurements", lldp.HasMeasurements, func(a, b *lldp.PDU) bool { return a.Measurements == b.Measurements }},
	{"MED capabilities", lldp.HasMED, func(a, b *lldp.PDU) bool { return a.MED == b.MED }},
	{"network policy", 0, func(a, b *lldp.PDU) bool { return slices.Equal(a.Policies, b.Policies) }},
	{"location", 0, func(a, b *lldp.PDU) bool { return slices.EqualFunc(a.Locations, b.Locations, lldp.Location.Equal) }},
	{"MED power", lldp.HasExtendedPower, func(a, b *lldp.PDU) bool { return a.ExtendedPower == b.ExtendedPower }},
	{"hardware", lldp.HasHardware, func(a, b *lldp.PDU) bool { return a.Hardware == b.Hardware }},
	{"firmware", lldp.HasFirmware, func(a, b *lldp.PDU) bool { return a.Firmware == b.Firmware }},
	{"software", lldp.HasSoftware, func(a, b *lldp.PDU) bool { return a.Software == b.Software }},
	{"serial", lldp.HasSerial, func(a, b *lldp.PDU) bool { return a.Serial == b.Serial }},
	{"manufacturer", lldp.HasManufacturer, func(a, b *lldp.PDU) bool { return a.Manufacturer == b.Manufacturer }},
	{"model", lldp.HasModel, func(a, b *lldp.PDU) bool { return a.Model == b.Model }},
	{"asset", lldp.HasAsset, func(a, b *lldp.PDU) bool { return a.Asset == b.Asset }},
	{"power conservation", lldp.HasAvayaConservation, func(a, b *lldp.PDU) bool { return a.Avaya.Conservation == b.Avaya.Conservation }},
	{"call server", lldp.HasAvayaCallServers, func(a, b *lldp.PDU) bool { return slices.Equal(a.Avaya.CallServers, b.Avaya.CallServers) }},
	{"file server", lldp.HasAvayaFileServers, func(a, b *lldp.PDU) bool { return slices.Equal(a.Avaya.FileServers, b.Avaya.FileServers) }},
	{"phone address", lldp.HasAvayaPhoneAddress, func(a, b *lldp.PDU) bool {
		return a.Avaya.PhoneAddress == b.Avaya.PhoneAddress && a.Avaya.PhoneMask == b.Avaya.PhoneMask && a.Avaya.PhoneGateway == b.Avaya.PhoneGateway
	}},
	{"framing", lldp.HasAvayaFraming, func(a, b *lldp.PDU) bool { return a.Avaya.Framing == b.Avaya.Framing }},
	{"four-wire power", lldp.HasFourWire, func(a, b *lldp.PDU) bool { return a.FourWire == b.FourWire }},
	{otherwise, 0, func(a, b *lldp.PDU) bool { return slices.Equal(a.Unknown, b.Unknown) }},
}

// differLLDP names what differs between two PDUs, in the order of the frame.
func differLLDP(a, b *lldp.PDU) (names string) {
	for _, f := range lldpFields {
		told := f.has == 0 || a.Has&b.Has&f.has != 0
		if (a.Has^b.Has)&f.has != 0 || told && !f.same(a, b) {
			names = join(names, f.name)
		}
	}
	if names == "" {
		return otherwise
	}
	return names
}
