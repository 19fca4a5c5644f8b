package ciscoios

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/switchctl"
)

func TestContexts(t *testing.T) {
	t.Parallel()
	t.Run("repeat reads addresses only", func(t *testing.T) {
		t.Parallel()
		a := count(catalyst(t))
		m := &switchctl.Memory{}
		first, err := open(t, a, m).Observe(t.Context(), switchctl.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		a.tables = map[string]int{}
		second, err := open(t, a, m).Observe(t.Context(), switchctl.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		for _, slow := range []string{
			"dot1dBasePortTable@10", "dot1dBasePortTable@110", "dot1dBasePortTable", "cdpCacheTable", "entAliasMappingTable", "entPhysicalTable",
			"ifStackTable", "dot1dTpFdbTable@1", "dot1dTpFdbTable",
		} {
			if n := a.tables[slow]; n > 0 {
				t.Errorf("%s is read again", slow)
			}
		}
		if a.tables["dot1dTpFdbTable@10"] != 1 || a.tables["dot1dTpFdbTable@110"] != 1 {
			t.Errorf("addresses are read %v", a.tables)
		}
		for i := range first.Ports {
			if d := cmp.Diff(line(first.Ports[i]), line(second.Ports[i])); d != "" {
				t.Errorf("the second reading differs (-first +second):\n%s", d)
			}
		}
	})
	t.Run("a port that moved to another VLAN", func(t *testing.T) {
		t.Parallel()
		a := count(catalyst(t))
		m := &switchctl.Memory{}
		if _, err := open(t, a, m).Observe(t.Context(), switchctl.Scope{}); err != nil {
			t.Fatal(err)
		}
		change(t, a.Agent, "1.3.6.1.2.1.2.2.1.8.10102|2|1")
		change(t, a.VLANs[10], "1.3.6.1.2.1.17.1.4.1.2.3|2|10102", "1.3.6.1.2.1.17.4.3.1.2.0.80.86.7.7.7|2|3", "- 1.3.6.1.2.1.17.1.4.1.2.2")
		a.tables = map[string]int{}
		s, err := open(t, a, m).Observe(t.Context(), switchctl.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		if p := where(t, &s, "Gi1/0/2"); len(p.Learned) != 1 {
			t.Errorf("learned %v on the new bridge port", p.Learned)
		}
		if a.tables["dot1dBasePortTable@10"] != 1 || a.tables["dot1dBasePortTable@110"] != 0 {
			t.Errorf("bridge ports are read %v", a.tables)
		}
	})
	t.Run("VLANs without an instance are no failure", func(t *testing.T) {
		t.Parallel()
		a := catalyst(t)
		a.VLANs = nil
		c := count(a)
		m := &switchctl.Memory{}
		s, err := open(t, c, m).Observe(t.Context(), switchctl.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		if p := where(t, &s, "Gi1/0/1"); p.Voice.VLAN != 110 || len(p.Neighbors) != 1 {
			t.Errorf("the rest of the port is not read: %s", line(p))
		}
		if len(s.Missing) == 0 || !errors.Is(s.Missing[0].Err, switchctl.ErrUnreachable) {
			t.Errorf("missing %v", s.Missing)
		}
		c.tables = map[string]int{}
		if _, err := open(t, c, m).Observe(t.Context(), switchctl.Scope{}); err != nil {
			t.Fatal(err)
		}
		for name := range c.tables {
			if name == "dot1dTpFdbTable@10" || name == "dot1dBasePortTable@10" {
				t.Errorf("%s is tried again", name)
			}
		}
	})
	t.Run("VLANs that the switch lacks and old media are not asked for", func(t *testing.T) {
		t.Parallel()
		c := count(catalyst(t, "1.3.6.1.4.1.9.9.68.1.2.2.1.2.10101|2|999", "1.3.6.1.4.1.9.9.68.1.5.1.1.1.10101|2|1002"))
		if _, err := open(t, c, nil).Observe(t.Context(), switchctl.Scope{}); err != nil {
			t.Fatal(err)
		}
		for name := range c.tables {
			if name == "dot1dTpFdbTable@999" || name == "dot1dTpFdbTable@1002" {
				t.Errorf("%s is read", name)
			}
		}
	})
	t.Run("VLAN 1 is the plain community", func(t *testing.T) {
		t.Parallel()
		a := catalyst(t, "1.3.6.1.4.1.9.9.68.1.2.2.1.2.10101|2|1", "1.3.6.1.2.1.17.1.4.1.2.1|2|10101", "1.3.6.1.2.1.17.4.3.1.2.0.80.86.7.7.7|2|1")
		s := observe(t, a)
		p := where(t, &s, "Gi1/0/1")
		m, _ := discovery.ParseMAC("005056070707")
		if vlans, _ := p.HasMAC(m); !cmp.Equal(vlans, []uint16{1}) {
			t.Errorf("learned %v", p.Learned)
		}
	})
	t.Run("an image with Q-BRIDGE needs no context", func(t *testing.T) {
		t.Parallel()
		c := count(catalyst(t, "1.3.6.1.2.1.17.1.4.1.2.1|2|10101", "1.3.6.1.2.1.17.7.1.2.2.1.2.110.0.33.216.186.9.101|2|1"))
		s, err := open(t, c, nil).Observe(t.Context(), switchctl.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		p := where(t, &s, "Gi1/0/1")
		if len(p.Learned) != 1 || p.Learned[0].VLAN != 110 {
			t.Errorf("learned %v", p.Learned)
		}
		if c.tables["dot1dTpFdbTable@10"]+c.tables["dot1dTpFdbTable"] > 0 {
			t.Errorf("BRIDGE-MIB is read too: %v", c.tables)
		}
	})
}
