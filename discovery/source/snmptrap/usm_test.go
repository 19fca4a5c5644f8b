package snmptrap

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"
)

var (
	ourEngine   = []byte{0x80, 0, 0xf0, 0x17, 4, 'o', 'u', 'r', 's'}
	theirEngine = []byte{0x80, 0, 0, 9, 3, 0, 0x1b, 0x54, 1, 2, 3}
)

// peer is a sender of v3 messages, on gosnmp's encoder. The zero fields are those of a user whom newReceiver knows.
type peer struct {
	level         gosnmp.SnmpV3MsgFlags
	user          string
	auth, priv    string // the keys
	engine        []byte
	boots, time   uint32
	reportable    bool
	hash          gosnmp.SnmpV3AuthProtocol
	cipher        gosnmp.SnmpV3PrivProtocol
	contextEngine []byte
}

func (p peer) encode(t testing.TB, kind gosnmp.PDUType, vars ...variable) []byte {
	t.Helper()
	level := p.level
	sp := &gosnmp.UsmSecurityParameters{
		UserName: first(p.user, "phones"), AuthenticationProtocol: gosnmp.NoAuth, PrivacyProtocol: gosnmp.NoPriv,
		AuthoritativeEngineID: string(theirEngine), AuthoritativeEngineBoots: p.boots, AuthoritativeEngineTime: p.time,
	}
	if p.engine != nil {
		sp.AuthoritativeEngineID = string(p.engine)
	}
	if level&gosnmp.AuthNoPriv != 0 {
		sp.AuthenticationProtocol, sp.AuthenticationPassphrase = first(p.hash, gosnmp.SHA), first(p.auth, "auth-secret")
	}
	if level&gosnmp.AuthPriv == gosnmp.AuthPriv {
		sp.PrivacyProtocol, sp.PrivacyPassphrase, sp.PrivacyParameters = first(p.cipher, gosnmp.AES), first(p.priv, "priv-secret"), []byte("8 octets")
	}
	if err := sp.InitSecurityKeys(); err != nil {
		t.Fatal(err)
	}
	if p.reportable {
		level |= gosnmp.Reportable
	}
	msg := gosnmp.SnmpPacket{
		Version: gosnmp.Version3, MsgFlags: level, SecurityModel: gosnmp.UserSecurityModel, SecurityParameters: sp, MsgID: 4242, RequestID: 77,
		ContextEngineID: string(theirEngine), PDUType: kind, Variables: head(oidGeneric+"4", vars...),
	}
	if p.contextEngine != nil {
		msg.ContextEngineID = string(p.contextEngine)
	}
	b, err := msg.MarshalMsg()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func newReceiver(t testing.TB, change func(*Options)) *Receiver {
	t.Helper()
	o := Options{
		Conns: newConns(1), Communities: []Secret{"other", "kept-secret"}, EngineID: ourEngine, EngineBoots: 3,
		Users: []User{
			{Name: "phones", AuthProtocol: "SHA", AuthKey: "auth-secret", PrivProtocol: "AES", PrivKey: "priv-secret"},
			{Name: "open"},
			{Name: "bound", AuthProtocol: "SHA", AuthKey: "auth-secret", Engines: [][]byte{{1, 2, 3, 4, 5}}},
		},
	}
	if change != nil {
		change(&o)
	}
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	r.began = testTime
	return r
}

func TestAccept(t *testing.T) {
	for _, tt := range []struct {
		name   string
		peer   peer
		inform bool
		why    Refusal // "": accepted
		report bool
	}{
		{name: "authPriv", peer: peer{level: gosnmp.AuthPriv}},
		{name: "authNoPriv of a user with privacy", peer: peer{level: gosnmp.AuthNoPriv}},
		{name: "another privacy key", peer: peer{level: gosnmp.AuthPriv, priv: "not-this-one"}, why: Decryption},
		{name: "another authentication key", peer: peer{level: gosnmp.AuthPriv, auth: "not-this-one"}, why: WrongDigest},
		{name: "another hash", peer: peer{level: gosnmp.AuthNoPriv, hash: gosnmp.SHA256}, why: WrongDigest},
		{name: "nobody", peer: peer{level: gosnmp.AuthNoPriv, user: "nobody"}, why: UnknownUser},
		{name: "a user of another engine", peer: peer{level: gosnmp.AuthNoPriv, user: "bound"}, why: UnknownUser},
		{name: "a user of this engine", peer: peer{level: gosnmp.AuthNoPriv, user: "bound", engine: []byte{1, 2, 3, 4, 5}}},
		{name: "stripped of authentication", peer: peer{}, why: SecurityLevel},
		{name: "a user without keys", peer: peer{user: "open"}},
		{name: "a user without keys, authenticated", peer: peer{user: "open", level: gosnmp.AuthNoPriv}, why: SecurityLevel},
		{name: "a short engine", peer: peer{user: "open", engine: []byte{1, 2}}, why: UnknownEngine},
		{name: "inform", inform: true, peer: peer{level: gosnmp.AuthPriv, engine: ourEngine, boots: 3, time: 10, reportable: true}},
		{name: "inform early within the window", inform: true, peer: peer{level: gosnmp.AuthPriv, engine: ourEngine, boots: 3, time: 160, reportable: true}},
		{name: "inform from the future", inform: true, peer: peer{level: gosnmp.AuthPriv, engine: ourEngine, boots: 3, time: 161, reportable: true}, why: NotInTimeWindow, report: true},
		{name: "inform of another boot", inform: true, peer: peer{level: gosnmp.AuthPriv, engine: ourEngine, boots: 2, time: 10, reportable: true}, why: NotInTimeWindow, report: true},
		{name: "inform for another engine", inform: true, peer: peer{level: gosnmp.AuthPriv, reportable: true}, why: UnknownEngine, report: true},
		{name: "inform of nobody for another engine", inform: true, peer: peer{level: gosnmp.AuthPriv, user: "nobody", reportable: true}, why: UnknownEngine, report: true},
		{name: "inform for another engine that wants no report", inform: true, peer: peer{level: gosnmp.AuthPriv}, why: UnknownEngine},
		{name: "inform of nobody", inform: true, peer: peer{level: gosnmp.AuthPriv, engine: ourEngine, user: "nobody", reportable: true}, why: UnknownUser, report: true},
		{name: "inform with another key", inform: true, peer: peer{level: gosnmp.AuthPriv, engine: ourEngine, auth: "not-this-one", reportable: true}, why: WrongDigest, report: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newReceiver(t, nil)
			kind := gosnmp.SNMPv2Trap
			if tt.inform {
				kind = gosnmp.InformRequest
			}
			b := tt.peer.encode(t, kind, integer(ifEntry+".1.5", 5))
			whole := bytes.Clone(b)
			now := testTime.Add(10 * time.Second)
			a, why := r.accept(b, now)
			if !bytes.Equal(b, whole) {
				t.Error("the message was changed")
			}
			if (why == nil) != (tt.why == "") || why != nil && why.why != tt.why {
				t.Fatalf("refused: %v, want %q", why, tt.why)
			}
			if why != nil {
				report := r.report(&a.header, why.why, why.keys, now)
				if (report != nil) != tt.report {
					t.Errorf("report %x, want one: %t", report, tt.report)
				}
				if h, err := readHeader(report); report != nil && (err != nil || !bytes.Equal(h.engine, ourEngine) || h.boots != 3 || h.time != 10 ||
					(h.flags == flagAuth) != (tt.why == NotInTimeWindow)) {
					t.Errorf("report %+v, %v", h, err)
				}
				return
			}
			if want := tt.peer.level&gosnmp.AuthNoPriv != 0; a.authentic != want {
				t.Errorf("authentic %t, want %t", a.authentic, want)
			}
			e := a.message.events(About{Engine: a.engine})
			want := hex.EncodeToString(theirEngine)
			if !tt.inform && tt.peer.engine != nil {
				want = hex.EncodeToString(tt.peer.engine)
			}
			if len(e) != 1 || e[0].IfIndex != 5 || e[0].Sender.Engine != want {
				t.Errorf("events %+v, want engine %s", e, want)
			}
		})
	}
}

// TestEveryProtocol: each pair of protocols is understood, and answered.
func TestEveryProtocol(t *testing.T) {
	for auth, p := range authProtocols {
		for priv, c := range privProtocols {
			t.Run(auth+" "+priv, func(t *testing.T) {
				r := newReceiver(t, func(o *Options) {
					o.Users = []User{{Name: "phones", AuthProtocol: strings.ToLower(auth), AuthKey: "auth-secret", PrivProtocol: priv, PrivKey: "priv-secret"}}
				})
				them := peer{level: gosnmp.AuthPriv, hash: p.id, cipher: c, engine: ourEngine, boots: 3}
				a, why := r.accept(them.encode(t, gosnmp.InformRequest, integer(ifEntry+".1.5", 5)), testTime)
				if why != nil {
					t.Fatal(why)
				}
				answer, err := r.acknowledge(a, testTime)
				if err != nil {
					t.Fatal(err)
				}
				sp := &gosnmp.UsmSecurityParameters{
					UserName: "phones", AuthoritativeEngineID: string(ourEngine), AuthenticationProtocol: p.id, AuthenticationPassphrase: "auth-secret",
					PrivacyProtocol: c, PrivacyPassphrase: "priv-secret",
				}
				g := &gosnmp.GoSNMP{Version: gosnmp.Version3, SecurityModel: gosnmp.UserSecurityModel, MsgFlags: gosnmp.AuthPriv, SecurityParameters: sp}
				got, err := g.UnmarshalTrap(answer, true)
				if err != nil {
					t.Fatal(err)
				}
				if got.PDUType != gosnmp.GetResponse || got.RequestID != 77 || got.MsgID != 4242 || len(got.Variables) != 3 || got.MsgFlags != gosnmp.AuthPriv {
					t.Errorf("answer %+v", got)
				}
			})
		}
	}
}

// TestWindow is RFC 3414 clause 3.2 step 7b, with the clock of the sender learned from its messages.
func TestWindow(t *testing.T) {
	r := newReceiver(t, nil)
	for i, tt := range []struct {
		after       time.Duration
		boots, time uint32
		fresh       bool
	}{
		{0, 5, 1000, true},
		{0, 5, 850, true},
		{0, 5, 849, false},
		{10 * time.Second, 5, 860, true},
		{10 * time.Second, 5, 859, false}, // the sender's clock goes on between its messages
		{10 * time.Second, 5, 1500, true}, // it was fast
		{10 * time.Second, 5, 1000, false},
		{20 * time.Second, 4, 9999, false}, // of an earlier boot
		{20 * time.Second, 6, 0, true},
		{20 * time.Second, 5, 1500, false},
		{-time.Hour, 6, 0, true}, // our clock went backwards
		{20 * time.Second, most31, 0, false},
	} {
		b := peer{level: gosnmp.AuthNoPriv, boots: tt.boots, time: tt.time}.encode(t, gosnmp.SNMPv2Trap)
		_, why := r.accept(b, testTime.Add(tt.after))
		if (why == nil) != tt.fresh || why != nil && why.why != NotInTimeWindow {
			t.Errorf("message %d (%+v): refused %v", i, tt, why)
		}
	}
}

// TestReplayAfterRestart: what was heard before is handed over, so an old message stays old.
func TestReplayAfterRestart(t *testing.T) {
	old, late := peer{level: gosnmp.AuthNoPriv, boots: 5, time: 100}.encode(t, gosnmp.SNMPv2Trap), peer{level: gosnmp.AuthNoPriv, boots: 5, time: 1000}.encode(t, gosnmp.SNMPv2Trap)
	before := newReceiver(t, nil)
	if _, why := before.accept(late, testTime); why != nil {
		t.Fatal(why)
	}
	after := newReceiver(t, func(o *Options) { o.Clocks = before.Clocks() })
	if _, why := after.accept(old, testTime); why == nil || why.why != NotInTimeWindow {
		t.Errorf("refused %v", why)
	}
	if _, why := newReceiver(t, nil).accept(old, testTime); why != nil {
		t.Errorf("a sender that was never heard: refused %v", why)
	}
}

// TestForgedClock: a message that is not authentic teaches no clock.
func TestForgedClock(t *testing.T) {
	r := newReceiver(t, nil)
	for _, p := range []peer{{level: gosnmp.AuthNoPriv, boots: 900, auth: "not-this-one"}, {user: "open", boots: 900}} {
		r.accept(p.encode(t, gosnmp.SNMPv2Trap), testTime)
	}
	if c := r.Clocks(); len(c) != 0 {
		t.Errorf("clocks %v", c)
	}
}

// TestChangedMessage: no octet of an authentic message can be changed.
func TestChangedMessage(t *testing.T) {
	good := peer{level: gosnmp.AuthPriv}.encode(t, gosnmp.SNMPv2Trap)
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x01
		if a, why := newReceiver(t, nil).accept(bad, testTime); why == nil {
			t.Errorf("octet %d: accepted, authentic %t", i, a.authentic)
		}
	}
}

func TestOptions(t *testing.T) {
	_, err := New(Options{
		Communities: []Secret{""}, EngineID: []byte{1}, EngineBoots: most31,
		Users: []User{{}, {Name: "a", PrivKey: "priv-secret"}, {Name: "b", AuthKey: "short", AuthProtocol: "SHA"}, {Name: "c", AuthKey: "auth-secret", AuthProtocol: "ROT13"}, {Name: "d", Engines: [][]byte{{1}}}},
	})
	for _, want := range []string{
		"no address to listen on", "community 1", "an engine id of 1 octets", "used up", `user ""`, `user "a": a privacy key needs`, `user "b": the authentication key has 5`, `"ROT13" is not known`, `user "d"`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
	if strings.Contains(fmt.Sprint(err), "auth-secret") || strings.Contains(fmt.Sprintf("%v %+v %#v", Secret("xyzzy"), Secret("xyzzy"), User{AuthKey: "xyzzy"}), "xyzzy") {
		t.Error("a secret shows")
	}
}
