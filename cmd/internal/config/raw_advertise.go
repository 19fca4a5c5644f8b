package config

import (
	"time"

	"phoneport/discovery"
)

// rawStation is who speaks on the ports of this host.
type rawStation struct {
	Name         string   `mapstructure:"name"`
	Description  string   `mapstructure:"description"`
	Platform     string   `mapstructure:"platform"`
	Chassis      string   `mapstructure:"chassis"`
	Addresses    []string `mapstructure:"addresses"`
	Capabilities []string `mapstructure:"capabilities"`
}

// AdvertText is one entry of the list advertise as it is written: in the file, or by flags; see CheckAdvert.
type AdvertText struct {
	Name         string            `mapstructure:"name"`
	Interfaces   []string          `mapstructure:"interfaces"`
	Bridge       string            `mapstructure:"bridge"`
	Voice        rawVoice          `mapstructure:"voice"`
	VoiceName    string            `mapstructure:"voice_name"`
	Applications []ApplicationText `mapstructure:"applications"`
	DataVLAN     int               `mapstructure:"data_vlan"`
	Location     LocationText      `mapstructure:"location"`
	Power        PowerText         `mapstructure:"power"`
	CallServers  []string          `mapstructure:"call_servers"`
	FileServers  []string          `mapstructure:"file_servers"`
	Framing      string            `mapstructure:"framing"`
	PCTrust      bool              `mapstructure:"pc_trust"`
	PCCoS        int               `mapstructure:"pc_cos"`
	LLDP         string            `mapstructure:"lldp"`
	MED          string            `mapstructure:"med"`
	CDP          string            `mapstructure:"cdp"`
	Timers       TimersText        `mapstructure:"timers"`
}

// ApplicationText is the policy of an application other than voice.
type ApplicationText struct {
	Name string              `mapstructure:"name"`
	Mode discovery.VoiceMode `mapstructure:"mode"`
	VLAN int                 `mapstructure:"vlan"`
	PCP  *int                `mapstructure:"pcp"`
	DSCP *int                `mapstructure:"dscp"`
}

// LocationText is where a port is.
type LocationText struct {
	ELIN        string          `mapstructure:"elin"`
	Civic       CivicText       `mapstructure:"civic"`
	Coordinates CoordinatesText `mapstructure:"coordinates"`
}

// CivicText is a civic address; check_location.go has the CAtype of each key.
type CivicText struct {
	What             string `mapstructure:"what"`
	Country          string `mapstructure:"country"`
	Language         string `mapstructure:"language"`
	State            string `mapstructure:"state"`
	County           string `mapstructure:"county"`
	City             string `mapstructure:"city"`
	District         string `mapstructure:"district"`
	Block            string `mapstructure:"block"`
	Street           string `mapstructure:"street"`
	LeadingDirection string `mapstructure:"leading_direction"`
	TrailingSuffix   string `mapstructure:"trailing_suffix"`
	StreetSuffix     string `mapstructure:"street_suffix"`
	Number           string `mapstructure:"number"`
	NumberSuffix     string `mapstructure:"number_suffix"`
	Landmark         string `mapstructure:"landmark"`
	Additional       string `mapstructure:"additional"`
	Name             string `mapstructure:"name"`
	ZIP              string `mapstructure:"zip"`
	Building         string `mapstructure:"building"`
	Unit             string `mapstructure:"unit"`
	Floor            string `mapstructure:"floor"`
	Room             string `mapstructure:"room"`
	PlaceType        string `mapstructure:"place_type"`
}

// CoordinatesText is a place on the earth.
type CoordinatesText struct {
	Latitude   *float64 `mapstructure:"latitude"`
	Longitude  *float64 `mapstructure:"longitude"`
	Altitude   *float64 `mapstructure:"altitude"`
	AltitudeIn string   `mapstructure:"altitude_in"`
	Datum      string   `mapstructure:"datum"`
}

// PowerText is the power sourcing side of a port.
type PowerText struct {
	Limit     discovery.Milliwatts `mapstructure:"limit"`
	Allocated discovery.Milliwatts `mapstructure:"allocated"`
	Type      int                  `mapstructure:"type"`
	Class     *int                 `mapstructure:"class"`
	Priority  string               `mapstructure:"priority"`
	Backup    bool                 `mapstructure:"backup"`
	Off       bool                 `mapstructure:"off"`
}

// TimersText says when is spoken; zero is the default of the protocol.
type TimersText struct {
	Interval    time.Duration `mapstructure:"interval"`
	Hold        int           `mapstructure:"hold"`
	FastTx      time.Duration `mapstructure:"fast_tx"`
	FastInit    int           `mapstructure:"fast_init"`
	CreditMax   int           `mapstructure:"credit_max"`
	Reinit      time.Duration `mapstructure:"reinit"`
	CDPInterval time.Duration `mapstructure:"cdp_interval"`
	CDPHold     time.Duration `mapstructure:"cdp_hold"`
	SpeakerHold time.Duration `mapstructure:"speaker_hold"`
	Neighbors   int           `mapstructure:"neighbors"`
}
