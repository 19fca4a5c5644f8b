package render

import (
	"strings"
	"testing"
	"time"

	"phoneport/cmd/internal/shape"
)

func TestAgent(t *testing.T) {
	t.Parallel()
	five, ef := uint8(5), uint8(46)
	used := shape.Voice{Mode: "tagged", VLAN: 110, PCP: &five, DSCP: &ef}
	a := shape.Agent{Ports: []shape.AgentPort{
		{
			Name: "lan1", Link: "up", Told: shape.Told{
				DataVLAN: 10, Policies: []shape.ToldPolicy{{Application: "voice", Voice: used}, {Application: "voice-signaling", Voice: used}},
				Locations: []shape.ToldLocation{{Format: "elin"}, {Format: "civic"}}, Power: &shape.ToldPower{Enabled: true, LimitMW: 30_000},
			},
			Neighbors: []shape.Speaker{
				{Neighbor: shape.Neighbor{Protocol: "lldp", System: "SEP\x1b[31m", Adopted: &used}}, {Neighbor: shape.Neighbor{Protocol: "cdp", ChassisID: "SEP1"}},
			},
			Modes: map[string]string{"lldp": "auto", "cdp": "off"},
		},
		{Name: "lan2", Link: "failed", Error: "no such device", Silent: map[string]string{"lldp": "lldpd"}, Warnings: []string{"not told"}, Told: shape.Told{Power: &shape.ToldPower{Type: 2}}},
		{Name: "lan3", Link: "down", Told: shape.Told{Power: &shape.ToldPower{Enabled: true, Type: 2}}},
	}}
	var b strings.Builder
	if err := Agent(&b, Table, a, Options{}); err != nil {
		t.Fatal(err)
	}
	want := "" +
		"PORT  LINK    DATA  VOICE                        OTHER                                        POWER   LOCATION    HEARD                        USES                         REMARKS\n" +
		"lan1  up      10    VLAN 110 priority 5 DSCP 46  voice-signaling VLAN 110 priority 5 DSCP 46  30.0 W  elin civic  SEP\uFFFD[31m (lldp), SEP1 (cdp)  VLAN 110 priority 5 DSCP 46  cdp is off\n" +
		"lan2  failed  -     -                            -                                            off     -           -                            -                            not told; no such device; lldp is silent: another speaker\n" +
		"lan3  down    -     -                            -                                            type 2  -           -                            -                            -\n"
	if got := b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAgentNote(t *testing.T) {
	t.Parallel()
	n := shape.AgentNote{At: time.Date(2026, 3, 1, 12, 0, 0, 0, time.Local), Port: "lan1", Kind: "warning", Text: "a\nb\x1b"}
	for _, tt := range []struct {
		f    Format
		n    shape.AgentNote
		o    Options
		want string
	}{
		{Table, n, Options{}, "2026-03-01 12:00:00.000  lan1      warning             a b\uFFFD\n"},
		{Table, shape.AgentNote{At: n.At, Kind: "reloaded", Text: "x"}, Options{Color: true}, "2026-03-01 12:00:00.000  -         reloaded            x\n"},
		{JSON, shape.AgentNote{Kind: "reloaded", Text: "<x>"}, Options{}, `{"at":"0001-01-01T00:00:00Z","kind":"reloaded","text":"<x>"}` + "\n"},
	} {
		var b strings.Builder
		if err := AgentNote(&b, tt.f, tt.n, tt.o); err != nil || b.String() != tt.want {
			t.Errorf("%v: got %q, want %q", err, b.String(), tt.want)
		}
	}
}

func TestHexDump(t *testing.T) {
	t.Parallel()
	want := "    0000  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n    0010  10\n"
	if got := hexDump("000102030405060708090a0b0c0d0e0f10"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
