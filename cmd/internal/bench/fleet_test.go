//go:build linux

package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The campus that is read, unless the environment says otherwise.
var (
	benchSwitches = setting("PHONEPORT_BENCH_SWITCHES", 500)
	benchDead     = setting("PHONEPORT_BENCH_DEAD", 10_000)
	benchDelay    = time.Duration(setting("PHONEPORT_BENCH_RTT_MS", 20)) * time.Millisecond
)

const (
	portsASwitch = 48
	voiceVLAN    = 110
	dataVLAN     = 10
	workers      = 64 // of each rival
)

func setting(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// rival is a program that reads the tables that phoneport reads.
type rival struct {
	name    string
	missing string // why it cannot run here
	run     func(tb testing.TB, addresses []string) usage
}

// BenchmarkFleet audits a campus and has the rivals read it too, one after the other.
func BenchmarkFleet(b *testing.B) {
	program := build(b, "./cmd/phoneport")
	plain := build(b, "./switchctl/sim/baseline")
	rivals := []rival{
		{name: "gosnmp BulkWalk ×64", run: func(tb testing.TB, addresses []string) usage { return walkPlain(tb, plain, addresses) }},
		{name: "snmpbulkwalk ×64", run: walkNetSNMP, missing: netSNMPMissing()},
	}
	for b.Loop() {
		var c campus
		lab := start(b, &c, "campus", strconv.Itoa(benchSwitches), strconv.Itoa(portsASwitch), benchDelay.String())
		conf := configure(b, c.Switches, c.Phones, "")
		addresses := make([]string, len(c.Switches))
		for i, s := range c.Switches {
			addresses[i] = s.Address
		}
		var served counts
		lab.ask("counts", &served) // from here on

		u := audit(b, program, conf, len(c.Switches), len(c.Phones))
		lab.ask("counts", &served)
		rows := []row{result("phoneport audit", u, served, len(c.Switches))}
		full := served

		var none int
		agent := start(b, &none, "twice", conf)
		var first, second auditUsage
		agent.ask("audit", &first)
		lab.ask("counts", &served)
		agent.ask("audit", &second)
		lab.ask("counts", &served)
		again := served
		if second.Read != len(c.Switches) || second.Found != len(c.Phones) {
			b.Errorf("the repeat audit read %d switches and found %d phones, want %d and %d", second.Read, second.Found, len(c.Switches), len(c.Phones))
		}
		rows = append(rows, result("  repeat, unchanged", usage{wall: second.Wall, cpu: second.CPU}, served, len(c.Switches)))

		times := map[string]row{}
		for _, r := range rivals {
			if r.missing != "" {
				fmt.Printf("SKIPPED: %s: %s\n", r.name, r.missing)
				continue
			}
			u := r.run(b, addresses)
			lab.ask("counts", &served)
			times[r.name] = result(r.name, u, served, len(c.Switches))
			rows = append(rows, times[r.name])
		}
		report(os.Stdout, fmt.Sprintf("%d switches of %d ports, %d phones, answers of up to %d octets, %s round trip",
			len(c.Switches), portsASwitch, len(c.Phones), c.MaxSize, benchDelay), rows, targets(rows[0], full, again, len(c.Switches), times, rivals))
		b.ReportMetric(rows[0].wall.Seconds(), "s/audit")
		b.ReportMetric(float64(full.Requests)/float64(len(c.Switches)), "requests/switch")
	}
}

// targets are the promises of the project.
func targets(ours row, full, again counts, switches int, times map[string]row, rivals []rival) []target {
	plain, net := times[rivals[0].name], times[rivals[1].name]
	faster := func(r row, want float64) target {
		got := ratio(r.wall, ours.wall)
		return target{fmt.Sprintf("%g times faster than %s", want, r.name), fmt.Sprintf("%.1f", got), got >= want}
	}
	out := []target{
		budget("full", full, switches, fullBudget), budget("repeat", again, switches, repeatBudget),
		{"under 300 MiB", fmt.Sprintf("%d MiB", ours.rss>>20), ours.rss < 300<<20},
	}
	if plain.wall > 0 {
		out = append(out, faster(plain, 4), target{"no more CPU a switch than " + plain.name, fmt.Sprintf("%.2f ms against %.2f ms", ms(ours.cpu), ms(plain.cpu)), ours.cpu <= plain.cpu})
	}
	if net.wall > 0 {
		out = append(out, faster(net, 8))
	}
	return out
}

// budget compares the requests of one reading of the switch that took most, and tells the mean too: how much a
// switch has to tell differs with the phones that it has.
func budget(name string, n counts, switches, most int) target {
	mean := float64(n.Requests) / float64(switches)
	return target{fmt.Sprintf("at most %d requests for a %s reading of a switch", most, name), fmt.Sprintf("%d, the mean is %.1f", n.Most, mean), int(n.Most) <= most}
}

// result puts usage and the campus's own count together.
func result(name string, u usage, served counts, switches int) row {
	return row{name: name, wall: u.wall, cpu: u.cpu / time.Duration(switches), requests: float64(served.Requests) / float64(switches), rss: u.rss}
}

// audit runs `phoneport audit` and checks that it did the whole work.
func audit(tb testing.TB, program, conf string, switches, phones int) usage {
	tb.Helper()
	u, err := measure(exec.Command(program, "audit", "-c", conf, "-o", "json"))
	if err != nil {
		tb.Fatal(err)
	}
	var got struct {
		Switches struct {
			Read       int
			Unreadable []struct{ Name, Error string }
		}
		Phones struct{ Expected, Found int }
	}
	if err := json.Unmarshal(u.out, &got); err != nil {
		tb.Fatalf("read the audit: %v\n%.500s", err, u.out)
	}
	if got.Switches.Read != switches || got.Phones.Found != phones {
		tb.Errorf("the audit read %d switches and found %d phones, want %d and %d; unreadable: %.300v",
			got.Switches.Read, got.Phones.Found, switches, phones, got.Switches.Unreadable)
	}
	return u
}

// walkPlain runs the plain gosnmp program.
func walkPlain(tb testing.TB, program string, addresses []string) usage {
	tb.Helper()
	cmd := exec.Command(program, "-workers", strconv.Itoa(workers), "-tables", strings.Join(oids(tables), ","),
		"-vlan-tables", strings.Join(oids(vlanTables), ","), "-vlans", fmt.Sprintf("%d,%d", dataVLAN, voiceVLAN))
	cmd.Stdin = strings.NewReader(strings.Join(addresses, "\n"))
	u, err := measure(cmd)
	if err != nil {
		tb.Fatal(err)
	}
	var got struct{ Switches, Failed, Variables int }
	if err := json.Unmarshal(u.out, &got); err != nil {
		tb.Fatalf("read what the plain program said: %v\n%.500s", err, u.out)
	}
	if got.Switches != len(addresses) || got.Failed != 0 || got.Variables < len(addresses)*portsASwitch {
		tb.Errorf("the plain program read %+v of %d switches", got, len(addresses))
	}
	return u
}

// netSNMPMissing says why net-snmp's program cannot run here.
func netSNMPMissing() string {
	for _, p := range []string{"snmpbulkwalk", "xargs"} {
		if _, err := exec.LookPath(p); err != nil {
			return err.Error()
		}
	}
	return ""
}

// walkNetSNMP runs one snmpbulkwalk a table and switch, as a shell script would.
func walkNetSNMP(tb testing.TB, addresses []string) usage {
	tb.Helper()
	var lines bytes.Buffer
	for _, a := range addresses {
		for _, t := range tables {
			fmt.Fprintf(&lines, "public %s %s\n", a, t.oid)
		}
		for _, vlan := range []int{dataVLAN, voiceVLAN} {
			for _, t := range vlanTables {
				fmt.Fprintf(&lines, "public@%d %s %s\n", vlan, a, t.oid)
			}
		}
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		tb.Fatal(err)
	}
	defer null.Close()
	cmd := exec.Command("xargs", "-P", strconv.Itoa(workers), "-L", "1", "snmpbulkwalk", "-v2c", "-On", "-c")
	cmd.Stdin, cmd.Stdout = &lines, null
	u, err := measure(cmd)
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

// BenchmarkDead audits switches of which none answers.
func BenchmarkDead(b *testing.B) {
	program := build(b, "./cmd/phoneport")
	for b.Loop() {
		var n int
		start(b, &n, "dead", strconv.Itoa(benchDead))
		switches := make([]site, n)
		for i, a := range deadAddresses(n) {
			switches[i] = site{Name: fmt.Sprintf("dead-%05d", i+1), Address: a}
		}
		conf := configure(b, switches, nil, "")
		u, err := measureCode(exec.Command(program, "audit", "-c", conf, "-o", "json"), 3)
		if err != nil {
			b.Fatal(err)
		}
		report(os.Stdout, fmt.Sprintf("%d switches that do not answer", n),
			[]row{{name: "phoneport audit", wall: u.wall, cpu: u.cpu / time.Duration(n), rss: u.rss}},
			[]target{{"seconds, not minutes", fmt.Sprintf("%.1f s", u.wall.Seconds()), u.wall < time.Minute}})
		b.ReportMetric(u.wall.Seconds(), "s/audit")
	}
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
