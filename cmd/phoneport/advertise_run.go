package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"phoneport/cmd/internal/agent"
	"phoneport/cmd/internal/config"
	"phoneport/cmd/internal/privilege"
	"phoneport/cmd/internal/render"
)

// loadStation reads the configuration, which there need not be; flags stand for keys of station.
func (c *cli) loadStation(station map[string]*pflag.Flag) (*config.Config, error) {
	flags := map[string]*pflag.Flag{"state_dir": c.root.PersistentFlags().Lookup("state-dir")}
	maps.Copy(flags, station)
	cfg, err := config.Load(config.Options{
		Path: c.configPath, Getenv: c.getenv, Environ: c.environ, Known: c.flagVariables(), Optional: true, Flags: flags,
	})
	if err != nil {
		return nil, &exit{exitUsage, err}
	}
	for _, w := range cfg.Warnings {
		c.warn("%s", w)
	}
	return cfg, nil
}

// advertise speaks until the context ends.
func (c *cli) advertise(cmd *cobra.Command, o *advertiseFlags, args []string, f render.Format) error {
	s, cfg, err := c.setup(cmd, o, args)
	if err != nil {
		return err
	}
	if err := privilege.Need(privilege.Requirement{Capability: privilege.NetRaw, For: "hear and send frames"}); err != nil {
		return &exit{exitUsage, fmt.Errorf("advertise: %w", err)}
	}
	defer c.oneCore()()
	ctx, failed := context.WithCancelCause(cmd.Context())
	defer failed(nil)

	var server *agent.Server
	t := &teller{c: c, f: f, failed: failed}
	a := agent.New(c.agentOptions(c.logger(), t.note, func() (err error) {
		server, err = agent.Listen(cfg.StateDir)
		return err
	}), s)
	var beside sync.WaitGroup
	started := false
	err = a.Run(ctx, func() {
		started = true
		c.begun(a, t)
		beside.Go(func() {
			if err := server.Run(ctx, a.Status); err != nil {
				c.warn("%v; phoneport advertise status has no answer", err)
			}
		})
		if s.Path != "" {
			beside.Go(func() { c.reload(ctx, cmd, o, args, a, cfg.Hash) })
		}
	})
	failed(nil)
	beside.Wait()
	if server != nil && !started {
		err = errors.Join(err, server.Close())
	}
	switch cause := context.Cause(cmd.Context()); {
	case cause != nil:
		return cause
	case err != nil && !started:
		return &exit{exitUsage, err}
	case err == nil:
		err = context.Cause(ctx)
	}
	return err
}

// begun runs once all ports are open: what is needed no more is given up, and what is told is shown.
func (c *cli) begun(a *agent.Agent, t *teller) {
	// Ports that come later are opened too, so that one capability stays.
	if err := privilege.Keep(privilege.NetRaw); err != nil {
		c.warn("privileges are not dropped: %v", err)
	}
	t.table(a)
	c.summary("advertising until Ctrl-C")
}

// reload reads the configuration again when its file changes and on SIGHUP. What is faulty is told, and changes
// nothing.
func (c *cli) reload(ctx context.Context, cmd *cobra.Command, o *advertiseFlags, args []string, a *agent.Agent, hash string) {
	changes := make(chan struct{}, 1)
	hang := make(chan os.Signal, 1)
	signal.Notify(hang, syscall.SIGHUP)
	defer signal.Stop(hang)
	var watch sync.WaitGroup
	defer watch.Wait()
	watch.Go(func() {
		err := config.Watch(ctx, a.Config(), hash, func() {
			select {
			case changes <- struct{}{}:
			default: // it will be read
			}
		})
		if err != nil {
			c.warn("%v: changes count after SIGHUP only", err)
		}
	})
	for {
		select {
		case <-ctx.Done():
			return
		case <-changes:
		case <-hang:
		}
		s, _, err := c.setup(cmd, o, args)
		if err == nil {
			err = a.Set(ctx, s)
		}
		if ctx.Err() == nil {
			a.Reloaded(err)
		}
	}
}
