package config

import (
	"net/netip"

	"github.com/bmatcuk/doublestar/v4"

	"phoneport/discovery"
	"phoneport/discovery/advertise"
)

// Station is who speaks on the ports of this host. What is empty is found out on the host.
type Station struct {
	Name, Description, Platform string
	Chassis                     discovery.MAC
	Addresses                   []netip.Addr
	Capabilities                []discovery.Capability // never empty
}

// Advert is what some ports of this host say.
type Advert struct {
	Name string
	// Interfaces are patterns of names. Empty: all ports of Bridge.
	Interfaces []string
	// Bridge is the Linux bridge whose ports are meant, "" for interfaces of any kind.
	Bridge string
	// Says is what is told, but for what each port knows of itself: port id, description, interface index and,
	// on a bridge, the VLANs and the power. A policy whose Mode is VoiceUnknown gets its VLAN from the bridge.
	Says       advertise.Advert
	Options    advertise.Options
	PowerGiven bool // Says.Power was written down; else a bridge's driver tells it
}

// Covers reports whether an interface is one of those that the entry names. Whether it is a port of Bridge is
// for the caller to see.
func (a *Advert) Covers(name string) bool {
	for _, p := range a.Interfaces {
		if ok, err := doublestar.Match(p, name); ok && err == nil {
			return true
		}
	}
	return len(a.Interfaces) == 0 && a.Bridge != ""
}
