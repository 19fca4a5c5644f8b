package config

import (
	"reflect"
	"time"

	"phoneport/policy"
	"phoneport/switchctl/fleet"
)

// defaults gives what holds where nothing is written. Lists are empty. The numbers are those of the packages
// that use them.
func defaults() raw {
	l, o := policy.DefaultLimits(), policy.DefaultOptions()
	return raw{
		Audit: rawAudit{IdleVoiceDays: o.IdleVoiceDays, BootTime: o.BootTime},
		Limits: rawLimits{
			PerPort: l.PerPort, PerSwitch: l.PerSwitch, PerSite: l.PerSite, Total: l.Total, Window: l.Window,
			MaxMACs: l.MaxMACs, CycleRest: l.CycleRest, StopUnverified: l.StopUnverified,
		},
		Fleet: rawFleet{
			Parallel:        fleet.DefaultParallel,
			OpenTimeout:     fleet.DefaultOpenTimeout,
			Timeout:         fleet.DefaultPerSwitchTimeout,
			BreakerFailures: fleet.DefaultBreakerFailures,
			BreakerCooldown: fleet.DefaultBreakerCooldown,
		},
	}
}

// Defaults of one credential; they are not keys of their own because credentials are a list.
const (
	defaultVersion = "2c"
	defaultTimeout = 2 * time.Second
	defaultRetries = 2
)

// scalars calls f for each key outside lists, with its dotted name and its value in v.
func scalars(v reflect.Value, prefix string, f func(key string, value any)) {
	t := v.Type()
	for i := range t.NumField() {
		key := t.Field(i).Tag.Get("mapstructure")
		if prefix != "" {
			key = prefix + "." + key
		}
		switch field := v.Field(i); {
		case field.Kind() == reflect.Struct:
			scalars(field, key, f)
		case field.Kind() == reflect.Slice:
		default:
			f(key, field.Interface())
		}
	}
}
