// Package driver is the list of drivers and the choice of one: by the sysObjectID that a switch tells.
//
// It knows no MIB beyond that. To add a driver, make a folder beside standard with a function Open of the
// type Open, and add one line to Openers.
package driver

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"phoneport/switchctl"
	"phoneport/switchctl/driver/ciscoios"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
)

// Opener is one driver: which switches it is for, and how to make it.
type Opener struct {
	// Name is the folder of the driver; configuration and output use it.
	Name string
	// Prefixes of sysObjectID. The longest prefix of all openers wins.
	Prefixes []string
	// Open makes the driver over an open session whose system group is read. It may read more, to find out
	// what this switch can do.
	Open func(ctx context.Context, t standard.Target) (switchctl.Driver, error)
}

// Openers is the list of drivers over SNMP. The standard driver, with the prefix of everything, is last
// resort for all switches that no other one claims.
func Openers() []Opener {
	return []Opener{
		// ciscoProducts, and cevChassis of NX-OS; the small-business lines (1.3.6.1.4.1.9.6) speak the standard MIBs.
		{Name: "ciscoios", Prefixes: []string{"1.3.6.1.4.1.9.1", "1.3.6.1.4.1.9.12.3"}, Open: ciscoios.Open},
		{Name: "standard", Prefixes: []string{""}, Open: standard.Open},
	}
}

// Open reads the system group of a switch and makes the driver for it. The session belongs to the driver
// from then on, also where Open fails. Errors are *switchctl.Error: ErrUnreachable and ErrDenied as the
// session says, ErrMalformed where the agent has no system group.
func Open(ctx context.Context, id switchctl.SwitchID, address string, s snmp.Session, m *switchctl.Memory, log *slog.Logger) (switchctl.Driver, error) {
	return open(ctx, Openers(), id, address, s, m, log)
}

func open(ctx context.Context, list []Opener, id switchctl.SwitchID, address string, s snmp.Session, m *switchctl.Memory, log *slog.Logger) (switchctl.Driver, error) {
	sys, err := snmp.ReadSystem(ctx, s)
	if err != nil {
		return nil, errors.Join(named(id, err), s.Close())
	}
	o, ok := Pick(list, sys.ObjectID)
	if !ok {
		err := &switchctl.Error{Op: "choose driver", Switch: id, Class: switchctl.ErrUnsupported, Err: errors.New("no driver for sysObjectID " + sys.ObjectID.String())}
		return nil, errors.Join(err, s.Close())
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	d, err := o.Open(ctx, standard.Target{ID: id, Address: address, Session: s, System: sys, Memory: m, Log: log})
	if err != nil {
		return nil, errors.Join(named(id, err), s.Close())
	}
	return d, nil
}

// Pick chooses the opener with the longest prefix of the sysObjectID.
func Pick(list []Opener, id snmp.OID) (Opener, bool) {
	text, best, found := id.String(), -1, Opener{}
	for _, o := range list {
		for _, p := range o.Prefixes {
			if len(p) > best && (p == "" || text == p || strings.HasPrefix(text, p+".")) {
				best, found = len(p), o
			}
		}
	}
	return found, best >= 0
}

// named gives an error of the session the name of the switch.
func named(id switchctl.SwitchID, err error) error {
	var e *switchctl.Error
	if !errors.As(err, &e) {
		return &switchctl.Error{Op: "open switch", Switch: id, Class: switchctl.ErrUnreachable, Err: err}
	}
	if e.Switch != "" {
		return err
	}
	c := *e
	c.Switch = id
	return &c
}
