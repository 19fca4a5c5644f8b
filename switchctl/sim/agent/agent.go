package agent

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultMaxSize is the largest answer, in octets of UDP payload, that no Ethernet path fragments.
const DefaultMaxSize = 1472

// maxDatagram is the largest payload of UDP over IPv4.
const maxDatagram = 65507

// maxRequest is the largest request that is taken, and what is told as msgMaxSize.
const maxRequest = 4096

// Device is what stands behind an agent. It is locked while one request is carried out.
type Device interface {
	sync.Locker
	// View gives the objects of a context: "" is the device as a whole, "vlan-10" one VLAN's bridge.
	// nil says that there is no such context.
	View(context string) View
}

// Config says who may ask and how large answers are. Agents share it.
type Config struct {
	Read, Write  []string // communities
	AnyCommunity bool     // take every community, for reading and writing
	Users        []User
	MaxSize      int              // of an answer, in octets of UDP payload; 0 = DefaultMaxSize
	Now          func() time.Time // nil = time.Now
}

// Check tells the first mistake.
func (c *Config) Check() error {
	for _, u := range c.Users {
		if err := u.check(); err != nil {
			return err
		}
	}
	if c.MaxSize != 0 && (c.MaxSize < 484 || c.MaxSize > maxDatagram) {
		return fmt.Errorf("check agent: message size %d is not in 484..%d", c.MaxSize, maxDatagram)
	}
	return nil
}

// Engine is the identity of an SNMPv3 engine and its clock (RFC 3414 clause 2.2).
type Engine struct {
	ID     []byte
	Boots  uint32
	BootAt time.Time
}

// Temper is how an agent misbehaves. The zero value is a good agent on a good line.
type Temper struct {
	Dead     bool          // answers nothing
	Loss     float64       // share of requests that get no answer; every second one of them was carried out all the same
	Delay    time.Duration // from request to answer
	PerPDU   time.Duration // work of each request; the next one waits for it
	LyingSet bool          // accepts every SET that is right and does nothing
	ReadOnly bool          // refuses every SET with noAccess
}

// Counters count what one agent did. They are read at any time.
type Counters struct {
	Get, Next, Bulk, Set atomic.Uint64 // requests carried out
	Variables            atomic.Uint64 // in answers
	Written              atomic.Uint64 // variables set
	Octets               atomic.Uint64 // of answers
	Dropped              atomic.Uint64 // malformed, unknown community, lost on purpose
	Reports              atomic.Uint64 // SNMPv3 reports: discovery and refused credentials
}

// Agent answers requests for one device. Handle is safe for parallel use.
type Agent struct {
	Counters Counters

	cfg    *Config
	dev    Device
	engine atomic.Pointer[Engine]
	temper atomic.Pointer[Temper]
	salt   atomic.Uint64
	stats  [usmStatsCount]atomic.Uint32

	mu       sync.Mutex
	accounts map[string]*account
}

// New makes an agent. cfg must have passed Check.
func New(cfg *Config, dev Device, e Engine) *Agent {
	a := &Agent{cfg: cfg, dev: dev, accounts: map[string]*account{}}
	a.engine.Store(&e)
	a.temper.Store(&Temper{})
	return a
}

// SetTemper changes how the agent misbehaves from the next request on.
func (a *Agent) SetTemper(t Temper) { a.temper.Store(&t) }

// Temper gives how the agent misbehaves.
func (a *Agent) Temper() Temper { return *a.temper.Load() }

// Reboot restarts the engine's clock at t.
func (a *Agent) Reboot(t time.Time) {
	e := *a.engine.Load()
	a.engine.Store(&Engine{ID: e.ID, Boots: e.Boots + 1, BootAt: t})
}

func (a *Agent) now() time.Time {
	if a.cfg.Now != nil {
		return a.cfg.Now()
	}
	return time.Now()
}

// engineTime is snmpEngineTime: seconds since the engine started.
func (e *Engine) engineTime(now time.Time) uint32 {
	return uint32(max(0, now.Sub(e.BootAt)) / time.Second)
}

// scratch is the memory of one request.
type scratch struct {
	msg  message
	list []byte
	pos  []Pos // of each variable of a GETBULK
	last []int // offset in list of the last variable that it gave, -1 for none
	subs []uint32
}

var scratches = sync.Pool{New: func() any { return &scratch{} }}

// Handle answers one request packet: it appends the answer to dst, or gives dst as it was where the
// agent stays silent. The packet is changed.
func (a *Agent) Handle(dst, packet []byte) []byte {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.msg.maxSize, s.msg.usm = 0, usmFields{}
	body, err := s.msg.parseHead(packet)
	if err != nil {
		a.Counters.Dropped.Add(1)
		return dst
	}
	n := len(dst)
	if s.msg.version == version3 {
		dst = a.handleV3(dst, s, packet, body)
	} else {
		dst = a.handleCommunity(dst, s, body)
	}
	if len(dst) == n {
		a.Counters.Dropped.Add(1)
	}
	a.Counters.Octets.Add(uint64(len(dst) - n))
	return dst
}

func (a *Agent) handleCommunity(dst []byte, s *scratch, body []byte) []byte {
	context, write, ok := a.admit(string(s.msg.community))
	if !ok || s.msg.parsePDU(body) != nil {
		return dst
	}
	if s.msg.version == version1 && s.msg.pdu.tag == pduBulk {
		return dst
	}
	a.dev.Lock()
	defer a.dev.Unlock()
	view := a.dev.View(context)
	if view == nil {
		return dst
	}
	env := envelope{version: s.msg.version, community: s.msg.community, requestID: s.msg.pdu.requestID}
	ans, ok := a.carryOut(s, view, write, &env)
	if !ok {
		return dst
	}
	return env.append(dst, pduResponse, ans)
}

// admit gives the context that a community opens. Cisco's indexing puts a VLAN behind the community
// proper: name@10.
func (a *Agent) admit(community string) (context string, write, ok bool) {
	name, vlan, indexed := strings.Cut(community, "@")
	if indexed && !slices.Contains(a.cfg.Read, community) && !slices.Contains(a.cfg.Write, community) {
		context = "vlan-" + vlan
	} else {
		name = community
	}
	switch {
	case slices.Contains(a.cfg.Write, name):
		return context, true, true
	case slices.Contains(a.cfg.Read, name):
		return context, false, true
	}
	return context, true, a.cfg.AnyCommunity
}

// handleV3 carries one SNMPv3 request through RFC 3414 clause 3.2.
func (a *Agent) handleV3(dst []byte, s *scratch, packet, body []byte) []byte {
	m, e, now := &s.msg, a.engine.Load(), a.now()
	env := envelope{
		version: version3, msgID: m.msgID, engine: e, engineTime: e.engineTime(now), user: m.usm.user,
		contextEngine: e.ID, salt: a.salt.Add(1),
	}
	env.limit = m.maxSize
	if !bytes.Equal(m.usm.engineID, e.ID) {
		return a.report(dst, s, &env, body, usmUnknownEngineIDs)
	}
	acct, err := a.account(string(m.usm.user), e.ID)
	switch {
	case err != nil:
		return dst
	case acct == nil:
		return a.report(dst, s, &env, body, usmUnknownUserNames)
	case m.flags&^acct.level()&(flagAuth|flagPriv) != 0:
		return a.report(dst, s, &env, body, usmUnsupportedSecLevels)
	}
	if m.flags&flagAuth != 0 {
		if !acct.authentic(packet, &m.usm) {
			return a.report(dst, s, &env, body, usmWrongDigests)
		}
		// RFC 3414 clause 3.2 step 7: another boot, or a clock 150 s off.
		if drift := m.usm.time - int64(env.engineTime); m.usm.boots != int64(e.Boots) || drift < -150 || drift > 150 {
			env.flags, env.account = flagAuth, acct
			return a.report(dst, s, &env, body, usmNotInTimeWindows)
		}
	}
	plain := body
	if m.flags&flagPriv != 0 {
		data, _, err := expect(body, tagOctets)
		if err == nil {
			plain, err = acct.decrypt(data, &m.usm)
		}
		if err != nil || m.parseScoped(plain) != nil {
			return a.report(dst, s, &env, nil, usmDecryptionErrors)
		}
	} else if m.parseScoped(plain) != nil {
		return dst
	}
	env.flags, env.account = m.flags&(flagAuth|flagPriv), acct
	env.requestID, env.contextName = m.pdu.requestID, m.contextName
	if !bytes.Equal(m.contextEngine, e.ID) {
		return a.reportAs(dst, s, &env, unknownPDUHandlers, 1)
	}
	a.dev.Lock()
	defer a.dev.Unlock()
	view := a.dev.View(string(m.contextName))
	if view == nil {
		return a.reportAs(dst, s, &env, unknownContexts, 1)
	}
	if m.flags&(flagAuth|flagPriv) != acct.level() {
		// Allowed by USM, refused by access control (RFC 3415 clause 3.2).
		return env.append(dst, pduResponse, answer{status: AuthorizationErr, index: 1, list: m.pdu.list})
	}
	ans, ok := a.carryOut(s, view, !acct.ReadOnly, &env)
	if !ok {
		return dst
	}
	return env.append(dst, pduResponse, ans)
}

// account gives the user with its keys, nil where it is unknown.
func (a *Agent) account(name string, engineID []byte) (*account, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if acct, ok := a.accounts[name]; ok {
		return acct, nil
	}
	i := slices.IndexFunc(a.cfg.Users, func(u User) bool { return u.Name == name })
	if i < 0 {
		return nil, nil
	}
	acct, err := localize(a.cfg.Users[i], engineID)
	if err == nil {
		a.accounts[name] = acct
	}
	return acct, err
}
