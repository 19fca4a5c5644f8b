//go:build linux

package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/netip"
	"strconv"
	"time"

	"phoneport/switchctl/sim"
	"phoneport/switchctl/sim/agent"
)

// campusAt is the first address of the campus; the port is not the lab's, so that both can run.
var campusAt = netip.MustParseAddrPort("127.33.0.1:1161")

// campus is what the process that serves it tells of itself.
type campus struct {
	Switches []site
	Phones   []handset
	MaxSize  int
}

// counts are the requests that the campus answered since it was asked last.
type counts struct {
	Requests uint64
	Most     int // of one switch
	Octets   uint64
}

// newCampus makes Catalysts with a phone on every access port.
func newCampus(switches, ports int, delay time.Duration) (*sim.Campus, error) {
	return sim.New(sim.Options{
		Switches: switches, Ports: ports, Phones: 1, Personalities: []string{"catalyst"}, Listen: campusAt, Seed: 1,
		DataVLAN: dataVLAN, VoiceVLAN: voiceVLAN, MaxSize: agent.DefaultMaxSize, Delay: delay,
	})
}

// serveCampus serves until its input ends and tells its counts for each line of it.
// usage: campus SWITCHES PORTS DELAY
func serveCampus(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	switches, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	ports, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	delay, err := time.ParseDuration(args[2])
	if err != nil {
		return err
	}
	c, err := newCampus(switches, ports, delay)
	if err != nil {
		return err
	}
	stop, err := c.Start(ctx)
	if err != nil {
		return err
	}
	hello := campus{MaxSize: agent.DefaultMaxSize}
	for _, s := range c.Switches() {
		hello.Switches = append(hello.Switches, site{s.Name, s.Address})
	}
	for _, p := range c.Phones() {
		hello.Phones = append(hello.Phones, handset{p.MAC.String(), p.Name})
	}
	enc := json.NewEncoder(out)
	if err := enc.Encode(hello); err != nil {
		return err
	}
	before := map[string]sim.Counters{}
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		var n counts
		for _, s := range hello.Switches {
			now := c.Counters(s.Name)
			requests := now.PDUs() - before[s.Name].PDUs()
			n.Requests += requests
			n.Most = max(n.Most, int(requests))
			n.Octets += now.Octets - before[s.Name].Octets
			before[s.Name] = now
		}
		if err := enc.Encode(n); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return stop()
}
