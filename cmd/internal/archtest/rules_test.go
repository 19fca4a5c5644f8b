package archtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

const module = "phoneport"

// pkg is what `go list` tells of one package, import paths inside the module without "phoneport/".
type pkg struct {
	path    string
	imports []string // of the package itself
	tests   []string // of its tests only
}

// rule is one sentence about imports.
type rule struct {
	name string
	why  string
	// forbids says whether p must not import imp; test is true where only p's tests do.
	forbids func(p pkg, imp string, test bool) bool
}

// rooms are the top-level folders; an import may point to the same or a lower number.
var rooms = map[string]int{"discovery": 1, "switchctl": 2, "inventory": 3, "policy": 4, "cmd": 5}

// leafGroups are the folders whose sub-folders are extensions, and what the leaves may share.
var leafGroups = map[string]string{
	"switchctl/driver":  "switchctl/driver/standard",
	"discovery/source":  "",
	"inventory/source":  "",
	"inventory/witness": "",
}

// pure are the packages that decide, or turn bytes into values, and never act.
var pure = []string{
	"policy", "policy/rules", "policy/bootchain", "policy/portfsm",
	"discovery/lldp", "discovery/cdp", "discovery/neighbors", "discovery/advertise",
}

// restricted are libraries that one place wraps for all others.
var restricted = []struct {
	prefix string
	only   []string
	why    string
}{
	{
		"github.com/gosnmp/gosnmp",
		[]string{"switchctl/snmp", "switchctl/sim", "discovery/source/snmptrap"},
		"its types and its blocking sessions must not spread; speak to switches through switchctl/snmp.Session",
	},
	{"github.com/mdlayher/packet", []string{"discovery/wire"}, "frames come and go through discovery.Wire"},
	{"github.com/gopacket/gopacket", []string{"discovery", "cmd/phoneport"}, "it reads capture files in discovery/wire and is what our codecs are measured against; they do not lean on it"},
	{"github.com/scrapli/scrapligo", []string{"switchctl/cli"}, "speak to switches through the session seam of switchctl/cli"},
	{"github.com/spf13/viper", []string{"cmd"}, "configuration reaches the rooms below as checked structs"},
	{"github.com/spf13/cobra", []string{"cmd"}, "the command line is one of several ways in"},
	{"github.com/danielgtaylor/huma", []string{"cmd"}, "HTTP is one of several ways in"},
	{"github.com/riverqueue", []string{"cmd"}, "jobs are alarm clocks; truth is reached through enforce.Ledger"},
	{"github.com/uptrace/bun", []string{"cmd"}, "storage is reached through interfaces that the rooms below own"},
	{"github.com/jackc/pgx", []string{"cmd"}, "storage is reached through interfaces that the rooms below own"},
	{"modernc.org/sqlite", []string{"cmd"}, "storage is reached through interfaces that the rooms below own"},
	{"database/sql", []string{"cmd"}, "storage is reached through interfaces that the rooms below own"},
}

var rules = []rule{
	{
		name: "arrows point down",
		why: "the rooms stand on one line, cmd → policy → inventory → switchctl → discovery; an upward import ties what is heard on the wire " +
			"to what is decided about it. Let the lower package own an interface, or move the shared type down",
		forbids: func(p pkg, imp string, _ bool) bool { return room(imp) > room(p.path) },
	},
	{
		name: "root packages import root packages",
		why: "a room's root package is vocabulary that everything above speaks; an import of a folder below it would drag sessions, files or goroutines " +
			"into every package that only wants a type",
		forbids: func(p pkg, imp string, test bool) bool {
			_, isRoot := rooms[p.path]
			_, impRoot := rooms[imp]
			return !test && isRoot && room(imp) > 0 && !impRoot
		},
	},
	{
		name: "discovery root is standard library only",
		why:  "it is at the bottom: what it imports, everything imports",
		forbids: func(p pkg, imp string, test bool) bool {
			return !test && p.path == "discovery" && thirdParty(imp)
		},
	},
	{
		name: "leaves stand alone",
		why: "a driver, source or witness can be removed or rewritten only while no other one leans on it; what two drivers share belongs into " +
			"switchctl/driver/standard, what two sources share into the room's root",
		forbids: func(p pkg, imp string, _ bool) bool {
			for group, shared := range leafGroups {
				a, b := leaf(group, p.path), leaf(group, imp)
				if a != "" && b != "" && a != b && !below(imp, shared) {
					return true
				}
			}
			return false
		},
	},
	{
		name: "deciding does no I/O",
		why: "policy is tested over thousands of generated campuses and replayed from records, and what is said on the wire over hours of virtual time; " +
			"that holds only while they see nothing but their arguments. Read in enforce, discovery/wire or cmd and pass the value in",
		forbids: func(p pkg, imp string, test bool) bool {
			return !test && slices.Contains(pure, p.path) && doesIO(imp)
		},
	},
	{
		name: "the simulator is for tests and cmd",
		why:  "code that imports the simulator can behave differently with it than with a switch",
		forbids: func(p pkg, imp string, test bool) bool {
			return !test && below(imp, "switchctl/sim") && !below(p.path, "switchctl/sim") && room(p.path) != rooms["cmd"] && !testSupport(p.path)
		},
	},
	{
		name: "test support stays in tests",
		why:  "conformance suites import testing, which adds its flags to the program that imports them",
		forbids: func(p pkg, imp string, test bool) bool {
			return !test && testSupport(imp) && !testSupport(p.path)
		},
	},
	{
		name: "the engine is given its switches",
		why: "policy/enforce reaches switches through the interface it owns and switchctl.Driver, so that its tests run without sockets; " +
			"it may name what a fleet gives, not open sessions",
		forbids: func(p pkg, imp string, test bool) bool {
			return !test && room(p.path) == rooms["policy"] && (below(imp, "switchctl/snmp") || below(imp, "switchctl/driver"))
		},
	},
}

// check gives one message for each import that a rule forbids.
func check(pkgs []pkg) []string {
	var out []string
	for _, p := range pkgs {
		for _, imp := range p.imports {
			out = append(out, checkOne(p, imp, false)...)
		}
		for _, imp := range p.tests {
			out = append(out, checkOne(p, imp, true)...)
		}
	}
	slices.Sort(out)
	return out
}

func checkOne(p pkg, imp string, test bool) []string {
	from := p.path
	if test {
		from += " (test)"
	}
	var out []string
	for _, r := range rules {
		if r.forbids(p, imp, test) {
			out = append(out, fmt.Sprintf("%s imports %s: %s: %s", from, imp, r.name, r.why))
		}
	}
	for _, r := range restricted {
		if below(imp, r.prefix) && !slices.ContainsFunc(r.only, func(o string) bool { return below(p.path, o) }) {
			out = append(out, fmt.Sprintf("%s imports %s: only in %s: %s", from, imp, strings.Join(r.only, ", "), r.why))
		}
	}
	return out
}

// room gives the number of the room that a path of the module lies in, 0 for paths of others.
func room(path string) int {
	top, _, _ := strings.Cut(path, "/")
	return rooms[top]
}

// below reports whether path is dir or lies in it.
func below(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && dir != "" && (rest == "" || rest[0] == '/')
}

// leaf gives the folder below group that path lies in, or "".
func leaf(group, path string) string {
	rest, ok := strings.CutPrefix(path, group+"/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// testSupport reports whether the package is there for tests only: drivertest, sourcetest, snmptest.
func testSupport(path string) bool {
	return room(path) > 0 && strings.HasSuffix(path, "test")
}

// thirdParty reports whether the import is neither ours nor the standard library's.
func thirdParty(imp string) bool {
	top, _, _ := strings.Cut(imp, "/")
	return strings.Contains(top, ".")
}

// ioPackages are the standard library's ways to reach files, sockets, processes and logs. A log line is
// I/O too: what a decision has to tell is in its result.
var ioPackages = []string{"database/sql", "io/fs", "io/ioutil", "log", "net", "os", "syscall", "runtime/debug", "testing/fstest"}

// harmless lie below one of ioPackages and only compute.
var harmless = []string{"net/netip", "net/url"}

// pureLibraries are the third-party libraries that compute only.
var pureLibraries = []string{"cel.dev/expr", "github.com/google/cel-go", "github.com/bmatcuk/doublestar", "golang.org/x/text", "golang.org/x/exp", "github.com/mdlayher/lldp"}

func doesIO(imp string) bool {
	in := func(list []string) bool {
		return slices.ContainsFunc(list, func(d string) bool { return below(imp, d) })
	}
	if thirdParty(imp) {
		return !in(pureLibraries)
	}
	if room(imp) > 0 {
		// What ours does is checked by the rules on rooms; of the same and lower rooms only roots and
		// other pure packages are without I/O.
		_, isRoot := rooms[imp]
		return !isRoot && !slices.Contains(pure, imp)
	}
	return in(ioPackages) && !in(harmless)
}

func byPath(a, b pkg) int { return cmp.Compare(a.path, b.path) }
