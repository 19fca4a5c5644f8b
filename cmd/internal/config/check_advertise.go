package config

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/lldp"
)

// maxText is the longest name or description (IEEE 802.1AB clauses 8.5.6 and 8.5.7).
const maxText = 255

// capabilities are what a station may say that it is. A switch for phones is a bridge.
var capabilities = []discovery.Capability{
	discovery.CapBridge, discovery.CapRouter, discovery.CapWLAN, discovery.CapRepeater, discovery.CapStation, discovery.CapOther,
}

func (k *checker) station(r rawStation) {
	s := Station{Name: r.Name, Description: r.Description, Platform: r.Platform, Addresses: k.addresses("station.addresses", r.Addresses, false)}
	for _, t := range []struct{ key, text string }{{"name", r.Name}, {"description", r.Description}, {"platform", r.Platform}} {
		k.text("station."+t.key, t.text, maxText)
	}
	if r.Chassis != "" {
		mac, err := discovery.ParseMAC(r.Chassis)
		switch {
		case err != nil:
			k.errf("station.chassis", "%w", err)
		case mac.Group():
			k.errf("station.chassis", "%s is a group address and no device's", mac)
		}
		s.Chassis = mac
	}
	for _, c := range r.Capabilities {
		if !slices.Contains(capabilities, discovery.Capability(c)) {
			k.errf("station.capabilities", "%q is none of %s", c, joined(capabilities))
		}
		s.Capabilities = append(s.Capabilities, discovery.Capability(c))
	}
	if len(s.Capabilities) == 0 {
		s.Capabilities = []discovery.Capability{discovery.CapBridge}
	}
	k.out.Station = s
}

func (k *checker) advertise(rs []AdvertText) {
	names, taken := map[string]string{}, map[string]string{}
	for i, r := range rs {
		path := k.name("advertise", i, r.Name, names)
		a := k.advert(path, r)
		for _, what := range claims(r) {
			if first, twice := taken[what]; twice {
				k.errf(path, "%s is covered by %s already, which comes first", what, first)
				continue
			}
			taken[what] = path
		}
		k.out.Advertise = append(k.out.Advertise, a)
	}
}

// claims gives what an entry alone may name. Patterns may overlap: the first entry that covers a port holds.
func claims(r AdvertText) (out []string) {
	in := ""
	if r.Bridge != "" {
		in = " of bridge " + r.Bridge
		if len(r.Interfaces) == 0 {
			return []string{"every port" + in}
		}
	}
	for _, p := range r.Interfaces {
		out = append(out, p+in)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// CheckAdvert checks an entry that was given by command-line flags; flags holds the flag for each key, such as
// voice.vlan.
func CheckAdvert(t AdvertText, flags map[string]*pflag.Flag) (Advert, error) {
	const at, root = "command line", "advertise[0]"
	p := &places{tree: &tree{name: at}, getenv: func(string) (string, bool) { return "", false }, flags: map[string]*pflag.Flag{}}
	for key, f := range flags {
		p.flags[root+"."+key] = f
	}
	k := checker{places: p, out: &Config{}}
	a := k.advert(root, t)
	var errs []error
	for _, err := range k.errs {
		text := strings.Replace(err.Error(), at+": "+root, at, 1)
		errs = append(errs, errors.New(strings.Replace(text, at+".", at+": ", 1)))
	}
	return a, errors.Join(errs...)
}

func (k *checker) advert(path string, r AdvertText) Advert {
	a := Advert{Name: r.Name, Interfaces: r.Interfaces, Bridge: r.Bridge}
	if len(r.Interfaces) == 0 && r.Bridge == "" {
		k.errf(path, "interfaces and bridge are missing: name interfaces, patterns of them, or a Linux bridge")
	}
	for _, p := range r.Interfaces {
		if p == "" {
			k.errf(path+".interfaces", "an empty name covers nothing")
		}
		k.glob(path+".interfaces", p)
	}
	if strings.ContainsAny(r.Bridge, "*?[{") {
		k.errf(path+".bridge", "%q is a pattern; name one bridge", r.Bridge)
	}
	a.Says = advertise.Advert{
		DataVLAN: uint16(r.DataVLAN), Voice: k.policies(path, r), VoiceName: r.VoiceName, Locations: k.location(path+".location", r.Location),
		CallServers: k.addresses(path+".call_servers", r.CallServers, true), FileServers: k.addresses(path+".file_servers", r.FileServers, true),
		TrustPC: r.PCTrust, CoSPC: uint8(r.PCCoS),
	}
	a.Says.Power, a.PowerGiven = k.power(path+".power", r.Power)
	k.dataVLAN(path, r, a.Says.Voice)
	k.text(path+".voice_name", r.VoiceName, 32) // 802.1Q annex D.2.3
	if r.VoiceName != "" && !tagged(a.Says.Voice) {
		k.errf(path+".voice_name", "names a VLAN, and no policy for voice has one")
	}
	switch k.oneOf(path+".framing", r.Framing, "tagged", "untagged") {
	case "tagged":
		a.Says.Framing = 1
	case "untagged":
		a.Says.Framing = 2
	}
	k.between(path+".pc_cos", r.PCCoS, 0, 7)
	a.Options = k.timers(path+".timers", r.Timers)
	a.Options.LLDP, a.Options.MED, a.Options.CDP = k.mode(path+".lldp", r.LLDP), k.mode(path+".med", r.MED), k.mode(path+".cdp", r.CDP)
	if a.Options.LLDP == advertise.Off && a.Options.CDP == advertise.Off {
		k.errf(path, "lldp and cdp are off: nothing would be said")
	}
	if a.Options.LLDP == advertise.Off && a.Options.MED == advertise.Forced {
		k.errf(path+".med", "force needs LLDP, which is off")
	}
	return a
}

// tagged reports whether the policy for voice has a VLAN, or will get one from the bridge.
func tagged(ps []discovery.VoicePolicy) bool {
	return len(ps) > 0 && ps[0].Application == lldp.AppVoice && (ps[0].Mode == discovery.VoiceTagged || ps[0].Mode == discovery.VoiceUnknown)
}

func (k *checker) dataVLAN(path string, r AdvertText, voice []discovery.VoicePolicy) {
	if r.DataVLAN == 0 {
		return
	}
	k.between(path+".data_vlan", r.DataVLAN, 1, 4094)
	if r.Bridge != "" {
		k.errf(path+".data_vlan", "the untagged VLAN of a bridge's port is its PVID and is not written down: remove data_vlan, or bridge")
	}
	if len(voice) > 0 && voice[0].Mode == discovery.VoiceTagged && int(voice[0].VLAN) == r.DataVLAN {
		k.errf(path+".data_vlan", "%d is the voice VLAN too", r.DataVLAN)
	}
}

// modes are the words for advertise.Mode, in its order.
var modes = []string{"auto", "off", "force"}

func (k *checker) mode(path, v string) advertise.Mode {
	return advertise.Mode(max(0, slices.Index(modes, k.oneOf(path, v, modes...))))
}

func (k *checker) text(path, v string, most int) {
	if len(v) > most {
		k.errf(path, "is %d octets long, at most %d can be told", len(v), most)
	}
	if i := strings.IndexFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }); i >= 0 {
		k.errf(path, "holds a character that cannot be shown, at octet %d", i)
	}
}

// addresses reads IP addresses; v4 wants IPv4, as the TLVs of Avaya hold nothing else.
func (k *checker) addresses(path string, texts []string, v4 bool) (out []netip.Addr) {
	for _, t := range texts {
		a, err := netip.ParseAddr(t)
		a = a.Unmap()
		switch {
		case err != nil || a.Zone() != "":
			k.errf(path, "%q is no IP address", t)
		case v4 && !a.Is4():
			k.errf(path, "%s is not IPv4, and phones are told by a TLV that holds IPv4 only", a)
		case a.IsUnspecified() || a.IsMulticast():
			k.errf(path, "%s is no address of a device", a)
		case slices.Contains(out, a):
			k.errf(path, "%s stands twice", a)
		default:
			out = append(out, a)
		}
	}
	return out
}

func (k *checker) timers(path string, r TimersText) advertise.Options {
	for _, t := range []struct {
		key            string
		v, least, most time.Duration
	}{
		{"interval", r.Interval, time.Second, time.Hour}, // 802.1AB clause 9.2.5.7
		{"fast_tx", r.FastTx, time.Second, time.Hour},
		{"reinit", r.Reinit, time.Second, 10 * time.Second},
		{"cdp_interval", r.CDPInterval, 5 * time.Second, 254 * time.Second},
		{"cdp_hold", r.CDPHold, 10 * time.Second, 255 * time.Second},
		{"speaker_hold", r.SpeakerHold, time.Second, 65535 * time.Second},
	} {
		switch {
		case t.v == 0:
		case t.v < t.least || t.v > t.most:
			k.errf(path+"."+t.key, "%s is not in %s to %s", t.v, t.least, t.most)
		case t.v%time.Second != 0:
			k.errf(path+"."+t.key, "%s is not in whole seconds", t.v)
		}
	}
	for _, n := range []struct {
		key     string
		v, most int
	}{{"hold", r.Hold, 100}, {"fast_init", r.FastInit, 8}, {"credit_max", r.CreditMax, 100}, {"neighbors", r.Neighbors, 1000}} {
		k.between(path+"."+n.key, n.v, 0, n.most)
	}
	interval, hold := cmp.Or(r.Interval, 30*time.Second), cmp.Or(r.Hold, 4)
	if ttl := time.Duration(hold) * interval; ttl >= 65535*time.Second {
		k.errf(path+".hold", "%d times the interval of %s is longer than a frame can tell, 65535s", hold, interval)
	}
	if every, ttl := cmp.Or(r.CDPInterval, 60*time.Second), cmp.Or(r.CDPHold, 180*time.Second); ttl <= every {
		k.errf(path+".cdp_hold", "%s is not longer than the interval of %s: phones would forget us in between", ttl, every)
	}
	o := advertise.Options{
		Interval: r.Interval, Hold: r.Hold, FastTx: r.FastTx, FastInit: r.FastInit, CreditMax: r.CreditMax, Reinit: r.Reinit,
		CDPInterval: r.CDPInterval, CDPHold: r.CDPHold, SpeakerHold: r.SpeakerHold,
	}
	o.Neighbors.Limit = r.Neighbors
	return o
}

// joined gives words for a message.
func joined[T ~string](words []T) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprint(&b, string(w))
	}
	return b.String()
}
