package main

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"phoneport/cmd/internal/config"
	"phoneport/discovery"
)

// advertiseFlags are the flags of advertise. Those that say what is told are named in advertiseKeys.
type advertiseFlags struct {
	check                       bool
	bridge                      string
	voice, signaling            policyFlags
	voiceName                   string
	dataVLAN                    int
	elin                        string
	civic                       map[string]string
	coordinates                 string
	limit, allocated            string
	powerType, powerClass       int
	powerPriority               string
	callServers, fileServers    []string
	framing                     string
	pcTrust                     bool
	pcCoS                       int
	lldp, med, cdp              string
	name, description, platform string
	chassis                     string
	station                     []string // addresses
}

// policyFlags are one LLDP-MED policy.
type policyFlags struct {
	vlan, pcp, dscp int
	tag             string
}

// advertiseKeys are the flags that say what is told, with the key of the configuration that each sets. Any of them takes the
// place of the configuration's list.
var advertiseKeys = map[string]string{
	"bridge": "bridge", "voice-vlan": "voice.vlan", "tag": "voice.mode", "pcp": "voice.pcp", "dscp": "voice.dscp", "voice-name": "voice_name",
	"signaling-vlan": "applications[0].vlan", "signaling-tag": "applications[0].mode", "signaling-pcp": "applications[0].pcp",
	"signaling-dscp": "applications[0].dscp", "data-vlan": "data_vlan", "elin": "location.elin", "civic": "location.civic",
	"coordinates": "location.coordinates", "power-limit": "power.limit", "power-allocated": "power.allocated", "power-type": "power.type",
	"power-class": "power.class", "power-priority": "power.priority", "call-server": "call_servers", "file-server": "file_servers",
	"framing": "framing", "pc-trust": "pc_trust", "pc-cos": "pc_cos", "lldp": "lldp", "med": "med", "cdp": "cdp",
}

func (o *advertiseFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&o.check, "check", false, "show what would be sent, decoded and as hex, and send nothing")
	f.StringVar(&o.bridge, "bridge", "", "every port of this Linux `bridge`, or those that INTERFACE names")
	f.IntVar(&o.voice.vlan, "voice-vlan", 0, "`VLAN` of voice, 1 to 4094")
	f.StringVar(&o.voice.tag, "tag", "", "how voice is tagged: tagged (default with --voice-vlan), priority, untagged, none")
	f.IntVar(&o.voice.pcp, "pcp", 5, "802.1Q `priority` of voice, 0 to 7")
	f.IntVar(&o.voice.dscp, "dscp", 46, "`DSCP` of voice, 0 to 63")
	f.StringVar(&o.voiceName, "voice-name", "", "802.1 `name` of the voice VLAN")
	f.IntVar(&o.signaling.vlan, "signaling-vlan", 0, "`VLAN` of voice signaling, where it is told apart")
	f.StringVar(&o.signaling.tag, "signaling-tag", "", "how signaling is tagged: tagged, priority, untagged")
	f.IntVar(&o.signaling.pcp, "signaling-pcp", 3, "802.1Q `priority` of signaling")
	f.IntVar(&o.signaling.dscp, "signaling-dscp", 24, "`DSCP` of signaling")
	f.IntVar(&o.dataVLAN, "data-vlan", 0, "untagged `VLAN` of the port, for the PC behind the phone")
	f.StringVar(&o.elin, "elin", "", "emergency `number`, 10 to 25 digits")
	f.StringToStringVar(&o.civic, "civic", nil, "civic `address`: country=DE,city=Berlin,street=…,number=…,building=…,floor=…,room=…")
	f.StringVar(&o.coordinates, "coordinates", "", "`position`: LATITUDE,LONGITUDE[,METRES] in degrees")
	f.StringVar(&o.limit, "power-limit", "", "most `power` that the port gives: 15.4W")
	f.StringVar(&o.allocated, "power-allocated", "", "`power` that it gives before a phone asks (default: the limit)")
	f.IntVar(&o.powerType, "power-type", 0, "1 (802.3af), 2 (at), 3 or 4 (bt) (default: what the limit needs)")
	f.IntVar(&o.powerClass, "power-class", 0, "power `class`, 0 to 8 (default: what the limit needs)")
	f.StringVar(&o.powerPriority, "power-priority", "", "critical, high or low")
	f.StringSliceVar(&o.callServers, "call-server", nil, "IPv4 `address` of a call server, for Avaya phones")
	f.StringSliceVar(&o.fileServers, "file-server", nil, "IPv4 `address` of a file server, for Avaya phones")
	f.StringVar(&o.framing, "framing", "", "how Avaya phones are to send: tagged or untagged")
	f.BoolVar(&o.pcTrust, "pc-trust", false, "CDP: the phone believes the marks of its PC")
	f.IntVar(&o.pcCoS, "pc-cos", 0, "CDP: `CoS` that the phone gives frames of its PC otherwise")
	f.StringVar(&o.lldp, "lldp", "auto", "auto (always), off, or force (also beside another speaker)")
	f.StringVar(&o.med, "med", "auto", "LLDP-MED: auto (once a phone speaks it), off, force")
	f.StringVar(&o.cdp, "cdp", "auto", "auto (once a phone speaks it), off, force")
	f.StringVar(&o.name, "station-name", "", "LLDP system `name` and CDP device id (default: station.name, else the host name)")
	f.StringVar(&o.description, "station-description", "", "LLDP system description and CDP software version")
	f.StringVar(&o.platform, "station-platform", "", "CDP `platform`")
	f.StringVar(&o.chassis, "station-chassis", "", "LLDP chassis id, a `MAC` address (default: of the bridge, else of the first interface)")
	f.StringSliceVar(&o.station, "station-address", nil, "management `address` (default: those of the host)")
	for flag, words := range map[string][]string{
		"tag": {"tagged", "priority", "untagged", "none"}, "signaling-tag": {"tagged", "priority", "untagged"}, "framing": {"tagged", "untagged"},
		"power-priority": {"critical", "high", "low"}, "lldp": {"auto", "off", "force"}, "med": {"auto", "off", "force"}, "cdp": {"auto", "off", "force"},
		"civic": civicCompletions(),
	} {
		directive := cobra.ShellCompDirectiveNoFileComp
		if flag == "civic" {
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, directive)) // fails only for a flag that does not exist
	}
}

func civicCompletions() (out []string) {
	for _, k := range config.CivicKeys() {
		out = append(out, k+"=")
	}
	return out
}

// given reports whether flags say what is told.
func (o *advertiseFlags) given(cmd *cobra.Command) bool {
	for name := range advertiseKeys {
		if cmd.Flags().Changed(name) {
			return true
		}
	}
	return false
}

// stationFlags are the flags that stand for keys of station.
func (o *advertiseFlags) stationFlags(cmd *cobra.Command) map[string]*pflag.Flag {
	m := map[string]*pflag.Flag{}
	for _, key := range []string{"name", "description", "platform", "chassis"} {
		m["station."+key] = cmd.Flags().Lookup("station-" + key)
	}
	return m
}

func (o *advertiseFlags) addresses() (out []netip.Addr, err error) {
	for _, s := range o.station {
		a, err := netip.ParseAddr(s)
		if err != nil || a.Zone() != "" {
			return nil, usagef("--station-address: %q is no IP address", s)
		}
		out = append(out, a.Unmap())
	}
	return out, nil
}

// advert makes a checked entry of the flags. All mistakes are told at once.
func (o *advertiseFlags) advert(cmd *cobra.Command, args []string) (config.Advert, error) {
	t := config.AdvertText{
		Name: "flags", Interfaces: args, Bridge: o.bridge, VoiceName: o.voiceName, DataVLAN: o.dataVLAN, Framing: o.framing,
		CallServers: o.callServers, FileServers: o.fileServers, PCTrust: o.pcTrust, PCCoS: o.pcCoS, LLDP: o.lldp, MED: o.med, CDP: o.cdp,
	}
	changed := cmd.Flags().Changed
	var errs []error
	fail := func(flag string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("--%s: %w", flag, err))
		}
	}
	number := func(flag string, v *int) *int {
		if changed(flag) {
			return v
		}
		return nil
	}
	fail("tag", mode(&t.Voice.Mode, o.voice.tag))
	t.Voice.VLAN, t.Voice.PCP, t.Voice.DSCP = o.voice.vlan, number("pcp", &o.voice.pcp), number("dscp", &o.voice.dscp)
	if changed("signaling-vlan") || changed("signaling-tag") || changed("signaling-pcp") || changed("signaling-dscp") {
		a := config.ApplicationText{
			Name: "voice-signaling", VLAN: o.signaling.vlan, PCP: number("signaling-pcp", &o.signaling.pcp), DSCP: number("signaling-dscp", &o.signaling.dscp),
		}
		fail("signaling-tag", mode(&a.Mode, o.signaling.tag))
		t.Applications = append(t.Applications, a)
	}
	t.Location.ELIN = o.elin
	for _, key := range slices.Sorted(maps.Keys(o.civic)) {
		if !t.Location.Civic.Set(key, o.civic[key]) {
			fail("civic", fmt.Errorf("%q is none of %s", key, strings.Join(config.CivicKeys(), ", ")))
		}
	}
	fail("coordinates", position(&t.Location.Coordinates, o.coordinates))
	var err error
	t.Power.Limit, err = config.ParsePower(o.limit)
	fail("power-limit", err)
	t.Power.Allocated, err = config.ParsePower(o.allocated)
	fail("power-allocated", err)
	t.Power.Type, t.Power.Class, t.Power.Priority = o.powerType, number("power-class", &o.powerClass), o.powerPriority
	flags := map[string]*pflag.Flag{}
	for name, key := range advertiseKeys {
		flags[key] = cmd.Flags().Lookup(name)
	}
	a, err := config.CheckAdvert(t, flags)
	return a, errors.Join(append(errs, err)...)
}

func mode(m *discovery.VoiceMode, text string) error {
	if text == "" {
		return nil
	}
	if err := m.UnmarshalText([]byte(text)); err != nil || *m == discovery.VoiceUnknown {
		return fmt.Errorf("%q is none of tagged, priority, untagged, none", text)
	}
	return nil
}

// position reads LATITUDE,LONGITUDE[,METRES].
func position(c *config.CoordinatesText, text string) error {
	if text == "" {
		return nil
	}
	parts := strings.Split(text, ",")
	if len(parts) < 2 || len(parts) > 3 {
		return fmt.Errorf("%q is no position: write LATITUDE,LONGITUDE[,METRES] in degrees, such as 52.5163,13.3777,34", text)
	}
	for i, to := range []**float64{&c.Latitude, &c.Longitude, &c.Altitude}[:len(parts)] {
		v, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
		if err != nil {
			return fmt.Errorf("%q is no number", parts[i])
		}
		*to = &v
	}
	return nil
}
