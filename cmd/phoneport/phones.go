package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/render"
	"phoneport/cmd/internal/shape"
)

func (c *cli) phonesCommand() *cobra.Command {
	states := []string{shape.StateMissing, shape.StateUnknown, shape.StateMoved, shape.StateDuplicate, shape.StateFound, shape.StateUnread}
	var state []string
	cmd := &cobra.Command{
		Use:   "phones",
		Short: "Show the inventory against the phones that were found",
		Long: `Read the switches and show every phone of the inventory and every phone that was found, with its state:

  found      on a port, and on the one recorded where one is
  missing    expected, and on no port of a switch that was read
  unread     not found, but not every switch that could have it was read
  unknown    found, and in no inventory
  moved      found on another port than recorded
  duplicate  found on more than one port`,
		Example: `  phoneport phones
  phoneport phones --state missing -o csv > missing.csv
  phoneport phones --state unknown,moved --site hq`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	scope := c.addScopeFlags(cmd)
	cmd.Flags().StringSliceVar(&state, "state", nil, "only phones in these `states`: "+strings.Join(states, ", "))
	_ = cmd.RegisterFlagCompletionFunc("state", cobra.FixedCompletions(states, cobra.ShellCompDirectiveNoFileComp)) // the flag exists
	f := output(cmd, render.Table, render.JSON, render.YAML, render.CSV)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		for _, s := range state {
			if !slices.Contains(states, s) {
				return usagef("--state %q is none of %s", s, strings.Join(states, ", "))
			}
		}
		a, err := c.open(cmd.Context(), app.Options{Once: true})
		if err != nil {
			return err
		}
		au, err := c.audit(cmd.Context(), a, scope)
		if err != nil {
			return err
		}
		out := a.Phones(au)
		out = slices.DeleteFunc(out, func(p shape.Phone) bool { return len(state) > 0 && !slices.Contains(state, p.State) })
		if err := render.Phones(c.out, f.value, out, c.options()); err != nil {
			return err
		}
		c.summary(render.Summary(shape.NewAudit(au, 0)))
		return unread(a, au, exitClean)
	}
	return cmd
}

func (c *cli) whereCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "where PHONE",
		Short: "Find the port of one phone, with evidence and history",
		Long: `Read the switches and find one phone by MAC address (in any spelling), device name, extension or IP address. The answer
names the port, every sign that the phone is there, and where it was seen before. Exit code 1 means that it was not
found.`,
		Example: `  phoneport where 0011.2233.4455
  phoneport where SEP001122334455
  phoneport where 4711 -o json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	scope := c.addScopeFlags(cmd)
	f := output(cmd, render.Table, render.JSON, render.YAML)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		a, err := c.open(cmd.Context(), app.Options{Once: true})
		if err != nil {
			return err
		}
		au, err := c.audit(cmd.Context(), a, scope)
		if err != nil {
			return err
		}
		out := a.Where(args[0], au)
		if err := render.Where(c.out, f.value, out, c.options()); err != nil {
			return err
		}
		found := false
		for _, w := range out {
			found = found || len(w.Phone.Found) > 0
		}
		switch {
		case found && !au.Interrupted:
			return nil // it was found, whatever else could not be read
		case len(out) == 0:
			c.talk("phoneport: %v\n", fmt.Errorf("find phone %q: no inventory and no switch that was read knows it", args[0]))
		}
		return unread(a, au, exitFindings)
	}
	return cmd
}
