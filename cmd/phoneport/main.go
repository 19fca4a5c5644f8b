// Command phoneport keeps the ports that phones plug into right: powered, in the voice VLAN, and matched to
// the phone that should be there.
//
// main and root.go know processes, terminals and exit codes; each sub-command is one file that parses its
// flags, calls cmd/internal/app and hands what comes of it to cmd/internal/render. To add one, write the
// file, add it to groups in root.go and a script to testdata/script.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"
)

func main() {
	ctx, stop := interruptible(context.Background(), os.Stderr)
	code := run(ctx, os.Args[1:], processIO())
	stop()
	os.Exit(code)
}

// stdio is all that a command may touch of its process.
type stdio struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) (string, bool)
	environ  []string

	// What is a terminal; files, pipes and tests are not.
	inTerm, outTerm, errTerm bool
}

func processIO() stdio {
	return stdio{
		in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.LookupEnv, environ: os.Environ(),
		inTerm: term.IsTerminal(int(os.Stdin.Fd())), outTerm: term.IsTerminal(int(os.Stdout.Fd())), errTerm: term.IsTerminal(int(os.Stderr.Fd())),
	}
}

// color reports whether colours may be written to a stream that is a terminal or not (no-color.org).
func (s stdio) color(terminal bool) bool {
	v, set := s.getenv("NO_COLOR")
	dumb, _ := s.getenv("TERM")
	return terminal && (!set || v == "") && dumb != "dumb"
}

// interruptible gives a context that ends with Ctrl-C or SIGTERM. The work in hand is finished; whoever
// cannot wait presses Ctrl-C again, and the process ends at once.
func interruptible(ctx context.Context, talk io.Writer) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() {
		select {
		case <-signals:
			_, _ = fmt.Fprintln(talk, "\ninterrupted: finishing what is in hand; press Ctrl-C again to stop at once")
			cancel(errInterrupted)
			signal.Stop(signals) // the next signal has its usual effect
		case <-done:
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(done)
		cancel(nil)
	}
}
