package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"phoneport/cmd/internal/privilege"
	"phoneport/cmd/internal/render"
	"phoneport/discovery"
	"phoneport/discovery/wire"
)

// listenFlags are the flags of listen.
type listenFlags struct {
	read, write     string
	count           int
	period          time.Duration
	phones, details bool
	format          *formatFlag
}

func (c *cli) listenCommand() *cobra.Command {
	o := &listenFlags{}
	cmd := &cobra.Command{
		Use:   "listen [INTERFACE…]",
		Short: "Hear LLDP and CDP, live or from a capture file",
		Long: `Hear what phones, switches and PCs say by LLDP and CDP, and print a line whenever somebody is new, says something else,
uses another voice policy, or is gone. Nothing is sent. At the end, which is Ctrl-C, --for, --count or the end of the
file, all neighbors are shown, and what was malformed and why.

Without INTERFACE it hears all physical Ethernet ports that are up; where there are none, as in a container, all
Ethernet interfaces that are up and stand on no other: no bridges, bonds and VLANs. It needs CAP_NET_RAW.

--read takes pcap and pcapng, - for stdin; neighbors age by the times of the capture. --write keeps every LLDP and CDP
frame that was heard, malformed ones too, as pcapng.

Exit codes: 0 heard; 1 --count was not reached; 2 no such interface; 3 an interface or file could not be read, or not
to its end; 130 Ctrl-C. Malformed frames are warnings.`,
		Example: `  phoneport listen                               all ports, until Ctrl-C
  phoneport listen eth0 --details                each TLV in words
  phoneport listen --phones --count 1 --for 2m   wait for a phone
  phoneport listen --read trace.pcapng -o json | jq 'select(.kind=="adopted") | .neighbor.adopted'
  phoneport listen eth0 --for 1h --write desk.pcapng`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeInterfaces,
	}
	f := cmd.Flags()
	f.StringVarP(&o.read, "read", "r", "", "hear a capture `file`, pcap or pcapng, - for stdin, instead of interfaces")
	f.StringVarP(&o.write, "write", "w", "", "write the frames that are heard to this `file`, as pcapng")
	f.IntVar(&o.count, "count", 0, "end after so many `changes` that were shown")
	f.DurationVar(&o.period, "for", 0, "end after this `time`: 30s, 5m")
	f.BoolVar(&o.phones, "phones", false, "show phones only: LLDP-MED class III, the telephone capability, or a name as SEP001122334455")
	f.BoolVar(&o.details, "details", false, "show every TLV in readable form")
	_ = cmd.MarkFlagFilename("read", "pcap", "pcapng", "cap") // fails only for a flag that does not exist
	_ = cmd.MarkFlagFilename("write", "pcapng")
	cmd.MarkFlagsMutuallyExclusive("read", "for")
	o.format = output(cmd, render.Table, render.JSON)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case o.count < 0:
			return usagef("--count %d: must not be negative", o.count)
		case o.period < 0:
			return usagef("--for %v: must not be negative", o.period)
		case o.read != "" && len(args) > 0:
			return usagef("listen to %s: give interfaces or --read, not both", strings.Join(args, " "))
		}
		return c.listen(cmd.Context(), o, args)
	}
	return cmd
}

// listen opens what is to be heard, hears it, and tells what came of it.
func (c *cli) listen(ctx context.Context, o *listenFlags, names []string) (err error) {
	wires, err := c.openWires(o, names)
	if err != nil {
		return err
	}
	defer func() {
		for _, w := range wires {
			err = errors.Join(err, w.Close())
		}
	}()
	l := newListener(c, o)
	if o.write != "" {
		f, err := os.OpenFile(o.write, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err != nil {
			return &exit{exitUsage, fmt.Errorf("write frames: %w", err)}
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		if l.recorder, err = wire.NewRecorder(f); err != nil {
			return fmt.Errorf("write frames to %s: %w", o.write, err)
		}
	}
	if o.read == "" {
		// All is open. What is heard comes from anybody, so it is read without privileges.
		if err := privilege.Keep(); err != nil {
			c.warn("privileges are not dropped: %v", err)
		}
		c.summary("listening on " + strings.Join(namesOf(wires), ", ") + until(o))
		return l.live(ctx, wires)
	}
	return l.file(ctx, wires[0])
}

func until(o *listenFlags) string {
	if o.period > 0 {
		return fmt.Sprintf(" for %v", o.period)
	}
	return "; Ctrl-C ends it"
}

func namesOf(ws []discovery.Wire) (names []string) {
	for _, w := range ws {
		names = append(names, w.Name())
	}
	return names
}

func (c *cli) openWires(o *listenFlags, names []string) ([]discovery.Wire, error) {
	if o.read != "" {
		w, err := c.openFile(o)
		if err != nil {
			return nil, err
		}
		return []discovery.Wire{w}, nil
	}
	if len(names) == 0 {
		var err error
		if names, err = defaultInterfaces(); err != nil {
			return nil, &exit{exitUnread, err}
		}
	}
	var ws []discovery.Wire
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			continue
		}
		w, err := wire.Open(name)
		if err != nil {
			for _, w := range ws {
				_ = w.Close()
			}
			return nil, &exit{openCode(name), fmt.Errorf("listen: %w", err)}
		}
		ws = append(ws, w)
	}
	return ws, nil
}

// openCode is the exit code where an interface cannot be opened: a wrong name is a mistake of usage.
func openCode(name string) int {
	if _, err := net.InterfaceByName(name); err != nil {
		return exitUsage
	}
	return exitUnread
}

// openFile opens the capture file; closing the wire closes it.
func (c *cli) openFile(o *listenFlags) (discovery.Wire, error) {
	if o.read == "-" {
		return openCapture("stdin", io.NopCloser(c.in))
	}
	f, err := os.Open(o.read)
	if err != nil {
		return nil, &exit{exitUsage, fmt.Errorf("read capture: %w", err)}
	}
	if in, err := f.Stat(); err == nil {
		if out, err := os.Stat(o.write); err == nil && os.SameFile(in, out) {
			_ = f.Close()
			return nil, usagef("--read and --write are the same file: %s", o.write)
		}
	}
	return openCapture(filepath.Base(o.read), f)
}

func openCapture(name string, f io.ReadCloser) (discovery.Wire, error) {
	w, err := wire.OpenCapture(name, f)
	if err != nil {
		_ = f.Close()
		return nil, &exit{exitUnread, err}
	}
	return fileWire{w, f}, nil
}

// fileWire is a capture with the file that it is read from.
type fileWire struct {
	discovery.Wire
	file io.Closer
}

// Close closes the file too.
func (w fileWire) Close() error { return errors.Join(w.Wire.Close(), w.file.Close()) }
