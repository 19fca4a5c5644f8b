package inventory_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/inventory"
)

func TestMerge(t *testing.T) {
	t.Parallel()
	phone := func(m, source string, change func(*inventory.Phone)) inventory.Phone {
		p := inventory.Phone{MAC: mac(m), Source: source}
		if change != nil {
			change(&p)
		}
		return p
	}
	tests := map[string]struct {
		lists     []inventory.List
		want      []inventory.Phone
		conflicts []string
	}{
		"nothing": {},
		"the first source that tells a field wins": {
			lists: []inventory.List{
				{Source: "cucm", Phones: []inventory.Phone{phone(cisco, "cucm line 2", func(p *inventory.Phone) { p.Extension, p.Model = "1001", "CP-8841" })}},
				{Source: "netbox", Phones: []inventory.Phone{phone(cisco, "netbox line 9", func(p *inventory.Phone) {
					p.Extension, p.Site, p.Expected = "1002", "hq", at("sw1", "Gi1/0/1")
				})}},
			},
			want: []inventory.Phone{{
				MAC: mac(cisco), Extension: "1001", Model: "CP-8841", Site: "hq", Expected: at("sw1", "Gi1/0/1"), Source: "cucm line 2 + netbox line 9",
			}},
			conflicts: []string{`phone 00:21:d8:ba:09:65 differs between cucm line 2 (used) and netbox line 9: extension "1001" and "1002"`},
		},
		"spellings are no conflict": {
			lists: []inventory.List{
				{Source: "a", Phones: []inventory.Phone{phone(cisco, "a", func(p *inventory.Phone) {
					p.Name, p.Model, p.Vendor, p.Expected = "SEP0021D8BA0965", "Cisco 8841", "Cisco", at("sw1", "Gi1/0/1")
				})}},
				{Source: "b", Phones: []inventory.Phone{phone(cisco, "b", func(p *inventory.Phone) {
					p.Name, p.Model, p.Vendor, p.Expected = "sep0021d8ba0965", "CP-8841-K9", "Cisco Systems, Inc.", at("SW1", "GigabitEthernet1/0/1")
				})}},
			},
			want: []inventory.Phone{{
				MAC: mac(cisco), Name: "SEP0021D8BA0965", Model: "Cisco 8841", Vendor: "Cisco", Expected: at("sw1", "Gi1/0/1"), Source: "a",
			}},
		},
		"every field that differs is told": {
			lists: []inventory.List{
				{Source: "a", Phones: []inventory.Phone{phone(cisco, "a", func(p *inventory.Phone) {
					p.Name, p.Model, p.Vendor, p.Profile, p.Site, p.Expected = "n1", "CP-8841", "Cisco", "p1", "s1", at("sw1", "1")
				})}},
				{Source: "b", Phones: []inventory.Phone{phone(cisco, "b", func(p *inventory.Phone) {
					p.Name, p.Model, p.Vendor, p.Profile, p.Site, p.Expected = "n2", "CP-8845", "Avaya", "p2", "s2", at("sw1", "2")
				})}},
			},
			want: []inventory.Phone{{MAC: mac(cisco), Name: "n1", Model: "CP-8841", Vendor: "Cisco", Profile: "p1", Site: "s1", Expected: at("sw1", "1"), Source: "a"}},
			conflicts: []string{`phone 00:21:d8:ba:09:65 differs between a (used) and b: name "n1" and "n2", model "CP-8841" and "CP-8845", ` +
				`vendor "Cisco" and "Avaya", profile "p1" and "p2", site "s1" and "s2", expected "sw1 1" and "sw1 2"`},
		},
		"protection holds from any source": {
			lists: []inventory.List{
				{Source: "a", Phones: []inventory.Phone{phone(cisco, "a", nil)}},
				{Source: "b", Phones: []inventory.Phone{phone(cisco, "b", func(p *inventory.Phone) { p.Protected = true })}},
			},
			want: []inventory.Phone{{MAC: mac(cisco), Protected: true, Source: "a + b"}},
		},
		"listed twice in one source": {
			lists: []inventory.List{{Source: "hq", Phones: []inventory.Phone{
				phone(cisco, "hq line 2", func(p *inventory.Phone) { p.Extension = "1" }),
				phone(yealink, "hq line 3", nil),
				phone(cisco, "hq line 9", func(p *inventory.Phone) { p.Extension, p.Protected = "2", true }),
			}}},
			want: []inventory.Phone{
				{MAC: mac(cisco), Extension: "1", Protected: true, Source: "hq line 2"},
				{MAC: mac(yealink), Source: "hq line 3"},
			},
			conflicts: []string{`phone 00:21:d8:ba:09:65 is listed twice, in hq line 2 (used) and hq line 9: extension "1" and "2"`},
		},
		"listed three times over two sources": {
			lists: []inventory.List{
				{Source: "a", Phones: []inventory.Phone{phone(cisco, "a line 2", func(p *inventory.Phone) { p.Extension = "1" })}},
				{Source: "b", Phones: []inventory.Phone{
					phone(cisco, "b line 2", func(p *inventory.Phone) { p.Site = "hq" }), phone(cisco, "b line 3", func(p *inventory.Phone) { p.Site = "lab" }),
				}},
			},
			want:      []inventory.Phone{{MAC: mac(cisco), Extension: "1", Site: "hq", Source: "a line 2 + b line 2"}},
			conflicts: []string{`phone 00:21:d8:ba:09:65 is listed twice, in b line 2 (used) and b line 3: site "hq" and "lab"`},
		},
		"two phones at one port": {
			lists: []inventory.List{{Source: "hq", Phones: []inventory.Phone{
				phone(yealink, "hq line 3", func(p *inventory.Phone) { p.Expected = at("SW1", "GigabitEthernet1/0/1") }),
				phone(cisco, "hq line 2", func(p *inventory.Phone) { p.Expected = at("sw1", "Gi1/0/1") }),
				phone(cisco2, "hq line 4", func(p *inventory.Phone) { p.Expected = at("sw1", "Gi1/0/2") }),
			}}},
			want: []inventory.Phone{
				{MAC: mac(cisco), Expected: at("sw1", "Gi1/0/1"), Source: "hq line 2"},
				{MAC: mac(cisco2), Expected: at("sw1", "Gi1/0/2"), Source: "hq line 4"},
				{MAC: mac(yealink), Expected: at("SW1", "GigabitEthernet1/0/1"), Source: "hq line 3"},
			},
			conflicts: []string{"2 phones are expected at port sw1 Gi1/0/1: 00:21:d8:ba:09:65, 80:5e:c0:00:00:01"},
		},
		"entries without the address of a phone": {
			lists: []inventory.List{{Source: "hq", Phones: []inventory.Phone{
				{Name: "ghost", Source: "hq line 2"}, {MAC: discovery.MAC{1, 2, 3}, Source: "hq line 3"}, phone(cisco, "", nil),
			}}},
			want:      []inventory.Phone{{MAC: mac(cisco), Source: "hq"}},
			conflicts: []string{"hq line 2: a phone without an address", "hq line 3: 01:02:03:00:00:00 is not the address of a phone"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, conflicts := inventory.Merge(tt.lists...)
			var got []inventory.Phone
			for p := range d.All() {
				got = append(got, p)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("phones (-want +got):\n%s", diff)
			}
			var texts []string
			for _, c := range conflicts {
				texts = append(texts, c.String())
			}
			if diff := cmp.Diff(tt.conflicts, texts); diff != "" {
				t.Errorf("conflicts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadError(t *testing.T) {
	t.Parallel()
	cause := errors.New("not a MAC address")
	e := &inventory.LoadError{
		Source:   "hq.csv",
		Problems: []inventory.Problem{{Place: "hq.csv:17: column MAC", Err: cause}, {Err: errors.New("whole")}},
		More:     3, Lost: 5, Partial: true,
	}
	const want = "load inventory hq.csv: hq.csv:17: column MAC: not a MAC address\nwhole\nand 3 more"
	if e.Error() != want {
		t.Errorf("Error() = %q, want %q", e, want)
	}
	if !errors.Is(e, cause) {
		t.Error("the cause cannot be found in the error")
	}
	if p := (inventory.Problem{}); !errors.As(e, &p) || p.Place != "hq.csv:17: column MAC" {
		t.Errorf("the first problem in the error is %+v", p)
	}
	for _, tt := range []struct {
		e    inventory.LoadError
		want bool
	}{
		{*e, false},
		{inventory.LoadError{Partial: true}, true},
		{inventory.LoadError{Partial: false}, false},
	} {
		if got := tt.e.Warnings(); got != tt.want {
			t.Errorf("Warnings() of %+v = %t", tt.e, got)
		}
	}
}
