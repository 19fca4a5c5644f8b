package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/agent"
	"phoneport/cmd/internal/config"
	"phoneport/cmd/internal/render"
	"phoneport/discovery"
	"phoneport/discovery/wire"
)

func (c *cli) advertiseCommand() *cobra.Command {
	o := &advertiseFlags{}
	cmd := &cobra.Command{
		Use:   "advertise [INTERFACE…]",
		Short: "Tell phones their voice VLAN by LLDP-MED and CDP on the ports of this host",
		Long: `Tell phones on the ports of this host their voice VLAN, priority, DSCP, location and power by LLDP, LLDP-MED and CDP, until
Ctrl-C or SIGTERM; then say goodbye. Both protocols tell the same. What ports hear is printed, a line for each phone that comes,
what it was told, what it uses and what power it asked for.

What is told comes from the list advertise of the configuration; INTERFACE limits it to these. Or it comes from flags: then
the list does not count, and INTERFACE (names or patterns as lan*) or --bridge says where. With a bridge, each port tells
what it carries: the PVID as data VLAN, the only tagged VLAN as voice VLAN. A VLAN that a port does not carry is never told.

Changes are on the wire at once: of the bridge, its ports and links, and of the configuration, which is read again when its file
changes and on SIGHUP. A faulty new configuration is refused as a whole, and the old one goes on.

LLDP is spoken always, LLDP-MED and CDP once a device was heard speaking it on the port (auto); force speaks from the start. Where
another program or switch speaks a protocol on a port, ours is silent there, unless forced.

It needs CAP_NET_RAW, and drops all other privileges once its ports are open. --check shows what would be sent and needs none.

Exit codes: 2 what is asked for cannot be told, or a port cannot be opened or is taken, nothing was said; 130 Ctrl-C or SIGTERM.`,
		Example: `  phoneport advertise eth1 --voice-vlan 110 --data-vlan 10
  phoneport advertise --bridge br0                        every port of a Linux bridge tells the VLANs that it carries
  phoneport advertise 'lan*' --voice-vlan 110 --pcp 5 --dscp 46 --elin 5551234567 --power-limit 30W
  phoneport advertise eth1 --voice-vlan 110 --civic country=DE,city=Berlin,floor=2,room=2.14 --call-server 192.0.2.21
  phoneport advertise eth1 --tag priority --check         what would be sent, decoded and as hex
  phoneport advertise -o json | jq 'select(.kind=="policy-adopted")'
  phoneport advertise status`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeInterfaces,
	}
	o.add(cmd)
	out := output(cmd, render.Table, render.JSON)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if o.check {
			return c.rehearse(cmd, o, args, out.value)
		}
		return c.advertise(cmd, o, args, out.value)
	}
	cmd.AddCommand(c.advertiseStatusCommand())
	return cmd
}

// statusWord is the name of the sub-command.
const statusWord = "status"

func (c *cli) advertiseStatusCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   statusWord,
		Short: "Ask the agent that runs what it tells and whom it hears",
		Long: `Ask the phoneport advertise that runs with the same state folder, over its socket there: ports, what each tells, who is heard on
it, what phones use, and with -o json counters and warnings too. Only the user that runs the agent, and root, may ask.

Exit codes: 3 no agent runs.`,
		Example: `  phoneport advertise status
  phoneport advertise status -o json | jq '.ports[] | {name, neighbors: [.neighbors[].system]}'`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	out := output(cmd, render.Table, render.JSON, render.YAML)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c.began = true
		cfg, err := c.load(true)
		if err != nil {
			return err
		}
		s, err := agent.Ask(cmd.Context(), filepath.Join(cfg.StateDir, agent.SocketName))
		if errors.Is(err, agent.ErrNotRunning) {
			err = fmt.Errorf("%w; start one with phoneport advertise, or name its --state-dir", err)
		}
		if err != nil {
			return &exit{exitUnread, err}
		}
		if err := render.Agent(c.out, out.value, s, c.options()); err != nil {
			return err
		}
		for _, w := range append(s.Missing, s.Warnings...) {
			c.warn("%s", w)
		}
		return nil
	}
	return cmd
}

// setup puts together what is to be told: out of flags where any says so, else out of the configuration.
func (c *cli) setup(cmd *cobra.Command, o *advertiseFlags, args []string) (agent.Setup, *config.Config, error) {
	cfg, err := c.loadStation(o.stationFlags(cmd))
	if err != nil {
		return agent.Setup{}, nil, err
	}
	s := agent.Setup{Path: cfg.Path, Station: cfg.Station, Adverts: cfg.Advertise}
	if addrs, err := o.addresses(); err != nil {
		return s, cfg, err
	} else if len(addrs) > 0 {
		s.Station.Addresses = addrs
	}
	if o.given(cmd) {
		a, err := o.advert(cmd, args)
		if err != nil {
			return s, cfg, &exit{exitUsage, err}
		}
		s.Path, s.Adverts = "", []config.Advert{a}
		for _, name := range args {
			if !isPattern(name) && o.bridge == "" {
				s.Only = append(s.Only, name)
			}
		}
		if len(s.Only) < len(args) {
			s.Only = nil // a pattern: what is not there yet may come
		}
		return s, cfg, nil
	}
	for _, name := range args {
		if isPattern(name) {
			return s, cfg, usagef("%q is a pattern: the interfaces of the configuration are limited by names", name)
		}
	}
	s.Only = args
	switch {
	case cfg.Path == "" && len(args) == 0:
		return s, cfg, usagef("nothing to tell: name interfaces and flags such as --voice-vlan, or write a configuration with the list advertise; see phoneport advertise --help")
	case len(s.Adverts) == 0 && cfg.Path == "":
		return s, cfg, usagef("nothing to tell on %s: give flags such as --voice-vlan; see phoneport advertise --help", strings.Join(args, ", "))
	case len(s.Adverts) == 0:
		return s, cfg, usagef("%s: the list advertise is empty: add entries, or give flags such as --voice-vlan", cfg.Path)
	}
	return s, cfg, nil
}

func isPattern(name string) bool { return strings.ContainsAny(name, `*?[{\`) }

// rehearse shows what would be sent.
func (c *cli) rehearse(cmd *cobra.Command, o *advertiseFlags, args []string, f render.Format) error {
	s, _, err := c.setup(cmd, o, args)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	sc, err := agent.NewHost(c.logger()).Scene(ctx, bridgesOf(s))
	if err != nil {
		c.warn("%v; interfaces are made up", err)
	}
	for _, name := range agent.Imagine(&s, &sc) {
		c.summary(fmt.Sprintf("phoneport: %s is not on this host: its address and number are made up", name))
	}
	plan, err := agent.Plan(s, sc)
	if err != nil {
		return &exit{exitUsage, err}
	}
	for name, err := range plan.Unread {
		c.warn("read bridge %s: %v", name, err)
	}
	for _, m := range plan.Missing {
		c.warn("%s", m)
	}
	if len(plan.Ports) == 0 {
		return usagef("no interface of this host is covered")
	}
	rs, err := agent.Rehearse(plan)
	if err != nil {
		return &exit{exitUsage, err}
	}
	return render.Rehearsals(c.out, f, rs)
}

func bridgesOf(s agent.Setup) (names []string) {
	for _, a := range s.Adverts {
		if a.Bridge != "" {
			names = append(names, a.Bridge)
		}
	}
	return names
}

// agentOptions are those of the real host.
func (c *cli) agentOptions(log *slog.Logger, tell func(agent.Note), claimed func() error) agent.Options {
	return agent.Options{
		Host: agent.NewHost(log), Claim: agent.Claim, Tell: tell, Claimed: claimed,
		Open: func(name string) (discovery.Wire, error) { return wire.Open(name) },
	}
}

// teller writes notes: all to stdout, or, where --quiet is given, those that need somebody to stderr.
type teller struct {
	c      *cli
	f      render.Format
	failed context.CancelCauseFunc

	mu    sync.Mutex
	begun bool
}

func (t *teller) note(n agent.Note) {
	t.mu.Lock()
	defer t.mu.Unlock()
	w, f, o := io.Writer(t.c.out), t.f, t.c.options()
	switch {
	case t.c.quiet && !n.Loud():
		return
	case t.c.quiet:
		w, f, o = t.c.err, render.Table, t.c.talkOptions()
	case f == render.Table && n.Kind == agent.NoteStarted && !t.begun:
		return // the table of all ports follows
	}
	if err := render.AgentNote(w, f, n.Shape(), o); err != nil {
		t.failed(fmt.Errorf("write notes: %w", err))
	}
}

// table shows what all ports tell, once they are open.
func (t *teller) table(a *agent.Agent) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begun = true
	if t.f == render.Table && !t.c.quiet {
		if err := render.Agent(t.c.out, t.f, a.Status(), t.c.options()); err != nil {
			t.failed(fmt.Errorf("write ports: %w", err))
		}
	}
}
