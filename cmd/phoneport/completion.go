package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/config"
	"phoneport/switchctl"
)

func (c *cli) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish|powershell",
		Short: "Print the completion script of a shell",
		Long: `Print the script that lets a shell complete commands, flags, names of switches and names of ports. Names of ports are
those that earlier readings remember; where there are none, the switch is asked.`,
		Example: `  phoneport completion bash > /etc/bash_completion.d/phoneport
  phoneport completion zsh > "${fpath[1]}/_phoneport"
  phoneport completion fish > ~/.config/fish/completions/phoneport.fish`,
		Args:                  cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs:             shells,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch args[0] {
			case "bash":
				return cmd.Root().GenBashCompletionV2(c.out, true)
			case "zsh":
				return cmd.Root().GenZshCompletion(c.out)
			case "fish":
				return cmd.Root().GenFishCompletion(c.out, true)
			}
			return cmd.Root().GenPowerShellCompletionWithDesc(c.out)
		},
	}
}

// quietly reads the configuration for a completion: whatever is wrong with it is for the command to say.
func (c *cli) quietly() *config.Config {
	cfg, err := config.Load(config.Options{Path: c.configPath, Getenv: c.getenv, Optional: true})
	if err != nil {
		return &config.Config{}
	}
	return cfg
}

// completeSwitches completes names of switches.
func (c *cli) completeSwitches(_ *cobra.Command, _ []string, begin string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	for _, s := range c.quietly().Switches {
		if name := string(s.Name); strings.HasPrefix(name, begin) {
			out = append(out, cobra.CompletionWithDesc(name, strings.TrimSpace(s.Site+" "+s.Address)))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeSites completes names of sites.
func (c *cli) completeSites(_ *cobra.Command, _ []string, begin string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var out []cobra.Completion
	for _, s := range c.quietly().Sites() {
		if strings.HasPrefix(s, begin) {
			out = append(out, s)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// oneSwitch completes the only argument of a command.
func (c *cli) oneSwitch(cmd *cobra.Command, args []string, begin string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return c.completeSwitches(cmd, args, begin)
}

// switchAndPort completes a switch, then one of its ports.
func (c *cli) switchAndPort(cmd *cobra.Command, args []string, begin string) ([]cobra.Completion, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return c.completeSwitches(cmd, args, begin)
	case 1:
		return c.completePorts(cmd.Context(), args[0], begin), cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// completionPatience is how long somebody who pressed Tab waits for a switch.
const completionPatience = 2 * time.Second

func (c *cli) completePorts(ctx context.Context, name, begin string) (out []cobra.Completion) {
	cfg := c.quietly()
	s, ok := cfg.Switch(name)
	if !ok {
		return nil
	}
	ports := []string{}
	if seen, err := app.LoadSeen(cfg.StateDir); err == nil {
		ports = seen.Ports(s.Name)
	}
	if len(ports) == 0 {
		ports = askPorts(ctx, s)
	}
	for _, p := range ports {
		if len(p) >= len(begin) && strings.EqualFold(p[:len(begin)], begin) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// askPorts reads the names of a switch's sockets.
func askPorts(ctx context.Context, s config.Switch) (ports []string) {
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, completionPatience)
	defer cancel()
	d, err := app.Open(ctx, s, false, nil, nil)
	if err != nil {
		return nil
	}
	defer d.Close()
	snap, err := d.Observe(ctx, switchctl.Scope{})
	if err != nil {
		return nil
	}
	for _, p := range snap.Ports {
		if p.Physical() {
			ports = append(ports, p.Ref.Name)
		}
	}
	return ports
}
