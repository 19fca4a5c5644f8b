// Command baseline reads switches the way a plain program over gosnmp does: a pool of workers, one
// BulkWalk a table. The benchmark measures phoneport against it in the same run.
//
// It is not a part of phoneport and shares no code with it. It lies here because gosnmp may be used
// directly only below switchctl/snmp and switchctl/sim.
//
//	baseline -workers 64 -tables 1.3.6.1.2.1.2.2,… -vlan-tables 1.3.6.1.2.1.17.4.3,… -vlans 10,110 <addresses
//
// Addresses come on standard input, one host:port a line. It prints one JSON object of what it read.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gosnmp/gosnmp"
)

// result is what was done, for all switches together.
type result struct {
	Switches  int64 `json:"switches"`
	Failed    int64 `json:"failed"`   // switches of which a table could not be read
	Requests  int64 `json:"requests"` // request PDUs sent, repeats included
	Variables int64 `json:"variables"`
}

type job struct {
	community            string
	tables, vlanTables   []string
	vlans                []string
	timeout              time.Duration
	requests, variables  atomic.Int64
	switchesN, failuresN atomic.Int64
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "baseline:", err)
		os.Exit(1)
	}
}

func run() error {
	j := &job{}
	workers := flag.Int("workers", 64, "switches read at once")
	flag.StringVar(&j.community, "community", "public", "SNMPv2c community")
	flag.DurationVar(&j.timeout, "timeout", 2*time.Second, "time for one answer")
	tables := flag.String("tables", "", "OIDs to walk, separated by commas")
	vlanTables := flag.String("vlan-tables", "", "OIDs to walk in the community of each VLAN")
	vlans := flag.String("vlans", "", "VLANs, separated by commas")
	flag.Parse()
	j.tables, j.vlanTables, j.vlans = split(*tables), split(*vlanTables), split(*vlans)

	addresses := make(chan netip.AddrPort)
	var wg sync.WaitGroup
	for range *workers {
		wg.Go(func() {
			for a := range addresses {
				j.switchesN.Add(1)
				if err := j.read(a); err != nil {
					j.failuresN.Add(1)
					fmt.Fprintln(os.Stderr, "baseline:", err)
				}
			}
		})
	}
	err := feed(addresses)
	close(addresses)
	wg.Wait()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(result{
		Switches: j.switchesN.Load(), Failed: j.failuresN.Load(), Requests: j.requests.Load(), Variables: j.variables.Load(),
	})
}

func feed(addresses chan<- netip.AddrPort) error {
	for lines := bufio.NewScanner(os.Stdin); ; {
		if !lines.Scan() {
			return lines.Err()
		}
		a, err := netip.ParseAddrPort(strings.TrimSpace(lines.Text()))
		if err != nil {
			return fmt.Errorf("read addresses: %w", err)
		}
		addresses <- a
	}
}

// read walks all tables of one switch, over one socket for each community as gosnmp wants it.
func (j *job) read(a netip.AddrPort) error {
	if err := j.walk(a, j.community, j.tables); err != nil {
		return err
	}
	for _, vlan := range j.vlans {
		if err := j.walk(a, j.community+"@"+vlan, j.vlanTables); err != nil {
			return err
		}
	}
	return nil
}

func (j *job) walk(a netip.AddrPort, community string, tables []string) error {
	g := &gosnmp.GoSNMP{
		Target: a.Addr().String(), Port: a.Port(), Transport: "udp", Community: community, Version: gosnmp.Version2c,
		Timeout: j.timeout, Retries: 2, MaxOids: gosnmp.MaxOids,
		OnSent: func(*gosnmp.GoSNMP) { j.requests.Add(1) },
	}
	if err := g.Connect(); err != nil {
		return fmt.Errorf("connect %s: %w", a, err)
	}
	defer g.Conn.Close()
	for _, oid := range tables {
		err := g.BulkWalk(oid, func(gosnmp.SnmpPDU) error {
			j.variables.Add(1)
			return nil
		})
		if err != nil {
			return fmt.Errorf("walk %s of %s: %w", oid, a, err)
		}
	}
	return nil
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
