package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/config"
	"phoneport/cmd/internal/recording"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmprec"
)

func (c *cli) recordCommand() *cobra.Command {
	var file string
	var anonymise bool
	cmd := &cobra.Command{
		Use:   "record TARGET -w FILE.snmprec",
		Short: "Record all that a switch tells, so that the lab can replay it",
		Long: `Walk everything that a switch tells over SNMP and write it in the snmprec form, so that phoneport lab --recording and
snmpsim can replay it: for a support case, or to try phoneport on a switch that is far away. Nothing is changed.

Communities, users and keys are never recorded: their tables are left out, and the secret that this session uses is
replaced wherever it stands. With --anonymise MAC addresses (but for the vendor's prefix), IP addresses and names are
replaced too, the same one always by the same one, and tables of routes and connections are left out. Free text is
searched for names that stand in known places; look through the file before you give it away.`,
		Example: `  phoneport record acc-1 -w acc-1.snmprec
  phoneport record 192.0.2.11 --community env:COMMUNITY --anonymise -w acc-1.snmprec
  phoneport lab --recording acc-1.snmprec`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: c.oneSwitch,
	}
	t := addTargetFlags(cmd)
	cmd.Flags().StringVarP(&file, "write", "w", "", "write the recording to this `file` (needed)")
	cmd.Flags().BoolVar(&anonymise, "anonymise", false, "replace addresses and names too")
	_ = cmd.MarkFlagRequired("write") // fails only for a flag that does not exist
	_ = cmd.MarkFlagFilename("write", "snmprec")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := c.target(cmd, args[0], t)
		if err != nil {
			return err
		}
		if s.Local() {
			return usagef("record %s: it is a bridge of this host: there is no SNMP to record", s.Name)
		}
		walk, lost, err := c.walk(cmd.Context(), s)
		if err != nil {
			return err
		}
		for _, err := range lost {
			c.warn("%v", err)
		}
		masked := recording.Mask(walk, s.SNMP.Community.Reveal(), s.SNMP.WriteCommunity.Reveal(), s.SNMP.AuthKey.Reveal(), s.SNMP.PrivKey.Reveal())
		if masked > 0 {
			c.summary(fmt.Sprintf("%d texts held a secret of this session; it is replaced", masked))
		}
		if anonymise {
			key := make([]byte, 32)
			_, _ = rand.Read(key) // never fails (crypto/rand)
			walk = recording.NewAnonymiser(key).Anonymise(walk)
		}
		var b bytes.Buffer
		if err := snmprec.Write(&b, walk); err != nil {
			return &exit{exitUsage, fmt.Errorf("write recording: %w", err)}
		}
		if err := writeFile(file, b.Bytes(), 0o600); err != nil {
			return &exit{exitUsage, err}
		}
		c.summary(fmt.Sprintf("%d variables in %s", len(walk), file))
		if len(lost) > 0 {
			return status(exitUnread)
		}
		return nil
	}
	return cmd
}

func (c *cli) walk(ctx context.Context, s config.Switch) (w snmprec.Walk, lost []error, err error) {
	conn, err := snmp.Open(ctx, app.SNMP(s, false))
	if err != nil {
		return nil, nil, err
	}
	w, lost, err = recording.Walk(ctx, conn, func(root snmp.OID, n int) {
		if c.errTerm && !c.quiet {
			c.talk("read up to the end of %s: %d variables\n", root, n)
		}
	})
	return w, lost, errors.Join(err, conn.Close())
}
