package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/config"
	"phoneport/cmd/internal/render"
	"phoneport/cmd/internal/shape"
	"phoneport/inventory"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

func (c *cli) cycleCommand() *cobra.Command {
	var yes, bounce, force bool
	var off time.Duration
	cmd := &cobra.Command{
		Use:   "cycle SWITCH PORT",
		Short: "Power cycle one port safely, and watch the phone come back",
		Long: `Take the power of one port away and give it back, and watch until power is delivered, the link is up and the phone is
heard again. What will be put back is journalled before the power goes off, so that a crash never leaves a port dark.
A port on which a phone works is refused, because a cut can end an emergency call; --force overrules that, and no
other guard.`,
		Example: `  phoneport cycle acc-1 Gi1/0/7
  phoneport cycle acc-1 Gi1/0/7 --yes --off 10s
  phoneport cycle acc-1 Gi1/0/7 --bounce`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: c.switchAndPort,
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&bounce, "bounce", false, "take the link down and up instead of the power")
	cmd.Flags().BoolVar(&force, "force", false, "although a phone works there")
	cmd.Flags().DurationVar(&off, "off", 5*time.Second, "how `long` the power stays away")
	f := output(cmd, render.Table, render.JSON, render.YAML)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		if off < 0 || off > 5*time.Minute {
			return usagef("--off %s is not in 0s to 5m", off)
		}
		if !yes && !c.inTerm {
			return usagef("cycle cuts power: there is no terminal to ask on; give --yes if it is meant")
		}
		a, err := c.open(ctx, app.Options{Write: true})
		if err != nil {
			return err
		}
		s, ok := a.Config.Switch(args[0])
		if !ok {
			return usagef("find switch %q: %s has no switch of that name or address", args[0], a.Config.Path)
		}
		port, err := findPort(ctx, a, s, args[1])
		if err != nil {
			return err
		}
		if !yes {
			if err := c.confirm(ctx, fmt.Sprintf("cycle %s %s", s.Name, port)); err != nil {
				return err
			}
		}
		out, err := a.Engine.Cycle(ctx, s.Name, port, enforce.CycleOptions{
			Off: off, Bounce: bounce, Force: force, Progress: c.tellStep,
		})
		if err != nil && out == nil {
			if switchctl.ClassOf(err) != nil {
				return err
			}
			return failedToBegin(ctx, err)
		}
		if rerr := render.Cycled(c.out, f.value, shape.NewCycled(out), c.options()); rerr != nil {
			return rerr
		}
		switch {
		case err != nil:
			return &exit{exitFindings, err}
		case out.Result.Outcome != enforce.Done:
			return status(exitFindings)
		}
		return nil
	}
	return cmd
}

// tellStep shows a step as it ends: a cycle takes minutes.
func (c *cli) tellStep(s enforce.CycleStep) {
	if c.quiet || !c.errTerm {
		return
	}
	c.talk("%s  %-9s %s  %s\n", s.At.Local().Format("15:04:05"), s.Name, s.State, s.Detail)
}

// findPort gives the port's name as the switch has it: people write gi1/0/7 and GigabitEthernet1/0/7.
func findPort(ctx context.Context, a *app.App, s config.Switch, text string) (name string, err error) {
	var ports []switchctl.PortState
	err = a.Fleet.With(ctx, s.Name, func(ctx context.Context, d switchctl.Driver) error {
		snap, err := d.Observe(ctx, switchctl.Scope{})
		ports = snap.Ports
		return err
	})
	if err != nil {
		return "", err
	}
	for _, p := range ports {
		if p.Ref.Name == text {
			return text, nil
		}
	}
	for _, p := range ports {
		if inventory.SamePort(p.Ref, switchctl.PortRef{Switch: p.Ref.Switch, Name: text}) {
			return p.Ref.Name, nil
		}
	}
	if len(ports) == 0 {
		return "", usagef("find port %q: %s tells no ports", text, s.Name)
	}
	return "", usagef("find port %q: %s has none of that name; its ports are called like %s (phoneport read %s lists them)", text, s.Name, ports[0].Ref.Name, s.Name)
}
