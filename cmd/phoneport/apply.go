package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/render"
	"phoneport/cmd/internal/shape"
	"phoneport/policy/enforce"
)

// maxPlanAge is how old a plan may be: what it saw of the ports is checked again, what it saw of the rest of
// the fleet is not.
const maxPlanAge = time.Hour

func (c *cli) applyCommand() *cobra.Command {
	var yes, save, verify, undo bool
	var maxAge, patience time.Duration
	cmd := &cobra.Command{
		Use:   "apply [PLAN.json]",
		Short: "Carry out a plan, reading back every change",
		Long: `Carry out a plan that phoneport plan -w kept, or make one now, show it and ask. Each port is read again before it is
changed, each change is journalled first and read back afterwards until it is seen. The first refusal stops that
switch. Ctrl-C finishes the port in hand. What one apply changed, phoneport undo puts back.

Without a terminal to ask on, --yes must be given. Exit code 0 means that all was done and seen; 1 that a change was
refused, unverified or held back.`,
		Example: `  phoneport apply --switch acc-1
  phoneport apply plan.json --yes --save
  phoneport apply --yes -o json | jq '.switches[].changes[] | select(.outcome!="done")'`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return []cobra.Completion{"json"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	scope := c.addScopeFlags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&save, "save", false, "make the running configuration the startup configuration where a switch needs that")
	cmd.Flags().BoolVar(&verify, "verify", false, "audit the changed switches afterwards")
	cmd.Flags().BoolVar(&undo, "undo-unverified", false, "put back changes that were accepted and cannot be seen")
	cmd.Flags().DurationVar(&patience, "wait", 15*time.Second, "how `long` a change may take to be seen before it is unverified")
	cmd.Flags().DurationVar(&maxAge, "max-age", maxPlanAge, "refuse a plan that is older than this `age`")
	f := output(cmd, render.Table, render.JSON, render.YAML)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 && len(scope.switches)+len(scope.sites) > 0 {
			return usagef("--switch and --site choose what is planned, and %s is planned already", args[0])
		}
		ctx := cmd.Context()
		if !yes && !c.inTerm {
			return usagef("apply changes switches: there is no terminal to ask on; give --yes if it is meant, or use phoneport plan")
		}
		a, err := c.open(ctx, app.Options{Write: true, Timing: enforce.Timing{ReadBack: patience}})
		if err != nil {
			return err
		}
		p, code, err := c.planToApply(ctx, a, args, scope, maxAge)
		if err != nil {
			return err
		}
		if p.Changes() > 0 && !yes {
			if err := c.showAndAsk(ctx, p); err != nil {
				return err
			}
		}
		bar := c.progress("changing", p.Changes())
		out, err := a.Engine.Apply(ctx, p, enforce.ApplyOptions{
			Save: save, Verify: verify, UndoUnverified: undo, Progress: func(enforce.Result) { bar.step() },
		})
		bar.done()
		if err != nil {
			return failedToBegin(ctx, err)
		}
		return c.printApplied(f.value, out, code)
	}
	return cmd
}

// planToApply reads the plan of a file, or makes one. code is the exit code that holds where all of it is done.
func (c *cli) planToApply(ctx context.Context, a *app.App, args []string, scope *scopeFlags, maxAge time.Duration) (p *enforce.Plan, code int, err error) {
	if len(args) == 1 {
		if p, err = readPlan(args[0], a.Config.Hash, maxAge, time.Now()); err != nil {
			return nil, 0, &exit{exitUsage, err}
		}
		return p, exitClean, nil
	}
	p, au, err := c.plan(ctx, a, scope)
	if err != nil {
		return nil, 0, err
	}
	if len(au.Unreadable) > 0 {
		code = exitUnread
	}
	return p, code, nil
}

func (c *cli) showAndAsk(ctx context.Context, p *enforce.Plan) error {
	out := shape.NewPlan(p)
	if err := render.Plan(c.err, render.Table, out, c.talkOptions()); err != nil {
		return err
	}
	return c.confirm(ctx, "apply "+render.PlanSummary(out))
}

// failedToBegin is for errors before the first change.
func failedToBegin(ctx context.Context, err error) error {
	var locked *enforce.LockedError
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.As(err, &locked):
		return &exit{exitFindings, fmt.Errorf("%w; wait until it has ended", err)}
	case errors.Is(err, enforce.ErrNoRun):
		return usagef("%w; phoneport undo lists them", err)
	}
	return &exit{exitFindings, err}
}

// printApplied shows what an apply or an undo did and gives its exit code.
func (c *cli) printApplied(f render.Format, a *enforce.Applied, code int) error {
	out := shape.NewApplied(a)
	if err := render.Applied(c.out, f, out, c.options()); err != nil {
		return err
	}
	for _, r := range out.Recovered {
		if r.Error != "" {
			c.warn("%s %s: %s of run %s was left half done and could not be finished: %s", r.Switch, r.Port, r.Kind, r.Run, r.Error)
		} else {
			c.warn("%s %s: %s of run %s was left half done and is finished now", r.Switch, r.Port, r.Kind, r.Run)
		}
	}
	c.summary(render.AppliedSummary(out))
	if a.Count(enforce.Done)+a.Count(enforce.Unverified) > 0 {
		c.summary("put it back with: phoneport undo " + a.Run)
	}
	if out.Verified != nil {
		c.summary("afterwards: " + render.Summary(*out.Verified))
	}
	if code == exitClean && a.Count(enforce.Refused)+a.Count(enforce.Unverified)+a.Count(enforce.Undone)+a.Held() > 0 {
		code = exitFindings
	}
	for _, s := range a.Switches {
		if s.Err != nil && code == exitClean {
			code = exitFindings
		}
	}
	if a.Interrupted {
		code = exitInterrupted
	}
	return status(code)
}
