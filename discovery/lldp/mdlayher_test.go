package lldp_test

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	mdlldp "github.com/mdlayher/lldp"

	"phoneport/discovery/lldp"
)

// cut gives the TLVs of an LLDPDU up to its End TLV, with it: what mdlayher/lldp can read.
func cut(b []byte) []byte {
	n := 0
	for n+2 <= len(b) {
		end := b[n]>>1 == 0
		n += 2 + int(b[n]&1)<<8 + int(b[n+1])
		if end {
			break
		}
	}
	return b[:min(n, len(b))]
}

// witness decodes with us and with mdlayher/lldp and compares: ids, TTL, and the TLVs. Where only one of the two takes the
// frame, the reason must be one of those listed here.
func witness(b []byte) error {
	b = cut(b)
	var p lldp.PDU
	ours := p.Decode(b)
	var f mdlldp.Frame
	theirs := f.UnmarshalBinary(b)
	switch {
	case ours != nil && theirs != nil:
		return nil
	case theirs != nil:
		all := tlvs(b)
		noEnd := len(b) < 2 || strings.Join(all, "") == string(b)
		longTTL := len(all) > 2 && len(all[2]) != 4
		if noEnd || longTTL {
			return nil // End is optional, and octets after the TTL are to be ignored
		}
		return fmt.Errorf("only we take it: %w", theirs)
	case ours != nil:
		for _, why := range []string{
			"its subtype is reserved",     // it does not look at subtypes
			"not 2 to 256 octets",         // nor at the lengths of ids
			"comes a second time",         // nor at mandatory TLVs that come again
			"end TLV", "missing; another", // an End TLV with contents among the optional ones
		} {
			if strings.Contains(ours.Error(), why) {
				return nil
			}
		}
		return fmt.Errorf("only mdlayher/lldp takes it: %w", ours)
	}
	if string(f.ChassisID.ID) != p.Chassis.Value || uint8(f.ChassisID.Subtype) != p.Chassis.Subtype ||
		string(f.PortID.ID) != p.Port.Value || uint8(f.PortID.Subtype) != p.Port.Subtype || f.TTL != time.Duration(p.TTL)*time.Second {
		return fmt.Errorf("ids or TTL: %+v %+v %v; mdlayher/lldp has %+v %+v %v", p.Chassis, p.Port, p.TTL, f.ChassisID, f.PortID, f.TTL)
	}
	if len(p.Problems) > 0 {
		return nil // the TLVs that we lost are still in its list
	}
	g, err := p.Frame()
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, t := range f.Optional {
		count[fmt.Sprintf("%d %x", t.Type, t.Value)]++
	}
	for _, t := range g.Optional {
		count[fmt.Sprintf("%d %x", t.Type, t.Value)]--
	}
	for tlv, n := range count {
		if n != 0 {
			return fmt.Errorf("TLV %s: mdlayher/lldp has it %d times more", tlv, n)
		}
	}
	q, err := lldp.FromFrame(g)
	if err != nil || !p.Equal(&q) {
		return fmt.Errorf("FromFrame of Frame: %+v, %v; want %+v", q, err, p)
	}
	return nil
}

func TestWitness(t *testing.T) {
	t.Parallel()
	for name, p := range samples() {
		b, err := p.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := witness(b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, f := range corpusFrames(t) {
		_, _, payload, _ := lldp.ParseFrame(f.data)
		if err := witness(payload); err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
	}
}

// TestTraps: what mdlayher/lldp does to good frames. Where a newer version no longer does, the trap is to be taken out here,
// and PDU.Decode may be built on the library.
func TestTraps(t *testing.T) {
	t.Parallel()
	frame := func(b []byte) error { return new(mdlldp.Frame).UnmarshalBinary(b) }
	whole, err := station().Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	var p lldp.PDU
	t.Run("padding of zeros", func(t *testing.T) {
		b := append(whole[:len(whole):len(whole)], make([]byte, 24)...)
		if frame(b) != nil { // each two octets of padding are an End TLV to it, of which it keeps all but the last
			t.Error("it no longer takes padding of zeros")
		}
		var f mdlldp.Frame
		if err := f.UnmarshalBinary(b); err != nil || len(f.Optional) != 12 {
			t.Errorf("it makes TLVs of the padding: %d, %v", len(f.Optional), err)
		}
		if err := p.Decode(b); err != nil || !p.Equal(station()) {
			t.Errorf("ours: %v", err)
		}
	})
	t.Run("padding of an odd length", func(t *testing.T) {
		b := append(whole[:len(whole):len(whole)], 0)
		if err := frame(b); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("it says %v", err)
		}
		if err := p.Decode(b); err != nil {
			t.Errorf("ours: %v", err)
		}
	})
	t.Run("padding of other octets", func(t *testing.T) {
		b := append(whole[:len(whole):len(whole)], 0xfe, 0xff)
		if frame(b) == nil {
			t.Error("it takes it")
		}
		if err := p.Decode(b); err != nil {
			t.Errorf("ours: %v", err)
		}
	})
	t.Run("TTL below a second", func(t *testing.T) {
		f, err := station().Frame()
		if err != nil {
			t.Fatal(err)
		}
		f.TTL = 500 * time.Millisecond
		b, err := f.MarshalBinary()
		if err != nil || p.Decode(b) != nil || p.TTL != 0 {
			t.Errorf("it writes TTL %d, %v", p.TTL, err)
		}
		for _, ttl := range []time.Duration{500 * time.Millisecond, 1500 * time.Millisecond, -time.Second, (math.MaxUint16 + 1) * time.Second} {
			f.TTL = ttl
			if q, err := lldp.FromFrame(f); err == nil {
				t.Errorf("FromFrame takes a TTL of %v as %d", ttl, q.TTL)
			}
		}
	})
	t.Run("End or a mandatory TLV among the optional ones", func(t *testing.T) {
		for typ := mdlldp.TLVTypeEnd; typ <= mdlldp.TLVTypeTTL; typ++ {
			f, _ := station().Frame()
			f.Optional = append(f.Optional, &mdlldp.TLV{Type: typ})
			if _, err := f.MarshalBinary(); err != nil {
				t.Errorf("it refuses type %d: %v", typ, err)
			}
			if _, err := lldp.FromFrame(f); err == nil {
				t.Errorf("FromFrame takes type %d", typ)
			}
		}
	})
	t.Run("nil", func(t *testing.T) {
		if _, err := lldp.FromFrame(nil); err == nil {
			t.Error("FromFrame takes nil")
		}
		f, _ := station().Frame()
		f.Optional = append(f.Optional, nil)
		if _, err := lldp.FromFrame(f); err == nil {
			t.Error("FromFrame takes a nil TLV")
		}
		f.Optional, f.PortID = nil, nil
		if _, err := lldp.FromFrame(f); !errors.Is(err, mdlldp.ErrInvalidFrame) {
			t.Errorf("FromFrame of a frame without port id: %v", err)
		}
	})
}

func TestFrameConversion(t *testing.T) {
	t.Parallel()
	f, err := phone().Frame()
	if err != nil {
		t.Fatal(err)
	}
	if string(f.PortID.ID) != "0021D8BA0965:P1" || f.TTL != 3*time.Minute || len(f.Optional) != 18 {
		t.Errorf("Frame() = %+v, port %q, %d TLVs", f, f.PortID.ID, len(f.Optional))
	}
	p, err := lldp.FromFrame(f)
	if err != nil || !p.Equal(phone()) {
		t.Errorf("FromFrame = %+v, %v", p, err)
	}
	bad := station()
	bad.Chassis.Subtype = 0
	if _, err := bad.Frame(); err == nil {
		t.Error("Frame of a PDU that Append refuses")
	}
}
