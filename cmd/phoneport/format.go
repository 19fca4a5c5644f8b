package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/render"
)

// formatFlag is -o: one of the formats that a command has.
type formatFlag struct {
	value   render.Format
	allowed []render.Format
}

// String gives the format.
func (f *formatFlag) String() string { return string(f.value) }

// Set takes a format that the command has.
func (f *formatFlag) Set(s string) error {
	if !slices.Contains(f.allowed, render.Format(s)) {
		return fmt.Errorf("%q is none of %s", s, f.words())
	}
	f.value = render.Format(s)
	return nil
}

// Type is the word for the value in the help.
func (f *formatFlag) Type() string { return "format" }

func (f *formatFlag) words() string {
	words := make([]string, len(f.allowed))
	for i, a := range f.allowed {
		words[i] = string(a)
	}
	return strings.Join(words, ", ")
}

// output adds -o with the formats that a command has; the first is the default.
func output(cmd *cobra.Command, allowed ...render.Format) *formatFlag {
	f := &formatFlag{value: allowed[0], allowed: allowed}
	cmd.Flags().VarP(f, "output", "o", "one of "+f.words())
	complete := cobra.FixedCompletions(strings.Split(f.words(), ", "), cobra.ShellCompDirectiveNoFileComp)
	_ = cmd.RegisterFlagCompletionFunc("output", complete) // fails only for a flag that does not exist
	return f
}
