package main

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/lab"
	"phoneport/cmd/internal/render"
	"phoneport/switchctl/sim"
	"phoneport/switchctl/snmp/snmprec"
)

// labFlags describe a campus.
type labFlags struct {
	switches, ports int
	personality     []string
	recordings      []string
	listen          string
	seed            uint64
	phones          float64
	faults          []string
	boot            time.Duration
	write           string
}

func (c *cli) labCommand() *cobra.Command {
	o := labFlags{}
	cmd := &cobra.Command{
		Use:   "lab",
		Short: "Run a simulated campus that answers SNMP, until Ctrl-C",
		Long: `Run simulated switches with phones, over real SNMP on loopback addresses: switch k answers on the k-th address from the
first. They take changes, and phones behave as phones do: they take power, boot, learn their VLAN and are heard.
Recorded switches answer on the addresses behind them, for any community.

--faults is a list of things that are wrong on purpose: FAULT or FAULT=COUNT anywhere, FAULT@SWITCH:PORT at one port,
FAULT@SWITCH at a whole switch. The faults are
  ` + wrap(lab.FaultNames(), 110, "  ") + `

With -w a configuration that reaches the campus is written, and beside it phones.csv, the inventory. Community public
reads, private writes; SNMPv3 user ` + lab.User.Name + ` (` + lab.User.AuthProtocol + ` ` + lab.User.AuthKey + `, ` + lab.User.PrivProtocol + ` ` + lab.User.PrivKey + `) does both.`,
		Example: `  phoneport lab --switches 8 -w phoneport.yaml & phoneport audit
  phoneport lab --switches 500 --ports 48 --listen 127.2.0.1:1161 --faults wrong-vlan=20,dead=3
  phoneport lab --recording acc-1.snmprec --listen 127.1.0.1:1161
  snmpwalk -v2c -c public 127.1.0.1:1161 sysDescr`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	f := cmd.Flags()
	f.IntVar(&o.switches, "switches", 4, "simulated switches (default 4, or 0 with --recording)")
	f.IntVar(&o.ports, "ports", 48, "access ports of each switch")
	f.StringSliceVar(&o.personality, "personality", nil, "`families` of switches, dealt out in turn: "+strings.Join(sim.Personalities(), ", "))
	f.StringArrayVar(&o.recordings, "recording", nil, "serve this recorded `walk` (.snmprec) too; may be given more than once")
	f.StringVar(&o.listen, "listen", "127.1.0.1:1161", "first `address`; port 0 chooses a free port for each switch")
	f.Uint64Var(&o.seed, "seed", 1, "another seed makes another campus")
	f.Float64Var(&o.phones, "phones", 0.8, "`share` of the access ports that have a phone, 0 to 1")
	f.StringSliceVar(&o.faults, "faults", nil, "what is wrong from the start, see above")
	f.DurationVar(&o.boot, "boot", sim.DefaultBoot, "how long a phone takes from power to registration")
	f.StringVarP(&o.write, "write", "w", "", "write a configuration to this `file`, and phones.csv beside it")
	_ = cmd.RegisterFlagCompletionFunc("personality", cobra.FixedCompletions(sim.Personalities(), cobra.ShellCompDirectiveNoFileComp)) // the flags exist
	_ = cmd.RegisterFlagCompletionFunc("faults", cobra.FixedCompletions(lab.FaultNames(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.MarkFlagFilename("recording", "snmprec")
	_ = cmd.MarkFlagFilename("write", "yaml", "yml")
	out := output(cmd, render.Table, render.JSON, render.YAML)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if len(o.recordings) > 0 && !cmd.Flags().Changed("switches") {
			o.switches = 0
		}
		return c.runLab(cmd.Context(), o, out.value)
	}
	return cmd
}

// simulated is `phoneport lab -o json`: one object a switch.
type simulated struct {
	Name        string `json:"name"`
	Address     string `json:"address"`
	Personality string `json:"personality,omitempty"`
	Vendor      string `json:"vendor,omitempty"`
	Site        string `json:"site,omitempty"`
	Ports       int    `json:"ports,omitempty"`
}

func (c *cli) runLab(ctx context.Context, o labFlags, f render.Format) error {
	opts, err := c.labOptions(o)
	if err != nil {
		return err
	}
	wishes, err := lab.ParseFaults(o.faults)
	if err != nil {
		return &exit{exitUsage, err}
	}
	campus, err := sim.New(opts)
	if err != nil {
		return &exit{exitUsage, err}
	}
	stop, err := campus.Start(ctx)
	if err != nil {
		return &exit{exitUsage, fmt.Errorf("%w; is another lab running? --listen names other addresses", err)}
	}
	struck, err := lab.Strike(campus, wishes, nil)
	if err == nil && o.write != "" {
		err = lab.Write(o.write, campus, opts, 2*o.boot)
	}
	if err != nil {
		_ = stop() // it is ended because of err
		return &exit{exitUsage, err}
	}
	var list []simulated
	for _, s := range campus.Switches() {
		list = append(list, simulated(s))
	}
	head := []string{"switch", "address", "personality", "vendor", "site", "ports"}
	if err := render.List(c.out, f, list, head, func(s simulated) []string {
		return []string{s.Name, s.Address, s.Personality, s.Vendor, s.Site, fmt.Sprint(s.Ports)}
	}, c.options()); err != nil {
		_ = stop() // it is ended because of err
		return err
	}
	for _, s := range struck {
		c.summary(fmt.Sprintf("broken on purpose: %s %s: %s", s.Switch, s.Port, s.Fault))
	}
	if o.write != "" {
		c.summary("configuration in " + o.write + "; try: phoneport audit -c " + o.write)
	}
	c.summary("the lab answers until Ctrl-C")
	<-ctx.Done()
	if err := stop(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

func (c *cli) labOptions(o labFlags) (sim.Options, error) {
	listen, err := netip.ParseAddrPort(o.listen)
	if err != nil {
		return sim.Options{}, usagef("--listen: %q is no address with a port, such as 127.1.0.1:1161", o.listen)
	}
	phones := o.phones
	if phones == 0 {
		phones = -1 // sim.Options: zero is its default, negative is none
	}
	opts := sim.Options{
		Switches: o.switches, Ports: o.ports, Phones: phones, Personalities: o.personality, Listen: listen, Seed: o.seed, Boot: o.boot,
		ReadCommunity: lab.ReadCommunity, WriteCommunity: lab.WriteCommunity, Users: []sim.User{lab.User}, Log: c.logger(),
	}
	seen := map[string]int{}
	for _, path := range o.recordings {
		rec, err := c.readRecording(path)
		if err != nil {
			return opts, err
		}
		// Files of the same name from different folders are different switches.
		if seen[rec.Name]++; seen[rec.Name] > 1 {
			rec.Name = fmt.Sprintf("%s-%d", rec.Name, seen[rec.Name])
		}
		opts.Recordings = append(opts.Recordings, rec)
	}
	return opts, nil
}

func (c *cli) readRecording(path string) (sim.Recording, error) {
	in, err := os.Open(path)
	if err != nil {
		return sim.Recording{}, usagef("read recording: %w", err)
	}
	defer in.Close()
	walk, err := snmprec.Read(in)
	if err != nil {
		if len(walk) == 0 {
			return sim.Recording{}, usagef("read recording %s: %w", path, err)
		}
		c.warn("recording %s: %v; the rest is served", path, err)
	}
	if len(walk) == 0 {
		return sim.Recording{}, usagef("read recording %s: it holds no variables", path)
	}
	return sim.Recording{Name: strings.TrimSuffix(filepath.Base(path), ".snmprec"), Walk: walk}, nil
}

// wrap puts words into lines.
func wrap(words []string, width int, indent string) string {
	var b strings.Builder
	col := 0
	for i, w := range words {
		if i < len(words)-1 {
			w += ","
		}
		if col > 0 && col+1+len(w) > width {
			b.WriteString("\n" + indent)
			col = 0
		}
		if col > 0 {
			b.WriteString(" ")
			col++
		}
		b.WriteString(w)
		col += len(w)
	}
	return b.String()
}
