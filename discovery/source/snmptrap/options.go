package snmptrap

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"phoneport/discovery"
)

// Secret is a community or a key; it does not show itself.
type Secret string

const stars = "***"

// String gives stars.
func (Secret) String() string { return stars }

// GoString gives stars.
func (Secret) GoString() string { return stars }

// MarshalText gives stars.
func (Secret) MarshalText() ([]byte, error) { return []byte(stars), nil }

// LogValue gives stars.
func (Secret) LogValue() slog.Value { return slog.StringValue(stars) }

// User is one user of SNMPv3. The security level that its messages must have at least follows from the keys: with an
// authentication key, a message without authentication is refused. Names may repeat, for switches with other keys.
type User struct {
	Name         string
	AuthProtocol string // MD5 SHA SHA224 SHA256 SHA384 SHA512
	AuthKey      Secret // pass phrase, 8 characters or more
	PrivProtocol string // DES AES AES192 AES256 AES192C AES256C; the last two with Cisco's key localisation
	PrivKey      Secret
	Engines      [][]byte // snmpEngineIDs of the senders that may be this user, and ours for informs; none: all
}

// Options say what a Receiver does. Zero fields take the defaults that their comments name.
type Options struct {
	Listen []netip.AddrPort // opened by Run; one per address, so that answers leave by the address that was asked
	Conns  []net.PacketConn // or opened by the caller; Run closes them

	Communities []Secret // of v1 and v2c; none: such messages are refused
	Users       []User   // of v3

	// EngineID is our snmpEngineID, 5 to 32 octets: senders of informs make their keys for it. The caller keeps it for
	// good. Without one there are no informs of v3.
	EngineID []byte
	// EngineBoots is our snmpEngineBoots: the caller counts it up and stores it before each Run.
	EngineBoots uint32
	Clocks      map[string]Clock // of Receiver.Clocks, of the last run

	// Queue is how many messages wait for the sink at most, 16384, and QueueBytes how many octets, 16 MiB. What comes when
	// it is full is dropped and counted (an inform comes again, as it is not acknowledged).
	Queue      int
	QueueBytes int
	// Workers is how many messages are with the sink at the same time, 4. Those of one sender keep their order.
	Workers int
	// Raw bounds Event.Raw, in octets: 2048; negative: none is kept. A community in it is written over with asterisks.
	Raw int
	// Drain is how long Run goes on storing what waits when its context has ended, 5 s.
	Drain time.Duration

	Syslog func(e discovery.Event, line string) []discovery.Event // see About.Syslog
	Log    *slog.Logger                                           // none: no log
}

// defaults are the zero fields' values.
func (o Options) defaults() Options {
	o.Queue = first(max(o.Queue, 0), 16384)
	o.QueueBytes = first(max(o.QueueBytes, 0), 16<<20)
	o.Workers = min(first(max(o.Workers, 0), 4), o.Queue)
	o.Raw = first(o.Raw, 2048)
	o.Drain = first(max(o.Drain, 0), 5*time.Second)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// check tells all that is wrong with the options.
func (o Options) check() (users []*user, err error) {
	var wrong []error
	if len(o.Listen)+len(o.Conns) == 0 {
		wrong = append(wrong, errors.New("check snmptrap: no address to listen on"))
	}
	for i, c := range o.Communities {
		if c == "" || len(c) > 255 {
			wrong = append(wrong, fmt.Errorf("check snmptrap: community %d has %d octets, not 1 to 255", i+1, len(c)))
		}
	}
	if n := len(o.EngineID); n != 0 && (n < 5 || n > 32) {
		wrong = append(wrong, fmt.Errorf("check snmptrap: an engine id of %d octets, not 5 to 32", n))
	}
	if o.EngineBoots >= most31 { // then nothing is in the time window (RFC 3414 clause 2.2.2)
		wrong = append(wrong, fmt.Errorf("check snmptrap: %d boots: the engine id is used up, it needs a new one", o.EngineBoots))
	}
	for _, u := range o.Users {
		checked, err := newUser(u)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		users = append(users, checked)
	}
	return users, errors.Join(wrong...)
}
