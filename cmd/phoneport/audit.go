package main

import (
	"context"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/render"
	"phoneport/cmd/internal/shape"
	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
	"phoneport/switchctl/fleet"
)

// scopeFlags choose switches.
type scopeFlags struct{ switches, sites []string }

func (c *cli) addScopeFlags(cmd *cobra.Command) *scopeFlags {
	s := &scopeFlags{}
	cmd.Flags().StringSliceVar(&s.switches, "switch", nil, "only switches whose name matches this `pattern`; may be given more than once")
	cmd.Flags().StringSliceVar(&s.sites, "site", nil, "only switches of sites that match this `pattern`; may be given more than once")
	_ = cmd.RegisterFlagCompletionFunc("switch", c.completeSwitches) // fails only for a flag that does not exist
	_ = cmd.RegisterFlagCompletionFunc("site", c.completeSites)
	return s
}

// audit reads the switches asked for, with progress, and says what could not be read.
func (c *cli) audit(ctx context.Context, a *app.App, s *scopeFlags) (*enforce.Audit, error) {
	bar := c.progress("reading", len(a.Config.Switches))
	out, err := a.Audit(ctx, enforce.Request{Switches: s.switches, Sites: s.sites, Progress: func(fleet.Done) { bar.step() }})
	bar.done()
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, &exit{exitUsage, err} // it could not begin: patterns that match nothing
	}
	c.tellUnreadable(out.Unreadable)
	return out, nil
}

// tellUnreadable says which switches did not answer, and once for all of a kind what to do.
func (c *cli) tellUnreadable(us []enforce.Unreadable) {
	const most = 10
	advised := map[string]bool{}
	for i, u := range us {
		if i == most {
			c.talk("phoneport: %d more switches could not be read\n", len(us)-most)
			break
		}
		c.talk("phoneport: %v\n", u.Err)
		if text := advice(u.Err); text != "" && !advised[text] {
			advised[text] = true
			c.talk("phoneport: %s\n", text)
		}
	}
}

// unread gives the exit code where something could not be read, else code.
func unread(a *app.App, au *enforce.Audit, code int) error {
	if len(au.Unreadable) > 0 || len(a.Unloaded) > 0 {
		code = exitUnread
	}
	if au.Interrupted {
		code = exitInterrupted
	}
	return status(code)
}

// severityFlag is --min-severity.
type severityFlag struct{ v policy.Severity }

func (f *severityFlag) String() string     { return f.v.String() }
func (f *severityFlag) Set(s string) error { return f.v.UnmarshalText([]byte(s)) }
func (f *severityFlag) Type() string       { return "severity" }

func (c *cli) auditCommand() *cobra.Command {
	severity := severityFlag{policy.Info}
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Read switches, match phones and say what is wrong; change nothing",
		Long: `Read the configured switches, match the phones found there to the inventory, and evaluate the rules. Nothing is written
to any switch. Each finding names the rule, the place, the evidence and, where there is one, the change that would
repair it; phoneport plan decides which of them would be made.

Exit code 0 means no findings, 1 findings, 3 that a switch or a list of phones could not be read.`,
		Example: `  phoneport audit
  phoneport audit --site hq --min-severity warning
  phoneport audit --switch 'acc-*' -o json | jq '.findings[].message'
  phoneport audit -o html > report.html
  phoneport audit -o junit > audit.xml`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	scope := c.addScopeFlags(cmd)
	cmd.Flags().Var(&severity, "min-severity", "leave out findings below this: info, warning or critical")
	_ = cmd.RegisterFlagCompletionFunc("min-severity", cobra.FixedCompletions([]string{"info", "warning", "critical"}, cobra.ShellCompDirectiveNoFileComp))
	f := output(cmd, render.AuditFormats...)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		a, err := c.open(cmd.Context(), app.Options{Once: true})
		if err != nil {
			return err
		}
		au, err := c.audit(cmd.Context(), a, scope)
		if err != nil {
			return err
		}
		out := shape.NewAudit(au, severity.v)
		if err := c.printAudit(f.value, out, au, a.Rules); err != nil {
			return err
		}
		code := exitClean
		if len(out.Findings) > 0 {
			code = exitFindings
		}
		return unread(a, au, code)
	}
	return cmd
}

func (c *cli) printAudit(f render.Format, out shape.Audit, au *enforce.Audit, rules []policy.Rule) error {
	var read []switchctl.SwitchID
	for _, r := range au.Read {
		read = append(read, r.Target.ID)
	}
	err := render.Audit(c.out, f, render.Report{Audit: out, Read: read, Rules: rules, Version: thisBuild().Version}, c.options())
	if err == nil {
		c.summary(render.Summary(out))
	}
	return err
}
