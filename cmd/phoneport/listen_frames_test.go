package main

import (
	"bytes"
	"errors"
	"os"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
	"phoneport/discovery/wire"
)

// The systems of the listen tests.
var (
	deskPhone  = discovery.MAC{0x00, 0x21, 0xd8, 0xba, 0x09, 0x65}
	deskPC     = discovery.MAC{0x3c, 0x97, 0x0e, 0x01, 0x02, 0x03}
	deskSwitch = discovery.MAC{0x00, 0x0b, 0xbe, 0x18, 0x9a, 0x41}
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// phoneFrame is what a Cisco phone says: without an address and a policy where it boots.
func phoneFrame(booting bool) []byte {
	p := &lldp.PDU{
		Chassis: lldp.ID{Subtype: lldp.ChassisNetwork, Value: "\x01\x0a\x15\x0d\x56"}, Port: lldp.ID{Subtype: lldp.PortLocal, Value: "0021D8BA0965:P1"},
		TTL: 180, Has: lldp.HasSystemName | lldp.HasCapabilities | lldp.HasMED | lldp.HasModel | lldp.HasExtendedPower,
		SystemName: "SEP0021D8BA0965", Capabilities: lldp.Capabilities{Supported: 0x24, Enabled: 0x24},
		MED: lldp.MEDCapabilities{Bits: 0x33, Class: discovery.MEDClassIII}, Model: "CP-7962G", ExtendedPower: lldp.ExtendedPower{Type: 1, Value: 63},
		Policies: []lldp.NetworkPolicy{{Application: lldp.AppVoice, Tagged: true, VLAN: 110, PCP: 5, DSCP: 46}},
	}
	if booting {
		p.Chassis.Value = "\x01\x00\x00\x00\x00"
		p.Policies = []lldp.NetworkPolicy{{Application: lldp.AppVoice, Unknown: true}}
	}
	return must(lldp.AppendFrame(nil, lldp.NearestBridge, deskPhone, p))
}

func pcFrame(ttl uint16) []byte {
	p := &lldp.PDU{Chassis: lldp.MACID(lldp.ChassisMAC, deskPC), Port: lldp.MACID(lldp.PortMAC, deskPC), TTL: ttl}
	if ttl > 0 {
		p.Has, p.SystemName, p.Capabilities = lldp.HasSystemName|lldp.HasCapabilities, "desk-7", lldp.Capabilities{Supported: 0x80, Enabled: 0x80}
	}
	return must(lldp.AppendFrame(nil, lldp.NearestBridge, deskPC, p))
}

func cdpPhoneFrame() []byte {
	return must(cdp.AppendFrame(nil, deskPhone, &cdp.Packet{
		TTL: 180, Has: cdp.HasDeviceID | cdp.HasPortID | cdp.HasCapabilities | cdp.HasPlatform | cdp.HasConsumption | cdp.HasQuery,
		DeviceID: "SEP0021D8BA0965", PortID: "Port 1", Capabilities: cdp.CapHost | cdp.CapPhone | cdp.CapTwoPortRelay, Platform: "Cisco IP Phone 7962",
		Consumption: 6300, Query: "\x20\x02\x00\x01",
	}))
}

func cdpSwitchFrame() []byte {
	return must(cdp.AppendFrame(nil, deskSwitch, &cdp.Packet{
		TTL: 180, Has: cdp.HasDeviceID | cdp.HasPortID | cdp.HasCapabilities | cdp.HasPlatform | cdp.HasNativeVLAN | cdp.HasVoiceVLAN,
		DeviceID: "acc-1", PortID: "Gi1/0/7", Capabilities: cdp.CapSwitch, Platform: "cisco WS-C2950-12", NativeVLAN: 10,
		VoiceVLAN: cdp.Appliance{ID: 1, VLAN: 110},
	}))
}

// brokenFrame has a chassis id and no port id.
func brokenFrame() []byte {
	f := pcFrame(120)
	f[14+9] = 0x0c // the type of the second TLV
	return f
}

// lossyFrame has a system name of which the end is missing: only that TLV is lost.
func lossyFrame() []byte {
	p := &lldp.PDU{
		Chassis: lldp.MACID(lldp.ChassisMAC, deskPC), Port: lldp.MACID(lldp.PortMAC, deskPC), TTL: 120,
		Has: lldp.HasSystemName | lldp.HasMaxFrame, SystemName: "desk-7", MaxFrame: 1522,
	}
	f := must(lldp.AppendFrame(nil, lldp.NearestBridge, deskPC, p))
	i := bytes.Index(f, []byte{0xfe, 0x06, 0x00, 0x12, 0x0f, 0x04})
	f[i+1] = 5 // one octet less than the maximum frame size needs
	return append(f[:i+7], 0, 0)
}

var arpFrame = append([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3c, 0x97, 0x0e, 0x01, 0x02, 0x03, 0x08, 0x06}, make([]byte, 46)...)

// heardFrame is one of a capture.
type heardFrame struct {
	seconds  int
	port     string
	data     []byte
	outgoing bool
}

// sequences are captures by name.
var sequences = map[string][]heardFrame{
	// A phone boots on eth0, with a PC behind it; eth1 goes to a switch.
	"boot": {
		{0, "eth0", arpFrame, false},
		{0, "eth0", phoneFrame(true), false},
		{1, "eth0", cdpPhoneFrame(), false},
		{2, "eth0", brokenFrame(), false},
		{5, "eth0", phoneFrame(false), false},
		{6, "eth0", pcFrame(120), false},
		{30, "eth1", cdpSwitchFrame(), false},
		{31, "eth1", pcFrame(120), true},
		{35, "eth0", phoneFrame(false), false},
		{40, "eth0", pcFrame(0), false},
		{300, "eth0", pcFrame(120), false},
		{301, "eth0", lossyFrame(), false},
	},
	"phone": {{0, "eth0", phoneFrame(false), false}},
	"empty": {},
}

func writeCapture(file *os.File, frames []heardFrame) error {
	r, err := wire.NewRecorder(file)
	if err != nil {
		return err
	}
	start := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for _, f := range frames {
		at := start.Add(time.Duration(f.seconds) * time.Second)
		if err := r.Record(f.port, discovery.Frame{Data: f.data, At: at, Outgoing: f.outgoing}); err != nil {
			return err
		}
	}
	return nil
}

// cmdFrames writes a capture of our own frames: frames SEQUENCE FILE.
func cmdFrames(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 || sequences[args[0]] == nil {
		ts.Fatalf("usage: frames SEQUENCE FILE")
	}
	f, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	ts.Check(errors.Join(writeCapture(f, sequences[args[0]]), f.Close()))
}
