package inventory_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/inventory"
)

// TestShippedOUIs: every line of the table that comes with phoneport is good, no block stands there twice, and
// no block of Cisco counts as a phone's.
func TestShippedOUIs(t *testing.T) {
	t.Parallel()
	f, err := os.Open("oui.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ouis, err := inventory.ParseOUIs(f, "oui.tsv")
	if err != nil {
		t.Fatal(err)
	}
	type block struct {
		prefix discovery.MAC
		bits   int
	}
	seen := map[block]bool{}
	for _, o := range ouis {
		if b := (block{o.Prefix, o.Bits}); seen[b] {
			t.Errorf("block %v/%d stands in the table twice", o.Prefix, o.Bits)
		} else {
			seen[b] = true
		}
		if o.Phones && o.Vendor == "Cisco" {
			t.Errorf("block %v of Cisco counts as a sign of a phone; Cisco uses its blocks for switches, too", o.Prefix)
		}
		if o.Vendor != inventory.NormalVendor(o.Vendor) {
			t.Errorf("block %v: maker %q is spelt %q elsewhere", o.Prefix, o.Vendor, inventory.NormalVendor(o.Vendor))
		}
		if o.Prefix.Local() || o.Prefix.Group() {
			t.Errorf("block %v is not one that the IEEE gives", o.Prefix)
		}
	}
	if got := inventory.KnownOUIs().Len(); got != len(ouis) {
		t.Errorf("the table has %d blocks of %d", got, len(ouis))
	}
	for m, want := range map[string]string{avaya: "Avaya", yealink: "Yealink", poly: "Poly", snom: "Snom", "00:03:6b:00:00:01": "Cisco"} {
		if o, ok := inventory.KnownOUIs().Lookup(mac(m)); !ok || o.Vendor != want || o.Phones == (want == "Cisco") {
			t.Errorf("Lookup(%s) = %+v, %t; want %s", m, o, ok, want)
		}
	}
}

func TestOUITable(t *testing.T) {
	t.Parallel()
	ouis, err := inventory.ParseOUIs(strings.NewReader(
		"# comment\n\n70:b3:d5\tBroad\tmixed\n70B3D5A\tMiddle\tphones\n70-B3-D5-AB-C\tNarrow\tphones\n8c1f640000/28\tAlso middle\tmixed\r\n",
	), "extra.tsv")
	if err != nil {
		t.Fatal(err)
	}
	table := (*inventory.OUITable)(nil).With(ouis...)
	tests := map[string]struct{ mac, want string }{
		"24 bits":              {"70:b3:d5:00:00:01", "Broad"},
		"28 bits before 24":    {"70:b3:d5:a0:00:01", "Middle"},
		"36 bits before 28":    {"70:b3:d5:ab:c0:01", "Narrow"},
		"prefix with a length": {"8c:1f:64:0f:ff:ff", "Also middle"},
		"beside it":            {"8c:1f:64:10:00:00", ""},
		"not in the table":     {cisco, ""},
		"locally administered": {"72:b3:d5:00:00:01", ""},
		"group":                {"71:b3:d5:00:00:01", ""},
	}
	for name, tt := range tests {
		if o, _ := table.Lookup(mac(tt.mac)); o.Vendor != tt.want {
			t.Errorf("%s: Lookup(%s) = %q, want %q", name, tt.mac, o.Vendor, tt.want)
		}
	}
	more := table.With(inventory.OUI{Prefix: mac("70:b3:d5:00:00:00"), Bits: 24, Vendor: "New"})
	if o, _ := more.Lookup(mac("70:b3:d5:00:00:01")); o.Vendor != "New" {
		t.Errorf("a block that was added again is %q", o.Vendor)
	}
	if o, _ := table.Lookup(mac("70:b3:d5:00:00:01")); o.Vendor != "Broad" {
		t.Errorf("With changed the table that it was called on: %q", o.Vendor)
	}
	if table.Len() != 4 || more.Len() != 4 || (*inventory.OUITable)(nil).Len() != 0 {
		t.Errorf("Len() = %d, %d", table.Len(), more.Len())
	}
}

func TestParseOUIErrors(t *testing.T) {
	t.Parallel()
	ouis, err := inventory.ParseOUIs(strings.NewReader(strings.Join([]string{
		"001565\tYealink\tphones",
		"001565 Yealink phones",
		"0015\tYealink\tphones",
		"00156x\tYealink\tphones",
		"001565\tYealink\tperhaps",
		"001565\t\tphones",
		"001565/28\tYealink\tphones",
		"001565/x\tYealink\tphones",
		"0015650000000/24\tYealink\tphones",
	}, "\n")), "extra.tsv")
	if len(ouis) != 1 {
		t.Errorf("%d good blocks, want the first", len(ouis))
	}
	want := strings.Join([]string{
		"extra.tsv:2: parse prefix: 1 fields instead of prefix, maker and phones or mixed",
		`extra.tsv:3: parse prefix: "0015" has 16 bits instead of 24, 28 or 36`,
		`extra.tsv:4: parse prefix: "00156x" is not hexadecimal`,
		`extra.tsv:5: parse prefix: "perhaps" is neither phones nor mixed`,
		`extra.tsv:6: parse prefix: "001565" has no maker`,
		`extra.tsv:7: parse prefix: "001565/28" has not the bits that it tells`,
		`extra.tsv:8: parse prefix: "001565/x" has not the bits that it tells`,
		`extra.tsv:9: parse prefix: "0015650000000/24" has 24 bits instead of 24, 28 or 36`,
	}, "\n")
	if d := cmp.Diff(want, err.Error()); d != "" {
		t.Errorf("errors (-want +got):\n%s", d)
	}
}

// TestOwnOUIs: the blocks that a user adds count in Correlate, and only in that Directory.
func TestOwnOUIs(t *testing.T) {
	t.Parallel()
	const own = "70:b3:d5:ab:c0:01"
	p := power(access(nil, learned(own+" 10")), 2, 5000)
	d, _ := inventory.NewDirectory(nil)
	if bs := inventory.CorrelatePort(d, &p, now); len(bs) != 0 {
		t.Errorf("bindings %+v before the block is known", bs)
	}
	for _, base := range []*inventory.Directory{d, nil} {
		with := base.WithOUIs(inventory.KnownOUIs().With(inventory.OUI{Prefix: mac("70:b3:d5:ab:c0:00"), Bits: 36, Vendor: "Algo", Phones: true}))
		bs := inventory.CorrelatePort(with, &p, now)
		if len(bs) != 1 || bs[0].Vendor != "Algo" || bs[0].Confidence != inventory.Probable {
			t.Errorf("bindings %+v, want a probable phone of Algo", bs)
		}
	}
	if bs := inventory.CorrelatePort(d, &p, now); len(bs) != 0 {
		t.Errorf("WithOUIs changed the Directory that it was called on: %+v", bs)
	}
}

func FuzzParseOUIs(f *testing.F) {
	f.Add("001565\tYealink\tphones\n70B3D5ABC\tx\tmixed\n8c1f640000/28\ty\tmixed")
	f.Add("/\t\t\n0/0\tx\tphones")
	f.Fuzz(func(t *testing.T, text string) {
		ouis, _ := inventory.ParseOUIs(strings.NewReader(text), "fuzz")
		table := inventory.KnownOUIs().With(ouis...)
		for _, o := range ouis {
			if o.Vendor == "" || o.Bits != 24 && o.Bits != 28 && o.Bits != 36 {
				t.Fatalf("block %+v", o)
			}
			if o.Prefix.Local() || o.Prefix.Group() {
				continue
			}
			if got, ok := table.Lookup(o.Prefix); !ok || got.Bits < o.Bits {
				t.Fatalf("Lookup of block %+v = %+v, %t", o, got, ok)
			}
		}
	})
}
