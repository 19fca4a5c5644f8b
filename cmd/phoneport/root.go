package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/config"
	"phoneport/cmd/internal/render"
)

// cli is what all commands share.
type cli struct {
	stdio
	root       *cobra.Command
	configPath string
	stateDir   string
	verbose    int
	quiet      bool
	began      bool // a command's own code runs: errors before are of usage
}

// run is phoneport as a function: arguments in, exit code out.
func run(ctx context.Context, args []string, s stdio) int {
	c := &cli{stdio: s}
	root := c.newRoot()
	root.SetArgs(args)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	cmd, err := root.ExecuteContextC(ctx)
	var e *exit
	if err != nil && !c.began && !errors.As(err, &e) {
		err = usagef("%w; see %s --help", err, cmd.CommandPath())
	}
	code := codeOf(ctx, err)
	if err != nil && (!errors.As(err, &e) || e.err != nil) && !errors.Is(err, errInterrupted) {
		c.talk("%s", message(err))
	}
	return code
}

func (c *cli) newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "phoneport",
		Short: "Keep the switch ports of IP phones right",
		Long: `phoneport keeps the ports that phones plug into right: powered, in the voice VLAN, told so by CDP and LLDP-MED, and
matched to the phone that should be there. It reads switches over SNMP, says what is wrong and why, and repairs it
when asked to: every change is read back, journalled and can be undone.

Exit codes: 0 done and clean; 1 findings, or changes needed, or a change refused or unverified; 2 usage or
configuration error; 3 a switch or source could not be read; 130 interrupted.

Every flag but --yes can be given as an environment variable: --state-dir as PHONEPORT_STATE_DIR.`,
		Example: `  phoneport demo                     a campus that breaks and is repaired, without any configuration
  phoneport read 192.0.2.11 --community env:COMMUNITY
  phoneport check-config --reference > phoneport.yaml
  phoneport audit
  phoneport plan
  phoneport apply --switch acc-1`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Args:              cobra.NoArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return c.begin(cmd) },
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	c.root = root
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usagef("%w; see %s --help", err, cmd.CommandPath()) })
	f := root.PersistentFlags()
	f.StringVarP(&c.configPath, "config", "c", "", "configuration `file` (default ./phoneport.yaml, then /etc/phoneport/phoneport.yaml)")
	f.StringVar(&c.stateDir, "state-dir", "", "`folder` of the journal and of what is remembered (default: state_dir of the configuration)")
	f.CountVarP(&c.verbose, "verbose", "v", "log what is done; twice: log everything")
	f.BoolVarP(&c.quiet, "quiet", "q", false, "no progress and no summaries on stderr")
	_ = root.MarkPersistentFlagFilename("config", "yaml", "yml") // fails only for a flag that does not exist
	_ = root.MarkPersistentFlagDirname("state-dir")
	for _, g := range c.groups() {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, cmd := range g.commands {
			run := cmd.RunE
			cmd.GroupID = g.id
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				c.began = true
				return run(cmd, args)
			}
			root.AddCommand(cmd)
		}
	}
	root.SetHelpCommandGroupID("set-up")
	return root
}

// group is commands that belong together in the help.
type group struct {
	id, title string
	commands  []*cobra.Command
}

// groups is the list of sub-commands.
func (c *cli) groups() []group {
	return []group{
		{"try", "Try it:", []*cobra.Command{c.demoCommand(), c.labCommand()}},
		{"look", "Look; nothing is changed:", []*cobra.Command{
			c.auditCommand(), c.phonesCommand(), c.powerCommand(), c.readCommand(), c.recordCommand(), c.whereCommand(), c.listenCommand(),
		}},
		{"speak", "Speak on the ports of this host:", []*cobra.Command{c.advertiseCommand()}},
		{"change", "Plan and change:", []*cobra.Command{c.planCommand(), c.applyCommand(), c.undoCommand(), c.cycleCommand()}},
		{"set-up", "Set up:", []*cobra.Command{c.checkConfigCommand(), c.completionCommand(), c.versionCommand()}},
	}
}

// begin runs before every command: flags that were not given are taken from the environment.
func (c *cli) begin(cmd *cobra.Command) error {
	var errs []error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || f.Name == "yes" || f.Name == "help" {
			return // --yes must be said each time: a variable left in a profile must not change switches
		}
		if v, ok := c.getenv(flagEnv(f)); ok && v != "" {
			if err := cmd.Flags().Set(f.Name, v); err != nil {
				errs = append(errs, usagef("%s: %w", flagEnv(f), err))
			}
		}
	})
	if err := errors.Join(errs...); err != nil {
		return &exit{exitUsage, err}
	}
	return nil
}

func flagEnv(f *pflag.Flag) string {
	return config.EnvPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
}

// flagVariables gives the environment variables of all flags of all commands, without prefix.
func (c *cli) flagVariables() (names []string) {
	add := func(f *pflag.Flag) { names = append(names, strings.TrimPrefix(flagEnv(f), config.EnvPrefix)) }
	c.root.PersistentFlags().VisitAll(add)
	for _, cmd := range c.root.Commands() {
		cmd.Flags().VisitAll(add)
	}
	return names
}

// load reads the configuration.
func (c *cli) load(optional bool) (*config.Config, error) {
	cfg, err := config.Load(config.Options{
		Path: c.configPath, Getenv: c.getenv, Environ: c.environ, Known: c.flagVariables(), Optional: optional,
		Flags: map[string]*pflag.Flag{"state_dir": c.root.PersistentFlags().Lookup("state-dir")},
	})
	if err != nil {
		return nil, &exit{exitUsage, err}
	}
	for _, w := range cfg.Warnings {
		c.warn("%s", w)
	}
	return cfg, nil
}

// open puts phoneport together from the configuration. What of the inventory could not be used is told.
func (c *cli) open(ctx context.Context, o app.Options) (*app.App, error) {
	cfg, err := c.load(false)
	if err != nil {
		return nil, err
	}
	if len(cfg.Switches) == 0 {
		return nil, usagef("%s: no switches are configured: add them to the list switches", cfg.Path)
	}
	a, err := c.assemble(ctx, cfg, o)
	if err == nil {
		c.budgetMemory(len(cfg.Switches))
	}
	return a, err
}

func (c *cli) assemble(ctx context.Context, cfg *config.Config, o app.Options) (*app.App, error) {
	o.Log = c.logger()
	a, err := app.New(ctx, cfg, o)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, &exit{exitUsage, err}
	}
	c.tellInventory(a)
	return a, nil
}

// tellInventory tells what is wrong with lists of phones; the first of many stand for all.
func (c *cli) tellInventory(a *app.App) {
	const most = 10
	for i, p := range a.Problems {
		if i == most {
			c.warn("inventory: %d more entries have problems; phoneport check-config lists them", len(a.Problems)-most)
			break
		}
		c.warn("inventory: %v", p)
	}
	for i, x := range a.Conflicts {
		if i == most {
			c.warn("inventory: %d more conflicts; phoneport check-config lists them", len(a.Conflicts)-most)
			break
		}
		c.warn("inventory: %s", x)
	}
	for _, err := range a.Unloaded {
		c.talk("%s", message(err))
	}
}

// logger logs to stderr what a command does not tell by itself: errors, with -v what is done, with -vv everything.
func (c *cli) logger() *slog.Logger {
	level := slog.LevelError
	switch {
	case c.verbose >= 2:
		level = slog.LevelDebug
	case c.verbose == 1:
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: level}))
}

// options say how data is written to stdout.
func (c *cli) options() render.Options {
	return render.Options{Color: c.color(c.outTerm)}
}

// talkOptions are options for tables that are shown on stderr.
func (c *cli) talkOptions() render.Options { return render.Options{Color: c.color(c.errTerm)} }
