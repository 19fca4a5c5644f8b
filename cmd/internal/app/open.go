package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"phoneport/cmd/internal/config"
	"phoneport/switchctl"
	"phoneport/switchctl/driver"
	"phoneport/switchctl/fleet"
	"phoneport/switchctl/snmp"
)

// SNMP gives the session configuration of a switch that is not local.
func SNMP(s config.Switch, write bool) snmp.Config {
	c := s.SNMP
	community := c.Community
	if write && !c.WriteCommunity.IsZero() {
		community = c.WriteCommunity
	}
	retries := c.Retries
	if retries == 0 {
		retries = -1 // snmp.Config: zero is its default, negative is none
	}
	return snmp.Config{
		Address: s.Address, Version: snmp.Version(c.Version), Community: community.Reveal(),
		User: c.User, AuthProtocol: c.AuthProtocol, AuthKey: c.AuthKey.Reveal(), PrivProtocol: c.PrivProtocol, PrivKey: c.PrivKey.Reveal(),
		ContextName: c.Context, ContextPrefix: c.ContextPrefix, Timeout: c.Timeout, Retries: retries, MaxRepetitions: c.MaxRepetitions,
	}
}

// Open opens one switch with the driver for it.
func Open(ctx context.Context, s config.Switch, write bool, m *switchctl.Memory, log *slog.Logger) (switchctl.Driver, error) {
	if s.Local() {
		return openLocal(ctx, s, log)
	}
	conn, err := snmp.Open(ctx, SNMP(s, write))
	if err != nil {
		return nil, named(s.Name, err)
	}
	return driver.Open(ctx, s.Name, s.Address, conn, m, log)
}

// named says on which switch something failed.
func named(id switchctl.SwitchID, err error) error {
	var e *switchctl.Error
	if errors.As(err, &e) {
		if e.Switch == "" {
			c := *e
			c.Switch = id
			return &c
		}
		return err
	}
	return fmt.Errorf("%s: %w", id, err)
}

// newFleet makes the fleet of the configured switches.
func newFleet(c *config.Config, o Options, log *slog.Logger) (*fleet.Fleet, error) {
	switches := make(map[switchctl.SwitchID]config.Switch, len(c.Switches))
	targets := make([]fleet.Target, len(c.Switches))
	for i, s := range c.Switches {
		switches[s.Name] = s
		targets[i] = fleet.Target{ID: s.Name, Site: s.Site, Address: s.Address}
	}
	return fleet.New(fleet.Options{
		Targets: targets,
		Open: func(ctx context.Context, t fleet.Target, m *switchctl.Memory) (switchctl.Driver, error) {
			if o.Once {
				m = nil
			}
			return Open(ctx, switches[t.ID], o.Write, m, log)
		},
		Parallel: c.Fleet.Parallel, OpenTimeout: c.Fleet.OpenTimeout, PerSwitchTimeout: c.Fleet.Timeout, Rate: c.Fleet.Rate,
		BreakerFailures: c.Fleet.BreakerFailures, BreakerCooldown: c.Fleet.BreakerCooldown, Log: log,
	})
}
