package snmptrap

import (
	"context"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"phoneport/discovery"
)

// outside is net-snmp as the sender, over loopback.
type outside struct {
	address string
	events  chan discovery.Event
	verdict chan error // what the sink gives, one for each event
	r       *Receiver
}

func netsnmp(t *testing.T) *outside {
	t.Helper()
	for _, tool := range []string{"snmptrap", "snmpinform"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s of net-snmp is missing (Debian's package snmp): not tested that another implementation's traps and informs are understood and acknowledged", tool)
		}
	}
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &outside{address: c.LocalAddr().String(), events: make(chan discovery.Event), verdict: make(chan error)}
	if o.r, err = New(Options{
		Conns: []net.PacketConn{c}, Communities: []Secret{"kept-secret"}, EngineID: ourEngine, EngineBoots: 3,
		Users: []User{
			{Name: "phones", AuthProtocol: "SHA", AuthKey: "auth-secret", PrivProtocol: "AES", PrivKey: "priv-secret"},
			{Name: "strong", AuthProtocol: "SHA-512", AuthKey: "auth-secret", PrivProtocol: "AES256", PrivKey: "priv-secret"},
			{Name: "old", AuthProtocol: "MD5", AuthKey: "auth-secret", PrivProtocol: "DES", PrivKey: "priv-secret"},
			{Name: "open"},
		},
	}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- o.r.Run(ctx, func(ctx context.Context, e discovery.Event) error {
			select {
			case o.events <- e:
			case <-ctx.Done():
				return ctx.Err()
			}
			select {
			case err := <-o.verdict:
				return err
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return o
}

// send runs a tool; what comes gives how it ended.
func (o *outside) send(t *testing.T, tool string, args ...string) <-chan error {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), tool, args...)
	cmd.Env = append(os.Environ(), "MIBS=", "SNMP_PERSISTENT_DIR="+t.TempDir(), "SNMPCONFPATH="+t.TempDir())
	ended := make(chan error, 1)
	go func() {
		_, err := cmd.CombinedOutput()
		ended <- err
	}()
	return ended
}

// event waits for the next event; patience is against a hanging test only.
func (o *outside) event(t *testing.T) discovery.Event {
	t.Helper()
	select {
	case e := <-o.events:
		return e
	case <-time.After(time.Minute):
		t.Fatalf("no event: %+v", o.r.Stats())
		return discovery.Event{}
	}
}

var linkArgs = []string{
	"4711", "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.2.1.2.2.1.1.10105", "i", "10105", "1.3.6.1.2.1.31.1.1.1.1.10105", "s", "Gi1/0/5",
	"1.3.6.1.6.3.18.1.3.0", "a", "192.0.2.7",
}

// levels are the ways to send: options, is it authentic, is it of v3.
var levels = []struct {
	name      string
	args      []string
	authentic bool
	v3        bool
}{
	{"v2c", []string{"-v2c", "-c", "kept-secret"}, false, false},
	{"v3 noAuthNoPriv", []string{"-v3", "-u", "open", "-l", "noAuthNoPriv"}, false, true},
	{"v3 authNoPriv", []string{"-v3", "-u", "phones", "-l", "authNoPriv", "-a", "SHA", "-A", "auth-secret"}, true, true},
	{"v3 authPriv", []string{"-v3", "-u", "phones", "-l", "authPriv", "-a", "SHA", "-A", "auth-secret", "-x", "AES", "-X", "priv-secret"}, true, true},
	{"v3 MD5 DES", []string{"-v3", "-u", "old", "-l", "authPriv", "-a", "MD5", "-A", "auth-secret", "-x", "DES", "-X", "priv-secret"}, true, true},
	{"v3 SHA-512 AES-256", []string{"-v3", "-u", "strong", "-l", "authPriv", "-a", "SHA-512", "-A", "auth-secret", "-x", "AES-256", "-X", "priv-secret"}, true, true},
}

func check(t *testing.T, e discovery.Event, authentic bool, engine string) {
	t.Helper()
	if e.Kind != discovery.EventLinkDown || e.IfIndex != 10105 || e.IfName != "Gi1/0/5" || e.Authentic != authentic || e.From.String() != "127.0.0.1" ||
		e.Sender.Address.String() != "192.0.2.7" || e.Sender.Engine != engine || e.Code != "1.3.6.1.6.3.1.1.5.3" || len(e.Raw) == 0 || time.Since(e.At) > time.Hour {
		t.Errorf("event %+v, want authentic %t, engine %q", e, authentic, engine)
	}
}

func TestNetSNMPTraps(t *testing.T) {
	o := netsnmp(t)
	for _, l := range levels {
		t.Run(l.name, func(t *testing.T) {
			args, engine := slices.Clone(l.args), ""
			if l.v3 {
				engine = hex.EncodeToString(theirEngine)
				args = append(args, "-e", "0x"+engine, "-Z", "7,1000")
			}
			ended := o.send(t, "snmptrap", slices.Concat(args, []string{o.address}, linkArgs)...)
			e := o.event(t)
			o.verdict <- nil
			check(t, e, l.authentic, engine)
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("v1", func(t *testing.T) {
		ended := o.send(t, "snmptrap", "-v1", "-c", "kept-secret", o.address, "1.3.6.1.4.1.9.1.1208", "192.0.2.7", "2", "0", "4711",
			"1.3.6.1.2.1.2.2.1.1.10105", "i", "10105", "1.3.6.1.2.1.31.1.1.1.1.10105", "s", "Gi1/0/5")
		e := o.event(t)
		o.verdict <- nil
		check(t, e, false, "")
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	if s := o.r.Stats(); len(s.Refused) != 0 || s.Reported != 0 {
		t.Errorf("%+v", s)
	}
}

// TestNetSNMPInforms: the sender finds out our engine and its time, and ends well only once the sink has stored; not while the
// sink holds the event, and not when it fails.
func TestNetSNMPInforms(t *testing.T) {
	for _, l := range levels {
		t.Run(l.name, func(t *testing.T) {
			o := netsnmp(t)
			// One try: what would come again is another event.
			ended := o.send(t, "snmpinform", slices.Concat([]string{"-r", "0", "-t", "60"}, l.args, []string{o.address}, linkArgs)...)
			e := o.event(t)
			if o.r.Stats().Acknowledged != 0 {
				t.Error("acknowledged before the sink had it")
			}
			o.verdict <- errors.New("disk full")
			again := o.event(t) // it comes a second time, so the first ended without an answer
			select {
			case err := <-ended:
				t.Fatalf("the sender ended before the event was stored: %v", err)
			default:
			}
			if e.ID != again.ID || o.r.Stats().Acknowledged != 0 {
				t.Errorf("%s came again as %s, acknowledged %d", e.ID, again.ID, o.r.Stats().Acknowledged)
			}
			o.verdict <- nil
			if err := <-ended; err != nil {
				t.Errorf("the sender got no acknowledgement: %v", err)
			}
			e.Sender.Engine = "" // net-snmp's own is another one each time
			check(t, e, l.authentic, "")
			if l.v3 && o.r.Stats().Reported == 0 {
				t.Error("no report of our engine")
			}
		})
	}
}

// TestNetSNMPRefused: the wrong keys, user and community end without an event, for the stated reason.
func TestNetSNMPRefused(t *testing.T) {
	o := netsnmp(t)
	for _, tt := range []struct {
		why  Refusal
		args []string
	}{
		{UnknownCommunity, []string{"-v2c", "-c", "public"}},
		{UnknownUser, []string{"-v3", "-u", "nobody", "-l", "noAuthNoPriv"}},
		{SecurityLevel, []string{"-v3", "-u", "phones", "-l", "noAuthNoPriv"}},
		{WrongDigest, []string{"-v3", "-u", "phones", "-l", "authNoPriv", "-a", "SHA", "-A", "not-this-one"}},
		{Decryption, []string{"-v3", "-u", "phones", "-l", "authPriv", "-a", "SHA", "-A", "auth-secret", "-x", "AES", "-X", "not-this-one"}},
	} {
		// One try and a short wait: all are refused, and some with a report.
		if err := <-o.send(t, "snmpinform", slices.Concat([]string{"-r", "0", "-t", "1"}, tt.args, []string{o.address}, linkArgs)...); err == nil {
			t.Errorf("%s: it was acknowledged", tt.why)
		}
		if n := o.r.Stats().Refused[tt.why]; n != 1 {
			t.Errorf("%s: counted %d", tt.why, n)
		}
	}
}
