package snmp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// users of the test's snmpd: every security level and protocol that we offer and net-snmp knows.
var users = []struct{ name, auth, priv string }{
	{"none", "", ""},
	{"md5", "MD5", ""},
	{"sha", "SHA", ""},
	{"sha224", "SHA-224", ""},
	{"sha256", "SHA-256", ""},
	{"sha384", "SHA-384", ""},
	{"sha512", "SHA-512", ""},
	{"md5des", "MD5", "DES"},
	{"shades", "SHA", "DES"},
	{"shaaes", "SHA", "AES"},
	{"sha256aes", "SHA-256", "AES"},
	{"sha512aes", "SHA-512", "AES"},
	{"sha256aes192", "SHA-256", "AES-192"},
	{"sha512aes256", "SHA-512", "AES-256"},
	{"sha256aes256c", "SHA-256", "AES-256-C"},
}

const authKey, privKey = "the-authentication-key", "the-privacy-key"

// snmpd starts net-snmp's agent on a loopback port: a witness that we did not write.
func snmpd(t *testing.T) (addr string) {
	t.Helper()
	path, err := exec.LookPath("snmpd")
	if err != nil {
		path = "/usr/sbin/snmpd"
	}
	if _, err := os.Stat(path); err != nil {
		t.Skip("SKIPPED: snmpd (net-snmp) is not installed")
	}
	probe, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	addr = probe.LocalAddr().String()
	probe.Close()
	dir := t.TempDir()
	conf := "rocommunity reader 127.0.0.1\nrwcommunity writer 127.0.0.1\nsysName phoneport-test\nsysServices 72\n"
	for _, u := range users {
		conf += "createUser " + u.name
		level := "noauth"
		if u.auth != "" {
			conf += fmt.Sprintf(" %s %s", u.auth, authKey)
			level = "auth"
		}
		if u.priv != "" {
			conf += fmt.Sprintf(" %s %s", u.priv, privKey)
			level = "priv"
		}
		conf += fmt.Sprintf("\nrouser %s %s\n", u.name, level)
	}
	file := filepath.Join(dir, "snmpd.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "-f", "-Lo", "-C", "-c", file, "-p", filepath.Join(dir, "pid"), "-I", "-smux", "udp:"+addr)
	cmd.Env = append(os.Environ(), "SNMP_PERSISTENT_DIR="+dir, "MIBS=")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// It tells its version once it listens.
	said := bufio.NewScanner(out)
	for said.Scan() && !strings.Contains(said.Text(), "NET-SNMP version") {
		t.Log(said.Text())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return addr
}

// TestSnmpd speaks to net-snmp's agent in every version and security level.
func TestSnmpd(t *testing.T) {
	t.Parallel()
	addr := snmpd(t)
	open := func(t *testing.T, c snmp.Config) *snmp.Conn {
		c.Address, c.Timeout, c.Retries = addr, 2*time.Second, 1
		s, err := snmp.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	for _, u := range users {
		t.Run("v3/"+u.name, func(t *testing.T) {
			c := snmp.Config{Version: snmp.V3, User: u.name}
			if u.auth != "" {
				c.AuthProtocol, c.AuthKey = u.auth, authKey
			}
			if u.priv != "" {
				c.PrivProtocol, c.PrivKey = strings.ReplaceAll(u.priv, "-C", "C"), privKey
			}
			sys, err := snmp.ReadSystem(t.Context(), open(t, c))
			if err != nil && strings.HasPrefix(u.priv, "AES-") && errors.Is(err, switchctl.ErrDenied) {
				t.Skipf("SKIPPED: this snmpd was built without %s: %v", u.priv, err)
			}
			if err != nil || sys.Name != "phoneport-test" {
				t.Errorf("%q, %v", sys.Name, err)
			}
		})
	}
	for name, tc := range map[string]struct {
		c     snmp.Config
		class error
	}{
		"unknown user":      {snmp.Config{Version: snmp.V3, User: "nobody", AuthProtocol: "SHA", AuthKey: authKey}, switchctl.ErrDenied},
		"wrong auth key":    {snmp.Config{Version: snmp.V3, User: "sha", AuthProtocol: "SHA", AuthKey: "another-key-here"}, switchctl.ErrDenied},
		"wrong auth kind":   {snmp.Config{Version: snmp.V3, User: "sha", AuthProtocol: "MD5", AuthKey: authKey}, switchctl.ErrDenied},
		"wrong priv key":    {snmp.Config{Version: snmp.V3, User: "shaaes", AuthProtocol: "SHA", AuthKey: authKey, PrivProtocol: "AES", PrivKey: "another-key-here"}, switchctl.ErrDenied},
		"level too low":     {snmp.Config{Version: snmp.V3, User: "shaaes", AuthProtocol: "SHA", AuthKey: authKey}, switchctl.ErrDenied},
		"unknown community": {snmp.Config{Community: "nobody"}, switchctl.ErrUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := snmp.ReadSystem(t.Context(), open(t, tc.c))
			if !errors.Is(err, tc.class) {
				t.Errorf("want class %v, got %v", tc.class, err)
			}
			for _, secret := range []string{authKey, privKey, "another-key-here"} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("error tells a secret: %v", err)
				}
			}
		})
	}
	t.Run("set", func(t *testing.T) {
		name := snmp.MustOID("1.3.6.1.2.1.1.4.0") // sysContact
		for _, version := range []snmp.Version{snmp.V1, snmp.V2c} {
			w := open(t, snmp.Config{Version: version, Community: "writer"})
			if err := w.Set(t.Context(), snmp.Var{OID: name, Value: snmp.Text("admin " + string(version))}); err != nil {
				t.Fatal(err)
			}
			got, err := w.Get(t.Context(), name)
			if err != nil || got[0].Text() != "admin "+string(version) {
				t.Errorf("read back %q, %v", got[0].Text(), err)
			}
			if err := w.Set(t.Context(), snmp.Var{OID: name, Value: snmp.Integer(1)}); !errors.Is(err, switchctl.ErrRejected) {
				t.Errorf("wrong type: %v", err)
			}
		}
		r := open(t, snmp.Config{Community: "reader"})
		if err := r.Set(t.Context(), snmp.Var{OID: name, Value: snmp.Text("x")}); !errors.Is(err, switchctl.ErrDenied) {
			t.Errorf("read-only community: %v", err)
		}
	})
	t.Run("tables", func(t *testing.T) {
		// snmpbulkwalk's reading of the host's own tables against ours.
		if _, err := exec.LookPath("snmpbulkwalk"); err != nil {
			t.Skip("SKIPPED: snmpbulkwalk (net-snmp) is not installed")
		}
		ts := []snmp.Table{
			{Name: "ifTable", Entry: snmp.MustOID("1.3.6.1.2.1.2.2.1"), Columns: []uint32{2, 3, 6, 7, 8}},
			{Name: "sysORTable", Entry: snmp.MustOID("1.3.6.1.2.1.1.9.1"), Columns: []uint32{2, 3}},
			{Name: "hrSWRunTable", Entry: snmp.MustOID("1.3.6.1.2.1.25.4.2.1.99"), Columns: []uint32{1}},
		}
		for _, c := range []snmp.Config{{Version: snmp.V1, Community: "reader"}, {Community: "reader"}, {Version: snmp.V3, User: "shaaes", AuthProtocol: "SHA", AuthKey: authKey, PrivProtocol: "AES", PrivKey: privKey}} {
			got, err := open(t, c).Read(t.Context(), ts...)
			if err != nil {
				t.Fatal(err)
			}
			for i, table := range ts {
				for _, col := range table.Columns {
					out, err := exec.Command("snmpbulkwalk", "-v2c", "-creader", "-On", "-Oq", "-Ox", "-m", "", addr, table.Entry.Append(col).String()).Output()
					if err != nil {
						t.Fatal(err)
					}
					var want, have []string
					for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
						if oid, _, ok := strings.Cut(line, " "); ok && oid[0] == '.' && !strings.Contains(line, "No Such") {
							want = append(want, strings.TrimPrefix(oid, "."+table.Entry.Append(col).String()+"."))
						}
					}
					for _, row := range got[i].All() {
						if row.Value(col).Exists() {
							have = append(have, row.Index.String())
						}
					}
					if d := cmp.Diff(want, have); d != "" {
						t.Errorf("%s column %d: %s", table.Name, col, d)
					}
				}
			}
		}
	})
}
