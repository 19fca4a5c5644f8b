package main

import (
	"context"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/render"
	"phoneport/cmd/internal/shape"
	"phoneport/policy/enforce"
)

func (c *cli) planCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Say what would be changed, and what is held back and why; change nothing",
		Long: `Audit, then decide which of the repairs would be made now, in which order, and which are held back by a guard or a
limit, each with its reason. Nothing is written to any switch. With -w the plan is kept in a file that
phoneport apply carries out exactly, as long as the ports are still as the plan saw them.

Exit code 0 means that nothing needs to change, 1 that something does.`,
		Example: `  phoneport plan
  phoneport plan --switch acc-1 -w plan.json && less plan.json && phoneport apply plan.json
  phoneport plan -o json | jq '.switches[].held[].reason'`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	scope := c.addScopeFlags(cmd)
	cmd.Flags().StringVarP(&file, "write", "w", "", "keep the plan in this `file`, for phoneport apply")
	f := output(cmd, render.Table, render.JSON, render.YAML)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		a, err := c.open(cmd.Context(), app.Options{Once: true})
		if err != nil {
			return err
		}
		p, au, err := c.plan(cmd.Context(), a, scope)
		if err != nil {
			return err
		}
		out := shape.NewPlan(p)
		out.Unreadable = shape.NewAudit(au, 0).Switches.Unreadable
		if err := render.Plan(c.out, f.value, out, c.options()); err != nil {
			return err
		}
		c.summary(render.PlanSummary(out))
		if file != "" {
			if err := writePlan(file, a.Config.Hash, out); err != nil {
				return &exit{exitUsage, err}
			}
			c.summary("kept in " + file + "; carry it out with: phoneport apply " + file)
		}
		code := exitClean
		if p.Changes()+p.Held() > 0 {
			code = exitFindings
		}
		return unread(a, au, code)
	}
	return cmd
}

// plan audits and decides. A list of phones that cannot be read ends it: phones would seem unknown that are
// not, and plans must not rest on that.
func (c *cli) plan(ctx context.Context, a *app.App, s *scopeFlags) (*enforce.Plan, *enforce.Audit, error) {
	if len(a.Unloaded) > 0 {
		return nil, nil, status(exitUnread)
	}
	au, err := c.audit(ctx, a, s)
	if err != nil {
		return nil, nil, err
	}
	if au.Interrupted {
		return nil, nil, context.Cause(ctx)
	}
	p, err := a.Engine.Plan(ctx, au)
	if err != nil {
		return nil, nil, err
	}
	return p, au, nil
}
