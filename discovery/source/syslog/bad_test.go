package syslog

import (
	"net/netip"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"phoneport/discovery"
)

// sound tells what is wrong with an event, whatever the line was.
func sound(t *testing.T, line []byte, e discovery.Event, other string) {
	t.Helper()
	for what, s := range map[string]struct {
		text string
		max  int
	}{
		"port": {e.IfName, maxPort}, "other port": {other, maxPort}, "host": {e.Sender.Host, maxName},
		"code": {e.Code, 4*maxWord + 8}, "detail": {e.Detail, maxDetail},
	} {
		if len(s.text) > s.max {
			t.Errorf("%q: %s has %d octets, more than %d", line, what, len(s.text), s.max)
		}
		if !utf8.ValidString(s.text) {
			t.Errorf("%q: %s is not UTF-8: %q", line, what, s.text)
		}
		if i := strings.IndexFunc(s.text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }); i >= 0 {
			t.Errorf("%q: %s has a control character at %d: %q", line, what, i, s.text)
		}
	}
	if e.Authentic || e.Kind == "" || e.VLAN > 4094 || e.IfIndex < 0 || len(e.Raw) > MaxLine {
		t.Errorf("%q: authentic %v, kind %q, VLAN %d, index %d, %d raw octets", line, e.Authentic, e.Kind, e.VLAN, e.IfIndex, len(e.Raw))
	}
	if other != "" && e.IfName == "" {
		t.Errorf("%q: second port %q without a first", line, other)
	}
}

func TestBadLines(t *testing.T) {
	t.Parallel()
	const up = "%LINK-3-UPDOWN: Interface Gi1/0/1, changed state to up"
	long := strings.Repeat("x", 3*MaxLine)
	for name, c := range map[string]struct {
		line string
		want golden
	}{
		"priority too high":  {"<192>" + up, golden{Kind: "unknown", Detail: "<192>" + up}},
		"priority not ended": {"<13", golden{Kind: "unknown", Detail: "<13"}},
		"priority empty":     {"<>" + up, golden{Kind: "unknown", Detail: "<>" + up}},
		"percent":            {"%", golden{Kind: "unknown", Detail: "%"}},
		"half a code":        {"%LINK-3-", golden{Kind: "unknown", Detail: "%LINK-3-"}},
		"no severity":        {"%LINK-UPDOWN: x", golden{Kind: "unknown", Detail: "%LINK-UPDOWN: x"}},
		"severity 8":         {"%LINK-8-UPDOWN: x", golden{Kind: "unknown", Detail: "%LINK-8-UPDOWN: x"}},
		"slash code cut":     {"%%10IFNET/3/", golden{Kind: "unknown", Detail: "%%10IFNET/3/"}},
		"NUL behind":         {up + "\x00", golden{Kind: "link-up", Code: "LINK-3-UPDOWN", Port: "Gi1/0/1", Detail: up[16:]}},
		"NUL within":         {"\x00" + up[:20] + "\x00" + up[20:], golden{Kind: "link-up", Code: "LINK-3-UPDOWN", Detail: "Inte rface Gi1/0/1, changed state to up"}},
		"not UTF-8":          {"%X-1-Y: a\xff\xfeb\xc3", golden{Kind: "unknown", Code: "X-1-Y", Detail: "a\ufffdb\ufffd"}},
		"escapes":            {"%X-1-Y: a\x1b[31m\u009b1mb\u202ec\u2028d", golden{Kind: "unknown", Code: "X-1-Y", Detail: "a [31m 1mb c d"}},
		"byte order mark":    {"\ufeff" + up, golden{Kind: "link-up", Code: "LINK-3-UPDOWN", Port: "Gi1/0/1", Detail: up[16:]}},
		"port too long":      {"%LINK-3-UPDOWN: Interface G" + strings.Repeat("1", 70) + ", changed state to up", golden{Kind: "link-up", Code: "LINK-3-UPDOWN", Detail: "Interface G" + strings.Repeat("1", 70) + ", changed state to up"}},
		"index too large":    {"mib2d[1]: SNMP_TRAP_LINK_UP: ifIndex 4294967296, ifName ge-0/0/5", golden{Kind: "link-up", Code: "mib2d-SNMP_TRAP_LINK_UP", Detail: "ifIndex 4294967296, ifName ge-0/0/5"}},
		"long":               {"%X-1-Y: " + long, golden{Kind: "unknown", Code: "X-1-Y", Detail: long[:maxDetail]}},
		"long of two octets": {"%X-1-Y: a" + strings.Repeat("é", MaxLine), golden{Kind: "unknown", Code: "X-1-Y", Detail: "a" + strings.Repeat("é", maxDetail/2-1)}},
		"long mnemonic":      {"%X-1-" + strings.Repeat("Y", 60) + ": z", golden{Kind: "unknown", Detail: "%X-1-" + strings.Repeat("Y", 60) + ": z"}},
		"long host":          {"Jan  1 00:00:00 " + strings.Repeat("h", 300) + " " + up, golden{Kind: "unknown", Detail: strings.Repeat("h", 300) + " " + up}},
		"code far behind":    {strings.Repeat(" ", 500) + up, golden{Kind: "link-up", Code: "LINK-3-UPDOWN", Port: "Gi1/0/1", Detail: up[16:]}},
		"code in the text":   {"Jan  1 00:00:00 h app: says that " + up, golden{Kind: "unknown", Code: "app", Host: "h", Detail: "says that " + up}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, other, err := Parse([]byte(c.line), sender, now)
			if err != nil {
				t.Fatal(err)
			}
			sound(t, []byte(c.line), e, other)
			if diff := cmp.Diff(c.want, told(e, other)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"", " ", "\r\n", "\x00\x00", "\ufeff", "\u200b", "<13>", "<13>1 - - - - - -", "<13>Jan  1 00:00:00 h"} {
		if e, _, err := Parse([]byte(line), sender, now); err != ErrEmpty {
			t.Errorf("%q: event %+v, error %v, want ErrEmpty", line, e, err)
		}
	}
}

// TestRawIsACopy keeps the reader's buffer out of the event.
func TestRawIsACopy(t *testing.T) {
	t.Parallel()
	line := []byte("%LINK-3-UPDOWN: Interface Gi1/0/1, changed state to up")
	e, _, err := Parse(line, sender, now)
	if err != nil {
		t.Fatal(err)
	}
	want := string(line)
	clear(line)
	if string(e.Raw) != want || e.IfName != "Gi1/0/1" {
		t.Errorf("after the buffer was used again the event has raw %q, port %q", e.Raw, e.IfName)
	}
}

func TestFromTrap(t *testing.T) {
	t.Parallel()
	base := discovery.Event{At: now, Source: "snmptrap", From: sender, Authentic: true, Sender: discovery.Sender{Engine: "8000"}, Raw: []byte{1}}
	for text, want := range map[string][]discovery.Event{
		"%ILPOWER-5-POWER_GRANTED: Interface Gi1/0/5: Power granted": {{Kind: discovery.EventPower, IfName: "Gi1/0/5", Code: "ILPOWER-5-POWER_GRANTED", Detail: "Interface Gi1/0/5: Power granted"}},
		"%SW_MATM-4-MACFLAP_NOTIF: Host f03a.b216.7ad7 in vlan 10 is flapping between port Gi0/5 and port Gi0/15": {
			{Kind: discovery.EventMACMoved, IfName: "Gi0/5", MAC: discovery.MAC{0xf0, 0x3a, 0xb2, 0x16, 0x7a, 0xd7}, VLAN: 10, Code: "SW_MATM-4-MACFLAP_NOTIF", Detail: "Host f03a.b216.7ad7 in vlan 10 is flapping between port Gi0/5 and port Gi0/15"},
			{Kind: discovery.EventMACMoved, IfName: "Gi0/15", MAC: discovery.MAC{0xf0, 0x3a, 0xb2, 0x16, 0x7a, 0xd7}, VLAN: 10, Code: "SW_MATM-4-MACFLAP_NOTIF", Detail: "Host f03a.b216.7ad7 in vlan 10 is flapping between port Gi0/5 and port Gi0/15"},
		},
		"%PLATFORM_ENV-6-INLET: Switch 1":  nil,
		"Interface Gi1/0/5: Power granted": nil,
		"":                                 nil,
	} {
		for i := range want {
			w := &want[i]
			w.At, w.Source, w.From, w.Authentic, w.Sender, w.Raw = base.At, base.Source, base.From, true, base.Sender, base.Raw
		}
		if diff := cmp.Diff(want, FromTrap(base, text), cmpopts.EquateComparable(netip.Addr{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	base.Sender.Host = "told"
	if got := FromTrap(base, "1: other: %SYS-5-CONFIG_I: x"); len(got) != 1 || got[0].Sender.Host != "told" {
		t.Errorf("%+v", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, file := range lines(f).Files {
		if strings.HasSuffix(file.Name, ".json") {
			continue
		}
		for line := range strings.Lines(string(file.Data)) {
			f.Add([]byte(strings.TrimSuffix(line, "\n")))
		}
	}
	f.Add([]byte("<13>1 2026-01-01T00:00:00Z h a p m [x@1 y=\"\\]\"] \xef\xbb\xbftext"))
	f.Fuzz(func(t *testing.T, line []byte) {
		before := string(line)
		e, other, err := Parse(line, sender, now)
		if string(line) != before {
			t.Errorf("%q: changed to %q", before, line)
		}
		if err != nil {
			return
		}
		sound(t, line, e, other)
		again, _, _ := Parse(line, sender, now) // the parsers of the pool must not remember
		if diff := cmp.Diff(told(e, ""), told(again, "")); diff != "" {
			t.Errorf("%q: twice the same gives (-first +second):\n%s", line, diff)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	for name, line := range map[string]string{
		"cisco":   "<189>237: 000485: acc-3.example: *Mar  1 18:46:11.123: %ILPOWER-5-POWER_GRANTED: Interface GigabitEthernet1/0/12: Power granted",
		"junos":   "<28>Jan 11 18:21:20 acc-7 mib2d[11264]: SNMP_TRAP_LINK_DOWN: ifIndex 587, ifAdminStatus up(1), ifOperStatus down(2), ifName ge-0/0/5",
		"rfc5424": "<190>1 2026-09-23T10:15:40.512004+07:00 CX6300 intfd 1633 - - Event|403|LOG_INFO|AMM|1/1|Link status for interface 1/1/24 is down",
		"unknown": "<190>23: *Mar  1 18:46:11.123: %PLATFORM_ENV-6-INLET: Switch 1: Inlet temperature normal (25C)",
	} {
		b.Run(name, func(b *testing.B) {
			in := []byte(line)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := Parse(in, sender, now); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
