package lab

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"phoneport/switchctl/sim"
)

// Wish is one entry of a list of faults: a fault so many times wherever it can be, or at one place.
type Wish struct {
	Fault        sim.Fault
	Count        int
	Switch, Port string // "" = anywhere
}

// Struck is a fault that was made.
type Struck struct {
	Switch, Port string
	Fault        sim.Fault
}

// ParseFaults reads a list of faults: FAULT, FAULT=COUNT, FAULT@SWITCH or FAULT@SWITCH:PORT. The error
// joins all mistakes.
func ParseFaults(list []string) ([]Wish, error) {
	var out []Wish
	var errs []error
	for _, text := range list {
		w, err := parseFault(strings.TrimSpace(text))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, w)
	}
	return out, errors.Join(errs...)
}

func parseFault(text string) (Wish, error) {
	w := Wish{Count: 1}
	name, place, at := strings.Cut(text, "@")
	if at {
		// Names of switches have no colon, names of ports may have.
		w.Switch, w.Port, _ = strings.Cut(place, ":")
	}
	name, count, counted := strings.Cut(name, "=")
	if counted {
		n, err := strconv.Atoi(count)
		if err != nil || n < 0 || at {
			return w, fmt.Errorf("parse fault %q: write FAULT, FAULT=COUNT, FAULT@SWITCH or FAULT@SWITCH:PORT", text)
		}
		w.Count = n
	}
	w.Fault = sim.Fault(name)
	info, ok := faultInfo(w.Fault)
	switch {
	case !ok:
		return w, fmt.Errorf("parse fault %q: there is no fault %q; there are %s", text, name, strings.Join(FaultNames(), ", "))
	case at && w.Switch == "", at && !info.OfSwitch && w.Port == "", info.OfSwitch && w.Port != "":
		return w, fmt.Errorf("parse fault %q: %s", text, needs(info))
	}
	return w, nil
}

func needs(i sim.FaultInfo) string {
	if i.OfSwitch {
		return "it is of a whole switch: write " + string(i.Fault) + "@SWITCH"
	}
	return "it is of a port: write " + string(i.Fault) + "@SWITCH:PORT"
}

func faultInfo(f sim.Fault) (sim.FaultInfo, bool) {
	all := sim.Faults()
	i := slices.IndexFunc(all, func(x sim.FaultInfo) bool { return x.Fault == f })
	if i < 0 {
		return sim.FaultInfo{}, false
	}
	return all[i], true
}

// FaultNames gives the names of all faults.
func FaultNames() []string {
	var out []string
	for _, f := range sim.Faults() {
		out = append(out, string(f.Fault))
	}
	return out
}

// Strike makes faults. Those without a place are spread: each goes to the next port with a working phone that
// has no fault yet, on the next switch that can have it. only chooses switches, nil is all. What could not be
// made is in the error, the rest was made all the same.
func Strike(c *sim.Campus, wishes []Wish, only func(sim.SwitchInfo) bool) (done []Struck, err error) {
	var errs []error
	s := &spreader{campus: c, used: map[[2]string]bool{}}
	for _, i := range c.Switches() {
		if i.Personality != "" && (only == nil || only(i)) {
			s.switches = append(s.switches, i.Name)
		}
	}
	for _, w := range wishes {
		if w.Switch != "" {
			if err := c.Break(w.Switch, w.Port, w.Fault); err != nil {
				errs = append(errs, err)
				continue
			}
			done = append(done, Struck{w.Switch, w.Port, w.Fault})
			continue
		}
		for n := range w.Count {
			at, ok := s.strike(w.Fault)
			if !ok {
				errs = append(errs, fmt.Errorf("break campus: there is no place for %s (made %d of %d)", w.Fault, n, w.Count))
				break
			}
			done = append(done, at)
		}
	}
	return done, errors.Join(errs...)
}

// spreader finds places for faults.
type spreader struct {
	campus   *sim.Campus
	switches []string
	next     int
	used     map[[2]string]bool
}

func (s *spreader) strike(f sim.Fault) (Struck, bool) {
	info, _ := faultInfo(f)
	for range s.switches {
		name := s.switches[s.next%len(s.switches)]
		s.next++
		for _, port := range s.places(name, info.OfSwitch) {
			if s.used[[2]string{name, port}] {
				continue
			}
			if s.campus.Break(name, port, f) == nil {
				s.used[[2]string{name, port}] = true
				return Struck{name, port, f}, true
			}
		}
	}
	return Struck{}, false
}

// places gives the ports of a switch that a fault may take, or the switch itself.
func (s *spreader) places(name string, ofSwitch bool) []string {
	if ofSwitch {
		return []string{""}
	}
	ports, err := s.campus.Ports(name)
	if err != nil {
		return nil
	}
	var out []string
	for _, p := range ports {
		if p.InService && !p.Dot1X && len(p.Faults) == 0 {
			out = append(out, p.Name)
		}
	}
	return out
}

// Repairable are the faults that phoneport repairs by itself, each with the rule that finds it.
var Repairable = []struct {
	Fault sim.Fault
	Rule  string
}{
	{sim.FaultWrongVLAN, "voice-vlan-wrong"},
	{sim.FaultNoVoice, "voice-vlan-absent"},
	{sim.FaultWrongNative, "native-vlan-wrong"},
	{sim.FaultPowerOff, "poe-off"},
	{sim.FaultPoE, "poe-faulty"},
	{sim.FaultWrongPriority, "poe-priority-wrong"},
	{sim.FaultWrongLimit, "poe-limit-wrong"},
	{sim.FaultSilent, "powered-silent"},
}
