package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestImports(t *testing.T) {
	t.Parallel()
	pkgs := list(t)
	if len(pkgs) < 10 {
		t.Fatalf("go list found %d packages; the rules have nothing to look at", len(pkgs))
	}
	for _, msg := range check(pkgs) {
		t.Error(msg)
	}
}

// TestRoots looks at vocabulary transitively: whatever a room's root imports is without I/O of its own,
// or the rule on deciding would be kept by the letter only.
func TestRoots(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		if _, ok := rooms[p.path]; !ok || p.path == "cmd" {
			continue
		}
		for _, imp := range p.imports {
			if imp != "log/slog" && doesIO(imp) {
				t.Errorf("%s imports %s: vocabulary does no I/O: policy imports it and must not either", p.path, imp)
			}
		}
	}
}

// TestRulesFire shows of every rule that it can fail, and that its neighbour case passes.
func TestRulesFire(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		pkg  pkg
		want string // part of the only message, "" for none
	}{
		{"down", pkg{path: "policy", imports: []string{"switchctl", "inventory", "fmt"}}, ""},
		{"up", pkg{path: "switchctl/snmp", imports: []string{"policy"}}, "arrows point down"},
		{"up in a test", pkg{path: "discovery/lldp", tests: []string{"switchctl"}}, "arrows point down"},
		{"root imports folder", pkg{path: "inventory", imports: []string{"switchctl/snmp"}}, "root packages import root packages"},
		{"root's test imports folder", pkg{path: "switchctl", tests: []string{"switchctl/snmp"}}, ""},
		{"discovery with a library", pkg{path: "discovery", imports: []string{"golang.org/x/net"}}, "standard library only"},
		{"driver leans on driver", pkg{path: "switchctl/driver/eos", imports: []string{"switchctl/driver/ciscoios"}}, "leaves stand alone"},
		{"driver's folder leans on driver", pkg{path: "switchctl/driver/eos/x", imports: []string{"switchctl/driver/ciscoios/y"}}, "leaves stand alone"},
		{"driver on standard", pkg{path: "switchctl/driver/eos", imports: []string{"switchctl/driver/standard"}}, ""},
		{"list imports drivers", pkg{path: "switchctl/driver", imports: []string{"switchctl/driver/eos", "switchctl/driver/standard"}}, ""},
		{"source leans on source", pkg{path: "inventory/source/a", imports: []string{"inventory/source/b"}}, "leaves stand alone"},
		{"decision opens a file", pkg{path: "policy/rules", imports: []string{"os"}}, "deciding does no I/O"},
		{"decision logs", pkg{path: "policy", imports: []string{"log/slog"}}, "deciding does no I/O"},
		{"decision with a library", pkg{path: "policy", imports: []string{"golang.org/x/net/http2"}}, "deciding does no I/O"},
		{"decision compiles CEL", pkg{path: "policy", imports: []string{"github.com/google/cel-go/cel", "net/netip"}}, ""},
		{"decision's test reads a file", pkg{path: "policy/rules", tests: []string{"os"}}, ""},
		{"codec opens a socket", pkg{path: "discovery/lldp", imports: []string{"net"}}, "deciding does no I/O"},
		{"sender opens a wire", pkg{path: "discovery/advertise", imports: []string{"discovery/wire"}}, "deciding does no I/O"},
		{"sender encodes", pkg{path: "discovery/advertise", imports: []string{"discovery/lldp", "context", "sync"}}, ""},
		{"sockets spread", pkg{path: "cmd/phoneport", imports: []string{"github.com/mdlayher/packet"}}, "only in discovery/wire"},
		{"engine opens a file", pkg{path: "policy/enforce", imports: []string{"os"}}, ""},
		{"engine names what a fleet gives", pkg{path: "policy/enforce", imports: []string{"switchctl/fleet"}}, ""},
		{"engine opens sessions", pkg{path: "policy/enforce", imports: []string{"switchctl/snmp"}}, "the engine is given its switches"},
		{"driver on simulator", pkg{path: "switchctl/driver/eos", imports: []string{"switchctl/sim"}}, "the simulator is for tests and cmd"},
		{"driver's test on simulator", pkg{path: "switchctl/driver/eos", tests: []string{"switchctl/sim"}}, ""},
		{"command on simulator", pkg{path: "cmd/phoneport", imports: []string{"switchctl/sim"}}, ""},
		{"suite on simulator", pkg{path: "switchctl/drivertest", imports: []string{"switchctl/sim"}}, ""},
		{"program on suite", pkg{path: "cmd/phoneport", imports: []string{"switchctl/drivertest"}}, "test support stays in tests"},
		{"gosnmp spreads", pkg{path: "switchctl/fleet", imports: []string{"github.com/gosnmp/gosnmp"}}, "only in switchctl/snmp"},
		{"gosnmp at home", pkg{path: "switchctl/snmp", imports: []string{"github.com/gosnmp/gosnmp"}}, ""},
		{"viper spreads", pkg{path: "inventory/source/x", imports: []string{"github.com/spf13/viper"}}, "only in cmd"},
		{"SQL spreads to a test", pkg{path: "policy/enforce", tests: []string{"database/sql"}}, "only in cmd"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := check([]pkg{tt.pkg})
			switch {
			case tt.want == "" && len(got) > 0:
				t.Errorf("got %q, want nothing", got)
			case tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)):
				t.Errorf("got %q, want one message about %q", got, tt.want)
			}
		})
	}
}

// list gives all packages of the module.
func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root(t)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &stderr)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath                         string
			Imports, TestImports, XTestImports []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("decode go list: %v", err)
		}
		if strings.HasSuffix(p.ImportPath, ".test") {
			continue
		}
		q := pkg{path: strings.TrimPrefix(p.ImportPath, module+"/")}
		for _, imp := range p.Imports {
			q.imports = append(q.imports, strings.TrimPrefix(imp, module+"/"))
		}
		for _, imp := range slices.Concat(p.TestImports, p.XTestImports) {
			imp = strings.TrimPrefix(imp, module+"/")
			if imp != q.path && !slices.Contains(q.imports, imp) && !slices.Contains(q.tests, imp) {
				q.tests = append(q.tests, imp)
			}
		}
		pkgs = append(pkgs, q)
	}
	slices.SortFunc(pkgs, byPath)
	return pkgs
}

// root gives the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = up
	}
}
