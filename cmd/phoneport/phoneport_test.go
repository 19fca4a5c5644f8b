package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"phoneport/switchctl"
)

// pretend is a process with the terminals that a test wants.
func pretend(in string) (s stdio, out, talk *bytes.Buffer) {
	out, talk = &bytes.Buffer{}, &bytes.Buffer{}
	return stdio{in: strings.NewReader(in), out: out, err: talk, getenv: func(string) (string, bool) { return "", false }}, out, talk
}

// TestEveryCommandExplainsItself: --help of each command says what it does, shows how, and explains each flag.
func TestEveryCommandExplainsItself(t *testing.T) {
	t.Parallel()
	s, _, _ := pretend("")
	c := &cli{stdio: s}
	root := c.newRoot()
	want := "demo lab read record audit plan apply undo cycle power phones where listen check-config version completion"
	for _, name := range strings.Fields(want) {
		if cmd, _, err := root.Find([]string{name}); err != nil || cmd == root {
			t.Errorf("there is no command %s: %v", name, err)
		}
	}
	for _, cmd := range append(root.Commands(), root) {
		if cmd.Hidden {
			continue
		}
		t.Run(cmd.Name(), func(t *testing.T) {
			if cmd.Short == "" || len(cmd.Long) < 40 || !strings.Contains(cmd.Example, "phoneport ") {
				t.Errorf("Short %q, Long %q, Example %q", cmd.Short, cmd.Long, cmd.Example)
			}
			if strings.HasSuffix(cmd.Short, ".") {
				t.Errorf("Short ends in a full stop: %q", cmd.Short)
			}
			if cmd.Args == nil {
				t.Error("Args are not checked")
			}
			if cmd != root && cmd.ValidArgsFunction == nil && cmd.ValidArgs == nil {
				t.Error("the shell would complete names of files")
			}
			cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
				if len(f.Usage) < 10 && f.Name != "yes" {
					t.Errorf("--%s: usage %q", f.Name, f.Usage)
				}
			})
			for line := range strings.Lines(cmd.Long + "\n" + cmd.Example) {
				if n := len([]rune(strings.TrimRight(line, "\n"))); n > 145 {
					t.Errorf("a line of %d columns: %s", n, line)
				}
			}
		})
	}
}

// TestExamplesParse runs the flags of each example through the flags of its command.
func TestExamplesParse(t *testing.T) {
	t.Parallel()
	s, _, _ := pretend("")
	c := &cli{stdio: s}
	root := c.newRoot()
	for _, cmd := range append(root.Commands(), root) {
		for line := range strings.Lines(cmd.Example) {
			line, _, _ = strings.Cut(line, " > ")
			line, _, _ = strings.Cut(line, " | ")
			for part := range strings.SplitSeq(strings.NewReplacer("&&", ";", "&", ";").Replace(line), ";") {
				args := strings.Fields(strings.ReplaceAll(part, "'", ""))
				if len(args) < 2 || args[0] != "phoneport" {
					continue
				}
				// Explanations follow two blanks.
				text, _, _ := strings.Cut(strings.TrimSpace(part), "  ")
				args = strings.Fields(strings.ReplaceAll(text, "'", ""))[1:]
				s, _, _ := pretend("")
				fresh := (&cli{stdio: s}).newRoot()
				sub, rest, err := fresh.Find(args)
				if err != nil || sub == fresh {
					t.Errorf("%s: no such command: %v", text, err)
					continue
				}
				if err := sub.ParseFlags(rest); err != nil {
					t.Errorf("%s: %v", text, err)
					continue
				}
				if err := sub.ValidateArgs(sub.Flags().Args()); err != nil {
					t.Errorf("%s: %v", text, err)
				}
			}
		}
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	done, cancel := context.WithCancelCause(t.Context())
	cancel(errInterrupted)
	classed := func(class error) error { return &switchctl.Error{Op: "read", Switch: "acc-1", Class: class} }
	tests := []struct {
		name string
		ctx  context.Context
		err  error
		want int
	}{
		{"clean", t.Context(), nil, 0},
		{"findings", t.Context(), status(exitFindings), 1},
		{"usage", t.Context(), usagef("no"), 2},
		{"wrapped usage", t.Context(), fmt.Errorf("x: %w", usagef("no")), 2},
		{"unreachable", t.Context(), classed(switchctl.ErrUnreachable), 3},
		{"denied", t.Context(), fmt.Errorf("x: %w", classed(switchctl.ErrDenied)), 3},
		{"unread", t.Context(), status(exitUnread), 3},
		{"interrupted", done, nil, 130},
		{"interrupted with an error", done, classed(switchctl.ErrUnreachable), 130},
		{"interrupt as error", t.Context(), errInterrupted, 130},
		{"anything else", t.Context(), io.ErrClosedPipe, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := codeOf(tt.ctx, tt.err); got != tt.want {
				t.Errorf("codeOf(%v) = %d, want %d", tt.err, got, tt.want)
			}
		})
	}
	if status(exitClean) != nil {
		t.Error("0 is an error")
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	got := message(errors.Join(errors.New("one"), errors.New("two")))
	if got != "phoneport: one\nphoneport: two\n" {
		t.Errorf("got %q", got)
	}
	denied := message(&switchctl.Error{Op: "set voice VLAN", Switch: "acc-1", Class: switchctl.ErrDenied})
	if !strings.Contains(denied, "write access") {
		t.Errorf("says not what to do: %q", denied)
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]int{"y\n": 0, "YES\n": 0, "n\n": 1, "\n": 1, "yesterday\n": 1, "": 1} {
		t.Run(fmt.Sprintf("%q", answer), func(t *testing.T) {
			t.Parallel()
			s, out, talk := pretend(answer)
			s.inTerm = true
			err := (&cli{stdio: s}).confirm(t.Context(), "apply 2 changes")
			if got := codeOf(t.Context(), err); got != want {
				t.Errorf("code %d, want %d (%v)", got, want, err)
			}
			if out.Len() > 0 || talk.String() != "apply 2 changes [y/N] " {
				t.Errorf("stdout %q, stderr %q", out, talk)
			}
		})
	}
	t.Run("no terminal", func(t *testing.T) {
		t.Parallel()
		s, _, _ := pretend("y\n")
		if got := codeOf(t.Context(), (&cli{stdio: s}).confirm(t.Context(), "apply")); got != 2 {
			t.Errorf("code %d, want 2", got)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		t.Parallel()
		s, _, _ := pretend("")
		r, w := io.Pipe() // nobody answers
		defer w.Close()
		s.in, s.inTerm = r, true
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errInterrupted)
		if err := (&cli{stdio: s}).confirm(ctx, "apply"); !errors.Is(err, errInterrupted) {
			t.Errorf("err = %v", err)
		}
	})
}

func TestColor(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		env      map[string]string
		terminal bool
		want     bool
	}{
		{nil, true, true},
		{nil, false, false},
		{map[string]string{"NO_COLOR": "1"}, true, false},
		{map[string]string{"NO_COLOR": ""}, true, true}, // no-color.org: set and not empty
		{map[string]string{"TERM": "dumb"}, true, false},
	} {
		s, _, _ := pretend("")
		s.getenv = func(n string) (string, bool) { v, ok := tt.env[n]; return v, ok }
		if got := s.color(tt.terminal); got != tt.want {
			t.Errorf("color with %v on a terminal %v = %v", tt.env, tt.terminal, got)
		}
	}
}

// TestProgressIsForTerminals: logs of batch jobs have no progress bars.
func TestProgressIsForTerminals(t *testing.T) {
	t.Parallel()
	for _, terminal := range []bool{true, false} {
		s, out, talk := pretend("")
		s.errTerm = terminal
		p := (&cli{stdio: s}).progress("reading", 3)
		for range 3 {
			p.step()
		}
		p.done()
		if out.Len() > 0 || (talk.Len() > 0) != terminal {
			t.Errorf("terminal %v: stdout %q, stderr %q", terminal, out, talk)
		}
	}
}

func TestWrap(t *testing.T) {
	t.Parallel()
	if got := wrap([]string{"aaa", "bbb", "ccc"}, 9, "  "); got != "aaa, bbb,\n  ccc" {
		t.Errorf("got %q", got)
	}
}

// TestYesIsNotInherited: no variable left in a profile says yes for anybody.
func TestYesIsNotInherited(t *testing.T) {
	t.Parallel()
	s, _, _ := pretend("")
	s.getenv = func(n string) (string, bool) { return "true", n == "PHONEPORT_YES" || n == "PHONEPORT_SAVE" }
	c := &cli{stdio: s}
	root := c.newRoot()
	var apply *cobra.Command
	for _, cmd := range root.Commands() {
		if cmd.Name() == "apply" {
			apply = cmd
		}
	}
	if err := c.begin(apply); err != nil {
		t.Fatal(err)
	}
	if yes := apply.Flags().Lookup("yes"); yes.Changed {
		t.Error("--yes was taken from the environment")
	}
	if save := apply.Flags().Lookup("save"); !save.Changed {
		t.Error("--save was not taken from the environment")
	}
}
