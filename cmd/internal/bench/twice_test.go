//go:build linux

package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"syscall"
	"time"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/config"
	"phoneport/policy/enforce"
)

// auditUsage is what one audit in a process that goes on cost.
type auditUsage struct {
	Wall, CPU time.Duration
	Read      int // switches
	Found     int // phones
}

// auditTwice audits each time it is asked for, as an agent that keeps running does. usage: twice CONFIG
func auditTwice(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	c, err := config.Load(config.Options{Path: args[0]})
	if err != nil {
		return err
	}
	a, err := app.New(ctx, c, app.Options{})
	if err != nil {
		return err
	}
	enc := json.NewEncoder(out)
	if err := enc.Encode(len(c.Switches)); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		cpu, start := cpuTime(), time.Now()
		audit, err := a.Audit(ctx, enforce.Request{Drop: true})
		if err != nil {
			return err
		}
		u := auditUsage{Wall: time.Since(start), CPU: cpuTime() - cpu, Read: len(audit.Read), Found: audit.Phones.Found}
		for _, s := range audit.Unreadable {
			return fmt.Errorf("read %s: %w", s.Target.ID, s.Err)
		}
		if err := enc.Encode(u); err != nil {
			return err
		}
	}
	return lines.Err()
}

// cpuTime is what this process has used, user and system.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
