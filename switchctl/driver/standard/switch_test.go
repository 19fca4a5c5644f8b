package standard

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmprec"
	"phoneport/switchctl/snmp/snmptest"
)

// plainSwitch is a recording of a small made-up switch: four ports ge1..ge4 (ifIndex 11..14, bridge port 1..4,
// power port 1.1..1.4), VLANs 10 (data), 20 (voice) and 30; ge1 has a phone in VLANs 10 and 20, ge4 is a trunk.
const plainSwitch = `
1.3.6.1.2.1.1.1.0|4|test switch
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1
1.3.6.1.2.1.1.3.0|67|8640000
1.3.6.1.2.1.1.5.0|4|sw-test
1.3.6.1.2.1.2.1.0|2|4
1.3.6.1.2.1.31.1.5.0|67|100
1.0.8802.1.1.2.1.2.1.0|67|8000000
1.0.8802.1.1.2.1.2.2.0|66|1
1.0.8802.1.1.2.1.2.3.0|66|0
1.0.8802.1.1.2.1.2.5.0|66|0
1.3.6.1.2.1.105.1.3.1.1.2.1|66|370
1.3.6.1.2.1.105.1.3.1.1.3.1|2|1
1.3.6.1.2.1.105.1.3.1.1.4.1|66|12
1.3.6.1.2.1.105.1.3.1.1.5.1|2|80
1.3.6.1.2.1.17.7.1.4.3.1.1.10|4|data
1.3.6.1.2.1.17.7.1.4.3.1.2.10|4x|f0
1.3.6.1.2.1.17.7.1.4.3.1.4.10|4x|f0
1.3.6.1.2.1.17.7.1.4.3.1.1.20|4|voice
1.3.6.1.2.1.17.7.1.4.3.1.2.20|4x|90
1.3.6.1.2.1.17.7.1.4.3.1.4.20|4x|00
1.3.6.1.2.1.17.7.1.4.3.1.1.30|4|lab
1.3.6.1.2.1.17.7.1.4.3.1.2.30|4x|10
1.3.6.1.2.1.17.7.1.4.3.1.4.30|4x|00
1.3.6.1.2.1.17.7.1.4.2.1.3.0.10|66|1001
1.3.6.1.2.1.17.7.1.4.2.1.3.0.20|66|1002
1.3.6.1.2.1.17.7.1.4.2.1.3.0.30|66|1003
1.3.6.1.2.1.17.7.1.2.2.1.2.1001.0.4.242.1.2.3|2|1
1.3.6.1.2.1.17.7.1.2.2.1.3.1001.0.4.242.1.2.3|2|3
1.3.6.1.2.1.17.7.1.2.2.1.2.1002.0.4.242.1.2.3|2|1
1.3.6.1.2.1.17.7.1.2.2.1.3.1002.0.4.242.1.2.3|2|3
1.3.6.1.2.1.17.7.1.2.2.1.2.1001.0.80.86.0.0.9|2|4
1.3.6.1.2.1.17.7.1.2.2.1.3.1001.0.80.86.0.0.9|2|4
1.3.6.1.2.1.17.7.1.2.2.1.2.1001.0.80.86.0.0.10|2|0
1.3.6.1.2.1.17.7.1.2.2.1.3.1001.0.80.86.0.0.10|2|3
1.0.8802.1.1.2.1.4.1.1.4.500.1.7|2|5
1.0.8802.1.1.2.1.4.1.1.5.500.1.7|4x|010a000105
1.0.8802.1.1.2.1.4.1.1.6.500.1.7|2|3
1.0.8802.1.1.2.1.4.1.1.7.500.1.7|4x|0004f2010203
1.0.8802.1.1.2.1.4.1.1.9.500.1.7|4|Polycom VVX 410
1.0.8802.1.1.2.1.4.1.1.11.500.1.7|4x|24
1.0.8802.1.1.2.1.4.1.1.12.500.1.7|4x|24
1.0.8802.1.1.2.1.5.4795.1.3.1.1.3.500.1.7|2|3
1.0.8802.1.1.2.1.5.4795.1.3.2.1.2.500.1.7.1.64|2|20
1.0.8802.1.1.2.1.5.4795.1.3.2.1.3.500.1.7.1.64|2|5
1.0.8802.1.1.2.1.5.4795.1.3.2.1.4.500.1.7.1.64|2|46
1.0.8802.1.1.2.1.5.4795.1.3.2.1.5.500.1.7.1.64|2|2
1.0.8802.1.1.2.1.5.4795.1.3.2.1.6.500.1.7.1.64|2|1
1.0.8802.1.1.2.1.5.4795.1.3.3.1.5.500.1.7|4|Polycom
1.0.8802.1.1.2.1.5.4795.1.3.3.1.6.500.1.7|4|VVX 410
1.0.8802.1.1.2.1.5.4795.1.3.7.1.1.500.1.7|66|50
1.0.8802.1.1.2.1.4.2.1.3.500.1.7.1.4.10.0.1.5|2|2
`

// plainPort are the rows of one port of plainSwitch.
const plainPort = `
1.3.6.1.2.1.2.2.1.2.1$|4|Gigabit Ethernet $
1.3.6.1.2.1.2.2.1.3.1$|2|6
1.3.6.1.2.1.2.2.1.7.1$|2|1
1.3.6.1.2.1.2.2.1.8.1$|2|1
1.3.6.1.2.1.31.1.1.1.1.1$|4|ge$
1.3.6.1.2.1.31.1.1.1.18.1$|4|
1.3.6.1.2.1.17.1.4.1.2.$|2|1$
1.3.6.1.2.1.17.7.1.4.5.1.1.$|66|10
1.0.8802.1.1.2.1.3.7.1.2.$|2|5
1.0.8802.1.1.2.1.3.7.1.3.$|4|ge$
1.0.8802.1.1.2.1.1.6.1.2.$|2|3
1.3.6.1.2.1.105.1.1.1.3.1.$|2|1
1.3.6.1.2.1.105.1.1.1.6.1.$|2|2
1.3.6.1.2.1.105.1.1.1.7.1.$|2|3
1.3.6.1.2.1.105.1.1.1.10.1.$|2|1
1.3.6.1.2.1.105.1.1.1.12.1.$|65|0
`

// newSwitch gives the agent of plainSwitch, with changes: "oid|tag|value" lines take the place of those with
// the same oid, "-oid" lines take away all at and below it.
func newSwitch(t testing.TB, changes ...string) *snmptest.Agent {
	t.Helper()
	text := plainSwitch
	for i := 1; i <= 4; i++ {
		text += strings.ReplaceAll(plainPort, "$", fmt.Sprint(i))
	}
	w, err := snmprec.Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	a := snmptest.New(w)
	for _, c := range changes {
		for _, line := range strings.Split(strings.TrimSpace(c), "\n") {
			if o, ok := strings.CutPrefix(line, "-"); ok {
				a.Delete(snmp.MustOID(o))
				continue
			}
			one, err := snmprec.Read(strings.NewReader(line))
			if err != nil {
				t.Fatal(err)
			}
			a.Put(one[0].OID, one[0].Value)
		}
	}
	return a
}

// openAgent makes the driver over an agent.
func openAgent(t testing.TB, s snmp.Session, m *switchctl.Memory) *Driver {
	t.Helper()
	sys, err := snmp.ReadSystem(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(context.Background(), Target{ID: "sw", Session: s, System: sys, Memory: m, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return d.(*Driver)
}

// observe reads all ports, or those named.
func observe(t testing.TB, d *Driver, ports ...string) switchctl.Snapshot {
	t.Helper()
	s, err := d.Observe(context.Background(), switchctl.Scope{Ports: ports})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// port gives a port that must be there.
func port(t testing.TB, s switchctl.Snapshot, name string) switchctl.PortState {
	t.Helper()
	p, ok := s.Port(name)
	if !ok {
		t.Fatalf("no port %q in the snapshot", name)
	}
	return *p
}

func ref(name string) switchctl.PortRef { return switchctl.PortRef{Switch: "sw", Name: name} }

// testNow is the time of readings whose time does not matter.
var testNow = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
