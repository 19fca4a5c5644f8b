package main

import (
	"github.com/spf13/cobra"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/render"
	"phoneport/cmd/internal/shape"
	"phoneport/policy/enforce"
	"phoneport/policy/enforce/journal"
)

func (c *cli) undoCommand() *cobra.Command {
	var save bool
	cmd := &cobra.Command{
		Use:   "undo [RUN]",
		Short: "Put back what one apply changed, where the port has not changed since",
		Long: `Put back what one run of apply, undo or cycle changed, newest first, on every port that still is as the run left it; ports
that changed since are refused and left alone. An undo is a run itself and can be undone. Without RUN the runs are
listed, newest first.`,
		Example: `  phoneport undo
  phoneport undo 20260102T150405Z-1a2b3c`,
		Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return c.completeRuns(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	cmd.Flags().BoolVar(&save, "save", false, "make the running configuration the startup configuration where a switch needs that")
	f := output(cmd, render.Table, render.JSON, render.YAML)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			cfg, err := c.load(true)
			if err != nil {
				return err
			}
			runs, err := journal.New(cfg.StateDir, c.logger()).Runs()
			if err != nil {
				return &exit{exitUnread, err}
			}
			if len(runs) == 0 {
				c.summary("nothing was ever applied (journal in " + cfg.StateDir + ")")
			}
			return render.Runs(c.out, f.value, shape.NewRuns(runs), c.options())
		}
		ctx := cmd.Context()
		a, err := c.open(ctx, app.Options{Write: true})
		if err != nil {
			return err
		}
		out, err := a.Engine.Undo(ctx, args[0], enforce.ApplyOptions{Save: save})
		if err != nil {
			return failedToBegin(ctx, err)
		}
		return c.printApplied(f.value, out, exitClean)
	}
	return cmd
}

func (c *cli) completeRuns() (out []cobra.Completion) {
	runs, err := journal.New(c.quietly().StateDir, nil).Runs()
	if err != nil {
		return nil
	}
	for _, r := range runs {
		out = append(out, cobra.CompletionWithDesc(r.Run, r.Kind))
	}
	return out
}
