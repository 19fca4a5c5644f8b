package neighbors_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
)

// told is what a neighbour of the model said last.
type told struct {
	name    string
	vlan    uint16 // the voice policy, for LLDP
	src     discovery.MAC
	expires time.Time
}

// model is a table as a map. Its keys are "lldp CHASSIS PORT" and "cdp DEVICE PORT".
type model struct {
	limit   int
	known   map[string]told
	tooMany map[string]time.Time
	stats   neighbors.Stats
}

// hear gives the kind of the change, KindUnknown for none.
func (m *model) hear(protocol, key, alias string, say told, ttl uint16, now time.Time) neighbors.Kind {
	m.stats.Frames++
	was, ok := m.known[key]
	if ttl == 0 {
		delete(m.known, key)
		if ok {
			return neighbors.KindGone
		}
		return neighbors.KindUnknown
	}
	kind := neighbors.KindNew
	if !ok && alias != "" {
		if was, ok = m.known[alias]; ok {
			delete(m.known, alias)
			kind = neighbors.KindChanged
		}
	}
	if !ok && m.count(protocol) == m.limit {
		m.stats.TooMany++
		m.stats.Discarded++
		first := !now.Before(m.tooMany[protocol])
		if until := now.Add(time.Duration(ttl) * time.Second); until.After(m.tooMany[protocol]) {
			m.tooMany[protocol] = until
		}
		if first {
			return neighbors.KindTooMany
		}
		return neighbors.KindUnknown
	}
	say.expires = now.Add(time.Duration(ttl) * time.Second)
	m.known[key] = say
	switch {
	case !ok:
		return kind
	case was.vlan != say.vlan:
		return neighbors.KindAdopted
	case kind == neighbors.KindChanged, was.name != say.name:
		return neighbors.KindChanged
	}
	return neighbors.KindUnknown
}

func (m *model) count(protocol string) (n int) {
	for k := range m.known {
		if k[:4] == protocol[:4] {
			n++
		}
	}
	return n
}

func (m *model) drop(gone func(told) bool) (keys []string) {
	for k, v := range m.known {
		if gone(v) {
			keys = append(keys, k)
			delete(m.known, k)
		}
	}
	slices.Sort(keys)
	return keys
}

func keyOf(n discovery.Neighbor) string {
	return fmt.Sprintf("%-4s %s %s", n.Protocol, n.ChassisID, n.PortID)
}

// TestModel runs any sequence of frames, waiting and unplugging against a map.
func TestModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(1, 4).Draw(t, "limit")
		n := neighbors.New(neighbors.Options{Limit: limit})
		m := &model{limit: limit, known: map[string]told{}, tooMany: map[string]time.Time{}}
		now := start
		ttl := rapid.SampledFrom([]uint16{0, 1, 20, 120})
		digit := rapid.IntRange(0, 5)
		one := func(t *rapid.T, what string, got []neighbors.Change, key string, want neighbors.Kind) {
			var kind neighbors.Kind
			for _, c := range got {
				kind = c.Kind
				if k := keyOf(c.Neighbor); k != key {
					t.Fatalf("%s: a change of %q, want %q", what, k, key)
				}
			}
			if len(got) > 1 || kind != want {
				t.Fatalf("%s %s: %d changes, %v; want %v", what, key, len(got), kind, want)
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"lldp": func(t *rapid.T) {
				// Systems 0 to 2 are known by an IP address, 0 and 1 have two of them.
				system, addr := digit.Draw(t, "system"), byte(rapid.IntRange(0, 1).Draw(t, "address"))
				say := told{name: fmt.Sprint("name", digit.Draw(t, "name")/3), vlan: uint16(digit.Draw(t, "vlan") / 3 * 100), src: discovery.MAC{2, 0, 0, 0, 0, byte(system)}}
				p := &lldp.PDU{
					Chassis: ipID(10, 0, byte(system), addr), Port: lldp.MACID(lldp.PortMAC, say.src), TTL: ttl.Draw(t, "ttl"),
					Has: lldp.HasSystemName, SystemName: say.name,
				}
				id := fmt.Sprintf("10.0.%d.%d", system, addr)
				if system > 2 {
					p.Chassis, id = lldp.ID{Subtype: lldp.ChassisLocal, Value: fmt.Sprint("s", system)}, fmt.Sprint("s", system)
				}
				if say.vlan != 0 {
					p.Policies = []lldp.NetworkPolicy{{Application: 1, Tagged: true, VLAN: say.vlan}}
				}
				key := "lldp " + id + " " + say.src.String()
				alias := ""
				if system <= 2 {
					alias = fmt.Sprintf("lldp 10.0.%d.%d %s", system, 1-addr, say.src)
				}
				want := m.hear("lldp", key, alias, say, p.TTL, now)
				one(t, "lldp", n.HearLLDP(p, say.src, now), key, want)
			},
			"cdp": func(t *rapid.T) {
				system := digit.Draw(t, "system")
				say := told{name: fmt.Sprint("platform", digit.Draw(t, "platform")/3), src: discovery.MAC{2, 0, 0, 0, 0, byte(system)}}
				p := &cdp.Packet{
					Version: 2, TTL: uint8(ttl.Draw(t, "ttl")), Has: cdp.HasDeviceID | cdp.HasPortID | cdp.HasPlatform,
					DeviceID: fmt.Sprint("c", system/2), PortID: fmt.Sprint("p", system%2), Platform: say.name,
				}
				key := fmt.Sprintf("cdp  %s %s", p.DeviceID, p.PortID)
				say.src = discovery.MAC{2, 0, 0, 0, 0, byte(system)}
				want := m.hear("cdp ", key, "", say, uint16(p.TTL), now)
				one(t, "cdp", n.HearCDP(p, say.src, now), key, want)
			},
			"wait": func(t *rapid.T) { now = now.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "seconds")) * time.Second) },
			"age": func(t *rapid.T) {
				got := gone(t, n.Age(now), neighbors.GoneAged)
				want := m.drop(func(x told) bool { return !now.Before(x.expires) })
				m.stats.Ageouts += uint64(len(want))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("Age (-want +got):\n%s", diff)
				}
			},
			"unplug": func(t *rapid.T) {
				got := gone(t, n.LinkDown(now), neighbors.GoneLink)
				want := m.drop(func(told) bool { return true })
				clear(m.tooMany)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Fatalf("LinkDown (-want +got):\n%s", diff)
				}
			},
			"": func(t *rapid.T) { agree(t, n, m) },
		})
	})
}

func gone(t *rapid.T, cs []neighbors.Change, why string) (keys []string) {
	for _, c := range cs {
		if c.Kind != neighbors.KindGone || c.Why != why {
			t.Fatalf("%v, %q; want gone, %q", c.Kind, c.Why, why)
		}
		keys = append(keys, keyOf(c.Neighbor))
	}
	slices.Sort(keys)
	return keys
}

// agree compares table and model.
func agree(t *rapid.T, n *neighbors.Table, m *model) {
	var next time.Time
	for _, v := range m.known {
		if next.IsZero() || v.expires.Before(next) {
			next = v.expires
		}
	}
	if got := n.Next(); !got.Equal(next) {
		t.Fatalf("Next() = %v, want %v", got, next)
	}
	all := n.All()
	if len(all) != len(m.known) {
		t.Fatalf("%d neighbours, want %d", len(all), len(m.known))
	}
	for _, x := range all {
		v, ok := m.known[keyOf(x)]
		if !ok || x.Adopted.VLAN != v.vlan || x.System+x.Platform != v.name && x.Protocol == discovery.LLDP || x.Protocol == discovery.CDP && x.Platform != v.name {
			t.Fatalf("%+v; want %+v (%v)", x, v, ok)
		}
		if !x.HeardAt.Add(x.TTL).Equal(v.expires) {
			t.Fatalf("%s expires at %v, want %v", keyOf(x), x.HeardAt.Add(x.TTL), v.expires)
		}
	}
	if got := n.Stats(); got != m.stats {
		t.Fatalf("Stats() = %+v, want %+v", got, m.stats)
	}
}
