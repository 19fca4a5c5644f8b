package main

import (
	"errors"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/render"
	"phoneport/cmd/internal/shape"
	"phoneport/switchctl"
)

func (c *cli) readCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "read TARGET",
		Short: "Read one switch and show all its ports",
		Long: `Read one switch and show what it tells: ports, inline power, VLANs, neighbours and learned addresses, joined over all
numberings. Nothing is changed and nothing is judged. TARGET is a configured name, or an address together with
--community or --snmp-user. What the switch does not tell is absent; tables that could not be read are listed.`,
		Example: `  phoneport read acc-1
  phoneport read 192.0.2.11 --community env:COMMUNITY
  phoneport read 192.0.2.11:1161 --snmp-user phoneport --auth-proto SHA256 --auth-key file:auth.key --priv-proto AES --priv-key file:priv.key
  phoneport read acc-1 -o json | jq '.ports[] | select(.poe.detect=="fault") | .name'`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: c.oneSwitch,
	}
	t := addTargetFlags(cmd)
	f := output(cmd, render.Table, render.JSON, render.YAML, render.CSV)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := c.target(cmd, args[0], t)
		if err != nil {
			return err
		}
		ctx := cmd.Context()
		d, err := app.Open(ctx, s, false, nil, c.logger())
		if err != nil {
			return err
		}
		snap, err := d.Observe(ctx, switchctl.Scope{Fresh: true})
		err = errors.Join(err, d.Close())
		if err != nil {
			return err
		}
		if err := render.Reading(c.out, f.value, shape.NewReading(&snap), c.options()); err != nil {
			return err
		}
		for _, m := range snap.Missing {
			if errors.Is(m.Err, switchctl.ErrUnreachable) {
				return m.Err // contact was lost on the way: what was read until then is printed
			}
		}
		return nil
	}
	return cmd
}
