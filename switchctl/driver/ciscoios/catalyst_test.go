package ciscoios

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmprec"
	"phoneport/switchctl/snmp/snmptest"
)

// catalystWalk is a small Catalyst with IOS: three sockets with inline power, a module port with the same last
// number as one of them, and a port channel of two. Port 1 has a phone with a PC behind it, port 2 nothing,
// port 3 is routed.
const catalystWalk = `
1.3.6.1.2.1.1.1.0|4|Cisco IOS Software
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1208
1.3.6.1.2.1.1.3.0|67|500000
1.3.6.1.2.1.2.1.0|2|7
1.3.6.1.2.1.31.1.5.0|67|4000
1.3.6.1.2.1.47.1.4.1.0|67|3000
1.3.6.1.4.1.9.9.23.1.3.1.0|2|1
1.3.6.1.4.1.9.9.23.1.3.5.0|67|450000
1.3.6.1.4.1.9.9.43.1.1.1.0|67|5000
# ifType, ifAdminStatus, ifOperStatus, ifName
1.3.6.1.2.1.2.2.1.3.10101|2|6
1.3.6.1.2.1.2.2.1.3.10102|2|6
1.3.6.1.2.1.2.2.1.3.10103|2|6
1.3.6.1.2.1.2.2.1.3.10201|2|6
1.3.6.1.2.1.2.2.1.3.10202|2|6
1.3.6.1.2.1.2.2.1.3.5001|2|53
1.3.6.1.2.1.2.2.1.3.1|2|53
1.3.6.1.2.1.2.2.1.7.10101|2|1
1.3.6.1.2.1.2.2.1.7.10102|2|1
1.3.6.1.2.1.2.2.1.7.10103|2|1
1.3.6.1.2.1.2.2.1.7.10201|2|1
1.3.6.1.2.1.2.2.1.7.10202|2|1
1.3.6.1.2.1.2.2.1.8.10101|2|1
1.3.6.1.2.1.2.2.1.8.10102|2|2
1.3.6.1.2.1.2.2.1.8.10103|2|1
1.3.6.1.2.1.2.2.1.8.10201|2|1
1.3.6.1.2.1.2.2.1.8.10202|2|1
1.3.6.1.2.1.31.1.1.1.1.10101|4|Gi1/0/1
1.3.6.1.2.1.31.1.1.1.1.10102|4|Gi1/0/2
1.3.6.1.2.1.31.1.1.1.1.10103|4|Gi1/0/3
1.3.6.1.2.1.31.1.1.1.1.10201|4|Te1/1/1
1.3.6.1.2.1.31.1.1.1.1.10202|4|Te1/1/2
1.3.6.1.2.1.31.1.1.1.1.5001|4|Po1
1.3.6.1.2.1.31.1.1.1.1.1|4|Vl1
1.3.6.1.2.1.31.1.2.1.3.5001.10202|2|1
# pethPsePortTable and cpeExtPsePortTable
1.3.6.1.2.1.105.1.1.1.3.1.1|2|1
1.3.6.1.2.1.105.1.1.1.3.1.2|2|2
1.3.6.1.2.1.105.1.1.1.3.1.3|2|1
1.3.6.1.2.1.105.1.1.1.6.1.1|2|3
1.3.6.1.2.1.105.1.1.1.6.1.2|2|1
1.3.6.1.2.1.105.1.1.1.6.1.3|2|2
1.3.6.1.2.1.105.1.1.1.7.1.1|2|3
1.3.6.1.2.1.105.1.1.1.10.1.1|2|3
1.3.6.1.2.1.105.1.3.1.1.2.1|66|370
1.3.6.1.2.1.105.1.3.1.1.3.1|2|1
1.3.6.1.2.1.105.1.3.1.1.4.1|66|3
1.3.6.1.4.1.9.9.402.1.2.1.1.1.1|2|1
1.3.6.1.4.1.9.9.402.1.2.1.1.1.2|2|4
1.3.6.1.4.1.9.9.402.1.2.1.1.1.3|2|2
1.3.6.1.4.1.9.9.402.1.2.1.5.1.1|4x|00
1.3.6.1.4.1.9.9.402.1.2.1.5.1.2|4x|00
1.3.6.1.4.1.9.9.402.1.2.1.5.1.3|4x|80
1.3.6.1.4.1.9.9.402.1.2.1.6.1.1|66|30000
1.3.6.1.4.1.9.9.402.1.2.1.6.1.2|66|30000
1.3.6.1.4.1.9.9.402.1.2.1.6.1.3|66|15400
1.3.6.1.4.1.9.9.402.1.2.1.7.1.1|66|6300
1.3.6.1.4.1.9.9.402.1.2.1.7.1.2|66|0
1.3.6.1.4.1.9.9.402.1.2.1.7.1.3|66|15400
1.3.6.1.4.1.9.9.402.1.2.1.9.1.1|66|2509
1.3.6.1.4.1.9.9.402.1.2.1.10.1.1|66|3508
1.3.6.1.4.1.9.9.402.1.2.1.11.1.1|2|1010
1.3.6.1.4.1.9.9.402.1.2.1.11.1.2|2|1011
1.3.6.1.4.1.9.9.402.1.2.1.11.1.3|2|1012
1.3.6.1.2.1.47.1.3.2.1.2.1010.0|6|1.3.6.1.2.1.2.2.1.1.10101
1.3.6.1.2.1.47.1.3.2.1.2.1011.0|6|1.3.6.1.2.1.2.2.1.1.10102
1.3.6.1.2.1.47.1.3.2.1.2.1012.0|6|1.3.6.1.2.1.2.2.1.1.10103
# vmMembershipTable, vmVoiceVlanTable, vlanTrunkPortTable, vtpVlanTable
1.3.6.1.4.1.9.9.68.1.2.2.1.2.10101|2|10
1.3.6.1.4.1.9.9.68.1.2.2.1.2.10102|2|10
1.3.6.1.4.1.9.9.68.1.5.1.1.1.10101|2|110
1.3.6.1.4.1.9.9.68.1.5.1.1.1.10102|2|4096
1.3.6.1.4.1.9.9.68.1.5.1.1.1.10201|2|4096
1.3.6.1.4.1.9.9.46.1.6.1.1.13.10101|2|2
1.3.6.1.4.1.9.9.46.1.6.1.1.13.10102|2|4
1.3.6.1.4.1.9.9.46.1.6.1.1.13.10103|2|2
1.3.6.1.4.1.9.9.46.1.6.1.1.13.10201|2|1
1.3.6.1.4.1.9.9.46.1.6.1.1.13.5001|2|1
1.3.6.1.4.1.9.9.46.1.6.1.1.14.10101|2|2
1.3.6.1.4.1.9.9.46.1.6.1.1.14.10102|2|2
1.3.6.1.4.1.9.9.46.1.6.1.1.14.10103|2|2
1.3.6.1.4.1.9.9.46.1.6.1.1.14.10201|2|1
1.3.6.1.4.1.9.9.46.1.6.1.1.14.5001|2|1
1.3.6.1.4.1.9.9.46.1.6.1.1.5.10201|2|99
1.3.6.1.4.1.9.9.46.1.6.1.1.5.5001|2|99
1.3.6.1.4.1.9.9.46.1.3.1.1.4.1.1|4|default
1.3.6.1.4.1.9.9.46.1.3.1.1.4.1.10|4|data
1.3.6.1.4.1.9.9.46.1.3.1.1.4.1.110|4|voice
1.3.6.1.4.1.9.9.46.1.3.1.1.4.1.120|4|voice-2
1.3.6.1.4.1.9.9.46.1.3.1.1.4.1.1002|4|fddi-default
1.3.6.1.4.1.9.9.46.1.3.1.1.4.1.1005|4|trbrf-default
# CDP: a phone on port 1, a switch on the module
1.3.6.1.4.1.9.9.23.1.1.1.1.2.10101|2|1
1.3.6.1.4.1.9.9.23.1.1.1.1.2.10102|2|2
1.3.6.1.4.1.9.9.23.1.2.1.1.4.10101.7|4x|0a6e0015
1.3.6.1.4.1.9.9.23.1.2.1.1.5.10101.7|4|SCCP42.9-3-1ES27S
1.3.6.1.4.1.9.9.23.1.2.1.1.6.10101.7|4|SEP0021D8BA0965
1.3.6.1.4.1.9.9.23.1.2.1.1.7.10101.7|4|Port 1
1.3.6.1.4.1.9.9.23.1.2.1.1.8.10101.7|4|Cisco IP Phone 7962
1.3.6.1.4.1.9.9.23.1.2.1.1.9.10101.7|4x|00000490
1.3.6.1.4.1.9.9.23.1.2.1.1.11.10101.7|2|10
1.3.6.1.4.1.9.9.23.1.2.1.1.13.10101.7|66|32
1.3.6.1.4.1.9.9.23.1.2.1.1.14.10101.7|66|2
1.3.6.1.4.1.9.9.23.1.2.1.1.15.10101.7|66|6300
1.3.6.1.4.1.9.9.23.1.2.1.1.6.10201.8|4|dist-1
1.3.6.1.4.1.9.9.23.1.2.1.1.7.10201.8|4|TenGigabitEthernet1/0/4
1.3.6.1.4.1.9.9.23.1.2.1.1.9.10201.8|4x|00000029
# BRIDGE-MIB of VLAN 1
1.3.6.1.2.1.17.1.4.1.2.56|2|5001
`

// The bridge instances of the data and the voice VLAN. Bridge port 1 of each is Gi1/0/1.
const (
	dataWalk = `
1.3.6.1.2.1.17.1.4.1.2.1|2|10101
1.3.6.1.2.1.17.1.4.1.2.2|2|10102
1.3.6.1.2.1.17.1.4.1.2.56|2|5001
1.3.6.1.2.1.17.4.3.1.2.0.33.216.186.9.101|2|1
1.3.6.1.2.1.17.4.3.1.2.0.80.86.1.2.3|2|1
1.3.6.1.2.1.17.4.3.1.2.0.80.86.9.9.9|2|56
1.3.6.1.2.1.17.4.3.1.2.0.80.86.9.9.0|2|0
`
	voiceWalk = `
1.3.6.1.2.1.17.1.4.1.2.1|2|10101
1.3.6.1.2.1.17.4.3.1.2.0.33.216.186.9.101|2|1
`
)

func walk(t testing.TB, text string) snmprec.Walk {
	t.Helper()
	w, err := snmprec.Read(strings.NewReader(strings.TrimSpace(text)))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// catalyst gives the agent of catalystWalk. Each change is either a line that replaces or adds a variable, or
// "- OID", which takes a subtree away.
func catalyst(t testing.TB, changes ...string) *snmptest.Agent {
	t.Helper()
	a := snmptest.New(walk(t, catalystWalk))
	a.VLANs = map[uint16]*snmptest.Agent{10: snmptest.New(walk(t, dataWalk)), 110: snmptest.New(walk(t, voiceWalk))}
	change(t, a, changes...)
	return a
}

func change(t testing.TB, a *snmptest.Agent, changes ...string) {
	t.Helper()
	for _, c := range changes {
		if oid, ok := strings.CutPrefix(c, "- "); ok {
			a.Delete(snmp.MustOID(oid))
			continue
		}
		for _, r := range walk(t, c) {
			a.Put(r.OID, r.Value)
		}
	}
}

// counted counts what a driver asks its agent for: whole reads by table name, contexts apart.
type counted struct {
	*snmptest.Agent
	tables map[string]int // by "table" or "table@vlan"
}

func count(a *snmptest.Agent) *counted { return &counted{Agent: a, tables: map[string]int{}} }

func (c *counted) Read(ctx context.Context, tables ...snmp.Table) ([]*snmp.Rows, error) {
	for _, t := range tables {
		c.tables[t.Name]++
	}
	return c.Agent.Read(ctx, tables...)
}

func (c *counted) Context(vlan uint16) snmp.Session {
	return &countedContext{c.Agent.Context(vlan), c, vlan}
}

type countedContext struct {
	snmp.Session
	all  *counted
	vlan uint16
}

func (c *countedContext) Read(ctx context.Context, tables ...snmp.Table) ([]*snmp.Rows, error) {
	for _, t := range tables {
		c.all.tables[fmt.Sprintf("%s@%d", t.Name, c.vlan)]++
	}
	return c.Session.Read(ctx, tables...)
}

// sets gives the SET requests of an agent, one a line, with the types of the values.
func sets(a *snmptest.Agent) []string {
	kinds := map[snmp.Kind]string{snmp.KindInteger: "INTEGER", snmp.KindUnsigned: "Unsigned32"}
	var out []string
	for _, vars := range a.Sets {
		var b bytes.Buffer
		w := bufio.NewWriter(&b)
		for i, v := range vars {
			if i > 0 {
				fmt.Fprint(w, " ")
			}
			fmt.Fprintf(w, "%s %s %s", v.OID, kinds[v.Value.Kind], v.Value.Text())
		}
		w.Flush()
		out = append(out, b.String())
	}
	return out
}
