package advertise

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"phoneport/discovery"
)

var update = flag.Bool("update", false, "write what came out as what is wanted")

var base = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// TestScenarios plays what happens at a port, and compares each frame and notice and its time. A scenario has
// lines of time and input; "every 1s 20 …" repeats one, "until" runs the clock on.
func TestScenarios(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/scenario/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios: ", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Files) != 2 || a.Files[0].Name != "input" || a.Files[1].Name != "want" {
				t.Fatal("want the files input and want")
			}
			got := play(t, string(a.Files[0].Data), func([]byte) {})
			if *update {
				a.Files[1].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(a.Files[1].Data), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// player runs a machine by a clock of its own, as Port does, and keeps what comes out.
type player struct {
	t    *testing.T
	m    *Machine
	a    Advert
	s    Station
	now  time.Time
	out  strings.Builder
	said func([]byte)
	own  [][]byte // the frames of the last step that had any
}

// play gives what comes out of a scenario in text, and each frame to said.
func play(t *testing.T, input string, said func([]byte)) string {
	t.Helper()
	p := &player{t: t, a: advert(), s: station(), now: base, said: said}
	var o Options
	for line := range strings.Lines(input) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		switch words[0] {
		case "options":
			setOptions(t, &o, words[1:])
			continue
		case "advert":
			setAdvert(t, &p.a, words[1:])
			continue
		}
		if p.m == nil {
			m, err := NewMachine(portMAC, p.s, p.a, o)
			if err != nil {
				t.Fatal(err)
			}
			p.m = m
		}
		var every time.Duration
		times := 1
		if words[0] == "every" {
			every, times, words = duration(t, words[1]), number(t, words[2]), words[3:]
		}
		at := base.Add(duration(t, words[0]))
		for range times {
			p.advance(at)
			p.do(words[1:])
			at = at.Add(every)
		}
	}
	return p.out.String()
}

func duration(t reporter, s string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func setOptions(t reporter, o *Options, words []string) {
	t.Helper()
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		var err error
		switch key {
		case "lldp":
			err = o.LLDP.UnmarshalText([]byte(value))
		case "med":
			err = o.MED.UnmarshalText([]byte(value))
		case "cdp":
			err = o.CDP.UnmarshalText([]byte(value))
		case "hold":
			o.SpeakerHold = duration(t, value)
		case "interval":
			o.Interval = duration(t, value)
		default:
			t.Fatalf("no option %q", key)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// advance wakes the machine when it wants to be, up to a time.
func (p *player) advance(to time.Time) {
	p.t.Helper()
	if to.Before(p.now) {
		p.t.Fatalf("the scenario goes back in time, to %v", to.Sub(base))
	}
	for next := p.m.Next(); !next.IsZero() && next.Before(to); next = p.m.Next() {
		p.step(Input{Kind: Tick}, next)
	}
	p.now = to
}

func (p *player) do(words []string) {
	p.t.Helper()
	in := Input{}
	switch words[0] {
	case "up":
		in.Kind = LinkUp
	case "down":
		in.Kind = LinkDown
	case "hear":
		in = Input{Kind: Heard, Frame: discovery.Frame{Data: heardFrame(p.t, words[1:])}}
	case "late": // heard before the link went down, read after
		in = Input{Kind: Heard, Frame: discovery.Frame{Data: heardFrame(p.t, words[1:]), At: p.now.Add(-time.Second)}}
	case "host": // another program of this host sends
		in = Input{Kind: Heard, Frame: discovery.Frame{Data: heardFrame(p.t, words[1:]), Outgoing: true}}
	case "echo": // what we sent last is seen as sent by this host
		for _, f := range p.own {
			p.step(Input{Kind: Heard, Frame: discovery.Frame{Data: f, Outgoing: true}}, p.now)
		}
		return
	case "set":
		setAdvert(p.t, &p.a, words[1:])
		a := p.a
		in = Input{Kind: SetAdvert, Advert: &a}
	case "chassis":
		p.s.Chassis[5] = byte(number(p.t, words[1]))
		s := p.s
		in = Input{Kind: SetStation, Station: &s}
	case "name":
		p.s.Name = words[1]
		s := p.s
		in = Input{Kind: SetStation, Station: &s}
	case "stop":
		in.Kind = Stop
	case "until":
		in.Kind = Tick
	default:
		p.t.Fatalf("no input %q", words[0])
	}
	p.step(in, p.now)
}

func (p *player) step(in Input, now time.Time) {
	p.t.Helper()
	out := p.m.Step(in, now)
	at := now.Sub(base).String()
	for _, n := range out.Notices {
		fmt.Fprintf(&p.out, "%-7s %s\n", at, noticeText(n))
	}
	if len(out.Frames) > 0 {
		p.own = nil
	}
	for _, f := range out.Frames {
		p.own = append(p.own, slices.Clone(f))
		p.said(f)
		fmt.Fprintf(&p.out, "%-7s %s\n", at, decodeSaid(p.t, f).text())
	}
	if next := p.m.Next(); !next.IsZero() && !next.After(now) {
		p.t.Fatalf("%s: Next is %v, not in the future", at, next.Sub(base))
	}
}
