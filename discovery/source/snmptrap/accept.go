package snmptrap

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/gosnmp/gosnmp"
)

// accepted is a notification that may be stored.
type accepted struct {
	b         []byte // the message
	header    header
	message   *message
	keys      *gosnmp.UsmSecurityParameters // of v3 with authentication
	authentic bool
	engine    string // of the sender, in hex
}

// errSecured is of Decode.
var errSecured = errors.New("decode message: it is of SNMPv3 and needs its user's keys")

// refused is an error that says which counter is counted.
type refused struct {
	why  Refusal
	err  error
	keys *gosnmp.UsmSecurityParameters // see report
}

func (r *refused) Error() string { return fmt.Sprintf("refuse message: %s: %v", r.why, r.err) }
func (r *refused) Unwrap() error { return r.err }

// ofCodec is a refusal of what does not decode; of what was encrypted, the reason is the key.
func ofCodec(err error, sealed bool) *refused {
	switch {
	case errors.Is(err, errNotTrap):
		return &refused{why: NotNotification, err: err}
	case sealed:
		return &refused{why: Decryption, err: err}
	}
	return &refused{why: Malformed, err: err}
}

// accept decides on a message. It keeps b, and no clock.
func (r *Receiver) accept(b []byte, now time.Time) (accepted, *refused) {
	h, err := readHeader(b)
	a := accepted{b: b, header: h}
	if err != nil {
		return a, &refused{why: Malformed, err: err}
	}
	if h.version == version3 {
		return r.accept3(a, now)
	}
	if !r.knows(h.community) {
		return a, &refused{why: UnknownCommunity, err: errors.New("no such community")}
	}
	if a.message, err = parseCommunity(b, h); err != nil {
		return a, ofCodec(err, false)
	}
	return a, nil
}

// knows compares a community with all that there are, in the same time whatever it is.
func (r *Receiver) knows(community []byte) bool {
	sum := sha256.Sum256(community)
	found := 0
	for i := range r.communities {
		found |= subtle.ConstantTimeCompare(sum[:], r.communities[i][:])
	}
	return found == 1
}

// accept3 is RFC 3414 clause 3.2.
func (r *Receiver) accept3(a accepted, now time.Time) (accepted, *refused) {
	h := &a.header
	ours := len(h.engine) > 0 && bytes.Equal(h.engine, r.options.EngineID)
	// Step 3. Of a trap the sender is authoritative, and any engine may be one; what can be answered is an inform or the
	// discovery before it, and is for us alone.
	if len(h.engine) < 5 || len(h.engine) > 32 || !ours && h.flags&flagReportable != 0 {
		return a, &refused{why: UnknownEngine, err: fmt.Errorf("engine %x is not ours", h.engine)}
	}
	engine := string(h.engine)
	u, why := r.authenticate(&a, engine) // steps 4 to 6
	if why != nil {
		return a, why
	}
	if a.authentic {
		if why := r.timely(&a, engine, u, ours, now); why != nil { // step 7
			return a, why
		}
	}
	sp := &gosnmp.UsmSecurityParameters{UserName: u.Name, AuthoritativeEngineID: engine, AuthenticationProtocol: gosnmp.NoAuth, PrivacyProtocol: gosnmp.NoPriv}
	if a.keys != nil {
		sp = a.keys
	}
	g := &gosnmp.GoSNMP{Version: gosnmp.Version3, SecurityModel: gosnmp.UserSecurityModel, MsgFlags: gosnmp.SnmpV3MsgFlags(h.flags), SecurityParameters: sp}
	p, err := unmarshal(g, bytes.Clone(a.b)) // it decrypts in place
	if err != nil {
		return a, ofCodec(err, h.sealed)
	}
	if got, ok := p.SecurityParameters.(*gosnmp.UsmSecurityParameters); !ok || p.Version != gosnmp.Version3 || byte(p.MsgFlags) != h.flags ||
		got.UserName != h.user || got.AuthoritativeEngineID != engine {
		return a, &refused{why: Malformed, err: fmt.Errorf("%w: it can be read in two ways", errMalformed)}
	}
	if a.message, err = newMessage(p); err != nil {
		return a, ofCodec(err, false)
	}
	if a.message.inform && !ours { // it would be answered under a clock that is not ours
		return a, &refused{why: UnknownEngine, err: fmt.Errorf("an inform for engine %x", h.engine)}
	}
	if !ours {
		a.engine = hex.EncodeToString(h.engine)
	} else if c := p.ContextEngineID; len(c) >= 5 && c != engine { // of an inform, the sender is where the variables are
		a.engine = hex.EncodeToString([]byte(c))
	}
	return a, nil
}

// authenticate finds the user, checks the security level and the digest.
func (r *Receiver) authenticate(a *accepted, engine string) (*user, *refused) {
	h := &a.header
	why := UnknownUser
	for _, u := range r.users {
		if u.Name != h.user || !u.at(engine) {
			continue
		}
		auth, priv := h.flags&flagAuth != 0, h.flags&flagPriv != 0
		if auth != (u.auth != nil) || priv && u.priv == gosnmp.NoPriv {
			why = worse(why, SecurityLevel)
			continue
		}
		if !auth {
			return u, nil
		}
		keys := r.engines.key(engine, u)
		if keys == nil {
			var err error
			if keys, err = u.keys(engine, false); err != nil {
				return nil, &refused{why: WrongDigest, err: err}
			}
		}
		if !u.authentic(a.b, h, keys.SecretKey) {
			why = worse(why, WrongDigest)
			continue
		}
		a.authentic, a.keys = true, keys
		return u, nil
	}
	return nil, &refused{why: why, err: fmt.Errorf("user %q of engine %x", h.user, h.engine)}
}

// worse keeps the reason that came furthest, where several users have one name.
func worse(a, b Refusal) Refusal {
	if a == WrongDigest {
		return a
	}
	return b
}

// timely checks the time of an authentic message, and makes all its keys.
func (r *Receiver) timely(a *accepted, engine string, u *user, ours bool, now time.Time) *refused {
	h := &a.header
	if ours { // step 7a
		off := int64(h.time) - int64(r.engineTime(now))
		if h.boots != r.options.EngineBoots || off > window || off < -window {
			return &refused{why: NotInTimeWindow, err: errStale, keys: a.keys}
		}
	} else if _, err := r.engines.hear(engine, h.boots, h.time, now); errors.Is(err, errManyEngines) {
		return &refused{why: TooManyEngines, err: err}
	} else if err != nil {
		return &refused{why: NotInTimeWindow, err: err}
	}
	if u.priv != gosnmp.NoPriv && a.keys.PrivacyProtocol == gosnmp.NoPriv || r.engines.key(engine, u) == nil {
		all, err := u.keys(engine, true)
		if err != nil {
			return &refused{why: Decryption, err: err}
		}
		a.keys = all
		r.engines.keep(engine, u, all)
	}
	return nil
}
