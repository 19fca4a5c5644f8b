package lldp

import (
	"errors"
	"fmt"
	"time"

	mdlldp "github.com/mdlayher/lldp"
)

// Frame gives the PDU as a frame of mdlayher/lldp, for programs that speak through it. The errors are those of
// Append.
func (p *PDU) Frame() (*mdlldp.Frame, error) {
	b, err := p.Append(nil)
	if err != nil {
		return nil, err
	}
	f := &mdlldp.Frame{
		ChassisID: &mdlldp.ChassisID{Subtype: mdlldp.ChassisIDSubtype(p.Chassis.Subtype), ID: []byte(p.Chassis.Value)},
		PortID:    &mdlldp.PortID{Subtype: mdlldp.PortIDSubtype(p.Port.Subtype), ID: []byte(p.Port.Value)},
		TTL:       time.Duration(p.TTL) * time.Second,
		Optional:  []*mdlldp.TLV{},
	}
	for i := 0; b[0]>>1 != typeEnd; i++ {
		n := int(b[0]&1)<<8 | int(b[1])
		if i >= typeTTL {
			f.Optional = append(f.Optional, &mdlldp.TLV{Type: mdlldp.TLVType(b[0] >> 1), Length: uint16(n), Value: b[2 : 2+n : 2+n]})
		}
		b = b[2+n:]
	}
	return f, nil
}

// FromFrame gives a frame of mdlayher/lldp as a PDU. It refuses what that library would put on the wire and
// change by it: a TTL that is not a whole number of seconds, or below zero (half a second would become 0, the sender goes
// away), and TLVs of types 0 to 3 among the optional ones (an End TLV would cut the frame). A malformed optional TLV is in
// Problems, as with Decode.
func FromFrame(f *mdlldp.Frame) (PDU, error) {
	var p PDU
	if f == nil {
		return p, errors.New("convert frame of mdlayher/lldp: it is nil")
	}
	if f.TTL%time.Second != 0 || f.TTL < 0 {
		return p, fmt.Errorf("convert frame of mdlayher/lldp: time to live %v is no whole number of seconds", f.TTL)
	}
	for _, t := range f.Optional {
		if t == nil || t.Type <= typeTTL {
			return p, errors.New("convert frame of mdlayher/lldp: an optional TLV is nil, End, or a mandatory one")
		}
	}
	b, err := f.MarshalBinary()
	if err != nil {
		return p, fmt.Errorf("convert frame of mdlayher/lldp: %w", err)
	}
	return p, p.Decode(b)
}
