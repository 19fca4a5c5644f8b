package main

import (
	"github.com/spf13/cobra"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/render"
	"phoneport/cmd/internal/shape"
)

func (c *cli) powerCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "power [SWITCH]",
		Short: "Show power budgets, and what would stay dark after an outage",
		Long: `Show of each power supply what it can give, what is allocated and what is drawn, and forecast what happens when all
that is powered now starts at once, as after an outage: ports get power by priority, then in their order, as long as
the supply lasts.`,
		Example: `  phoneport power
  phoneport power acc-1 -o json`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: c.oneSwitch,
	}
	f := output(cmd, render.Table, render.JSON, render.YAML, render.CSV)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		a, err := c.open(cmd.Context(), app.Options{Once: true})
		if err != nil {
			return err
		}
		var scope scopeFlags
		if len(args) == 1 {
			s, ok := a.Config.Switch(args[0])
			if !ok {
				return usagef("find switch %q: %s has no switch of that name or address", args[0], a.Config.Path)
			}
			scope.switches = []string{string(s.Name)}
		}
		au, err := c.audit(cmd.Context(), a, &scope)
		if err != nil {
			return err
		}
		out := []shape.SwitchPower{}
		for _, r := range au.Read {
			out = append(out, shape.NewSwitchPower(r.Reading.Switch))
		}
		for _, u := range au.Unreadable {
			out = append(out, shape.SwitchPower{Switch: string(u.Target.ID), Groups: []shape.GroupPower{}, Error: u.Err.Error()})
		}
		if err := render.Power(c.out, f.value, out, c.options()); err != nil {
			return err
		}
		return unread(a, au, exitClean)
	}
	return cmd
}
