package inventory_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

// pool are the addresses of generated campuses: few, so that they meet.
var pool = []string{cisco, cisco2, avaya, poly, yealink, snom, pc, vm, "01:80:c2:00:00:0e", "", "70:01:b5:00:00:02"}

var rows = []discovery.Neighbor{
	ciscoLLDP, ciscoCDP, avayaLLDP, polyLLDP, yealinkLLDP, nortelLLDP, snomLLDP, pcLLDP, dockerLLDP, switchLLDP, apCDP,
	{Protocol: discovery.CDP, ChassisID: "phone", Platform: "Cisco IP Phone 8841", Capabilities: phoneCaps()},
	{Protocol: discovery.LLDP, ChassisID: "10.0.0.9", PortID: "WAN", System: "phone", Capabilities: phoneCaps()},
	{},
}

func drawPort(t *rapid.T, name string) switchctl.PortState {
	p := access(nil, nil)
	p.Ref.Name = name
	p.Mode = rapid.SampledFrom([]switchctl.PortMode{switchctl.ModeAccess, switchctl.ModeAccess, switchctl.ModeTrunk, switchctl.ModeUnknown}).Draw(t, "mode")
	p.Link = rapid.SampledFrom([]switchctl.UpDown{switchctl.Up, switchctl.Up, switchctl.Up, switchctl.Down, switchctl.LinkUnknown}).Draw(t, "link")
	p.LAG = rapid.IntRange(0, 9).Draw(t, "lag") == 0
	p.Untagged = rapid.SampledFrom([]uint16{0, 10, 110}).Draw(t, "untagged")
	p.Voice = rapid.SampledFrom([]discovery.VoicePolicy{
		{}, {Mode: discovery.VoiceNone}, {Mode: discovery.VoiceTagged, VLAN: 110}, {Mode: discovery.VoiceUntagged}, {Mode: discovery.VoicePriority},
	}).Draw(t, "voice")
	if rapid.Bool().Draw(t, "powered") {
		p = power(p, uint8(rapid.IntRange(0, 8).Draw(t, "class")), discovery.Milliwatts(rapid.IntRange(0, 60_000).Draw(t, "draw")))
	}
	for range rapid.IntRange(0, 4).Draw(t, "neighbours") {
		n := rapid.SampledFrom(rows).Draw(t, "row")
		if rapid.IntRange(0, 3).Draw(t, "other phone") == 0 {
			n.MAC = mac(rapid.SampledFrom(pool).Draw(t, "neighbour's address"))
		}
		if rapid.IntRange(0, 3).Draw(t, "old") == 0 {
			n.HeardAt, n.TTL = now.Add(-time.Duration(rapid.IntRange(0, 600).Draw(t, "age"))*time.Second), 2*time.Minute
		}
		p.Neighbors = append(p.Neighbors, n)
	}
	for range rapid.IntRange(0, 6).Draw(t, "addresses") {
		p.Learned = append(p.Learned, switchctl.LearnedMAC{
			MAC:  mac(rapid.SampledFrom(pool).Draw(t, "address")),
			VLAN: rapid.SampledFrom([]uint16{0, 10, 110, 200}).Draw(t, "vlan"),
		})
	}
	return p
}

func drawSnapshot(t *rapid.T, id switchctl.SwitchID) switchctl.Snapshot {
	s := switchctl.Snapshot{Switch: id}
	for i := range rapid.IntRange(1, 4).Draw(t, "ports") {
		p := drawPort(t, "Gi1/0/"+strconv.Itoa(i+1))
		p.Ref.Switch = id
		s.Ports = append(s.Ports, p)
	}
	return s
}

func drawDirectory(t *rapid.T) *inventory.Directory {
	var ps []inventory.Phone
	for _, m := range rapid.SliceOfDistinct(rapid.SampledFrom(pool), rapid.ID).Draw(t, "phones") {
		ps = append(ps, inventory.Phone{
			MAC: mac(m), Model: rapid.SampledFrom([]string{"", "Cisco 8841", "T46S"}).Draw(t, "model"), Source: "hq.csv",
			Expected: rapid.SampledFrom([]switchctl.PortRef{{}, at("sw0", "GigabitEthernet1/0/1"), at("sw1", "Gi1/0/2")}).Draw(t, "expected"),
		})
	}
	d, _ := inventory.NewDirectory(ps)
	return d
}

func byPort(a, b inventory.Binding) int {
	return cmp.Or(cmp.Compare(a.Port.Switch, b.Port.Switch), cmp.Compare(a.Port.Name, b.Port.Name))
}

// TestOrderDoesNotMatter: agents give rows in any order, and bindings must not change with it.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, s := drawDirectory(t), drawSnapshot(t, "sw0")
		want := inventory.Correlate(d, s, now)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		shuffled := s
		shuffled.Ports = slices.Clone(s.Ports)
		r.Shuffle(len(shuffled.Ports), func(i, j int) {
			shuffled.Ports[i], shuffled.Ports[j] = shuffled.Ports[j], shuffled.Ports[i]
		})
		for i := range shuffled.Ports {
			p := &shuffled.Ports[i]
			p.Neighbors, p.Learned = slices.Clone(p.Neighbors), slices.Clone(p.Learned)
			r.Shuffle(len(p.Neighbors), func(i, j int) { p.Neighbors[i], p.Neighbors[j] = p.Neighbors[j], p.Neighbors[i] })
			r.Shuffle(len(p.Learned), func(i, j int) { p.Learned[i], p.Learned[j] = p.Learned[j], p.Learned[i] })
		}
		got := inventory.Correlate(d, shuffled, now)
		slices.SortStableFunc(want, byPort)
		slices.SortStableFunc(got, byPort)
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("bindings differ with the order of rows:\n%s", diff)
		}
	})
}

// TestBindingsAreSound holds every binding to the words of Confidence and of the architecture.
func TestBindingsAreSound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, s := drawDirectory(t), drawSnapshot(t, "sw0")
		for i := range s.Ports {
			p := &s.Ports[i]
			bs := inventory.CorrelatePort(d, p, now)
			sure := 0
			for _, b := range bs {
				_, known := d.ByMAC(b.MAC)
				switch {
				case p.Link == switchctl.Down:
					t.Fatalf("binding %+v on a port that is down", b)
				case len(b.Evidence) == 0:
					t.Fatalf("binding %+v without evidence", b)
				case b.Port != p.Ref:
					t.Fatalf("binding %+v on another port than %v", b, p.Ref)
				case b.MAC.Group():
					t.Fatalf("binding %+v of a group address", b)
				case known != (b.Phone != nil):
					t.Fatalf("binding %+v, but the directory knows the phone: %t", b, known)
				case b.MAC.Local() && !known && !b.Direct():
					t.Fatalf("binding %+v of a locally administered address that nothing else speaks for", b)
				case b.Confidence == inventory.Certain && len(b.Evidence) < 2 && !(known && b.Evidence[0].Kind == inventory.EvidenceVoiceMAC):
					t.Fatalf("binding %+v is certain by one sign", b)
				case b.InVoice && b.VoiceVLAN == 0 && p.Voice.Mode == discovery.VoiceTagged && p.Voice.VLAN != p.Untagged:
					t.Fatalf("binding %+v is in the voice VLAN and tells none", b)
				case p.LAG && !b.Direct():
					t.Fatalf("binding %+v of an address behind a link aggregate", b)
				case b.MACs > len(p.Learned):
					t.Fatalf("binding %+v counts more addresses than rows", b)
				}
				if b.Confidence > inventory.Unsure {
					sure++
				}
				for j, e := range b.Evidence {
					if e.Kind == "" || e.Detail == "" || slices.IndexFunc(b.Evidence, func(o inventory.Evidence) bool { return o.Kind == e.Kind }) != j {
						t.Fatalf("binding %+v has empty evidence, or one kind twice", b)
					}
				}
			}
			if sure > 1 {
				t.Fatalf("port %v has %d phones that are more than unsure: %+v", p.Ref, sure, bs)
			}
		}
	})
}

// TestResolveIsSound: no phone is Certain at two ports, none gets lost, none becomes surer, and the order of
// switches does not matter.
func TestResolveIsSound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDirectory(t)
		var bs []inventory.Binding
		for i := range rapid.IntRange(1, 4).Draw(t, "switches") {
			bs = append(bs, inventory.Correlate(d, drawSnapshot(t, switchctl.SwitchID("sw"+strconv.Itoa(i))), now)...)
		}
		kept, seen := inventory.Resolve(bs)
		sure, found := map[discovery.MAC]int{}, map[discovery.MAC]bool{}
		for _, b := range kept {
			i := slices.IndexFunc(bs, func(o inventory.Binding) bool { return o.Port == b.Port && o.MAC == b.MAC })
			if i < 0 || b.Confidence > bs[i].Confidence {
				t.Fatalf("binding %+v is new or surer than it was", b)
			}
			found[b.MAC] = true
			if b.MAC.IsZero() {
				continue
			}
			if b.Confidence > inventory.Unsure {
				sure[b.MAC]++
			}
			if !slices.Contains(seen[b.MAC], b.Port) {
				t.Fatalf("port %v of %v is not among those seen: %v", b.Port, b.MAC, seen[b.MAC])
			}
		}
		for m, n := range sure {
			if n > 1 || len(seen[m]) > 1 {
				t.Fatalf("phone %v is more than unsure at %d of %d ports", m, n, len(seen[m]))
			}
		}
		for _, b := range bs {
			if !found[b.MAC] {
				t.Fatalf("phone %v got lost", b.MAC)
			}
		}
		again, _ := inventory.Resolve(kept)
		if diff := gocmp.Diff(kept, again); diff != "" {
			t.Fatalf("resolving what is resolved changes it:\n%s", diff)
		}
		slices.Reverse(bs)
		back, seenBack := inventory.Resolve(bs)
		slices.Reverse(back)
		if diff := gocmp.Diff(kept, back) + gocmp.Diff(seen, seenBack); diff != "" {
			t.Fatalf("the order of switches matters:\n%s", diff)
		}
	})
}

// TestMergeIsSound: one phone for each address, the first source wins, a source merged with itself tells
// nothing new, and the order of entries of different phones does not matter.
func TestMergeIsSound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		phone := rapid.Custom(func(t *rapid.T) inventory.Phone {
			return inventory.Phone{
				MAC:       mac(rapid.SampledFrom(pool).Draw(t, "address")),
				Name:      rapid.SampledFrom([]string{"", "a", "B"}).Draw(t, "name"),
				Extension: rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "extension"),
				Protected: rapid.Bool().Draw(t, "protected"),
			}
		})
		first := rapid.SliceOfDistinct(phone, func(p inventory.Phone) discovery.MAC { return p.MAC }).Draw(t, "first")
		second := rapid.SliceOf(phone).Draw(t, "second")
		d, _ := inventory.Merge(inventory.List{Source: "a", Phones: first}, inventory.List{Source: "b", Phones: second})
		last := discovery.MAC{}
		for p := range d.All() {
			if slices.Compare(p.MAC[:], last[:]) <= 0 {
				t.Fatalf("address %v follows %v", p.MAC, last)
			}
			last = p.MAC
		}
		for _, p := range first {
			got, ok := d.ByMAC(p.MAC)
			if p.MAC.Group() || p.MAC.IsZero() {
				if ok {
					t.Fatalf("address %v is a phone's", p.MAC)
				}
				continue
			}
			if !ok || p.Name != "" && got.Name != p.Name || p.Extension != "" && got.Extension != p.Extension || p.Protected && !got.Protected {
				t.Fatalf("phone %+v of the first source became %+v", p, got)
			}
		}
		alone, _ := inventory.NewDirectory(first)
		twice, conflicts := inventory.Merge(inventory.List{Phones: first}, inventory.List{Phones: first})
		if diff := gocmp.Diff(slices.Collect(alone.All()), slices.Collect(twice.All())); diff != "" {
			t.Fatalf("a source merged with itself:\n%s", diff)
		}
		for _, c := range conflicts {
			if c.Kind != inventory.ConflictNoAddress {
				t.Fatalf("a source is in conflict with itself: %s", c)
			}
		}
		slices.Reverse(first)
		other, _ := inventory.NewDirectory(first)
		if diff := gocmp.Diff(slices.Collect(alone.All()), slices.Collect(other.All())); diff != "" {
			t.Fatalf("the order of entries matters:\n%s", diff)
		}
	})
}
