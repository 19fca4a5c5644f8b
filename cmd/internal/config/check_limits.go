package config

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"phoneport/policy"
	"phoneport/switchctl"
)

// changeKinds are the kinds of change that limits.kinds may name.
func changeKinds() []string {
	var kinds []string
	for _, c := range []switchctl.Change{
		switchctl.SetPoE{},
		switchctl.SetPoEPriority{},
		switchctl.SetPoELimit{},
		switchctl.SetVoice{},
		switchctl.SetAccessVLAN{},
		switchctl.SetAdmin{},
		switchctl.CyclePoE{},
		switchctl.Bounce{},
	} {
		kinds = append(kinds, c.Kind())
	}
	return kinds
}

func (k *checker) limits(r rawLimits, protect []rawProtect) {
	for _, n := range []struct {
		key string
		v   int
	}{{"per_port", r.PerPort}, {"per_switch", r.PerSwitch}, {"per_site", r.PerSite}, {"total", r.Total}} {
		k.between("limits."+n.key, n.v, 0, 1_000_000)
	}
	k.between("limits.max_macs", r.MaxMACs, 1, 10_000)
	if r.Window <= 0 {
		k.errf("limits.window", "%s is not above zero", r.Window)
	}
	if r.CycleRest < 0 {
		k.errf("limits.cycle_rest", "%s is negative", r.CycleRest)
	}
	if math.IsNaN(r.StopUnverified) || r.StopUnverified < 0 || r.StopUnverified > 1 {
		k.errf("limits.stop_unverified", "%v is not in 0 to 1", r.StopUnverified)
	}
	kinds := changeKinds()
	for i, kind := range r.Kinds {
		if !slices.Contains(kinds, kind) {
			k.errf(fmt.Sprintf("limits.kinds[%d]", i), "%q is none of %s", kind, strings.Join(kinds, ", "))
		}
	}
	l := policy.Limits{
		PerPort: r.PerPort, PerSwitch: r.PerSwitch, PerSite: r.PerSite, Total: r.Total, Window: r.Window,
		MaxMACs: r.MaxMACs, Kinds: r.Kinds, CycleRest: r.CycleRest, StopUnverified: r.StopUnverified,
	}
	for i, h := range r.Hours {
		l.Hours = append(l.Hours, k.hours(fmt.Sprintf("limits.hours[%d]", i), h))
	}
	for i, p := range protect {
		path := fmt.Sprintf("protect[%d]", i)
		k.glob(path+".switch", p.Switch)
		k.glob(path+".port", p.Port)
		if p.Switch == "" && p.Port == "" {
			k.errf(path, "switch and port are missing; write switch: \"*\" to protect everything")
		}
		l.Protect = append(l.Protect, policy.PortPattern{Switch: p.Switch, Port: p.Port, Reason: p.Reason})
	}
	k.out.Limits = l
}

// weekdays are the words of limits.hours, in the order of time.Weekday.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// hours reads one change window.
func (k *checker) hours(path string, r rawHours) policy.Hours {
	h := policy.Hours{From: k.clock(path+".from", r.From), To: k.clock(path+".to", r.To), Zone: time.Local}
	if r.From != "" && h.From == h.To {
		k.errf(path, "begins when it ends; for the whole day write from: \"00:00\" and to: \"24:00\"")
	}
	if r.Zone != "" {
		zone, err := time.LoadLocation(r.Zone)
		if err != nil {
			k.errf(path+".zone", "%q is no time zone: write Europe/Berlin, or UTC", r.Zone)
		} else {
			h.Zone = zone
		}
	}
	for i, d := range r.Days {
		n := slices.Index(weekdays, strings.ToLower(d))
		if n < 0 {
			k.errf(fmt.Sprintf("%s.days[%d]", path, i), "%q is none of %s", d, strings.Join(weekdays, ", "))
			continue
		}
		h.Days = append(h.Days, time.Weekday(n))
	}
	return h
}

// clock reads a time of day, 00:00 to 24:00.
func (k *checker) clock(path, s string) time.Duration {
	if s == "24:00" {
		return 24 * time.Hour
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		k.errf(path, "%q is no time of day: write \"22:30\"", s)
		return 0
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

func (k *checker) fleet(r rawFleet) {
	k.between("fleet.parallel", r.Parallel, 1, 10_000)
	k.between("fleet.breaker_failures", r.BreakerFailures, 1, 1000)
	for _, d := range []struct {
		key string
		ok  bool
	}{{"open_timeout", r.OpenTimeout > 0}, {"timeout", r.Timeout > 0}, {"breaker_cooldown", r.BreakerCooldown > 0}} {
		if !d.ok {
			k.errf("fleet."+d.key, "is not above zero")
		}
	}
	if math.IsNaN(r.Rate) || r.Rate < 0 {
		k.errf("fleet.rate", "%v is negative", r.Rate)
	}
	k.out.Fleet = Fleet(r)
}
