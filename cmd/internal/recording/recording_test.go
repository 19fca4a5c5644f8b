package recording_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/cmd/internal/recording"
	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/driver"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmprec"
	"phoneport/switchctl/snmp/snmptest"
)

func rec(oid string, v snmp.Value) snmprec.Record {
	return snmprec.Record{OID: snmp.MustOID(oid), Value: v}
}

func TestWalkLeavesSecretsOut(t *testing.T) {
	t.Parallel()
	in := snmprec.Walk{
		rec("1.0.8802.1.1.2.1.3.3.0", snmp.Text("acc-1")),
		rec("1.2.840.10006.300.43.1.1.1.1.2.1", snmp.Integer(1)),
		rec("1.3.6.1.2.1.1.5.0", snmp.Text("acc-1")),
		rec("1.3.6.1.6.3.15.1.2.2.1.3.5.117.115.101.114.49", snmp.Text("user1")),
		rec("1.3.6.1.6.3.16.1.2.1.3.2.6.115.51.99.114.51.116", snmp.Text("group")),
		rec("1.3.6.1.6.3.18.1.1.1.2.6.115.51.99.114.51.116", snmp.Text("s3cr3t")),
		rec("1.3.111.2.802.1.1.13.1.3.3.0", snmp.Text("acc-1")),
	}
	var roots []string
	got, lost, err := recording.Walk(t.Context(), snmptest.New(in), func(r snmp.OID, _ int) { roots = append(roots, r.String()) })
	if err != nil || len(lost) > 0 {
		t.Fatal(err, lost)
	}
	var have []string
	for _, r := range got {
		have = append(have, r.OID.String())
	}
	want := []string{"1.0.8802.1.1.2.1.3.3.0", "1.2.840.10006.300.43.1.1.1.1.2.1", "1.3.6.1.2.1.1.5.0", "1.3.111.2.802.1.1.13.1.3.3.0"}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}
	if len(roots) != len(recording.Roots) {
		t.Errorf("progress told of %v", roots)
	}
}

func TestWalkOfNobody(t *testing.T) {
	t.Parallel()
	if _, _, err := recording.Walk(t.Context(), snmptest.New(nil).Context(7), nil); !errors.Is(err, switchctl.ErrUnreachable) {
		t.Errorf("err = %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := recording.Walk(ctx, snmptest.New(nil), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}

// TestWalkThatEndsEarly: what was read of a subtree is kept, and said to be not whole.
func TestWalkThatEndsEarly(t *testing.T) {
	t.Parallel()
	a := snmptest.New(snmprec.Walk{
		rec("1.3.6.1.2.1.1.1.0", snmp.Text("a")), rec("1.3.6.1.2.1.1.5.0", snmp.Text("b")), rec("1.3.111.2.802.1.1.13.1.3.3.0", snmp.Text("c")),
	})
	a.Broken = map[string]error{"1.3.6.1": &switchctl.Error{Op: "read", Class: switchctl.ErrMalformed}}
	w, lost, err := recording.Walk(t.Context(), a, nil)
	if err != nil || len(lost) != 1 || !errors.Is(lost[0], switchctl.ErrMalformed) || !strings.Contains(lost[0].Error(), "record 1.3.6.1") {
		t.Errorf("lost %v, err %v", lost, err)
	}
	if len(w) == 0 || w[len(w)-1].OID.String() != "1.3.111.2.802.1.1.13.1.3.3.0" {
		t.Errorf("walk = %v", w)
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	w := snmprec.Walk{
		rec("1.3.6.1.4.1.9.1.0", snmp.Text("snmp-server community s3cr3t RO")), rec("1.3.6.1.4.1.9.2.0", snmp.Text("ro")),
		rec("1.3.6.1.4.1.9.3.0", snmp.Text("a road")), rec("1.3.6.1.4.1.9.4.0", snmp.Integer(7)),
	}
	if n := recording.Mask(w, "s3cr3t", "ro", ""); n != 2 {
		t.Errorf("masked %d texts, want 2", n)
	}
	var got []string
	for _, r := range w {
		got = append(got, r.Value.Text())
	}
	if diff := cmp.Diff([]string{"snmp-server community ****** RO", "**", "a road", "7"}, got); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
}

func TestAnonymise(t *testing.T) {
	t.Parallel()
	phone := discovery.MAC{0x2c, 0x31, 0x24, 0xaa, 0xbb, 0xcc}
	group := discovery.MAC{0x01, 0x80, 0xc2, 0, 0, 0x0e}
	in := snmprec.Walk{
		rec("1.0.8802.1.1.2.1.4.1.1.5.0.1.1", snmp.Octets([]byte{1, 192, 168, 7, 9})), // lldpRemChassisId, networkAddress
		rec("1.0.8802.1.1.2.1.4.1.1.7.0.1.1", snmp.Text("2C3124AABBCC:P1")),
		rec("1.0.8802.1.1.2.1.4.1.1.9.0.1.1", snmp.Text("SEP2C3124AABBCC")),
		rec("1.0.8802.1.1.2.1.4.2.1.4.0.1.1.1.4.192.168.7.9", snmp.Integer(1)), // lldpRemManAddrIfId
		rec("1.3.6.1.2.1.1.1.0", snmp.Text("Cisco IOS 15.2.7.3 on berlin-acc-1")),
		rec("1.3.6.1.2.1.1.5.0", snmp.Text("berlin-acc-1.example.net")),
		rec("1.3.6.1.2.1.1.6.0", snmp.Text("Main Street 5")),
		rec("1.3.6.1.2.1.2.2.1.2.1", snmp.Text("GigabitEthernet1/0/1")),
		rec("1.3.6.1.2.1.2.2.1.6.1", snmp.Octets(phone[:])),
		rec("1.3.6.1.2.1.2.2.1.6.2", snmp.Octets(group[:])),
		rec("1.3.6.1.2.1.4.20.1.1.192.168.7.1", snmp.Integer(1)), // ipAddrTable: dropped
		rec("1.3.6.1.2.1.17.4.3.1.2.44.49.36.170.187.204", snmp.Integer(1)),
		rec("1.3.6.1.2.1.17.7.1.2.2.1.2.110.44.49.36.170.187.204", snmp.Integer(1)),
		rec("1.3.6.1.2.1.31.1.1.1.18.1", snmp.Text("phone of Mrs Miller")),
		rec("1.3.6.1.4.1.9.9.23.1.2.1.1.4.1.1", snmp.Octets([]byte{192, 168, 7, 9})), // cdpCacheAddress
		rec("1.3.6.1.4.1.9.9.999.1", snmp.Text("seen 2c31.24aa.bbcc and 2c:31:24:aa:bb:cc at 192.168.7.9 behind berlin-acc-1")),
	}
	out := recording.NewAnonymiser([]byte("a key for tests")).Anonymise(in)
	var b bytes.Buffer
	if err := snmprec.Write(&b, out); err != nil {
		t.Fatal(err)
	}
	text := strings.ToLower(b.String())
	for _, bad := range []string{
		"aabbcc", "aa:bb:cc", "bb.cc", "24aa.bbcc", "170.187.204", "192.168", "c0a807", "berlin", "street", "miller",
	} {
		if strings.Contains(text, bad) {
			t.Errorf("%q is still there:\n%s", bad, text)
		}
	}
	for _, keep := range []string{"1.3.6.1.2.1.2.2.1.2.1|4|gigabitethernet1/0/1", "0180c200000e", "44.49.36.", "cisco ios 15.2.7.3", "sep2c3124", "|2c3124"} {
		if !strings.Contains(text, keep) {
			t.Errorf("%q is gone:\n%s", keep, text)
		}
	}
	// The same address is the same everywhere: phone name, port id, forwarding table, interface.
	var last3 []byte
	for _, r := range out {
		if r.OID.String() == "1.3.6.1.2.1.2.2.1.6.1" {
			last3 = r.Value.Bytes()[3:]
		}
	}
	m := discovery.MAC{0x2c, 0x31, 0x24, last3[0], last3[1], last3[2]}
	hex := strings.ReplaceAll(m.String(), ":", "")
	for _, want := range []string{"sep" + hex, "|" + hex + ":p1", m.String()} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not there: one address became several:\n%s", want, text)
		}
	}
	other := recording.NewAnonymiser([]byte("another key")).Anonymise(in)
	if cmp.Equal(other[len(other)-1].Value.Text(), out[len(out)-1].Value.Text()) {
		t.Error("the key makes no difference")
	}
}

// TestAnonymisedRecordingsStillRead: a switch reads the same with and without its names and addresses, and no
// address that it learned is in the recording.
func TestAnonymisedRecordingsStillRead(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob(filepath.Join(corpus(t), "*", "*.snmprec"))
	if len(files) == 0 {
		t.Skip("SKIPPED: no recordings in the corpus")
	}
	for i, file := range files {
		if i%4 != 0 && !strings.Contains(file, "cisco-c3750") { // a quarter says it
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			walk, _ := snmprec.Read(f) // bad lines are the recording's own
			if len(walk) > 60_000 {
				t.Skip("SKIPPED: large")
			}
			before := observe(t, walk)
			anon := recording.NewAnonymiser([]byte("k")).Anonymise(walk)
			after := observe(t, anon)
			if a, b := outline(before), outline(after); !slices.Equal(a, b) {
				t.Errorf("reads differently (-before +after):\n%s", cmp.Diff(a, b))
			}
			var b bytes.Buffer
			if err := snmprec.Write(&b, anon); err != nil {
				t.Fatal(err)
			}
			text := strings.ToLower(b.String())
			for _, p := range before.Ports {
				for _, l := range p.Learned {
					if l.MAC.Group() || l.MAC[3] == 0 && l.MAC[4] == 0 {
						continue
					}
					for _, s := range []string{l.MAC.String(), strings.ReplaceAll(l.MAC.String(), ":", "")} {
						if strings.Contains(text, s) {
							t.Fatalf("%s is still there", s)
						}
					}
				}
			}
			if name := before.System.SysName; len(name) >= 4 && strings.Contains(text, strings.ToLower(name)) {
				t.Errorf("the name %q is still there", name)
			}
		})
	}
}

func observe(t *testing.T, w snmprec.Walk) switchctl.Snapshot {
	t.Helper()
	d, err := driver.Open(t.Context(), "acc-1", "192.0.2.1", snmptest.New(w), nil, nil)
	if err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	s, err := d.Observe(t.Context(), switchctl.Scope{})
	if err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	return s
}

// outline is what of a reading must not change: names, settings and how many of everything.
func outline(s switchctl.Snapshot) (out []string) {
	for _, p := range s.Ports {
		out = append(out, strings.Join([]string{
			p.Ref.Name, p.Link.String(), p.Mode.String(), p.Voice.String(), p.PoE.Detect.String(), p.Index.Proof.String(),
			strings.Repeat("n", len(p.Neighbors)), strings.Repeat("m", len(p.Learned)),
		}, " "))
	}
	return out
}

// corpus gives the folder of recordings, beside the repository.
func corpus(t *testing.T) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Fatal("no go.mod above the test")
	}
	dir = filepath.Join(dir, "..", "shared", "corpus", "snmp")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("SKIPPED: no corpus: %v", err)
	}
	return dir
}
