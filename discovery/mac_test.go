package discovery_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"phoneport/discovery"
)

var phoneMAC = discovery.MAC{0x00, 0x21, 0xd8, 0xba, 0x09, 0x65}

func TestParseMAC(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		in   string
		want discovery.MAC
		err  string
	}{
		"colons":                        {in: "00:21:d8:ba:09:65", want: phoneMAC},
		"colons upper":                  {in: "00:21:D8:BA:09:65", want: phoneMAC},
		"case mixed":                    {in: "00:21:d8:BA:09:65", want: phoneMAC},
		"dashes":                        {in: "00-21-D8-BA-09-65", want: phoneMAC},
		"blanks of a Hex-STRING":        {in: "00 21 D8 BA 09 65 ", want: phoneMAC},
		"quoted":                        {in: `"00 21 D8 BA 09 65 "`, want: phoneMAC},
		"Cisco dotted":                  {in: "0021.d8ba.0965", want: phoneMAC},
		"H3C dashed":                    {in: "0021-d8ba-0965", want: phoneMAC},
		"Huawei colons":                 {in: "0021:d8ba:0965", want: phoneMAC},
		"HP halves":                     {in: "0021d8-ba0965", want: phoneMAC},
		"halves with colon":             {in: "0021d8:ba0965", want: phoneMAC},
		"bare":                          {in: "0021D8BA0965", want: phoneMAC},
		"0x":                            {in: "0x0021d8ba0965", want: phoneMAC},
		"0X":                            {in: "0X0021D8BA0965", want: phoneMAC},
		"leading zeros dropped":         {in: "0:21:d8:ba:9:65", want: phoneMAC},
		"SEP":                           {in: "SEP0021D8BA0965", want: phoneMAC},
		"sep":                           {in: "sep0021d8ba0965", want: phoneMAC},
		"SIP":                           {in: "SIP0021D8BA0965", want: phoneMAC},
		"P1 of a Cisco phone":           {in: "0021D8BA0965:P1", want: phoneMAC},
		"P1 with colons":                {in: "00:21:d8:ba:09:65:P1", want: phoneMAC},
		"P2 with dashes":                {in: "00-21-d8-ba-09-65-p2", want: phoneMAC},
		"blanks around":                 {in: "\t00:21:d8:ba:09:65\r\n", want: phoneMAC},
		"empty":                         {in: "", err: `not a MAC address: ""`},
		"only quotes":                   {in: `""`, err: "not a MAC address"},
		"all zero":                      {in: "00:00:00:00:00:00", err: "is all zero"},
		"short":                         {in: "00:21:d8:ba:09", err: "not a MAC address"},
		"eleven digits":                 {in: "0021d8ba096", err: "not a MAC address"},
		"thirteen digits":               {in: "0021d8ba09650", err: "not a MAC address"},
		"EUI-64":                        {in: "00:21:d8:ff:fe:ba:09:65", err: "not a MAC address"},
		"separators mixed":              {in: "00:21-d8:ba-09:65", err: "not a MAC address"},
		"separator twice":               {in: "00::21:d8:ba:09:65", err: "not a MAC address"},
		"separator at the end":          {in: "00:21:d8:ba:09:65:", err: "not a MAC address"},
		"separator before":              {in: ":00:21:d8:ba:09:65", err: "not a MAC address"},
		"three digits in a group":       {in: "000:21:d8:ba:09:65", err: "not a MAC address"},
		"short groups of four":          {in: "21.d8ba.0965", err: "not a MAC address"},
		"dotted decimal":                {in: "0.33.216.186.9.101", err: "not a MAC address"},
		"IPv4 address":                  {in: "10.21.13.86", err: "not a MAC address"},
		"IPv6 address":                  {in: "fe80::221:d8ff:feba:965", err: "not a MAC address"},
		"softphone":                     {in: "CSFjsmith", err: "not a MAC address"},
		"analogue port":                 {in: "AN0021D8BA096500", err: "not a MAC address"},
		"not hex":                       {in: "00:21:d8:ba:09:6g", err: "not a MAC address"},
		"spreadsheet made a number":     {in: "2.1E+11", err: "not a MAC address"},
		"words":                         {in: "Port 1", err: "not a MAC address"},
		"digits that are not ASCII":     {in: "００:21:d8:ba:09:65", err: "not a MAC address"},
		"P without a number":            {in: "0021D8BA0965:P", err: "not a MAC address"},
		"SEP with separators":           {in: "SEP00:21:d8:ba:09:65", err: "not a MAC address"},
		"very long":                     {in: strings.Repeat("0", 1<<16), err: "not a MAC address"},
		"blanks of the four-digit kind": {in: "0021 d8ba 0965", err: "not a MAC address"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := discovery.ParseMAC(tt.in)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("ParseMAC(%q) = %v, %v; want error with %q", tt.in, got, err, tt.err)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Fatalf("ParseMAC(%q) = %v, %v; want %v", tt.in, got, err, tt.want)
			}
		})
	}
}

func TestMACText(t *testing.T) {
	t.Parallel()
	if got := phoneMAC.String(); got != "00:21:d8:ba:09:65" {
		t.Errorf("String() = %q", got)
	}
	if got := (discovery.MAC{}).String(); got != "" {
		t.Errorf("String() of the zero address = %q, want nothing", got)
	}
	b, err := json.Marshal(map[discovery.MAC]discovery.MAC{phoneMAC: {}})
	if err != nil || string(b) != `{"00:21:d8:ba:09:65":""}` {
		t.Errorf("Marshal = %s, %v", b, err)
	}
	m := phoneMAC
	if err := m.UnmarshalText(nil); err != nil || !m.IsZero() {
		t.Errorf("UnmarshalText of nothing = %v, %v; want the zero address", m, err)
	}
	if err := m.UnmarshalText([]byte("0021.d8ba.0965")); err != nil || m != phoneMAC {
		t.Errorf("UnmarshalText = %v, %v", m, err)
	}
	if err := m.UnmarshalText([]byte("x")); err == nil || m != phoneMAC {
		t.Errorf("UnmarshalText of nonsense = %v, %v; want an error and the address as it was", m, err)
	}
}

func TestMACKinds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		mac          discovery.MAC
		local, group bool
	}{
		"burnt in":             {phoneMAC, false, false},
		"locally administered": {discovery.MAC{0x02, 1}, true, false},
		"LLDP multicast":       {discovery.MAC{0x01, 0x80, 0xc2, 0, 0, 0x0e}, false, true},
		"broadcast":            {discovery.MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, true, true},
	}
	for name, tt := range tests {
		if got := tt.mac.Local(); got != tt.local {
			t.Errorf("%s: Local() = %t", name, got)
		}
		if got := tt.mac.Group(); got != tt.group {
			t.Errorf("%s: Group() = %t", name, got)
		}
	}
}

func TestNeighborMAC(t *testing.T) {
	t.Parallel()
	mac := func(s string) discovery.MAC {
		m, err := discovery.ParseMAC(s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	tests := map[string]struct {
		n    discovery.Neighbor
		want discovery.MAC
	}{
		"Cisco phone by LLDP: chassis is an IP address": {
			n:    discovery.Neighbor{ChassisID: "10.21.13.86", PortID: "0021D8BA0965:P1", System: "SEP0021D8BA0965.example.org"},
			want: phoneMAC,
		},
		"Cisco phone by CDP": {
			n:    discovery.Neighbor{Protocol: discovery.CDP, ChassisID: "SEP0021D8BA0965", PortID: "Port 1"},
			want: phoneMAC,
		},
		"name with a domain": {
			n:    discovery.Neighbor{ChassisID: "::", PortID: "SW PORT", System: "sep0021d8ba0965.voice.example.org"},
			want: phoneMAC,
		},
		"Avaya: port id is the address": {
			n:    discovery.Neighbor{ChassisID: "10.0.0.5", PortID: "00:1b:4f:01:02:03", System: "AVB010203"},
			want: mac("001b4f010203"),
		},
		"port id before chassis id": {
			n:    discovery.Neighbor{ChassisID: "80:5e:c0:00:00:01", PortID: "80:5e:c0:00:00:02"},
			want: mac("805ec0000002"),
		},
		"chassis id": {
			n:    discovery.Neighbor{ChassisID: "80-5E-C0-00-00-01", PortID: "WAN PORT"},
			want: mac("805ec0000001"),
		},
		"group address is no identity": {
			n: discovery.Neighbor{ChassisID: "01:80:c2:00:00:0e", PortID: "1"},
		},
		"nothing": {n: discovery.Neighbor{ChassisID: "10.0.0.5", PortID: "1", System: "phone"}},
		"a softphone's name is not an address": {
			n: discovery.Neighbor{ChassisID: "CSF0021D8BA0965"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := discovery.NeighborMAC(tt.n); got != tt.want {
				t.Errorf("NeighborMAC = %v, want %v", got, tt.want)
			}
		})
	}
}

// FuzzParseMAC: never a panic; what is accepted reads back the same from every form that we write, and has
// no other digits than its text.
func FuzzParseMAC(f *testing.F) {
	for _, s := range []string{
		"00:21:d8:ba:09:65", "00-21-D8-BA-09-65", "00 21 D8 BA 09 65 ", "0021.d8ba.0965", "0021d8-ba0965", "0x0021d8ba0965",
		"0:21:d8:ba:9:65", "SEP0021D8BA0965", "0021D8BA0965:P1", "SEP0021D8BA0965:P1", `"`, `""`, ":P1", "", "::::::", "SEP",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := discovery.ParseMAC(s)
		if err != nil {
			if !m.IsZero() {
				t.Fatalf("ParseMAC(%q) = %v with error %v", s, m, err)
			}
			return
		}
		digits := strings.ReplaceAll(m.String(), ":", "")
		for _, form := range []string{m.String(), digits, strings.ToUpper(digits), "SEP" + digits, "0x" + digits, digits + ":P1", fmt.Sprintf("%s.%s.%s", digits[:4], digits[4:8], digits[8:])} {
			if again, err := discovery.ParseMAC(form); err != nil || again != m {
				t.Fatalf("ParseMAC(%q) of %q = %v, %v; want %v", form, s, again, err, m)
			}
		}
	})
}

func BenchmarkParseMAC(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := discovery.ParseMAC("SEP0021D8BA0965"); err != nil {
			b.Fatal(err)
		}
	}
}
