package snmp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gosnmp/gosnmp"

	"phoneport/switchctl"
)

// Conn is a Session over UDP.
type Conn struct {
	cfg   Config
	g     *gosnmp.GoSNMP
	plain plain // the requests of v1 and v2c
	base  *view // with the community and context of the configuration
	limit limits
}

var _ Session = (*Conn)(nil)

// Open makes a session. Nothing is sent: the first request tells whether the agent is there.
func Open(ctx context.Context, cfg Config) (*Conn, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	host, port := cfg.hostPort()
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("open snmp session: %q is no port", port)
	}
	g := &gosnmp.GoSNMP{
		Target: host, Port: uint16(n), Transport: "udp", Community: cfg.Community,
		Timeout: cfg.Timeout, Retries: 0, MaxOids: 1 << 10, Context: ctx, ContextName: cfg.ContextName,
	}
	switch cfg.Version {
	case V1:
		g.Version = gosnmp.Version1
	case V3:
		g.Version, g.SecurityModel = gosnmp.Version3, gosnmp.UserSecurityModel
		g.MsgFlags, g.SecurityParameters = cfg.usm()
	default:
		g.Version = gosnmp.Version2c
	}
	c := &Conn{cfg: cfg, g: g, limit: newLimits(cfg)}
	if cfg.Version == V3 {
		err = g.Connect()
	} else {
		err = c.plain.open(ctx, g, host, port)
	}
	if err != nil {
		return nil, &switchctl.Error{Op: "open snmp session to " + cfg.Address, Class: switchctl.ErrUnreachable, Err: err}
	}
	c.base = &view{Conn: c, community: cfg.Community, context: cfg.ContextName}
	return c, nil
}

// Close ends the session.
func (c *Conn) Close() error { return c.g.Close() }

// Get reads instances; see Session.
func (c *Conn) Get(ctx context.Context, oids ...OID) ([]Value, error) {
	return c.base.Get(ctx, oids...)
}

// Read reads tables; see Session.
func (c *Conn) Read(ctx context.Context, tables ...Table) ([]*Rows, error) {
	return c.base.Read(ctx, tables...)
}

// Set writes; see Session.
func (c *Conn) Set(ctx context.Context, vars ...Var) error { return c.base.Set(ctx, vars...) }

// Context gives the view of one VLAN's bridge; see Session.
func (c *Conn) Context(vlan uint16) Session {
	v := &view{Conn: c, community: c.cfg.Community, context: c.cfg.ContextName, vlan: vlan}
	id := strconv.Itoa(int(vlan))
	if c.cfg.Version == V3 {
		v.context = c.cfg.ContextPrefix + id
	} else {
		v.community = c.cfg.Community + "@" + id
	}
	return v
}

// view is a session with one community and context of a Conn. The agent may answer in one and be silent
// in the other, so each learns for itself whether it is alive.
type view struct {
	*Conn
	community, context string
	vlan               uint16
	answered           bool
}

func (v *view) Get(ctx context.Context, oids ...OID) ([]Value, error) { return v.get(ctx, oids) }
func (v *view) Read(ctx context.Context, tables ...Table) ([]*Rows, error) {
	return v.read(ctx, tables)
}
func (v *view) Context(vlan uint16) Session { return v.Conn.Context(vlan) }
func (v *view) Close() error                { return nil }

// pdu is one request.
type pdu struct {
	kind string // GET, GETNEXT, GETBULK, SET
	vars []gosnmp.SnmpPDU
	reps int
}

// tryOnce marks a context whose requests are not repeated: the caller has a smaller request to try instead.
type tryOnce struct{}

// exchange sends one request and waits for its answer, with retries. The error is a *switchctl.Error
// without Op; answers with an error-status are not errors here.
func (v *view) exchange(ctx context.Context, p pdu) (*gosnmp.SnmpPacket, error) {
	g := v.g
	if g.Conn == nil {
		return nil, &switchctl.Error{Class: switchctl.ErrUnreachable, Err: net.ErrClosed}
	}
	g.Community, g.ContextName, g.Context = v.community, v.context, ctx
	defer wake(ctx, g.Conn)()

	retries := v.cfg.Retries
	if ctx.Value(tryOnce{}) != nil || (v.vlan != 0 && !v.answered) {
		retries = min(retries, 1)
	}
	var last error
	wait := v.cfg.Timeout
	for try := 0; try <= retries; try++ {
		if err := ctx.Err(); err != nil {
			return nil, &switchctl.Error{Class: switchctl.ErrUnreachable, Err: err}
		}
		// A fifth of jitter keeps the retries of many sessions apart that lost a packet together.
		g.Timeout = wait + time.Duration(rand.Int64N(int64(wait)/5+1))
		wait += wait / 2
		if h := v.cfg.Hooks.Sent; h != nil {
			h(p.kind, len(p.vars))
		}
		begin := time.Now()
		res, err := v.send(ctx, p)
		if err == nil {
			v.answered = true
			if h := v.cfg.Hooks.Received; h != nil {
				h(p.kind, len(res.Variables), time.Since(begin))
			}
			return res, nil
		}
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		last = classify(err)
		if h := v.cfg.Hooks.Failed; h != nil {
			h(p.kind, switchctl.ClassOf(last))
		}
		if errors.Is(last, switchctl.ErrDenied) {
			break
		}
	}
	if v.cfg.PrivKey != "" && !v.answered && errors.Is(last, switchctl.ErrUnreachable) && v.discovered() && ctx.Err() == nil {
		// Agents drop in silence what they cannot decrypt.
		last = &switchctl.Error{Class: switchctl.ErrDenied, Err: errors.New("the agent is there but does not answer this user: the privacy key or protocol is wrong")}
	}
	return nil, last
}

// discovered reports whether an SNMPv3 agent told its engine id.
func (v *view) discovered() bool {
	p, ok := v.g.SecurityParameters.(*gosnmp.UsmSecurityParameters)
	return ok && p.AuthoritativeEngineID != ""
}

// wake ends a wait for an answer when ctx ends. The function that it gives must be called before the
// socket is used under another context.
func wake(ctx context.Context, conn net.Conn) (stop func()) {
	done := make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(done)
		_ = conn.SetDeadline(time.Unix(1, 0))
	})
	return func() {
		if !cancel() {
			<-done
		}
	}
}

func (v *view) send(ctx context.Context, p pdu) (*gosnmp.SnmpPacket, error) {
	if v.cfg.Version != V3 {
		return v.plain.send(ctx, v.g, p)
	}
	var (
		res *gosnmp.SnmpPacket
		err error
	)
	g := v.g
	switch p.kind {
	case "SET":
		res, err = g.Set(p.vars)
	case "GETBULK":
		res, err = g.GetBulk(namesOf(p.vars), 0, uint32(p.reps))
	case "GETNEXT":
		res, err = g.GetNext(namesOf(p.vars))
	default:
		res, err = g.Get(namesOf(p.vars))
	}
	switch {
	case err != nil:
		return nil, err
	case res == nil || res.PDUType == gosnmp.Report:
		return nil, errReport
	case res.PDUType != gosnmp.GetResponse:
		return nil, fmt.Errorf("%w: PDU type %s", errAnswer, res.PDUType)
	case res.Version != g.Version:
		return nil, fmt.Errorf("%w: another version", errAnswer)
	case res.RequestID == 0:
		return nil, fmt.Errorf("%w: request id 0", errAnswer)
	}
	return res, nil
}

func namesOf(vars []gosnmp.SnmpPDU) []string {
	out := make([]string, len(vars))
	for i, p := range vars {
		out[i] = p.Name
	}
	return out
}

// errAnswer is wrapped by what is wrong with an answer that came.
var (
	errAnswer = errors.New("the answer does not fit the request")
	errReport = errors.New("the agent answered by a report")
	errSilent = errors.New("no answer; check the address, the community or user, and that the switch lets this host ask")
)

// classify makes gosnmp's errors, which are sentences, one of our classes. It is the only place that
// looks at their text.
func classify(err error) error {
	e := &switchctl.Error{Class: switchctl.ErrMalformed, Err: err}
	text := err.Error()
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		e.Class = switchctl.ErrUnreachable
	case errors.Is(err, gosnmp.ErrUnknownUsername):
		e.Class, e.Err = switchctl.ErrDenied, errors.New("the agent knows no such user")
	case errors.Is(err, gosnmp.ErrWrongDigest):
		e.Class, e.Err = switchctl.ErrDenied, errors.New("the authentication key or protocol is wrong")
	case errors.Is(err, gosnmp.ErrDecryption):
		e.Class, e.Err = switchctl.ErrDenied, errors.New("the privacy key or protocol is wrong")
	case errors.Is(err, gosnmp.ErrUnknownSecurityLevel):
		e.Class, e.Err = switchctl.ErrDenied, errors.New("the agent does not take this security level for the user")
	case errors.Is(err, gosnmp.ErrNotInTimeWindow), errors.Is(err, gosnmp.ErrUnknownEngineID), errors.Is(err, gosnmp.ErrUnknownReportPDU),
		errors.Is(err, gosnmp.ErrUnknownPDUHandlers), errors.Is(err, gosnmp.ErrUnknownSecurityModels), errors.Is(err, errReport):
		e.Class = switchctl.ErrDenied
	case strings.Contains(text, "incoming packet is not authentic"):
		e.Class, e.Err = switchctl.ErrDenied, errors.New("the answer is not authentic: the authentication key or protocol is wrong")
	case errors.Is(err, errAnswer):
	case strings.Contains(text, "recover:"):
		// gosnmp turns a panic into text with the stacks of all goroutines.
		e.Err = errors.New("the answer cannot be decoded")
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Class, e.Err = switchctl.ErrUnreachable, errors.New("the host refuses the port; is SNMP enabled there?")
	case strings.Contains(text, "timeout"), strings.Contains(text, gosnmp.ErrMaxRetriesExceeded.Error()):
		e.Class, e.Err = switchctl.ErrUnreachable, errSilent
	case isNet(err):
		e.Class = switchctl.ErrUnreachable
	}
	return e
}

func isNet(err error) bool {
	var op *net.OpError
	return errors.As(err, &op)
}

// withOp names what was tried in a classified error.
func withOp(err error, op string) error {
	var e *switchctl.Error
	if errors.As(err, &e) {
		f := *e
		f.Op = op
		return &f
	}
	return &switchctl.Error{Op: op, Class: switchctl.ErrMalformed, Err: err}
}

// value makes ours of gosnmp's. The kinds of a missing variable give the zero Value.
func value(p *gosnmp.SnmpPDU) Value {
	switch p.Type {
	case gosnmp.Integer:
		if n, ok := p.Value.(int); ok {
			return Integer(int64(n))
		}
	case gosnmp.OctetString, gosnmp.BitString:
		if b, ok := p.Value.([]byte); ok {
			return Octets(b)
		}
	case gosnmp.ObjectIdentifier:
		if s, ok := p.Value.(string); ok {
			if o, err := ParseOID(s); err == nil {
				return ObjectID(o)
			}
		}
	case gosnmp.IPAddress:
		if s, ok := p.Value.(string); ok {
			if a, err := netip.ParseAddr(s); err == nil {
				return Address(a)
			}
		}
	case gosnmp.Counter32:
		return number(KindCounter32, p.Value)
	case gosnmp.Gauge32, gosnmp.Uinteger32:
		return number(KindUnsigned, p.Value)
	case gosnmp.TimeTicks:
		return number(KindTicks, p.Value)
	case gosnmp.Counter64:
		return number(KindCounter64, p.Value)
	case gosnmp.Opaque:
		if b, ok := p.Value.([]byte); ok {
			return Opaque(b)
		}
	}
	return Value{}
}

func number(k Kind, v any) Value {
	switch n := v.(type) {
	case uint:
		return Number(k, uint64(n))
	case uint32:
		return Number(k, uint64(n))
	case uint64:
		return Number(k, n)
	case int:
		return Number(k, uint64(n))
	}
	return Value{}
}

// missing reports the exceptions of RFC 3416 clause 3.
func missing(t gosnmp.Asn1BER) bool {
	return t == gosnmp.NoSuchObject || t == gosnmp.NoSuchInstance || t == gosnmp.EndOfMibView
}
