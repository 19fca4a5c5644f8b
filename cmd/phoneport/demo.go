package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/config"
	"phoneport/cmd/internal/lab"
	"phoneport/cmd/internal/render"
	"phoneport/cmd/internal/shape"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
	"phoneport/switchctl/sim"
)

func (c *cli) demoCommand() *cobra.Command {
	var once bool
	var switches, ports int
	var listen string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show on a simulated campus how ports break and are repaired",
		Long: `Run a simulated campus and phoneport on it, in one process and without any configuration. Ports are broken on purpose,
one at least for each rule that can be repaired; phoneport finds them, plans, repairs, and shows that all is well
again. Everything goes over real SNMP on loopback. Without --once it goes on until Ctrl-C.

--listen is the first address of the switches; port 0 chooses free ports.`,
		Example: `  phoneport demo
  phoneport demo --once
  phoneport demo --once --switches 50 --ports 48`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVar(&once, "once", false, "break and repair once, then end; exit code 0 means that all is well")
	cmd.Flags().IntVar(&switches, "switches", 4, "simulated switches")
	cmd.Flags().IntVar(&ports, "ports", 24, "access ports of each switch")
	cmd.Flags().StringVar(&listen, "listen", "127.1.0.1:0", "first `address` of the simulated switches")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		d, err := c.newDemo(cmd.Context(), labFlags{switches: switches, ports: ports, listen: listen, phones: 0.8, boot: sim.DefaultBoot, seed: 1})
		if err != nil {
			return err
		}
		defer d.close()
		return d.run(cmd.Context(), once)
	}
	return cmd
}

// demo is a campus with a phoneport that looks after it.
type demo struct {
	*cli
	campus *sim.Campus
	app    *app.App
	dir    string // configuration, inventory and journal, as on a real machine
	stop   func() error
}

// writable are the families that take changes over SNMP; others are read all the same.
func writable(s sim.SwitchInfo) bool { return s.Personality != "juniper" }

func (c *cli) newDemo(ctx context.Context, o labFlags) (d *demo, err error) {
	opts, err := c.labOptions(o)
	if err != nil {
		return nil, err
	}
	d = &demo{cli: c}
	if d.campus, err = sim.New(opts); err != nil {
		return nil, &exit{exitUsage, err}
	}
	if d.stop, err = d.campus.Start(ctx); err != nil {
		return nil, &exit{exitUsage, fmt.Errorf("%w; --listen names another address", err)}
	}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	if d.dir, err = os.MkdirTemp("", "phoneport-demo-"); err != nil {
		return nil, &exit{exitUsage, fmt.Errorf("make demo: %w", err)}
	}
	path := filepath.Join(d.dir, "phoneport.yaml")
	if err = lab.Write(path, d.campus, opts, 2*o.boot); err != nil {
		return nil, &exit{exitUsage, err}
	}
	cfg, err := config.Load(config.Options{Path: path, Getenv: func(string) (string, bool) { return "", false }})
	if err != nil {
		return nil, &exit{exitUsage, err}
	}
	// The demonstration repairs its few switches over and over: the bounds of a real network would end it.
	l := &cfg.Limits
	l.PerPort, l.PerSwitch, l.PerSite, l.Total, l.CycleRest = 1_000_000, 0, 0, 0, 0
	d.app, err = c.assemble(ctx, cfg, app.Options{Write: true})
	return d, err
}

func (d *demo) close() {
	if d.stop != nil {
		_ = d.stop() // nothing rests on the campus any more
	}
	if d.dir != "" {
		_ = os.RemoveAll(d.dir)
	}
}

func (d *demo) run(ctx context.Context, once bool) error {
	info := d.campus.Switches()
	families := []string{}
	for _, s := range info {
		if !slices.Contains(families, s.Personality) {
			families = append(families, s.Personality)
		}
	}
	d.say("A campus of %d simulated switches (%s) with %d phones, from %s on.\n",
		len(info), strings.Join(families, ", "), len(d.campus.Phones()), info[0].Address)

	d.head("As it was built")
	if err := d.untilClean(ctx); err != nil {
		return err
	}
	var wishes []lab.Wish
	for _, r := range lab.Repairable {
		wishes = append(wishes, lab.Wish{Fault: r.Fault, Count: 1})
	}
	if err := d.round(ctx, wishes); err != nil || once {
		return err
	}
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	for {
		d.say("\nNext in %s; Ctrl-C ends the demonstration.\n", demoPause)
		if err := wait(ctx, demoPause); err != nil {
			return err
		}
		var wishes []lab.Wish
		for _, i := range rng.Perm(len(lab.Repairable))[:1+rng.IntN(3)] {
			wishes = append(wishes, lab.Wish{Fault: lab.Repairable[i].Fault, Count: 1})
		}
		if err := d.round(ctx, wishes); err != nil {
			return err
		}
	}
}

const (
	demoPause = 5 * time.Second
	// demoPatience is how long the campus may take to show what was broken, or to be well again: phones
	// start, and switches notice, within seconds.
	demoPatience = 60 * time.Second
	demoLook     = 300 * time.Millisecond
)

// round breaks ports, finds, plans, repairs, and shows that all is well.
func (d *demo) round(ctx context.Context, wishes []lab.Wish) error {
	struck, err := lab.Strike(d.campus, wishes, writable)
	if err != nil && len(struck) == 0 {
		return &exit{exitUsage, err}
	}
	d.head("Broken on purpose")
	for _, s := range struck {
		d.say("  %s %s: %s\n", s.Switch, s.Port, s.Fault)
	}
	au, err := d.untilFound(ctx, struck)
	if err != nil {
		return err
	}
	out := shape.NewAudit(au, 0)
	d.head("Found (phoneport audit): " + render.Summary(out))
	if err := render.Audit(d.out, render.Table, render.Report{Audit: out}, d.options()); err != nil {
		return err
	}
	p, err := d.app.Engine.Plan(ctx, au)
	if err != nil {
		return err
	}
	hurry(p)
	plan := shape.NewPlan(p)
	d.head("To be done (phoneport plan): " + render.PlanSummary(plan))
	if err := render.Plan(d.out, render.Table, plan, d.options()); err != nil {
		return err
	}
	bar := d.progress("changing", p.Changes())
	applied, err := d.app.Engine.Apply(ctx, p, enforce.ApplyOptions{Progress: func(enforce.Result) { bar.step() }})
	bar.done()
	if err != nil {
		return failedToBegin(ctx, err)
	}
	done := shape.NewApplied(applied)
	d.head("Done, and read back (phoneport apply): " + render.AppliedSummary(done))
	if err := render.Applied(d.out, render.Table, done, d.options()); err != nil {
		return err
	}
	d.head("Afterwards")
	return d.untilClean(ctx)
}

// hurry shortens power cycles: the seconds that real power supplies need to discharge would be waited for.
func hurry(p *enforce.Plan) {
	for i := range p.Switches {
		for j := range p.Switches[i].Steps {
			if c, ok := p.Switches[i].Steps[j].Change.(switchctl.CyclePoE); ok {
				c.Off = time.Second
				p.Switches[i].Steps[j].Change = c
			}
		}
	}
}

// untilFound audits until every fault shows: a switch notices a link that went down, a phone takes time.
func (d *demo) untilFound(ctx context.Context, struck []lab.Struck) (*enforce.Audit, error) {
	return d.until(ctx, func(au *enforce.Audit) string {
		for _, s := range struck {
			rule := ""
			for _, r := range lab.Repairable {
				if r.Fault == s.Fault {
					rule = r.Rule
				}
			}
			shows := false
			for _, f := range au.Findings {
				shows = shows || string(f.Port.Switch) == s.Switch && f.Port.Name == s.Port && f.Rule == rule && len(f.Fix) > 0
			}
			if !shows {
				return fmt.Sprintf("%s at %s %s was not found", s.Fault, s.Switch, s.Port)
			}
		}
		return ""
	})
}

// untilClean audits until there are no findings, and says so.
func (d *demo) untilClean(ctx context.Context) error {
	au, err := d.until(ctx, func(au *enforce.Audit) string {
		if len(au.Findings) == 0 && len(au.Unreadable) == 0 && au.Phones.Found == au.Phones.Expected {
			return ""
		}
		return render.Summary(shape.NewAudit(au, 0))
	})
	if au != nil {
		out := shape.NewAudit(au, 0)
		if rerr := render.Audit(d.out, render.Table, render.Report{Audit: out}, d.options()); rerr != nil {
			return rerr
		}
		d.say("  %s\n", render.Summary(out))
	}
	return err
}

// until audits again and again until well says nothing more is amiss.
func (d *demo) until(ctx context.Context, amiss func(*enforce.Audit) string) (*enforce.Audit, error) {
	end := time.Now().Add(demoPatience)
	for {
		au, err := d.app.Audit(ctx, enforce.Request{})
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			return nil, err
		}
		why := amiss(au)
		if why == "" {
			return au, nil
		}
		if time.Now().After(end) {
			return au, &exit{exitFindings, fmt.Errorf("demo: after %s still: %s", demoPatience, why)}
		}
		if err := wait(ctx, demoLook); err != nil {
			return nil, err
		}
	}
}

// wait waits, or gives why ctx ended.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (d *demo) say(format string, args ...any) { _, _ = fmt.Fprintf(d.out, format, args...) }

func (d *demo) head(text string) {
	if d.color(d.outTerm) {
		d.say("\n\x1b[1m%s\x1b[0m\n", text)
		return
	}
	d.say("\n%s\n", text)
}
