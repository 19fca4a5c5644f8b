package advertise

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// withDefaults gives the options as they count.
func (o Options) withDefaults() Options {
	for _, d := range []struct {
		into *time.Duration
		def  time.Duration
	}{
		{&o.Interval, 30 * time.Second},
		{&o.FastTx, time.Second},
		{&o.Reinit, 2 * time.Second},
		{&o.CDPInterval, 60 * time.Second},
		{&o.CDPHold, 180 * time.Second},
	} {
		if *d.into == 0 {
			*d.into = d.def
		}
	}
	for _, d := range []struct {
		into *int
		def  int
	}{{&o.Hold, 4}, {&o.FastInit, 4}, {&o.CreditMax, 5}} {
		if *d.into == 0 {
			*d.into = d.def
		}
	}
	return o
}

// check names all mistakes of options with defaults. The ranges are those of IEEE 802.1AB clause 9.2.5, and of what the
// lifetime fields of the frames hold.
func (o Options) check() error {
	var errs []error
	bad := func(field string, value any, want string) {
		errs = append(errs, fmt.Errorf("check options: %s is %v, want %s", field, value, want))
	}
	for _, m := range []struct {
		field string
		mode  Mode
	}{{"LLDP", o.LLDP}, {"MED", o.MED}, {"CDP", o.CDP}} {
		if m.mode > Forced {
			bad(m.field, m.mode, "auto, off or forced")
		}
	}
	for _, d := range []struct {
		field    string
		value    time.Duration
		from, to time.Duration
	}{
		{"Interval", o.Interval, time.Second, time.Hour},
		{"FastTx", o.FastTx, time.Second, time.Hour},
		{"Reinit", o.Reinit, time.Second, 10 * time.Second},
		{"CDPInterval", o.CDPInterval, time.Second, 255 * time.Second},
		{"CDPHold", o.CDPHold, time.Second, 255 * time.Second},
		{"SpeakerHold", o.SpeakerHold, 0, math.MaxUint16 * time.Second},
	} {
		if d.value < d.from || d.value > d.to {
			bad(d.field, d.value, fmt.Sprintf("%v..%v", d.from, d.to))
		}
	}
	for _, n := range []struct {
		field string
		value int
		to    int
	}{{"Hold", o.Hold, 100}, {"FastInit", o.FastInit, 8}, {"CreditMax", o.CreditMax, 100}} {
		if n.value < 1 || n.value > n.to {
			bad(n.field, n.value, fmt.Sprintf("1..%d", n.to))
		}
	}
	if o.CDPHold <= o.CDPInterval {
		bad("CDPHold", o.CDPHold, fmt.Sprintf("more than CDPInterval, which is %v", o.CDPInterval))
	}
	return errors.Join(errs...)
}

// ttl is the lifetime that LLDP tells (txTTL of IEEE 802.1AB clause 9.2.5.22).
func (o Options) ttl() uint16 {
	hold := (o.Interval*time.Duration(o.Hold) + time.Second - 1) / time.Second
	return uint16(min(math.MaxUint16, int64(hold)+1))
}
