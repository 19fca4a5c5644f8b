//go:build linux

package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// envRole makes this test binary another program: the campus, or an agent that audits it twice. They must
// be processes of their own, or their CPU time and memory would be counted as the reader's.
const envRole = "PHONEPORT_BENCH_ROLE"

var roles = map[string]func(ctx context.Context, args []string, in io.Reader, out io.Writer) error{
	"campus": serveCampus,
	"dead":   serveDead,
	"twice":  auditTwice,
}

func TestMain(m *testing.M) {
	role := os.Getenv(envRole)
	if role == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := roles[role](ctx, strings.Fields(os.Getenv(envRole+"_ARGS")), os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", role, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// command makes the command that runs this binary in a role.
func command(role string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envRole+"="+role, envRole+"_ARGS="+strings.Join(args, " "))
	return cmd
}

// peer is a running role that is asked by lines and answers by one JSON object each.
type peer struct {
	tb  testing.TB
	in  io.WriteCloser
	out *json.Decoder
}

// start runs a role until the test ends and reads its greeting.
func start(tb testing.TB, greeting any, role string, args ...string) *peer {
	tb.Helper()
	cmd := command(role, args...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatalf("start %s: %v", role, err)
	}
	p := &peer{tb: tb, in: in, out: json.NewDecoder(out)}
	tb.Cleanup(func() {
		in.Close() // the role ends at the end of its input
		if err := cmd.Wait(); err != nil {
			tb.Errorf("%s: %v", role, err)
		}
	})
	if err := p.out.Decode(greeting); err != nil {
		tb.Fatalf("start %s: %v", role, err)
	}
	return p
}

// ask sends a line and reads the answer.
func (p *peer) ask(line string, answer any) {
	p.tb.Helper()
	if _, err := fmt.Fprintln(p.in, line); err != nil {
		p.tb.Fatalf("ask %s: %v", line, err)
	}
	if err := p.out.Decode(answer); err != nil {
		p.tb.Fatalf("ask %s: %v", line, err)
	}
}
