package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"phoneport/switchctl/sim/vm"
)

// TestLocalSwitch has the commands work on a bridge of the host, in a machine whose kernel filters VLANs.
func TestLocalSwitch(t *testing.T) {
	t.Parallel()
	vm.Run(t, vm.Options{Run: "^TestInsideLocalSwitch$", Programs: []string{"ip", "bridge"}})
}

const localConfig = `
state_dir: state
switches:
  - {name: edge-1, driver: linux, bridge: br0, save: [touch, saved]}
profiles:
  - {name: desk, voice: {vlan: 110}, data_vlan: 10}
assignments:
  - {name: desks, profile: desk, switch: edge-1, port: "lan*"}
`

func TestInsideLocalSwitch(t *testing.T) {
	vm.Only(t)
	t.Chdir(t.TempDir())
	tool := func(program, commands string) {
		t.Helper()
		cmd := exec.Command(program, "-batch", "-")
		cmd.Stdin = strings.NewReader(commands)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", program, err, out)
		}
	}
	tool("ip", `
		link add br0 up type bridge vlan_filtering 1
		link add lan1 up master br0 type veth peer name phone
		link add lan2 up master br0 type veth peer name pc
		link add uplink up master br0 type veth peer name core
		link set phone up
		link set pc up
		link set core up`)
	tool("bridge", `
		vlan add dev lan1 vid 10 pvid untagged
		vlan add dev lan2 vid 20 pvid untagged
		vlan add dev lan2 vid 110
		vlan add dev uplink vid 10
		vlan add dev uplink vid 20
		vlan add dev uplink vid 110`)
	if err := os.WriteFile("phoneport.yaml", []byte(localConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	phoneport := func(code int, args ...string) (out, talk string) {
		t.Helper()
		s, o, e := pretend("")
		if got := run(context.Background(), args, s); got != code {
			t.Fatalf("phoneport %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, o, e)
		}
		return o.String(), e.String()
	}
	vlans := func(port string) string {
		t.Helper()
		out, err := exec.Command("bridge", "vlan", "show", "dev", port).Output()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(strings.TrimPrefix(string(out), "port              vlan-id")), " ")
	}

	out, _ := phoneport(0, "read", "edge-1", "-o", "json")
	var reading struct {
		Switch  struct{ Driver string }
		Ports   []struct{ Name, Mode string }
		Missing []struct{ Table, Reason string }
	}
	if err := json.Unmarshal([]byte(out), &reading); err != nil {
		t.Fatal(err)
	}
	if reading.Switch.Driver != "linux" || len(reading.Ports) != 3 || reading.Ports[0].Mode != "access" || reading.Ports[2].Mode != "trunk" {
		t.Errorf("read: %s", out)
	}
	if !strings.Contains(out, "run phoneport advertise on this host") {
		t.Errorf("read does not say who listens: %+v", reading.Missing)
	}
	phoneport(0, "check-config")
	out, _ = phoneport(1, "audit", "-o", "json")
	if !strings.Contains(out, "voice-vlan-absent") {
		t.Errorf("audit: %s", out)
	}
	out, _ = phoneport(1, "plan")
	for _, want := range []string{"lan1  set-voice        tagged 110  none", "lan2  set-access-vlan  10          20"} {
		if !strings.Contains(out, want) {
			t.Errorf("plan lacks %q:\n%s", want, out)
		}
	}
	if got := vlans("lan1"); strings.Contains(got, "110") {
		t.Errorf("a plan has changed lan1: %s", got)
	}

	out, talk := phoneport(0, "apply", "--yes", "--save")
	if got := vlans("lan1"); !regexp.MustCompile(`\b10 PVID Egress Untagged 110$`).MatchString(got) {
		t.Errorf("after apply iproute2 tells %q of lan1\n%s%s", got, out, talk)
	}
	if got := vlans("lan2"); !strings.Contains(got, "10 PVID Egress Untagged") || strings.Contains(got, " 20") {
		t.Errorf("after apply iproute2 tells %q of lan2", got)
	}
	if got := vlans("uplink"); strings.Count(got, "Egress Untagged") != 1 {
		t.Errorf("apply has changed the uplink: %q", got)
	}
	if _, err := os.Stat("saved"); err != nil {
		t.Errorf("--save did not run the command: %v", err)
	}
	phoneport(0, "plan")

	id := regexp.MustCompile(`phoneport undo (\S+)`).FindStringSubmatch(talk)
	if id == nil {
		t.Fatalf("apply does not say how to put it back: %s", talk)
	}
	phoneport(0, "undo", id[1])
	if got := vlans("lan1"); strings.Contains(got, "110") {
		t.Errorf("after undo iproute2 tells %q of lan1", got)
	}
	if got := vlans("lan2"); !strings.Contains(got, "20 PVID Egress Untagged") {
		t.Errorf("after undo iproute2 tells %q of lan2", got)
	}
	_, talk = phoneport(2, "record", "edge-1", "-w", "x.snmprec")
	if !strings.Contains(talk, "no SNMP to record") {
		t.Errorf("record: %s", talk)
	}
}
