package syslog

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"golang.org/x/sync/errgroup"

	"phoneport/discovery"
)

// Options make a Receiver. Zero values stand for the defaults that are named.
type Options struct {
	UDP []net.PacketConn // one message per datagram (RFC 5426)
	TCP []net.Listener   // octet counting or lines (RFC 6587)
	TLS []net.Listener   // TCP listeners over which TLS is spoken by TLSConfig (RFC 5425)
	// TLSConfig has the certificate of this receiver. With ClientAuth and ClientCAs a client can prove who it is:
	// tls.VerifyClientCertIfGiven or tls.RequireAndVerifyClientCert.
	TLSConfig *tls.Config
	// Relays are the names in certificates (a DNS name, or the common name) of clients that may speak for other hosts.
	// What any other client with a certificate sends has the name of its certificate as Sender.Host.
	Relays []string

	Queue   int           // messages that wait for the sink, in all; 4096. Each is at most MaxLine octets
	Workers int           // how many messages are given to the sink at once; 4. Those of one sender stay in order
	Conns   int           // connections at once; 512
	PerHost int           // of these from one address; 16
	Idle    time.Duration // how long a connection may say nothing; 1 h
	Frame   time.Duration // how long one message, or the TLS handshake, may take to come in; 30 s
	Retry   time.Duration // how long to wait before a message that the sink did not take is given again; 100 ms, doubling to 10 s
	Drain   time.Duration // how long what was accepted may still take to be stored once ctx has ended; 5 s

	Log *slog.Logger // nil = discard
	Now func() time.Time
}

// Receiver takes syslog messages from the network.
//
// A message is accepted when it is put into the queue; it then goes to the sink again and again until that takes it. When
// the queue is full, datagrams are dropped and counted (Stats.Dropped), and connections are not read from, so that
// their senders wait. A message that is not stored Drain after the end of ctx is counted as Lost. Syslog has no
// acknowledgement: what lies in the buffers of this host's kernel when it fails is lost, and not counted.
type Receiver struct {
	o      Options
	run    string // tells the events of this run from those of others
	counts counts
	queues []chan message // one per worker
	conns  conns
}

// message is one message as it came.
type message struct {
	text   []byte
	origin origin
	at     time.Time
}

// New makes a Receiver. It opens nothing and reads nothing.
func New(o Options) *Receiver {
	whole := func(p *int, n int) {
		if *p <= 0 {
			*p = n
		}
	}
	span := func(p *time.Duration, d time.Duration) {
		if *p <= 0 {
			*p = d
		}
	}
	whole(&o.Queue, 4096)
	whole(&o.Workers, 4)
	whole(&o.Conns, 512)
	whole(&o.PerHost, 16)
	span(&o.Idle, time.Hour)
	span(&o.Frame, 30*time.Second)
	span(&o.Retry, 100*time.Millisecond)
	span(&o.Drain, 5*time.Second)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	var id [4]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	r := &Receiver{o: o, run: hex.EncodeToString(id[:])}
	for range o.Workers {
		r.queues = append(r.queues, make(chan message, max(o.Queue/o.Workers, 1)))
	}
	return r
}

// Run gives what is received to sink until ctx ends; then it gives nil, after what was accepted is stored or Drain is
// over. It owns the sockets of its Options and closes them; it can be called once. The error tells which socket failed.
func (r *Receiver) Run(ctx context.Context, sink discovery.Sink) error {
	defer r.close()
	if len(r.o.TLS) > 0 && r.o.TLSConfig == nil {
		return errors.New("receive syslog: TLS listeners without a TLS configuration")
	}
	// The workers outlive the readers, so that what was accepted is stored.
	store, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	workers := &errgroup.Group{}
	for _, q := range r.queues {
		workers.Go(func() error { r.work(store, q, sink); return nil })
	}
	readers, inner := errgroup.WithContext(ctx)
	stop := context.AfterFunc(inner, r.close)
	defer stop()
	for _, c := range r.o.UDP {
		readers.Go(func() error { return r.datagrams(inner, c) })
	}
	for _, l := range r.o.TCP {
		readers.Go(func() error { return r.accept(inner, l, nil) })
	}
	for _, l := range r.o.TLS {
		readers.Go(func() error { return r.accept(inner, l, r.o.TLSConfig) })
	}
	err := readers.Wait()
	for _, q := range r.queues {
		close(q)
	}
	late := time.AfterFunc(r.o.Drain, giveUp)
	defer late.Stop()
	_ = workers.Wait() // gives nil only
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("receive syslog: %w", err)
	}
	return nil
}

// close closes the sockets and the connections; twice does no harm.
func (r *Receiver) close() {
	for _, c := range r.o.UDP {
		_ = c.Close()
	}
	for _, ls := range [][]net.Listener{r.o.TCP, r.o.TLS} {
		for _, l := range ls {
			_ = l.Close()
		}
	}
	r.conns.closeAll()
}
