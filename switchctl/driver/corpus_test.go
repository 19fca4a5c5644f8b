package driver

import (
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/snmp/snmptest"
)

var update = flag.Bool("update", false, "write the goldens anew")

// walks gives the recordings of real switches, outside of the repository. Where they are absent the test is
// skipped, loudly.
func walks(t testing.TB) []string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
	files, err := filepath.Glob(filepath.Join(dir, "..", "shared", "corpus", "snmp", "*", "*.snmprec"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("SKIPPED: ../shared/corpus/snmp with the recordings of real switches is not there")
	}
	return files
}

// walkName gives "folder/name" of a recording.
func walkName(path string) string {
	return filepath.Base(filepath.Dir(path)) + "/" + strings.TrimSuffix(filepath.Base(path), ".snmprec")
}

// observe reads a recording with the driver that its sysObjectID picks.
func observe(t testing.TB, path string) switchctl.Snapshot {
	t.Helper()
	d, err := Open(context.Background(), "sw", "192.0.2.1", snmptest.Open(t, path), nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Observe(context.Background(), switchctl.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestCorpusGolden reads each recording and compares what came out with what came out before. The goldens
// are digests of ours: long texts and addresses are counted and hashed, not copied.
func TestCorpusGolden(t *testing.T) {
	t.Parallel()
	for _, path := range walks(t) {
		t.Run(walkName(path), func(t *testing.T) {
			t.Parallel()
			got := digest(observe(t, path))
			golden := filepath.Join("testdata", "golden", strings.ReplaceAll(walkName(path), "/", "-")+".txt")
			if *update {
				if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("snapshot differs from %s (-want +got):\n%s", golden, diff)
			}
		})
	}
}

// digest gives a snapshot in text, one line a port, small enough to be read.
func digest(s switchctl.Snapshot) string {
	var b strings.Builder
	fmt.Fprintf(&b, "switch %s %s driver=%s up=%s\n", s.System.ObjectID, s.System.Vendor, s.System.Driver, s.System.Uptime)
	for _, g := range s.Power {
		fmt.Fprintf(&b, "power %d %s nominal=%d drawn=%d allocated=%d threshold=%d\n", g.Group, g.Status, g.Nominal, g.Drawn, g.Allocated, g.Threshold)
	}
	var ids []string
	for _, v := range s.VLANs {
		ids = append(ids, fmt.Sprintf("%d:%s", v.ID, hash(v.Name)))
	}
	fmt.Fprintf(&b, "vlans %d %s\n", len(ids), strings.Join(ids, " "))
	for _, p := range s.Ports {
		digestPort(&b, p)
	}
	for _, m := range s.Missing {
		fmt.Fprintf(&b, "missing %s: %s\n", m.Table, m.Reason)
	}
	return b.String()
}

func digestPort(b *strings.Builder, p switchctl.PortState) {
	fmt.Fprintf(b, "port %s if=%d br=%d lldp=%d type=%d %s/%s alias=%s", p.Ref.Name, p.Index.If, p.Index.Bridge, p.Index.LLDP, p.Type, p.Admin, p.Link, hash(p.Alias))
	if p.Mode != switchctl.ModeUnknown || p.Untagged != 0 {
		fmt.Fprintf(b, " %s untagged=%d tagged=%s voice=%s", p.Mode, p.Untagged, few(p.Tagged), p.Voice)
	}
	if p.Advert.Mode != discovery.VoiceUnknown {
		fmt.Fprintf(b, " advert=%s", p.Advert)
	}
	if p.LAG {
		b.WriteString(" lag")
	}
	if p.Dot1X {
		b.WriteString(" dot1x")
	}
	if p.CDP != switchctl.LinkUnknown {
		fmt.Fprintf(b, " cdp=%s", p.CDP)
	}
	if p.LLDPTx != switchctl.LinkUnknown {
		fmt.Fprintf(b, " lldptx=%s", p.LLDPTx)
	}
	if p.PoE.Supported {
		e := p.PoE
		fmt.Fprintf(b, " pse=%d.%d/%s poe=%s/%s prio=%s class=%d/%t draw=%d/%t alloc=%d limit=%d max=%d denied=%t counters=%t", p.Index.PSE[0], p.Index.PSE[1],
			p.Index.Proof, e.Admin, e.Detect, e.Priority, e.Class, e.ClassTold, e.Draw, e.DrawTold, e.Allocated, e.Limit, e.MaxDraw, e.Denied, e.Counters.Told)
	}
	b.WriteByte('\n')
	for _, n := range p.Neighbors {
		fmt.Fprintf(b, "  %s chassis=%s port=%s mac=%s system=%s platform=%s caps=%v med=%d adopted=%s native=%d draws=%d addresses=%d inventory=%s\n", n.Protocol, n.ChassisID,
			n.PortID, n.MAC, n.System, hash(n.Platform), n.Capabilities, n.MEDClass, n.Adopted, n.NativeVLAN, n.Draws, len(n.Addresses), hash(fmt.Sprint(n.Inventory)))
	}
	if len(p.Learned) > 0 {
		h := fnv.New32a()
		for _, l := range p.Learned {
			fmt.Fprintf(h, "%s %d\n", l.MAC, l.VLAN)
		}
		fmt.Fprintf(b, "  macs %d %08x\n", len(p.Learned), h.Sum32())
	}
}

// hash gives a short stand-in for a text, "-" for none.
func hash(s string) string {
	if s == "" || s == "{      }" {
		return "-"
	}
	h := fnv.New32a()
	h.Write([]byte(s))
	return fmt.Sprintf("%08x", h.Sum32())
}

// few gives VLANs in text, many of them as a count.
func few(v []uint16) string {
	if len(v) > 8 {
		return fmt.Sprintf("%d:%s", len(v), hash(fmt.Sprint(v)))
	}
	return strings.ReplaceAll(fmt.Sprint(v), " ", ",")
}
