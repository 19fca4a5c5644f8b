//go:build linux

package peers

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"phoneport/discovery/advertise"
	"phoneport/discovery/wire/wiretest"
)

// How often each thing is measured. lldpd is slow to plug in: it waits a second.
const (
	answers   = 200
	quiet     = 20 * time.Millisecond // before a phone speaks: a switch that waits has gone to sleep
	plugs     = 8
	unplugged = 2500 * time.Millisecond // lldpd puts off what it does about links by a second or two
)

// switchLLDPd runs lldpd as a switch with a voice policy.
func switchLLDPd(b testing.TB, iface string) *lldpd {
	b.Helper()
	d := startLLDPd(b, iface, "-M", "4", "-m", "192.0.2.8")
	d.do("configure", "med", "policy", "application", "voice", "tagged", "vlan", "110", "priority", "voice", "dscp", "46")
	return d
}

// BenchmarkFirstPolicy measures, by the clock of the kernel at the phone's end of the cable, from the phone's first
// frame to the frame with its voice VLAN.
func BenchmarkFirstPolicy(b *testing.B) {
	program(b, "lldpd")
	namespace(b)
	wiretest.Cable(b, "sw0", "ph0")
	h := newHandset(b, "ph0")
	for b.Loop() {
		var ours, theirs, query times
		for i := range answers {
			// A port of its own each time, as one port answers no more than five frames at once.
			port := startPort(b, "sw0", advert(), advertise.Options{})
			h.next(anyLLDP)
			<-time.After(quiet)
			h.say(phoneLLDP(b, fmt.Sprint("phone", i), 120))
			began := h.next(said)
			ours = append(ours, h.next(policyLLDP).Sub(began))
			h.say(phoneCDP(b, fmt.Sprint("SEP", i)))
			began = h.next(said)
			query = append(query, h.next(voiceCDP).Sub(began))
			port.stop()
			h.settle()
		}
		d := switchLLDPd(b, "sw0")
		d.do("configure", "system", "max-neighbors", fmt.Sprint(2*answers))
		h.next(policyLLDP)
		for i := range answers {
			<-time.After(quiet) // it answers a phone more than once; its last answer is none to the next
			h.settle()
			h.say(phoneLLDP(b, fmt.Sprint("phone", i), 120))
			began := h.next(said)
			theirs = append(theirs, h.next(policyLLDP).Sub(began))
		}
		d.stop()
		h.settle()

		fmt.Fprintf(os.Stdout, "\nfrom the phone's first frame to its policy\n  phoneport, LLDP-MED  %s\n  lldpd, LLDP-MED      %s\n  phoneport, CDP       %s\n", ours, theirs, query)
		met(ours.median() < 200*time.Microsecond, "policy on the wire within 0.2 ms: median %s, worst %s", round(ours.median()), round(ours.worst()))
		met(query.median() < 500*time.Microsecond, "CDP query answered in under 0.5 ms: median %s, worst %s", round(query.median()), round(query.worst()))
		b.ReportMetric(float64(ours.median())/1e3, "µs/policy")
		b.ReportMetric(float64(theirs.median())/1e3, "µs/lldpd-policy")
		b.ReportMetric(float64(query.median())/1e3, "µs/CDP-reply")
	}
}

// plug sets the phone's end up, which is when the cable is in, and gives the time until the switch said what is
// waited for. A phone that speaks does so as soon as its own port has a carrier. Then the cable is out long enough
// for both sides to have settled.
func plug(b testing.TB, h *handset, speaks []byte, want fit, changes <-chan netlink.LinkUpdate) time.Duration {
	b.Helper()
	for len(changes) > 0 {
		<-changes
	}
	began := time.Now()
	wiretest.Up(b, "ph0")
	if speaks != nil {
		awaitLink(b, changes, "ph0", true)
		h.say(speaks)
	}
	var at time.Time
	for at.Before(began) {
		at = h.next(want)
	}
	wiretest.Down(b, "ph0")
	awaitLink(b, changes, "sw0", false)
	<-time.After(unplugged)
	return at.Sub(began)
}

func awaitLink(b testing.TB, changes <-chan netlink.LinkUpdate, name string, up bool) {
	b.Helper()
	limit := time.After(wait)
	for {
		select {
		case u := <-changes:
			if u.Attrs().Name == name && (u.IfInfomsg.Flags&unix.IFF_RUNNING != 0) == up {
				return
			}
		case <-limit:
			b.Fatalf("the kernel does not tell that the link of %s changed", name)
		}
	}
}

// subscribe gives the changes of links in the namespace of the benchmark.
func subscribe(b testing.TB) <-chan netlink.LinkUpdate {
	b.Helper()
	ns, err := netns.Get()
	if err != nil {
		b.Fatal(err)
	}
	changes, done := make(chan netlink.LinkUpdate, 1024), make(chan struct{})
	if err := netlink.LinkSubscribeWithOptions(changes, done, netlink.LinkSubscribeOptions{Namespace: &ns}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { close(done); _ = ns.Close() })
	return changes
}

// BenchmarkPlug measures from the cable being plugged in, beside lldpd in the same run.
func BenchmarkPlug(b *testing.B) {
	program(b, "lldpd")
	namespace(b)
	wiretest.LayCable(b, "sw0", "ph0")
	wiretest.Up(b, "sw0")
	h := newHandset(b, "ph0")
	changes := subscribe(b)
	speaks := phoneLLDP(b, "phone", 120)
	for b.Loop() {
		cases := []struct {
			name   string
			speaks []byte
			want   fit
			o      advertise.Options
			ours   times
			theirs times
		}{
			{name: "first frame, phone silent", want: anyLLDP},
			{name: "policy, phone silent, ungated", want: policyLLDP, o: advertise.Options{MED: advertise.Forced}},
			{name: "policy, phone speaks at once", want: policyLLDP, speaks: speaks},
		}
		for i := range cases {
			c := &cases[i]
			port := startPort(b, "sw0", advert(), c.o, linkDown)
			stop := follow(b, port)
			for range plugs {
				c.ours = append(c.ours, plug(b, h, c.speaks, c.want, changes))
			}
			stop()
			port.stop()
		}
		d := switchLLDPd(b, "sw0")
		<-time.After(unplugged)
		for i := range cases {
			c := &cases[i]
			for range plugs {
				c.theirs = append(c.theirs, plug(b, h, c.speaks, c.want, changes))
			}
		}
		d.stop()

		fmt.Fprintln(os.Stdout, "\nfrom the cable being plugged in")
		for _, c := range cases {
			fmt.Fprintf(os.Stdout, "  %-30s  phoneport  %s\n  %-30s  lldpd      %s\n", c.name, c.ours, "", c.theirs)
		}
		for _, c := range cases {
			ratio := float64(c.theirs.median()) / float64(c.ours.median())
			met(ratio >= 10, "%s: at least 10 times sooner than lldpd: %.0f times", c.name, ratio)
			b.ReportMetric(ratio, strings.ReplaceAll(strings.ReplaceAll(c.name, ",", ""), " ", "-")+"-times-sooner")
		}
		b.ReportMetric(float64(cases[0].ours.median())/1e6, "ms/plug")
		b.ReportMetric(float64(cases[0].theirs.median())/1e6, "ms/lldpd-plug")
	}
}

// follow tells a port of ours what netlink tells of its link, as the agent of a switch does.
func follow(b testing.TB, p *ourPort) (stop func()) {
	b.Helper()
	ns, err := netns.Get()
	if err != nil {
		b.Fatal(err)
	}
	changes, done, ended := make(chan netlink.LinkUpdate), make(chan struct{}), make(chan struct{})
	if err := netlink.LinkSubscribeWithOptions(changes, done, netlink.LinkSubscribeOptions{Namespace: &ns}); err != nil {
		b.Fatal(err)
	}
	go func() {
		defer close(ended)
		for u := range changes {
			if u.Attrs().Name == "sw0" {
				p.Link(u.IfInfomsg.Flags&unix.IFF_RUNNING != 0)
			}
		}
	}()
	return func() {
		close(done)
		<-ended
		_ = ns.Close()
	}
}
