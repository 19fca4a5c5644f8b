package snmptrap

import (
	"crypto/hmac"
	"crypto/md5"  // RFC 3414 clause 6; switches still have it
	"crypto/sha1" // RFC 3414 clause 7
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gosnmp/gosnmp"
)

// protocol is an authentication protocol of RFC 3414 or RFC 7860.
type protocol struct {
	id   gosnmp.SnmpV3AuthProtocol
	hash func() hash.Hash
	size int // of the truncated digest in a message
}

var authProtocols = map[string]protocol{
	"MD5": {gosnmp.MD5, md5.New, 12}, "SHA": {gosnmp.SHA, sha1.New, 12}, "SHA1": {gosnmp.SHA, sha1.New, 12},
	"SHA224": {gosnmp.SHA224, sha256.New224, 16}, "SHA256": {gosnmp.SHA256, sha256.New, 24},
	"SHA384": {gosnmp.SHA384, sha512.New384, 32}, "SHA512": {gosnmp.SHA512, sha512.New, 48},
}

var privProtocols = map[string]gosnmp.SnmpV3PrivProtocol{
	"DES": gosnmp.DES, "AES": gosnmp.AES, "AES128": gosnmp.AES, "AES192": gosnmp.AES192, "AES256": gosnmp.AES256,
	"AES192C": gosnmp.AES192C, "AES256C": gosnmp.AES256C,
}

// user is a User that was checked.
type user struct {
	User
	auth    *protocol // nil: noAuthNoPriv
	priv    gosnmp.SnmpV3PrivProtocol
	engines []string
}

// minKey is the shortest pass phrase that RFC 3414 clause 11.2 lets a user have.
const minKey = 8

func newUser(u User) (*user, error) {
	out := &user{User: u, priv: gosnmp.NoPriv}
	fail := func(format string, args ...any) (*user, error) {
		return nil, fmt.Errorf("check user %q: %s", u.Name, fmt.Sprintf(format, args...))
	}
	normal := strings.NewReplacer("-", "", "_", "")
	switch {
	case u.Name == "" || len(u.Name) > 32:
		return fail("the name has %d octets, not 1 to 32", len(u.Name))
	case u.AuthKey == "" && u.PrivKey != "":
		return fail("a privacy key needs an authentication key too")
	}
	for _, e := range u.Engines {
		if len(e) < 5 || len(e) > 32 {
			return fail("an engine id of %d octets, not 5 to 32", len(e))
		}
		out.engines = append(out.engines, string(e))
	}
	if u.AuthKey != "" {
		p, ok := authProtocols[strings.ToUpper(normal.Replace(u.AuthProtocol))]
		switch {
		case !ok:
			return fail("authentication protocol %q is not known", u.AuthProtocol)
		case len(u.AuthKey) < minKey:
			return fail("the authentication key has %d characters, the fewest are %d", len(u.AuthKey), minKey)
		}
		out.auth = &p
	}
	if u.PrivKey != "" {
		p, ok := privProtocols[strings.ToUpper(normal.Replace(u.PrivProtocol))]
		switch {
		case !ok:
			return fail("privacy protocol %q is not known", u.PrivProtocol)
		case len(u.PrivKey) < minKey:
			return fail("the privacy key has %d characters, the fewest are %d", len(u.PrivKey), minKey)
		}
		out.priv = p
	}
	return out, nil
}

// at tells whether the user is one of the engine.
func (u *user) at(engine string) bool {
	return len(u.engines) == 0 || slices.Contains(u.engines, engine)
}

// keys gives the user's keys localised to an engine (RFC 3414 clause 2.6). The key of privacy is asked for only once a
// message is authentic: some protocols stretch it by hashing a megabyte, which a stranger must not make us do.
func (u *user) keys(engine string, withPriv bool) (*gosnmp.UsmSecurityParameters, error) {
	p := &gosnmp.UsmSecurityParameters{
		UserName: u.Name, AuthoritativeEngineID: engine, AuthenticationProtocol: gosnmp.NoAuth, PrivacyProtocol: gosnmp.NoPriv,
	}
	if u.auth != nil {
		p.AuthenticationProtocol, p.AuthenticationPassphrase = u.auth.id, string(u.AuthKey)
		if withPriv && u.priv != gosnmp.NoPriv {
			p.PrivacyProtocol, p.PrivacyPassphrase = u.priv, string(u.PrivKey)
		}
	}
	if err := p.InitSecurityKeys(); err != nil {
		return nil, fmt.Errorf("make keys of user %q: %w", u.Name, err)
	}
	return p, nil
}

// authentic checks the digest of a message (RFC 3414 clauses 6.3.2 and 7.3.2): it is over the message with zeros in its place.
func (u *user) authentic(b []byte, h *header, key []byte) bool {
	if len(h.digest) != u.auth.size {
		return false
	}
	mac := hmac.New(u.auth.hash, key)
	mac.Write(b[:h.digestAt])
	mac.Write(make([]byte, len(h.digest)))
	mac.Write(b[h.digestAt+len(h.digest):])
	return hmac.Equal(mac.Sum(nil)[:u.auth.size], h.digest)
}

// window is how far the time of a message may be off, in seconds (RFC 3414 clause 2.2.3).
const window = 150

// maxEngines bounds the senders whose clocks are kept. Only authentic messages make one.
const maxEngines = 1 << 18

// Clock is what is known of the time of another engine.
type Clock struct {
	Boots  uint32    // snmpEngineBoots
	Latest uint32    // the latest snmpEngineTime that was heard, in seconds
	At     time.Time // when that was
}

// engine is a sender that was heard with authentication.
type engine struct {
	clock Clock
	keys  map[*user]*gosnmp.UsmSecurityParameters
}

func newEngine(c Clock) *engine {
	return &engine{clock: c, keys: make(map[*user]*gosnmp.UsmSecurityParameters)}
}

// engines are those senders, by snmpEngineID.
type engines struct {
	ours string // snmpEngineID of ours, which has keys and no Clock
	own  *engine
	mu   sync.Mutex
	all  map[string]*engine
}

func (e *engines) get(id string) *engine {
	if id == e.ours {
		return e.own
	}
	return e.all[id]
}

var (
	errStale       = errors.New("not in time window")
	errManyEngines = errors.New("too many engines")
)

// hear checks the time of an authentic message and learns it (RFC 3414 clause 3.2 step 7b).
func (e *engines) hear(id string, boots, t uint32, now time.Time) (*engine, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	got, known := e.all[id]
	if !known {
		if len(e.all) >= maxEngines {
			return nil, errManyEngines
		}
		got = newEngine(Clock{})
	}
	c := &got.clock
	if boots > c.Boots || boots == c.Boots && t > c.Latest || !known {
		*c = Clock{Boots: boots, Latest: t, At: now}
	}
	e.all[id] = got
	// The time that the engine has by now; a clock of ours that went backwards does not turn it back.
	passed := max(now.Sub(c.At), 0)
	there := int64(c.Latest) + int64(passed/time.Second)
	if c.Boots == most31 || boots < c.Boots || int64(t) < there-window {
		return nil, errStale
	}
	return got, nil
}

// key gives a key that was kept.
func (e *engines) key(id string, u *user) *gosnmp.UsmSecurityParameters {
	e.mu.Lock()
	defer e.mu.Unlock()
	if got := e.get(id); got != nil {
		return got.keys[u]
	}
	return nil
}

// keep keeps a key of an engine that was heard.
func (e *engines) keep(id string, u *user, k *gosnmp.UsmSecurityParameters) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if got := e.get(id); got != nil {
		got.keys[u] = k
	}
}

// clocks copies what is known.
func (e *engines) clocks() map[string]Clock {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := make(map[string]Clock, len(e.all))
	for id, one := range e.all {
		out[id] = one.clock
	}
	return out
}
