package config

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"

	"phoneport/discovery"
)

// date is a day or a moment; the zero value means that none was given. A day ends at its end: an
// exception that "expires 2026-03-31" still holds on that day.
type date struct{ time.Time }

func (d *date) UnmarshalText(b []byte) error {
	s := string(b)
	if s == "" {
		*d = date{}
		return nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, time.Local); err == nil {
		d.Time = t.AddDate(0, 0, 1)
		return nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return fmt.Errorf("%q is no date: write 2026-03-31 or 2026-03-31T17:00:00+02:00", s)
	}
	d.Time = t
	return nil
}

// ParseDuration reads what time.ParseDuration reads, and days: 90s, 1h30m, 14d.
func ParseDuration(s string) (time.Duration, error) {
	t := strings.TrimSpace(s)
	if days, ok := strings.CutSuffix(t, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		if err != nil || math.IsNaN(n) || n < 0 || n > 36500 {
			return 0, fmt.Errorf("%q is no duration: write 500ms, 2s, 10m, 1h30m or 14d", s)
		}
		return time.Duration(n * float64(24*time.Hour)), nil
	}
	d, err := time.ParseDuration(t)
	if err != nil {
		return 0, fmt.Errorf("%q is no duration: write 500ms, 2s, 10m, 1h30m or 14d", s)
	}
	return d, nil
}

// ParsePower reads watts or milliwatts: 15.4W, 15400mW. A number without a unit is refused: half of all
// tables of switches are in watts, the other half in milliwatts.
func ParsePower(s string) (discovery.Milliwatts, error) {
	t := strings.TrimSpace(s)
	if t == "" || t == "0" {
		return 0, nil
	}
	scale := 1000.0
	num, ok := strings.CutSuffix(t, "mW")
	if ok {
		scale = 1
	} else if num, ok = strings.CutSuffix(t, "W"); !ok {
		return 0, fmt.Errorf("%q is no power: write 15.4W or 15400mW", s)
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(num), 64)
	if err != nil || math.IsNaN(n) || n < 0 || n > 1e6 {
		return 0, fmt.Errorf("%q is no power: write 15.4W or 15400mW", s)
	}
	return discovery.Milliwatts(math.Round(n * scale)), nil
}

// decodeHook turns the texts of the file into the types of the raw structs.
func decodeHook() mapstructure.DecodeHookFunc {
	return mapstructure.ComposeDecodeHookFunc(
		func(from, to reflect.Type, data any) (any, error) {
			s, ok := data.(string)
			if !ok {
				return data, nil
			}
			switch to {
			case reflect.TypeFor[time.Duration]():
				return ParseDuration(s)
			case reflect.TypeFor[discovery.Milliwatts]():
				return ParsePower(s)
			}
			if from.Kind() == reflect.String && to.Kind() == reflect.Uint8 {
				switch s {
				case "": // an enumeration left empty is one that is not set
					return reflect.Zero(to).Interface(), nil
				case "unknown": // the zero of every enumeration; nobody can want it
					return nil, errors.New(`"unknown" cannot be asked for; leave the key out`)
				}
			}
			return data, nil
		},
		mapstructure.TextUnmarshallerHookFunc(),
	)
}
