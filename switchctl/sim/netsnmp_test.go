package sim

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"phoneport/switchctl/snmp"
)

// tool finds a program of net-snmp, the client that we did not write.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("SKIPPED: %s of net-snmp is not installed (Debian: apt-get install snmp)", name)
	}
	return path
}

// command runs a program of net-snmp; every mistake of the agent that net-snmp tells is in out.
func command(t *testing.T, name string, args ...string) (out string, err error) {
	t.Helper()
	var b bytes.Buffer
	// -m "": no MIBs; -On: names as numbers; -Oe: enumerations as numbers.
	cmd := exec.CommandContext(t.Context(), tool(t, name), append([]string{"-m", "", "-On", "-Oe", "-t", "10", "-r", "1"}, args...)...)
	cmd.Stdout, cmd.Stderr = &b, &b
	err = cmd.Run()
	return b.String(), err
}

// names gives the names of a walk and complains where they do not grow.
func walked(t *testing.T, out string) (names []snmp.OID) {
	t.Helper()
	for line := range strings.Lines(out) {
		name, _, ok := strings.Cut(line, " = ")
		if !ok || !strings.HasPrefix(name, ".") || strings.Contains(line, "No more variables left") {
			continue // a further line of a text; the end, under the last name
		}
		oid, err := snmp.ParseOID(name)
		if err != nil {
			continue
		}
		if n := len(names); n > 0 && oid.Compare(names[n-1]) <= 0 {
			t.Fatalf("%s does not follow %s", oid, names[n-1])
		}
		names = append(names, oid)
	}
	return names
}

// TestNetSNMPWalks walks every family whole in every version: as many objects each time (v1 without
// those of 64 bits), no complaint, names that grow.
func TestNetSNMPWalks(t *testing.T) {
	t.Parallel()
	tool(t, "snmpwalk")
	user := User{Name: "walker", AuthProtocol: "SHA", AuthKey: "authentication", PrivProtocol: "AES", PrivKey: "privacyprivacy"}
	c := run(t, Options{Switches: 4, Ports: 16, Phones: 0.8, Users: []User{user}})
	for _, sw := range c.Switches() {
		t.Run(sw.Personality, func(t *testing.T) {
			t.Parallel()
			sizes := map[string]int{}
			for name, args := range map[string][]string{
				"v2c":  {"-v2c", "-c", "public", "-Cr50"},
				"v3":   {"-v3", "-l", "authPriv", "-u", user.Name, "-a", "SHA", "-A", user.AuthKey, "-x", "AES", "-X", user.PrivKey, "-Cr50"},
				"v1":   {"-v1", "-c", "public"},
				"next": {"-v2c", "-c", "public"},
			} {
				program := "snmpwalk"
				if name == "v2c" || name == "v3" {
					program = "snmpbulkwalk"
				}
				out, err := command(t, program, append(args, sw.Address, ".1")...)
				if err != nil || strings.Contains(out, "Error") || strings.Contains(out, "Wrong Type") {
					t.Fatalf("%s: %v\n%s", name, err, out[max(0, len(out)-500):])
				}
				sizes[name] = len(walked(t, out))
			}
			if sizes["v2c"] < 1500 || sizes["v3"] != sizes["v2c"] || sizes["next"] != sizes["v2c"] || sizes["v1"] >= sizes["v2c"] || sizes["v1"] < 1000 {
				t.Errorf("walks have %v objects", sizes)
			}
		})
	}
}

// TestNetSNMPSets writes with every family and every version.
func TestNetSNMPSets(t *testing.T) {
	t.Parallel()
	tool(t, "snmpset")
	user := User{Name: "writer", AuthProtocol: "SHA256", AuthKey: "authentication", PrivProtocol: "AES", PrivKey: "privacyprivacy"}
	c := run(t, Options{Switches: 4, Ports: 4, Phones: 1, Users: []User{user}})
	v3 := []string{"-v3", "-l", "authPriv", "-u", user.Name, "-a", "SHA-256", "-A", user.AuthKey, "-x", "AES", "-X", user.PrivKey}
	for _, sw := range c.Switches() {
		ports, err := c.Ports(sw.Name)
		if err != nil {
			t.Fatal(err)
		}
		port := ports[0]
		admin := "." + snmp.MustOID("1.3.6.1.2.1.105.1.1.1.3").Append(uint32(port.PSE[0]), uint32(port.PSE[1])).String()
		t.Run(sw.Personality, func(t *testing.T) {
			t.Parallel()
			for _, tc := range []struct {
				name string
				args []string
				kind string
				v    string
				want string // of what net-snmp says
				off  bool
			}{
				{"v2c", []string{"-v2c", "-c", "private"}, "i", "2", "INTEGER: 2", true},
				{"v1", []string{"-v1", "-c", "private"}, "i", "1", "INTEGER: 1", false},
				{"v3", v3, "i", "2", "INTEGER: 2", true},
				{"wrong type", []string{"-v2c", "-c", "private"}, "u", "1", "wrongType", true},
				{"wrong type in v1", []string{"-v1", "-c", "private"}, "s", "1", "badValue", true},
				{"wrong value", []string{"-v2c", "-c", "private"}, "i", "7", "wrongValue", true},
				{"read-only community", []string{"-v2c", "-c", "public"}, "i", "1", "noAccess", true},
				{"unknown community", []string{"-v2c", "-c", "guess", "-t", "1", "-r", "0"}, "i", "1", "Timeout", true},
				{"wrong key", append(append([]string{}, v3...), "-A", "authenticatiom"), "i", "1", "Authentication failure", true},
				{"back", []string{"-v2c", "-c", "private"}, "i", "1", "INTEGER: 1", false},
			} {
				out, _ := command(t, "snmpset", append(tc.args, sw.Address, admin, tc.kind, tc.v)...)
				if sw.Personality == "juniper" && !strings.Contains(tc.want, "noAccess") && !strings.Contains(tc.want, "Timeout") && !strings.Contains(tc.want, "Auth") {
					tc.want, tc.off = "notWritable", false
					if tc.args[0] == "-v1" {
						tc.want = "noSuchName"
					}
				}
				if sw.Personality == "juniper" {
					tc.off = false
				}
				st, err := c.Port(sw.Name, port.Name)
				if err != nil || !strings.Contains(out, tc.want) || st.PoEOn == tc.off {
					t.Errorf("%s: power on %v, %v, want %q:\n%s", tc.name, st.PoEOn, err, tc.want, out)
				}
			}
		})
	}
}

// TestNetSNMPUsers reads with each pair of protocols that the tool has.
func TestNetSNMPUsers(t *testing.T) {
	t.Parallel()
	tool(t, "snmpget")
	hashes := map[string]string{"MD5": "MD5", "SHA": "SHA", "SHA224": "SHA-224", "SHA256": "SHA-256", "SHA384": "SHA-384", "SHA512": "SHA-512"}
	ciphers := map[string]string{"DES": "DES", "AES": "AES", "AES192": "AES-192", "AES256": "AES-256"}
	help, _ := command(t, "snmpget", "-h")
	var users []User
	args := map[string][]string{}
	for hash, a := range hashes {
		if !strings.Contains(help, a) {
			continue
		}
		name := hash
		users = append(users, User{Name: name, AuthProtocol: hash, AuthKey: "authentication"})
		args[name] = []string{"-l", "authNoPriv", "-a", a, "-A", "authentication"}
		for cipher, x := range ciphers {
			if !strings.Contains(help, x) {
				continue
			}
			name := hash + cipher
			users = append(users, User{Name: name, AuthProtocol: hash, AuthKey: "authentication", PrivProtocol: cipher, PrivKey: "privacyprivacy"})
			args[name] = []string{"-l", "authPriv", "-a", a, "-A", "authentication", "-x", x, "-X", "privacyprivacy"}
		}
	}
	users = append(users, User{Name: "open"})
	args["open"] = []string{"-l", "noAuthNoPriv"}
	if len(users) < 10 {
		t.Errorf("the tool has only %d users to try; its help says\n%s", len(users), help)
	}
	c := run(t, Options{Switches: 1, Ports: 4, Phones: 1, Personalities: []string{"catalyst"}, Users: users})
	sw := c.Switches()[0]
	for name, a := range args {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := command(t, "snmpget", append(append([]string{"-v3", "-u", name}, a...), sw.Address, ".1.3.6.1.2.1.1.5.0")...)
			if err != nil || !strings.Contains(out, sw.Name) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	t.Run("context", func(t *testing.T) {
		t.Parallel()
		for context, want := range map[string]bool{"vlan-110": true, "vlan-10": true, "vlan-66": false} {
			out, err := command(t, "snmpwalk", append(append([]string{"-v3", "-u", "open", "-n", context}, args["open"]...), sw.Address, ".1.3.6.1.2.1.17.4.3.1.2")...)
			if got := err == nil && strings.Count(out, "INTEGER") > 0; got != want {
				t.Errorf("context %s: %v\n%s", context, err, out)
			}
		}
	})
	t.Run("community of a VLAN", func(t *testing.T) {
		t.Parallel()
		out, err := command(t, "snmpwalk", "-v2c", "-c", "public@110", sw.Address, ".1.3.6.1.2.1.17.4.3.1.2")
		if err != nil || strings.Count(out, "INTEGER") < 4 {
			t.Errorf("%v\n%s", err, out)
		}
	})
}
