package main

import (
	"time"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/config"
	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// targetFlags are the SNMP flags of commands that take a switch by its address.
type targetFlags struct {
	community, version, user, level        string
	authProto, authKey, privProto, privKey string
	context                                string
	timeout                                time.Duration
	retries, maxRepetitions                int
}

// sessionFlags are the flags that make an address into a target; each is enough.
var sessionFlags = []string{"community", "snmp-user"}

func addTargetFlags(cmd *cobra.Command) *targetFlags {
	t := &targetFlags{}
	f := cmd.Flags()
	f.StringVar(&t.community, "community", "", "SNMP `community`, or env:NAME or file:PATH")
	f.StringVar(&t.version, "snmp-version", "", "SNMP `version` 1, 2c or 3 (default: 3 with --snmp-user, else 2c)")
	f.StringVar(&t.user, "snmp-user", "", "SNMPv3 `user`")
	f.StringVar(&t.level, "snmp-level", "", "SNMPv3 `level` noAuthNoPriv, authNoPriv or authPriv (default: what the keys allow)")
	f.StringVar(&t.authProto, "auth-proto", "", "SNMPv3 authentication `protocol` MD5, SHA, SHA224, SHA256, SHA384 or SHA512")
	f.StringVar(&t.authKey, "auth-key", "", "SNMPv3 authentication `key`, or env:NAME or file:PATH")
	f.StringVar(&t.privProto, "priv-proto", "", "SNMPv3 privacy `protocol` DES, AES, AES192, AES256, AES192C or AES256C")
	f.StringVar(&t.privKey, "priv-key", "", "SNMPv3 privacy `key`, or env:NAME or file:PATH")
	f.StringVar(&t.context, "snmp-context", "", "SNMPv3 `context`")
	f.DurationVar(&t.timeout, "timeout", 2*time.Second, "how long to wait for the first `answer`")
	f.IntVar(&t.retries, "retries", 2, "how often to ask `again`")
	f.IntVar(&t.maxRepetitions, "max-repetitions", 0, "rows per request; 0 as many as fit, 1 for agents that break on GETBULK")
	for flag, words := range map[string][]string{
		"snmp-version": {"1", "2c", "3"}, "snmp-level": {"noAuthNoPriv", "authNoPriv", "authPriv"},
		"auth-proto": snmp.AuthProtocols(), "priv-proto": snmp.PrivProtocols(),
	} {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)) // the flag exists
	}
	return t
}

// target finds the switch that a person means: a configured name or address, or any address with flags.
func (c *cli) target(cmd *cobra.Command, text string, t *targetFlags) (config.Switch, error) {
	flags := false
	for _, name := range sessionFlags {
		flags = flags || cmd.Flags().Changed(name)
	}
	if !flags {
		cfg, err := c.load(true)
		if err != nil {
			return config.Switch{}, err
		}
		if s, ok := cfg.Switch(text); ok {
			return s, nil
		}
		from := "there is no configuration file"
		if cfg.Path != "" {
			from = cfg.Path + " has no switch of that name or address"
		}
		return config.Switch{}, usagef("find switch %q: %s; for any address give --community or --snmp-user", text, from)
	}
	addr, err := config.Address(text)
	if err != nil {
		return config.Switch{}, usagef("find switch: %w", err)
	}
	cr := config.Credential{
		Name: "flags", Version: t.version, User: t.user, Level: t.level, AuthProtocol: t.authProto, PrivProtocol: t.privProto,
		Context: t.context, Timeout: t.timeout, Retries: t.retries, MaxRepetitions: t.maxRepetitions,
	}
	for _, s := range []struct {
		flag, text string
		into       *config.Secret
	}{{"community", t.community, &cr.Community}, {"auth-key", t.authKey, &cr.AuthKey}, {"priv-key", t.privKey, &cr.PrivKey}} {
		secret, warning, err := config.ParseSecret(s.text, c.getenv)
		if err != nil {
			return config.Switch{}, usagef("--%s: %w", s.flag, err)
		}
		if warning != "" {
			c.warn("--%s: %s", s.flag, warning)
		}
		*s.into = secret
	}
	if err := config.CheckCredential(&cr); err != nil {
		return config.Switch{}, &exit{exitUsage, err}
	}
	return config.Switch{Name: switchctl.SwitchID(text), Address: addr, SNMP: &cr}, nil
}
