package inventory_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/inventory"
)

func campus() []inventory.Phone {
	return []inventory.Phone{
		{
			MAC: mac(yealink), Name: "Reception", Extension: "1001", Model: "SIP-T46S", Vendor: "Yealink", Profile: "desk", Site: "hq",
			Expected: at("sw1", "GigabitEthernet1/0/1"), Protected: true, Source: "hq.csv line 3",
		},
		{MAC: mac(cisco), Name: "SEP0021D8BA0965", Extension: "1002", Model: "CP-7962", Expected: at("SW1", "Gi1/0/2"), Source: "hq.csv line 2"},
		{MAC: mac(cisco2), Name: "sep0021d8ba0a00", Extension: "1001", Source: "hq.csv line 4"},
	}
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	in := campus()
	d, conflicts := inventory.NewDirectory(in)
	if len(conflicts) != 0 {
		t.Errorf("conflicts %v", conflicts)
	}
	byMAC := []inventory.Phone{in[1], in[2], in[0]}
	if diff := cmp.Diff(byMAC, slices.Collect(d.All())); diff != "" {
		t.Errorf("All (-want +got):\n%s", diff)
	}
	if d.Len() != 3 {
		t.Errorf("Len() = %d", d.Len())
	}
	tests := map[string]struct{ got, want []inventory.Phone }{
		"ByName, case folded":             {d.ByName("RECEPTION"), in[:1]},
		"ByName of a SEP name":            {d.ByName("SEP0021D8BA0A00"), in[2:]},
		"ByName of nobody":                {d.ByName("nobody"), nil},
		"ByName of nothing":               {d.ByName(""), nil},
		"ByExtension of a shared line":    {d.ByExtension("1001"), []inventory.Phone{in[2], in[0]}},
		"ByExtension of nothing":          {d.ByExtension(""), nil},
		"ExpectedAt, short name":          {d.ExpectedAt(at("sw1", "Gi1/0/1")), in[:1]},
		"ExpectedAt, long name":           {d.ExpectedAt(at("Sw1", "gigabitethernet 1/0/2")), in[1:2]},
		"ExpectedAt of no switch we know": {d.ExpectedAt(at("sw9", "Gi1/0/1")), nil},
		"ExpectedAt of no port we know":   {d.ExpectedAt(at("sw1", "Gi1/0/9")), nil},
		"ExpectedAt of a switch":          {d.ExpectedAt(at("sw1", "")), nil},
		"Find an address":                 {d.Find(" 0021.d8ba.0965 "), in[1:2]},
		"Find a name":                     {d.Find("reception"), in[:1]},
		"Find an extension":               {d.Find("1002"), in[1:2]},
		"Find nothing":                    {d.Find(""), nil},
	}
	for name, tt := range tests {
		if diff := cmp.Diff(tt.want, tt.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if p, ok := d.ByMAC(mac(cisco)); !ok || p != in[1] {
		t.Errorf("ByMAC = %+v, %t", p, ok)
	}
	if p, ok := d.ByMAC(mac(pc)); ok {
		t.Errorf("ByMAC of a PC = %+v", p)
	}
	// What is given out is the caller's.
	in[0].Name = "changed"
	if got := d.ByName("Reception"); len(got) != 1 {
		t.Error("the Directory changed with the list that it was made of")
	}
}

func TestDirectoryStopsIterating(t *testing.T) {
	t.Parallel()
	d, _ := inventory.NewDirectory(campus())
	n := 0
	for range d.All() {
		n++
		break
	}
	if n != 1 {
		t.Errorf("%d phones after break", n)
	}
}

func TestNilDirectory(t *testing.T) {
	t.Parallel()
	var d *inventory.Directory
	if d.Len() != 0 || d.ByName("x") != nil || d.ByExtension("x") != nil || d.ExpectedAt(at("a", "b")) != nil || d.Find("x") != nil {
		t.Error("a nil Directory has phones")
	}
	if _, ok := d.ByMAC(mac(cisco)); ok {
		t.Error("a nil Directory has an address")
	}
	for p := range d.All() {
		t.Errorf("a nil Directory has %+v", p)
	}
	p := access([]discovery.Neighbor{ciscoCDP}, nil)
	if bs := inventory.CorrelatePort(d, &p, now); len(bs) != 1 {
		t.Errorf("Correlate without a directory = %+v", bs)
	}
}

func TestDirectoryLongText(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100_000)
	in := []inventory.Phone{{MAC: mac(cisco), Name: long, Site: strings.Repeat("y", 127), Model: strings.Repeat("z", 128)}}
	d, _ := inventory.NewDirectory(in)
	if got, _ := d.ByMAC(mac(cisco)); got != in[0] {
		t.Error("a phone with long texts is not given back as it was")
	}
}

func TestSamePort(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{
		{"Gi1/0/1", "Gi1/0/1", true},
		{"Gi1/0/1", "GigabitEthernet1/0/1", true},
		{"Gi1/0/1", "gig 1/0/1", true},
		{"Te1/1/1", "TenGigabitEthernet1/1/1", true},
		{"Te1/1/1", "TenGigE1/1/1", true},
		{"Tw1/0/1", "TwoGigabitEthernet1/0/1", true},
		{"Twe1/0/1", "TwentyFiveGigE1/0/1", true},
		{"Fa0/1", "FastEthernet0/1", true},
		{"Et1", "Ethernet1", true},
		{"Eth1/1", "Ethernet1/1", true},
		{"Ap1/0/1", "AppGigabitEthernet1/0/1", true},
		{"ge-0/0/1", "GE-0/0/1", true},
		{"1/1/1", "1/1/1", true},
		{"Gi1/0/1", "Gi1/0/11", false},
		{"Gi1/0/1", "Te1/0/1", false},
		{"Tw1/0/1", "Te1/0/1", false},
		{"eth0", "et-0/0/0", false},
		{"A1", "A11", false},
	}
	for _, tt := range tests {
		if got := inventory.SamePort(at("sw1", tt.a), at("SW1", tt.b)); got != tt.want {
			t.Errorf("SamePort(%s, %s) = %t", tt.a, tt.b, got)
		}
	}
	if inventory.SamePort(at("sw1", "Gi1/0/1"), at("sw2", "Gi1/0/1")) {
		t.Error("ports of two switches are the same")
	}
}

func TestShrunk(t *testing.T) {
	t.Parallel()
	list := func(from, to int) *inventory.Directory {
		var ps []inventory.Phone
		for i := from; i < to; i++ {
			ps = append(ps, inventory.Phone{MAC: discovery.MAC{0, 0x21, 0xd8, 0, byte(i >> 8), byte(i)}})
		}
		d, _ := inventory.NewDirectory(ps)
		return d
	}
	tests := map[string]struct {
		old, next *inventory.Directory
		share     float64
		want      string
	}{
		"same":                {list(0, 100), list(0, 100), 0.2, ""},
		"grown":               {list(0, 100), list(0, 200), 0.2, ""},
		"a few gone":          {list(0, 100), list(0, 80), 0.2, ""},
		"too many gone":       {list(0, 100), list(0, 79), 0.2, "21 of 100 phones are gone from the new list, which is more than 20%"},
		"as many, but others": {list(0, 100), list(50, 150), 0.2, "50 of 100 phones are gone from the new list, which is more than 20%"},
		"nothing left":        {list(0, 100), list(0, 0), 0.99, "100 of 100 phones are gone from the new list, which is more than 99%"},
		"nothing left, nil":   {list(0, 100), nil, 0.2, "100 of 100 phones are gone from the new list, which is more than 20%"},
		"first load":          {nil, list(0, 100), 0.2, ""},
		"guard off":           {list(0, 100), list(0, 0), 0, ""},
		"all may go":          {list(0, 100), list(0, 0), 1, ""},
	}
	for name, tt := range tests {
		why, held := inventory.Shrunk(tt.old, tt.next, tt.share)
		if why != tt.want || held != (tt.want != "") {
			t.Errorf("%s: Shrunk = %q, %t; want %q", name, why, held, tt.want)
		}
	}
}
