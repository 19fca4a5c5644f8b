package driver

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmprec"
	"phoneport/switchctl/snmp/snmptest"
)

func TestPick(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"1.3.6.1.4.1.9.1.1208":      "ciscoios", // Catalyst 2960X
		"1.3.6.1.4.1.9.12.3.1.3.1":  "ciscoios", // Nexus
		"1.3.6.1.4.1.9.6.1.83.28.1": "standard", // Cisco SB speaks the standard MIBs
		"1.3.6.1.4.1.9.12.30":       "standard", // 9.12.30 is not below 9.12.3
		"1.3.6.1.4.1.11.2.3.7.11":   "standard",
		"":                          "standard",
	}
	for id, want := range tests {
		var o snmp.OID
		if id != "" {
			o = snmp.MustOID(id)
		}
		if got, ok := Pick(Openers(), o); !ok || got.Name != want {
			t.Errorf("%q gets driver %q, want %q", id, got.Name, want)
		}
	}
	if _, ok := Pick(nil, snmp.MustOID("1.3")); ok {
		t.Error("an empty list has a driver")
	}
}

// TestOpenersAreFolders checks that each driver of the list has its folder and each folder its line, but for
// linux: no sysObjectID tells it, cmd/internal/app opens it by configuration (and archtest looks after that).
func TestOpenersAreFolders(t *testing.T) {
	t.Parallel()
	listed := map[string]bool{}
	for _, o := range Openers() {
		if listed[o.Name] || o.Open == nil || len(o.Prefixes) == 0 {
			t.Errorf("opener %q is there twice, or lacks Open or Prefixes", o.Name)
		}
		listed[o.Name] = true
		if st, err := os.Stat(o.Name); err != nil || !st.IsDir() {
			t.Errorf("driver %q has no folder", o.Name)
		}
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && e.Name() != "testdata" && e.Name() != "linux" && !listed[e.Name()] {
			t.Errorf("folder %s is not in Openers", e.Name())
		}
	}
}

// closing counts how often a session is closed.
type closing struct {
	*snmptest.Agent
	closed int
}

func (c *closing) Close() error { c.closed++; return nil }

func TestOpenFails(t *testing.T) {
	t.Parallel()
	walk, err := snmprec.Read(strings.NewReader("1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1208\n1.3.6.1.2.1.1.3.0|67|100"))
	if err != nil {
		t.Fatal(err)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	refuse := []Opener{{Name: "refuses", Prefixes: []string{"1.3.6.1.4.1.9"}, Open: func(context.Context, standard.Target) (switchctl.Driver, error) {
		return nil, errors.New("not this one")
	}}}
	tests := []struct {
		name string
		ctx  context.Context
		list []Opener
		want error
	}{
		{"no answer", cancelled, Openers(), switchctl.ErrUnreachable},
		{"no driver", context.Background(), nil, switchctl.ErrUnsupported},
		{"driver refuses", context.Background(), refuse, switchctl.ErrUnreachable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := &closing{Agent: snmptest.New(walk)}
			_, err := open(tt.ctx, tt.list, "sw", "192.0.2.1", s, nil, slog.New(slog.DiscardHandler))
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), "sw") {
				t.Errorf("error %v, want %v that names the switch", err, tt.want)
			}
			if s.closed != 1 {
				t.Errorf("session closed %d times", s.closed)
			}
		})
	}
}
