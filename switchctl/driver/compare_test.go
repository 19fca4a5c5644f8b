package driver

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// expected is what another program (LibreNMS) derived from the same recording: an independent reading, not
// the truth.
type expected struct {
	Ports []struct {
		IfIndex int    `json:"ifIndex"`
		IfName  string `json:"ifName"`
		IfDescr string `json:"ifDescr"`
		IfAlias string `json:"ifAlias"`
		IfType  string `json:"ifType"`
		Oper    string `json:"ifOperStatus"`
		Admin   string `json:"ifAdminStatus"`
	} `json:"ports"`
	Neighbors struct {
		Discovery struct {
			Links []struct {
				Protocol string `json:"protocol"`
				Host     string `json:"remote_hostname"`
				Port     string `json:"remote_port"`
				IfName   string `json:"ifName"`
				IfDescr  string `json:"ifDescr"`
			} `json:"links"`
		} `json:"discovery"`
	} `json:"discovery-protocols"`
	FDB struct {
		Discovery struct {
			Rows []struct {
				MAC     string `json:"mac_address"`
				IfIndex *int   `json:"ifIndex"`
				VLAN    *int   `json:"vlan_vlan"`
			} `json:"ports_fdb"`
		} `json:"discovery"`
	} `json:"fdb-table"`
	VLANs struct {
		Discovery struct {
			VLANs []struct {
				ID int `json:"vlan_vlan"`
			} `json:"vlans"`
			Ports []struct {
				VLAN     int `json:"vlan"`
				BasePort int `json:"baseport"`
				Untagged int `json:"untagged"`
			} `json:"ports_vlans"`
		} `json:"discovery"`
	} `json:"vlans"`
	PoE json.RawMessage `json:"poe_sensors"`
}

// facts are statements about one switch, by subject and key, in words that both sides can be brought to.
type facts map[string]string

// difference is one fact that the two readings tell differently.
type difference struct{ walk, subject, key, ours, theirs string }

func (d difference) String() string {
	return strings.Join([]string{d.walk, d.subject, d.key, d.ours, d.theirs}, "\t")
}

// TestCorpusAgrees compares ports, neighbours, addresses and VLANs with the other reading of each recording,
// one by one. testdata/differences.tsv lists each difference and why we are right; a difference that is not
// listed fails, and so does a listed one that is no more.
func TestCorpusAgrees(t *testing.T) {
	t.Parallel()
	listed := readDifferences(t)
	seen := map[string]bool{}
	compared := 0
	for _, path := range walks(t) {
		want, ok := readExpected(t, strings.TrimSuffix(path, ".snmprec")+".expected.json")
		if !ok {
			continue
		}
		s := observe(t, path)
		for _, d := range compare(walkName(path), ourFacts(s, want.compared()), theirFacts(want, s), &compared) {
			if _, ok := listed[d.String()]; !ok {
				t.Errorf("not listed: %s", d)
			}
			seen[d.String()] = true
		}
	}
	for d := range listed {
		if !seen[d] {
			t.Errorf("listed in testdata/differences.tsv, but does not occur: %s", d)
		}
	}
	if compared < 4000 {
		t.Errorf("only %d facts were compared", compared)
	}
	t.Logf("%d facts compared, %d differ", compared, len(seen))
}

func readExpected(t *testing.T, path string) (e expected, ok bool) {
	t.Helper()
	b, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return e, false
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &e); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return e, true
}

// readDifferences reads the table; each row needs a reason.
func readDifferences(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "differences.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for i, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		if i == 0 || line == "" {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 6 || strings.TrimSpace(f[5]) == "" {
			t.Errorf("testdata/differences.tsv:%d: want walk, subject, key, ours, theirs and the reason", i+1)
			continue
		}
		out[strings.Join(f[:5], "\t")] = f[5]
	}
	return out
}

// compare gives the facts that differ. A fact that one side has nothing to say of is "absent".
func compare(walk string, ours, theirs facts, n *int) []difference {
	var out []difference
	keys := map[string]bool{}
	for k := range ours {
		keys[k] = true
	}
	for k := range theirs {
		keys[k] = true
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		*n++
		o, ok := ours[k]
		if !ok {
			o = "absent"
		}
		w, ok := theirs[k]
		if !ok {
			w = "absent"
		}
		if o != w {
			subject, key, _ := strings.Cut(k, " ")
			out = append(out, difference{walk, subject, oneLine(key), oneLine(o), oneLine(w)})
		}
	}
	return out
}

// oneLine keeps the table a table.
func oneLine(s string) string {
	return strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(s)
}

// compared are the subjects that the other reading has something to say of.
func (e expected) compared() map[string]bool {
	return map[string]bool{
		"port": len(e.Ports) > 0, "neighbor": len(e.Neighbors.Discovery.Links) > 0, "mac": len(e.FDB.Discovery.Rows) > 0,
		"vlan": len(e.VLANs.Discovery.VLANs) > 0, "member": len(e.VLANs.Discovery.Ports) > 0,
	}
}

// ourFacts puts a snapshot into facts about these subjects.
func ourFacts(s switchctl.Snapshot, subjects map[string]bool) facts {
	f := facts{}
	add := func(subject, key, value string) {
		if subjects[subject] {
			f[subject+" "+key] = value
		}
	}
	for _, p := range s.Ports {
		add("port", fmt.Sprint(p.Index.If), fmt.Sprintf("%s %s/%s", p.Ref.Name, p.Admin, p.Link))
		for _, n := range p.Neighbors {
			add("neighbor", neighborKey(p, n), "heard")
		}
		for _, l := range p.Learned {
			add("mac", fmt.Sprintf("%s %d %d", l.MAC, p.Index.If, l.VLAN), "learned")
		}
		for _, v := range p.Tagged {
			add("member", fmt.Sprintf("%d %d", p.Index.Bridge, v), "tagged")
		}
	}
	for _, v := range s.VLANs {
		add("vlan", fmt.Sprint(v.ID), "exists")
	}
	return f
}

func neighborKey(p switchctl.PortState, n discovery.Neighbor) string {
	return fmt.Sprintf("%s %s %s %s", n.Protocol, p.Ref.Name, host(n.System, n.ChassisID), n.PortID)
}

// host gives what names a neighbour: its system name, else the chassis id.
func host(system, chassis string) string {
	if system != "" {
		return system
	}
	return chassis
}

// theirFacts puts the other reading into facts. Neighbours are told there in texts made of several fields;
// one that is the same as ours gets our key.
func theirFacts(e expected, s switchctl.Snapshot) facts {
	f := facts{}
	ours := map[int]switchctl.PortState{}
	for _, p := range s.Ports {
		ours[p.Index.If] = p
	}
	for _, p := range e.Ports {
		// Interfaces that are no ports (VLANs, loopbacks, tunnels) are not in a snapshot on purpose.
		if _, ok := ours[p.IfIndex]; ok || isPort[p.IfType] {
			f[fmt.Sprintf("port %d", p.IfIndex)] = fmt.Sprintf("%s %s/%s", p.IfName, state(p.Admin), state(p.Oper))
		}
	}
	used := map[string]bool{}
	for _, l := range e.Neighbors.Discovery.Links {
		key := fmt.Sprintf("%s %s %s %s", l.Protocol, l.IfName, l.Host, l.Port)
		for _, p := range s.Ports {
			for _, n := range p.Neighbors {
				k := neighborKey(p, n)
				if !used[k] && p.Ref.Name == l.IfName && string(n.Protocol) == l.Protocol && sameNeighbor(n, l.Host, l.Port) {
					key, used[k] = k, true
				}
			}
		}
		f["neighbor "+key] = "heard"
	}
	for _, r := range e.FDB.Discovery.Rows {
		m, err := discovery.ParseMAC(r.MAC)
		if err != nil || r.IfIndex == nil {
			continue
		}
		v := 0
		if r.VLAN != nil {
			v = *r.VLAN
		}
		f[fmt.Sprintf("mac %s %d %d", m, *r.IfIndex, v)] = "learned"
	}
	for _, v := range e.VLANs.Discovery.VLANs {
		f[fmt.Sprintf("vlan %d", v.ID)] = "exists"
	}
	for _, m := range e.VLANs.Discovery.Ports {
		if m.Untagged == 0 {
			f[fmt.Sprintf("member %d %d", m.BasePort, m.VLAN)] = "tagged"
		}
	}
	return f
}

// isPort are the interface types that are ports for both.
var isPort = map[string]bool{"ethernetCsmacd": true, "fastEther": true, "gigabitEthernet": true, "ieee8023adLag": true}

// state brings the words of IF-MIB to ours.
func state(s string) string {
	switch s {
	case "lowerLayerDown":
		return "down"
	case "notPresent":
		return "not-present"
	case "":
		return "unknown"
	}
	return s
}

// sameNeighbor reports whether host and port of the other reading mean n: the host is its name or chassis
// id, and the port, "ID (chassis)" or "description (ID)", names its port id or description.
func sameNeighbor(n discovery.Neighbor, host, port string) bool {
	named := squeeze(host) == squeeze(n.System) || squeeze(host) == squeeze(n.ChassisID) || squeeze(n.System) == ""
	for _, part := range strings.FieldsFunc(port, func(r rune) bool { return r == '(' || r == ')' }) {
		if p := squeeze(part); named && (p == squeeze(n.PortID) || p == squeeze(n.PortDesc)) {
			return true
		}
	}
	return named && squeeze(port) == squeeze(n.PortDesc)
}

// squeeze leaves the letters and digits of a text.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
