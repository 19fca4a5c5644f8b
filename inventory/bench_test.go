package inventory_test

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

// phoneNumber gives the address of the n-th phone of a campus.
func phoneNumber(n int) discovery.MAC {
	return discovery.MAC{0x80, 0x5e, 0xc0, byte(n >> 16), byte(n >> 8), byte(n)}
}

func pcNumber(n int) discovery.MAC {
	return discovery.MAC{0x3c, 0x52, 0x82, byte(n >> 16), byte(n >> 8), byte(n)}
}

// campusOf makes switches of 48 ports with a phone and a PC on each, and an uplink that learned a thousand
// other addresses. Half of the phones speak LLDP, a quarter CDP as well, a quarter nothing.
func campusOf(ports int) []switchctl.Snapshot {
	var snaps []switchctl.Snapshot
	for n := 0; n < ports; n += 48 {
		id := switchctl.SwitchID("sw-" + strconv.Itoa(n/48))
		s := switchctl.Snapshot{Switch: id}
		for i := range min(48, ports-n) {
			phone := phoneNumber(n + i)
			p := power(access(nil, []switchctl.LearnedMAC{{MAC: phone, VLAN: 110}, {MAC: phone, VLAN: 10}, {MAC: pcNumber(n + i), VLAN: 10}}), 2, 5200)
			p.Ref = switchctl.PortRef{Switch: id, Name: "Gi1/0/" + strconv.Itoa(i+1)}
			if i%4 != 3 {
				p.Neighbors = append(p.Neighbors, with(yealinkLLDP, func(nb *discovery.Neighbor) { nb.ChassisID, nb.MAC = phone.String(), phone }))
			}
			if i%4 == 2 {
				p.Neighbors = append(p.Neighbors, discovery.Neighbor{
					Protocol: discovery.CDP, ChassisID: "SIP-T46S", MAC: phone, PortID: "WAN", Platform: "Yealink SIP-T46S", Capabilities: phoneCaps(),
				})
			}
			s.Ports = append(s.Ports, p)
		}
		up := trunk(access([]discovery.Neighbor{switchLLDP}, nil))
		up.Ref = switchctl.PortRef{Switch: id, Name: "Te1/1/1"}
		for i := range 1000 {
			up.Learned = append(up.Learned, switchctl.LearnedMAC{MAC: phoneNumber((n + 48 + i) % ports), VLAN: 110})
		}
		s.Ports = append(s.Ports, up)
		snaps = append(snaps, s)
	}
	return snaps
}

// BenchmarkCorrelate matches 100,000 access ports, and the uplinks of their switches, with a directory of as
// many and of ten times as many phones. The aim is one second.
func BenchmarkCorrelate(b *testing.B) {
	const ports = 100_000
	snaps := campusOf(ports)
	for _, phones := range []int{100_000, 1_000_000} {
		list := make([]inventory.Phone, phones)
		for i := range list {
			list[i] = inventory.Phone{MAC: phoneNumber(i), Name: "phone-" + strconv.Itoa(i), Extension: strconv.Itoa(100_000 + i), Model: "SIP-T46S", Source: "hq.csv line " + strconv.Itoa(i+2)}
		}
		d, _ := inventory.NewDirectory(list)
		list = nil
		b.Run(fmt.Sprintf("ports=%d/phones=%d", ports, phones), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var all []inventory.Binding
				for _, s := range snaps {
					all = append(all, inventory.Correlate(d, s, now)...)
				}
				if len(all) != ports {
					b.Fatalf("%d bindings", len(all))
				}
			}
			b.ReportMetric(ports*float64(b.N)/b.Elapsed().Seconds(), "ports/s")
		})
	}
	d, _ := inventory.NewDirectory(nil)
	var all []inventory.Binding
	for _, s := range snaps {
		all = append(all, inventory.Correlate(d, s, now)...)
	}
	b.Run(fmt.Sprintf("resolve/bindings=%d", len(all)), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if kept, _ := inventory.Resolve(all); len(kept) != len(all) {
				b.Fatalf("%d bindings", len(kept))
			}
		}
		b.ReportMetric(float64(len(all))*float64(b.N)/b.Elapsed().Seconds(), "bindings/s")
	})
}

// BenchmarkDirectoryMemory prints the octets that a phone takes in a Directory.
func BenchmarkDirectoryMemory(b *testing.B) {
	const phones = 1_000_000
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var perPhone float64
	for b.Loop() {
		before := heap()
		d, _ := inventory.NewDirectory(func() []inventory.Phone {
			list := make([]inventory.Phone, phones)
			for i := range list {
				list[i] = inventory.Phone{
					MAC: phoneNumber(i), Name: fmt.Sprintf("SEP805EC0%06X", i), Extension: strconv.Itoa(100_000 + i), Model: "SIP-T46S", Site: "hq",
					Expected: switchctl.PortRef{Switch: switchctl.SwitchID("sw-" + strconv.Itoa(i/48)), Name: "Gi1/0/" + strconv.Itoa(i%48+1)},
					Source:   "hq.csv line " + strconv.Itoa(i+2),
				}
			}
			return list
		}())
		perPhone = float64(heap()-before) / phones
		runtime.KeepAlive(d)
	}
	b.ReportMetric(perPhone, "B/phone")
}
