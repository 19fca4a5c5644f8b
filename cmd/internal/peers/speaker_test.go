//go:build linux

package peers

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/lldp"
	"phoneport/discovery/wire"
	"phoneport/discovery/wire/wiretest"
)

// TestSecondSpeaker starts lldpd on our own interface. A phone would hear two switches, so ours says goodbye and is
// silent, except where it is told to speak all the same.
func TestSecondSpeaker(t *testing.T) {
	for name, tt := range map[string]struct {
		mode advertise.Mode
		want []string // what the phone hears of us, behind the frame of lldpd
	}{
		"silent": {advertise.Auto, []string{"closet-3 goodbye", "marker"}},
		"forced": {advertise.Forced, []string{"closet-3 moved", "marker"}},
	} {
		t.Run(name, func(t *testing.T) {
			namespace(t)
			wiretest.Cable(t, "sw0", "ph0")
			phone, err := wire.Open("ph0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = phone.Close() })
			port := startPort(t, "sw0", advert(), advertise.Options{LLDP: tt.mode})
			startLLDPd(t, "sw0", "-m", "192.0.2.8")
			n := port.await("a second speaker", func(n advertise.Notice) bool { return n.Kind == advertise.Speaker })
			if n.Protocol != discovery.LLDP || n.Detail == "" {
				t.Errorf("notice %+v", n)
			}
			if all := port.Neighbors(); len(all) != 0 {
				t.Errorf("the second speaker passes for a neighbour: %+v", all)
			}
			a := advert()
			a.Description = "moved"
			if err := port.Set(a); err != nil {
				t.Fatal(err)
			}
			// What Set had to say is on the wire, so behind it the marker is.
			marker, err := lldp.AppendFrame(nil, lldp.NearestBridge, switchMAC, &lldp.PDU{
				Chassis: lldp.ID{Subtype: lldp.ChassisLocal, Value: "marker"}, Port: lldp.ID{Subtype: lldp.PortLocal, Value: "1"}, TTL: 1,
			})
			if err != nil {
				t.Fatal(err)
			}
			side, err := wire.Open("sw0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = side.Close() })
			if err := side.Write(context.Background(), discovery.Frame{Data: marker}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, heardByPhone(t, phone)); diff != "" {
				t.Errorf("the phone hears behind the frame of lldpd (-want +got):\n%s", diff)
			}
		})
	}
}

// heardByPhone gives what we said behind the first frame of lldpd, up to the marker.
func heardByPhone(t *testing.T, phone discovery.Wire) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	var out []string
	other := false
	for {
		f, err := phone.Read(ctx)
		if err != nil {
			t.Fatalf("the phone heard %q: %v", out, err)
		}
		_, _, payload, err := lldp.ParseFrame(f.Data)
		if err != nil {
			continue
		}
		var p lldp.PDU
		if err := p.Decode(payload); err != nil {
			t.Fatal(err)
		}
		switch {
		case p.Chassis.Subtype == lldp.ChassisLocal:
			return append(out, p.Chassis.Value)
		case p.SystemName != "closet-3" && p.Port.Value != "swp17":
			other = true
		case !other:
		case p.TTL == 0:
			out = append(out, "closet-3 goodbye")
		default:
			out = append(out, fmt.Sprint("closet-3 ", p.PortDescription))
		}
	}
}

// TestFirstSpeakerEnds has lldpd say goodbye: ours speaks again at once.
func TestFirstSpeakerEnds(t *testing.T) {
	namespace(t)
	wiretest.Cable(t, "sw0", "ph0")
	port := startPort(t, "sw0", advert(), advertise.Options{})
	other := startLLDPd(t, "sw0", "-m", "192.0.2.8")
	port.await("a second speaker", func(n advertise.Notice) bool { return n.Kind == advertise.Speaker })
	phone := startLLDPd(t, "ph0", "-M", "3", "-m", "192.0.2.7")
	other.stop()
	port.await("the second speaker is gone", func(n advertise.Notice) bool { return n.Kind == advertise.SpeakerGone })
	within(t, phone, time.Now(), wait, []string{"closet-3"}, func(at []tree) []string {
		var out []string
		for _, n := range at {
			if n.text("port", "id", "value") == "swp17" {
				out = append(out, n.text("chassis", "name", "value"))
			}
		}
		return out
	})
}
