//go:build linux

package peers

import (
	"context"
	"math"
	"net/netip"
	"sync"
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
	"phoneport/discovery/wire"
)

// station is who we are.
func station() advertise.Station {
	return advertise.Station{
		Chassis:      discovery.MAC{0x02, 0, 0, 0, 0x10, 0},
		Name:         "closet-3",
		Description:  "phoneport on Linux",
		Platform:     "whitebox 48P",
		Capabilities: []discovery.Capability{discovery.CapBridge},
		Addresses:    []netip.Addr{netip.MustParseAddr("192.0.2.3")},
		Inventory:    discovery.Inventory{Manufacturer: "Whitebox", Model: "48P", Serial: "WB0042", Software: "1.2"},
	}
}

// advert is all that we can say.
func advert() advertise.Advert {
	return advertise.Advert{
		PortID:      "swp17",
		Description: "desk 3.17",
		IfIndex:     17,
		DataVLAN:    10,
		Voice: []discovery.VoicePolicy{
			{Application: lldp.AppVoice, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46},
			{Application: lldp.AppVoiceSignaling, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 3, DSCP: 24},
			{Application: lldp.AppGuestVoice, Mode: discovery.VoiceTagged, VLAN: 120, PCP: 4, DSCP: 34},
			{Application: lldp.AppGuestVoiceSignaling, Mode: discovery.VoicePriority, PCP: 2, DSCP: 18},
			{Application: lldp.AppSoftphoneVoice, Mode: discovery.VoiceUntagged, DSCP: 40},
			{Application: lldp.AppVideoConferencing, Mode: discovery.VoiceTagged, VLAN: 4094, PCP: 7, DSCP: 63},
			{Application: lldp.AppStreamingVideo, Mode: discovery.VoiceTagged, VLAN: 1, PCP: 1, DSCP: 1},
			{Application: lldp.AppVideoSignaling, Mode: discovery.VoiceTagged, VLAN: 130, PCP: 6, DSCP: 26},
		},
		VoiceName: "voice-3",
		Locations: []lldp.Location{
			{Format: lldp.LocationCoordinate, Coordinate: lldp.Coordinate{
				LatResolution: 34, Latitude: degrees(48.875), LonResolution: 34, Longitude: degrees(-2.25),
				AltType: 1, AltResolution: 30, Altitude: 276*256 + 128, Datum: 1,
			}},
			{Format: lldp.LocationCivic, Civic: lldp.Civic{What: 1, Country: "DE", Parts: []lldp.CivicPart{
				{Type: 3, Value: "Berlin"}, {Type: 6, Value: "Unter den Linden"}, {Type: 19, Value: "77"}, {Type: 27, Value: "3"}, {Type: 28, Value: "3.17"},
			}}},
			{Format: lldp.LocationELIN, ELIN: "4930555123417"},
		},
		Power: advertise.Power{
			Supported: true, Enabled: true, Type: 2, Class: 3, Priority: 2, Limit: 15400, Allocated: 15400,
		},
		MaxFrame:   1522,
		FullDuplex: true,
	}
}

// degrees gives an angle as it stands in the frame.
func degrees(d float64) int64 { return int64(math.Round(d * (1 << 25))) }

// ourPort is one of ours that runs.
type ourPort struct {
	*advertise.Port
	t       testing.TB
	cancel  context.CancelFunc
	done    chan error
	mu      sync.Mutex
	notices []advertise.Notice
	news    chan struct{}
}

// linkDown starts a port whose link is down.
const linkDown = true

// startPort runs one of ours on an interface; its link is up unless linkDown is given.
func startPort(t testing.TB, iface string, a advertise.Advert, o advertise.Options, down ...bool) *ourPort {
	t.Helper()
	w, err := wire.Open(iface)
	if err != nil {
		t.Fatal(err)
	}
	p := &ourPort{t: t, done: make(chan error, 1), news: make(chan struct{}, 1)}
	p.Port, err = advertise.NewPort(w, station(), a, o, p.notice)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	go func() { p.done <- p.Run(ctx, len(down) == 0) }()
	t.Cleanup(p.stop)
	return p
}

// stop ends it; it says goodbye.
func (p *ourPort) stop() {
	if p.cancel == nil {
		return
	}
	p.cancel()
	p.cancel = nil
	if err := <-p.done; err != nil {
		p.t.Errorf("Run = %v", err)
	}
}

func (p *ourPort) notice(_ string, n advertise.Notice) {
	p.mu.Lock()
	p.notices = append(p.notices, n)
	p.mu.Unlock()
	select {
	case p.news <- struct{}{}:
	default:
	}
}

// await waits until a notice fits.
func (p *ourPort) await(what string, fits func(advertise.Notice) bool) advertise.Notice {
	p.t.Helper()
	limit := time.After(wait)
	for seen := 0; ; {
		p.mu.Lock()
		for ; seen < len(p.notices); seen++ {
			if fits(p.notices[seen]) {
				defer p.mu.Unlock()
				return p.notices[seen]
			}
		}
		p.mu.Unlock()
		select {
		case <-p.news:
		case <-limit:
			p.t.Fatalf("no notice: %s; there were %+v", what, p.notices)
		}
	}
}

// change waits for a change of a neighbour.
func (p *ourPort) change(what string, fits func(neighbors.Change) bool) discovery.Neighbor {
	p.t.Helper()
	n := p.await(what, func(n advertise.Notice) bool { return n.Kind == advertise.Neighbor && fits(n.Change) })
	return n.Change.Neighbor
}
