package agent

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"phoneport/switchctl/snmp"
)

// discovery is the first message of an SNMPv3 client.
func discovery(t testing.TB) []byte {
	t.Helper()
	p := gosnmp.SnmpPacket{
		Version: gosnmp.Version3, MsgFlags: gosnmp.Reportable, SecurityModel: gosnmp.UserSecurityModel, MsgID: 7, RequestID: 8,
		SecurityParameters: &gosnmp.UsmSecurityParameters{Logger: gosnmp.NewLogger(nil)}, PDUType: gosnmp.GetRequest, Logger: gosnmp.NewLogger(nil),
	}
	b, err := p.MarshalMsg()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// serve runs the agent on a free port and gives its address.
func serve(t *testing.T, a *Agent, line *Line) netip.AddrPort {
	t.Helper()
	s, err := Listen(a, netip.MustParseAddrPort("127.0.0.1:0"), line, 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return s.Addr()
}

func dial(t *testing.T, at netip.AddrPort, user User, level gosnmp.SnmpV3MsgFlags) *gosnmp.GoSNMP {
	t.Helper()
	sp := &gosnmp.UsmSecurityParameters{UserName: user.Name, AuthenticationProtocol: gosnmp.NoAuth, PrivacyProtocol: gosnmp.NoPriv}
	if level&gosnmp.AuthNoPriv != 0 {
		sp.AuthenticationProtocol, sp.AuthenticationPassphrase = authProtocols[user.AuthProtocol].gosnmp, user.AuthKey
	}
	if level == gosnmp.AuthPriv {
		sp.PrivacyProtocol, sp.PrivacyPassphrase = privProtocols[user.PrivProtocol], user.PrivKey
	}
	g := &gosnmp.GoSNMP{
		Target: at.Addr().String(), Port: at.Port(), Version: gosnmp.Version3, SecurityModel: gosnmp.UserSecurityModel, MsgFlags: level,
		SecurityParameters: sp, Timeout: 5 * time.Second, MaxOids: 60,
	}
	if err := g.Connect(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Conn.Close() })
	return g
}

func levelOf(u User) gosnmp.SnmpV3MsgFlags { return gosnmp.SnmpV3MsgFlags(u.level()) }

// TestUSM reads and writes with every pair of protocols.
func TestUSM(t *testing.T) {
	t.Parallel()
	name := "1.3.6.1.2.1.1.1.0"
	for _, u := range users() {
		t.Run(u.Name, func(t *testing.T) {
			t.Parallel()
			at := serve(t, newAgent(t, newBox(t, 30, "row"), 0), nil)
			g := dial(t, at, u, levelOf(u))
			got, err := g.Get([]string{name})
			if err != nil || string(got.Variables[0].Value.([]byte)) != "box" {
				t.Fatalf("get: %v, %v", got, err)
			}
			set, err := g.Set([]gosnmp.SnmpPDU{{Name: name, Type: gosnmp.OctetString, Value: "new"}})
			want := gosnmp.NoError
			if u.ReadOnly {
				want = gosnmp.NoAccess
			}
			if err != nil || set.Error != want {
				t.Errorf("set: %v, %v; want %v", set, err, want)
			}
			rows, err := g.BulkWalkAll(entry.String())
			if err != nil || len(rows) != 80 {
				t.Errorf("walk: %d rows, %v; want 80", len(rows), err)
			}
		})
	}
}

// TestUSMRefuses looks at the counters of the agent too: gosnmp throws most reports away, because they
// are not authentic, and cannot be.
func TestUSMRefuses(t *testing.T) {
	t.Parallel()
	good := User{Name: "SHA256-AES", AuthProtocol: "SHA256", AuthKey: "authentication", PrivProtocol: "AES", PrivKey: "privacyprivacy"}
	for _, tc := range []struct {
		name    string
		change  func(u *User)
		level   gosnmp.SnmpV3MsgFlags
		context string
		stat    usmStat          // counted and reported; 0 = none
		status  gosnmp.SNMPError // of the answer
		err     error
	}{
		{name: "unknown user", change: func(u *User) { u.Name = "nobody" }, level: gosnmp.AuthPriv, stat: usmUnknownUserNames},
		{name: "unknown user without keys", change: func(u *User) { u.Name = "nobody" }, stat: usmUnknownUserNames, err: gosnmp.ErrUnknownUsername},
		{name: "wrong auth key", change: func(u *User) { u.AuthKey = "authenticatiom" }, level: gosnmp.AuthPriv, stat: usmWrongDigests},
		{name: "other hash", change: func(u *User) { u.AuthProtocol = "SHA384" }, level: gosnmp.AuthPriv, stat: usmWrongDigests},
		{name: "wrong privacy key", change: func(u *User) { u.PrivKey = "privacyprivacx" }, level: gosnmp.AuthPriv, stat: usmDecryptionErrors},
		{name: "above the user's level", change: func(u *User) { u.Name = "open" }, level: gosnmp.AuthPriv, stat: usmUnsupportedSecLevels},
		{name: "below the user's level", change: func(*User) {}, level: gosnmp.AuthNoPriv, status: gosnmp.AuthorizationError},
		{name: "without authentication", change: func(*User) {}, level: gosnmp.NoAuthNoPriv, status: gosnmp.AuthorizationError},
		{name: "context of a VLAN", change: func(*User) {}, level: gosnmp.AuthPriv, context: "vlan-10"},
		{name: "unknown context", change: func(*User) {}, level: gosnmp.AuthPriv, context: "vlan-11", err: gosnmp.ErrUnknownReportPDU},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			u := good
			tc.change(&u)
			a := newAgent(t, newBox(t, 3, "row"), 0)
			g := dial(t, serve(t, a, nil), u, tc.level)
			g.ContextName = tc.context
			g.Timeout = 200 * time.Millisecond // where gosnmp throws the report away, it waits this long
			got, err := g.Get([]string{"1.3.6.1.2.1.1.1.0"})
			for st := usmUnsupportedSecLevels; st < usmStatsCount; st++ {
				if n := a.stats[st].Load(); st != usmUnknownEngineIDs && (n > 0) != (st == tc.stat) {
					t.Errorf("usmStats.%d is %d, want only usmStats.%d counted", st, n, tc.stat)
				}
			}
			switch {
			case tc.err != nil:
				if !errors.Is(err, tc.err) {
					t.Errorf("got %v, want %v", err, tc.err)
				}
			case tc.stat != 0:
				if err == nil {
					t.Errorf("got %v, want an error", got)
				}
			case err != nil || got.Error != tc.status:
				t.Errorf("got %v, %v; want status %v", got, err, tc.status)
			}
		})
	}
}

// TestTimeWindow speaks with the clock of an engine that was restarted since.
func TestTimeWindow(t *testing.T) {
	t.Parallel()
	a := newAgent(t, newBox(t, 3, "row"), 0)
	at := serve(t, a, nil)
	u := User{Name: "MD5-DES", AuthProtocol: "MD5", AuthKey: "authentication", PrivProtocol: "DES", PrivKey: "privacyprivacy"}
	g := dial(t, at, u, gosnmp.AuthPriv)
	if _, err := g.Get([]string{"1.3.6.1.2.1.1.1.0"}); err != nil {
		t.Fatal(err)
	}
	before := a.Counters.Reports.Load()
	a.Reboot(bootAt.Add(900 * time.Second))
	got, err := g.Get([]string{"1.3.6.1.2.1.1.1.0"})
	if err != nil || string(got.Variables[0].Value.([]byte)) != "box" {
		t.Errorf("after a restart: %v, %v", got, err)
	}
	if n := a.stats[usmNotInTimeWindows].Load(); n != 1 || a.Counters.Reports.Load() != before+1 {
		t.Errorf("%d reports of notInTimeWindows, want 1", n)
	}
}

func TestV3BulkIsFull(t *testing.T) {
	t.Parallel()
	dev := newBox(t, 600, "0123456789")
	a := newAgent(t, dev, 0)
	for _, name := range []string{"MD5-DES", "SHA512-AES256", "SHA", "open"} {
		i := 0
		for i = range a.cfg.Users {
			if a.cfg.Users[i].Name == name {
				break
			}
		}
		acct, err := localize(a.cfg.Users[i], a.engine.Load().ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 100, 127, 128, 200, 255, 256, 1000, 1300, 1337, 1400} {
			env := envelope{
				version: version3, engine: a.engine.Load(), engineTime: 1000, user: []byte(name), account: acct, flags: acct.level(),
				contextEngine: a.engine.Load().ID, contextName: []byte("vlan-10"), msgID: 70000, requestID: -3, salt: 9,
			}
			list := snmp.Octets(make([]byte, n)).Bytes()
			if got, want := len(env.append(nil, pduResponse, answer{list: list})), env.size(n); got != want {
				t.Errorf("%s with %d octets: message has %d, reckoned %d", name, n, got, want)
			}
		}
	}
}

func TestUserCheck(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		user User
		want string
	}{
		"no name":       {User{}, "no name"},
		"no auth":       {User{Name: "u", PrivKey: "secret-key"}, "privacy needs authentication"},
		"unknown auth":  {User{Name: "u", AuthProtocol: "sha", AuthKey: "secret-key"}, `"sha" is unknown`},
		"unknown priv":  {User{Name: "u", AuthProtocol: "SHA", AuthKey: "secret-key", PrivProtocol: "3DES", PrivKey: "secret-key"}, `"3DES" is unknown`},
		"right":         {User{Name: "u", AuthProtocol: "SHA", AuthKey: "secret-key"}, ""},
		"right and all": {User{Name: "u", AuthProtocol: "SHA", AuthKey: "secret-key", PrivProtocol: "AES256C", PrivKey: "secret-key"}, ""},
	} {
		err := (&Config{Users: []User{tc.user}}).Check()
		if (err == nil) != (tc.want == "") || err != nil && (!strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "secret-key")) {
			t.Errorf("%s: got %v, want %q", name, err, tc.want)
		}
	}
}
