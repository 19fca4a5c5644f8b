package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/config"
	"phoneport/cmd/internal/render"
	"phoneport/policy"
	"phoneport/policy/rules"
)

// configReport is `phoneport check-config -o json`.
type configReport struct {
	File        string   `json:"file,omitempty"`
	StateDir    string   `json:"state_dir"`
	Switches    int      `json:"switches"`
	Sites       int      `json:"sites"`
	Credentials []string `json:"credentials"`
	Sources     []string `json:"sources"`
	Phones      int      `json:"phones"`
	Profiles    []string `json:"profiles"`
	Assignments int      `json:"assignments"`
	Exceptions  int      `json:"exceptions"`
	Rules       int      `json:"rules"`
	Warnings    []string `json:"warnings"`
}

func (c *cli) checkConfigCommand() *cobra.Command {
	var reference, listRules, variables bool
	cmd := &cobra.Command{
		Use:   "check-config",
		Short: "Check the configuration and the inventory, and explain every key",
		Long: `Read the configuration and the lists of phones that it names, and tell every mistake at once, each with file, line and
key. No switch is asked. With --reference the documented configuration with all defaults is printed instead, with
--rules the rules, with --variables what expressions of assignments may ask for.`,
		Example: `  phoneport check-config
  phoneport check-config -c test.yaml -o json
  phoneport check-config --reference > phoneport.yaml
  phoneport check-config --rules`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&reference, "reference", false, "print the documented configuration with all defaults")
	cmd.Flags().BoolVar(&listRules, "rules", false, "list the rules")
	cmd.Flags().BoolVar(&variables, "variables", false, "list the variables of expressions (key when of assignments)")
	cmd.MarkFlagsMutuallyExclusive("reference", "rules", "variables")
	f := output(cmd, render.Table, render.JSON, render.YAML)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		switch {
		case reference:
			_, err := io.WriteString(c.out, config.Reference())
			return err
		case listRules:
			return render.RuleList(c.out, f.value, rules.All(), c.options())
		case variables:
			return c.printVariables(f.value)
		}
		return c.checkConfig(cmd, f.value)
	}
	return cmd
}

func (c *cli) printVariables(f render.Format) error {
	if f != render.Table {
		type variable struct {
			Name string `json:"name"`
			Type string `json:"type"`
			Doc  string `json:"doc"`
		}
		var out []variable
		for _, v := range policy.Variables {
			out = append(out, variable{v.Name, v.Type, v.Doc})
		}
		return render.Data(c.out, f, out)
	}
	for _, v := range policy.Variables {
		if _, err := fmt.Fprintf(c.out, "%-16s %-7s %s\n", v.Name, v.Type, v.Doc); err != nil {
			return err
		}
	}
	return nil
}

func (c *cli) checkConfig(cmd *cobra.Command, f render.Format) error {
	cfg, err := c.load(false)
	if err != nil {
		return err
	}
	a, err := app.New(cmd.Context(), cfg, app.Options{Log: c.logger()})
	if err != nil {
		return &exit{exitUsage, err}
	}
	r := configReport{
		File: cfg.Path, StateDir: cfg.StateDir, Switches: len(cfg.Switches), Sites: len(cfg.Sites()), Credentials: []string{}, Sources: []string{},
		Phones: a.Directory.Len(), Profiles: []string{}, Assignments: len(cfg.Assignments), Exceptions: len(cfg.Exceptions), Rules: len(a.Rules),
		Warnings: append([]string{}, cfg.Warnings...),
	}
	for i := range cfg.Credentials {
		r.Credentials = append(r.Credentials, cfg.Credentials[i].Name+" ("+cfg.Credentials[i].Summary()+")")
	}
	for _, s := range cfg.Inventory {
		r.Sources = append(r.Sources, s.Name)
	}
	for _, p := range cfg.Profiles {
		r.Profiles = append(r.Profiles, p.Name)
	}
	for _, p := range a.Problems {
		r.Warnings = append(r.Warnings, "inventory: "+p.Error())
		c.warn("inventory: %v", p)
	}
	for _, x := range a.Conflicts {
		r.Warnings = append(r.Warnings, "inventory: "+x.String())
		c.warn("inventory: %s", x)
	}
	for _, err := range a.Unloaded {
		c.talk("%s", message(err))
	}
	if f != render.Table {
		err = render.Data(c.out, f, r)
	} else {
		_, err = fmt.Fprintf(c.out, "%s is in order: %s\n", r.File, strings.Join([]string{
			render.Count(r.Switches, "switch"), render.Count(r.Sites, "site"), render.Count(len(r.Credentials), "credential"), render.Count(r.Phones, "phone"),
			render.Count(len(r.Sources), "source"), render.Count(len(r.Profiles), "profile"), render.Count(r.Assignments, "assignment"), render.Count(r.Rules, "rule"),
		}, ", "))
	}
	if err == nil && len(a.Unloaded) > 0 {
		return status(exitUnread)
	}
	return err
}
