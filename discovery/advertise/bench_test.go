package advertise

import (
	"strings"
	"testing"
	"time"

	"phoneport/discovery"
)

// full is an advert that says all that there is to say.
func full() Advert {
	a := advert()
	a.Power = Power{Supported: true, Enabled: true, Type: 2, Class: 4, Limit: 30_000}
	return a
}

// settled gives a machine at rest: a phone that speaks both protocols and a PC behind it are heard, and the
// frames that they repeat.
func settled(tb testing.TB) (m *Machine, heard [][]byte, now time.Time) {
	tb.Helper()
	m, err := NewMachine(portMAC, station(), full(), Options{})
	if err != nil {
		tb.Fatal(err)
	}
	now = base
	m.Step(Input{Kind: LinkUp}, now)
	for _, words := range []string{"phone req=65 vlan=110", "cdp-phone noquery req=1:6300", "pc"} {
		f := heardFrame(tb, strings.Fields(words))
		heard = append(heard, f)
		m.Step(Input{Kind: Heard, Frame: discovery.Frame{Data: f}}, now)
	}
	for range 10 {
		now = now.Add(5 * time.Second)
		m.Step(Input{Kind: Tick}, now)
		for _, f := range heard {
			m.Step(Input{Kind: Heard, Frame: discovery.Frame{Data: f}}, now)
		}
	}
	return m, heard, now
}

// TestSteadyStateAllocates nothing: neither what is said again, nor what is heard again.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	m, heard, now := settled(t)
	frames := 0
	if n := testing.AllocsPerRun(200, func() {
		now = now.Add(30 * time.Second)
		frames += len(m.Step(Input{Kind: Tick}, now).Frames)
		for _, f := range heard {
			frames += len(m.Step(Input{Kind: Heard, Frame: discovery.Frame{Data: f}}, now).Frames)
		}
	}); n != 0 {
		t.Errorf("30 s of a port at rest allocate %v times", n)
	}
	if frames < 201+100 {
		t.Errorf("%d frames: this port is not at rest but silent", frames)
	}
	if n := len(m.Neighbors()); n != 3 {
		t.Errorf("%d neighbours, want 3", n)
	}

	query := discovery.Frame{Data: heardFrame(t, []string{"cdp-phone"})}
	m.Step(Input{Kind: Heard, Frame: query}, now)
	answers := 0
	if n := testing.AllocsPerRun(200, func() {
		now = now.Add(20 * time.Second)
		answers += len(m.Step(Input{Kind: Heard, Frame: query}, now).Notices)
	}); n != 0 || answers < 201 {
		t.Errorf("%d queries answered with %v allocations each", answers, n)
	}
}

func BenchmarkTick(b *testing.B) {
	m, _, now := settled(b)
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(30 * time.Second)
		m.Step(Input{Kind: Tick}, now)
	}
}

func BenchmarkHeard(b *testing.B) {
	for i, name := range []string{"phone-lldp", "phone-cdp", "pc"} {
		b.Run(name, func(b *testing.B) {
			m, heard, now := settled(b)
			b.ReportAllocs()
			for b.Loop() {
				m.Step(Input{Kind: Heard, Frame: discovery.Frame{Data: heard[i]}}, now)
			}
		})
	}
	b.Run("mixed", func(b *testing.B) {
		m, heard, now := settled(b)
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			m.Step(Input{Kind: Heard, Frame: discovery.Frame{Data: heard[i%3]}}, now)
			i++
		}
	})
}

// BenchmarkFirstPolicy is what lies between a new phone's first frame and the policy in a buffer: decode, gate, compose,
// encode.
func BenchmarkFirstPolicy(b *testing.B) {
	m, heard, now := settled(b)
	bye := heardFrame(b, strings.Fields("phone ttl=0"))
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(10 * time.Second)
		m.Step(Input{Kind: Heard, Frame: discovery.Frame{Data: bye}}, now)
		if out := m.Step(Input{Kind: Heard, Frame: discovery.Frame{Data: heard[0]}}, now); len(out.Frames) == 0 {
			b.Fatal("no policy")
		}
	}
}

// BenchmarkChange is another voice VLAN, checked and in both frames.
func BenchmarkChange(b *testing.B) {
	m, _, now := settled(b)
	a := full()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		now = now.Add(time.Second)
		a.Voice = []discovery.VoicePolicy{tagged(uint16(1 + i%4094))}
		if out := m.Step(Input{Kind: SetAdvert, Advert: &a}, now); len(out.Frames) != 2 {
			b.Fatal(out)
		}
	}
}

// BenchmarkThousandPorts is a minute of a thousand ports with a phone and a PC each, by the machines' own clock: each
// speaks LLDP twice and CDP once, and hears six frames. core% is the share of one core that it takes.
func BenchmarkThousandPorts(b *testing.B) {
	const ports = 1000
	var (
		ms    [ports]*Machine
		heard [][]byte
		now   time.Time
	)
	for i := range ms {
		ms[i], heard, now = settled(b)
	}
	frames := 0
	b.ReportAllocs()
	for b.Loop() {
		for half := range 2 {
			end := now.Add(30 * time.Second)
			for _, m := range ms {
				for next := m.Next(); !next.After(end); next = m.Next() {
					frames += len(m.Step(Input{Kind: Tick}, next).Frames)
				}
				for i, f := range heard {
					if i != 1 || half == 0 {
						frames += len(m.Step(Input{Kind: Heard, Frame: discovery.Frame{Data: f}}, end).Frames)
					}
				}
			}
			now = end
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(time.Minute)*100, "core%")
	b.ReportMetric(float64(frames)/float64(b.N)/ports, "frames/port-minute")
}
