package agent

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"time"

	"phoneport/cmd/internal/shape"
	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// rehearsedPhone is the address of the phone that a rehearsal plays.
var rehearsedPhone = discovery.MAC{0x02, 0, 0, 0, 0, 0x0f}

// Rehearse gives the frames that each port would send, without sending any: a machine of the port is played
// a phone that plugs in, speaks LLDP-MED, then asks by CDP, and leaves.
func Rehearse(p Planned) ([]shape.Rehearsal, error) {
	out := make([]shape.Rehearsal, 0, len(p.Ports))
	for _, w := range p.Ports {
		r := shape.Rehearsal{Port: w.Link.Name, Entry: w.Entry, Told: newTold(w.Advert), Warnings: w.Warnings, Frames: []shape.RehearsedFrame{}}
		var err error
		if r.Frames, err = rehearse(p.Station, w, r.Frames); err != nil {
			return nil, fmt.Errorf("%s, by %q: %w", w.Link.Name, w.Entry, err)
		}
		out = append(out, r)
	}
	return out, nil
}

func rehearse(st advertise.Station, w Want, out []shape.RehearsedFrame) ([]shape.RehearsedFrame, error) {
	med, query, err := phoneFrames()
	if err != nil {
		return nil, err
	}
	var seen [][]byte
	for _, scene := range []struct {
		when  string
		input *advertise.Input // after link-up; nil: link-up itself
	}{
		{"when the link comes up", nil},
		{"once a phone speaks LLDP-MED", &advertise.Input{Kind: advertise.Heard, Frame: discovery.Frame{Data: med}}},
		{"once a phone asks by CDP", &advertise.Input{Kind: advertise.Heard, Frame: discovery.Frame{Data: query}}},
		{"when phoneport ends", &advertise.Input{Kind: advertise.Stop}},
	} {
		m, err := advertise.NewMachine(w.Link.Addr, st, w.Advert, w.Options)
		if err != nil {
			return nil, err
		}
		at := time.Unix(0, 0)
		frames := m.Step(advertise.Input{Kind: advertise.LinkUp}, at).Frames
		if scene.input != nil && scene.input.Kind == advertise.Stop {
			m.Step(advertise.Input{Kind: advertise.Heard, Frame: discovery.Frame{Data: query}}, at) // else CDP has no goodbye to say
		}
		if scene.input != nil {
			frames = m.Step(*scene.input, at.Add(time.Minute)).Frames
		}
		for _, f := range frames {
			if contains(seen, f) {
				continue
			}
			seen = append(seen, bytes.Clone(f)) // the machine's memory is used again
			rf, err := decode(scene.when, f)
			if err != nil {
				return nil, err
			}
			out = append(out, rf)
		}
	}
	return out, nil
}

func contains(all [][]byte, f []byte) bool {
	for _, g := range all {
		if bytes.Equal(f, g) {
			return true
		}
	}
	return false
}

// decode reads our own frame as a phone would.
func decode(when string, f []byte) (shape.RehearsedFrame, error) {
	out := shape.RehearsedFrame{When: when, Protocol: string(discovery.LLDP), Hex: hex.EncodeToString(f)}
	if _, _, b, err := lldp.ParseFrame(f); err == nil {
		var p lldp.PDU
		if err := p.Decode(b); err != nil {
			return out, err
		}
		out.TLVs = shape.NewLLDPTLVs(&p)
		return out, nil
	}
	_, _, b, err := cdp.ParseFrame(f)
	if err != nil {
		return out, err
	}
	var p cdp.Packet
	if err := p.Decode(b); err != nil {
		return out, err
	}
	out.Protocol, out.TLVs = string(discovery.CDP), shape.NewCDPTLVs(&p)
	return out, nil
}

// phoneFrames gives what the phone of a rehearsal says.
func phoneFrames() (med, query []byte, err error) {
	id := string(rehearsedPhone[:])
	pdu := lldp.PDU{
		Chassis: lldp.ID{Subtype: 4, Value: id}, Port: lldp.ID{Subtype: 3, Value: id}, TTL: 120, Has: lldp.HasCapabilities | lldp.HasMED,
		Capabilities: lldp.Capabilities{Supported: lldp.CapTelephone, Enabled: lldp.CapTelephone},
		MED:          lldp.MEDCapabilities{Bits: lldp.MEDCaps | lldp.MEDPolicy | lldp.MEDLocation | lldp.MEDPD | lldp.MEDInventory, Class: discovery.MEDClassIII},
		Policies:     []lldp.NetworkPolicy{{Application: lldp.AppVoice, Unknown: true}},
	}
	if med, err = lldp.AppendFrame(nil, lldp.NearestBridge, rehearsedPhone, &pdu); err != nil {
		return nil, nil, err
	}
	packet := cdp.Packet{
		TTL: 180, Has: cdp.HasDeviceID | cdp.HasPortID | cdp.HasCapabilities | cdp.HasQuery,
		DeviceID: "SEP02000000000F", PortID: "Port 1", Capabilities: cdp.CapHost | cdp.CapPhone, Query: "\x20\x02\x00\x01",
	}
	query, err = cdp.AppendFrame(nil, rehearsedPhone, &packet)
	return med, query, err
}
