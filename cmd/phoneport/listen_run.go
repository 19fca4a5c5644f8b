package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"phoneport/cmd/internal/render"
	"phoneport/cmd/internal/shape"
	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
	"phoneport/discovery/wire"
)

const (
	// fileNeighbors are kept of one interface of a file: a capture can be of a mirror port that sees a building.
	fileNeighbors = 4096
	// mostReasons are told apart at the end; a sender of nonsense must not fill the memory.
	mostReasons = 20
)

// listener hears wires and writes what changes. Ears are of one goroutine each; what is below mu is of all.
type listener struct {
	c        *cli
	o        *listenFlags
	recorder *wire.Recorder // nil = frames are not kept

	mu     sync.Mutex
	ears   []*ear
	shown  int
	err    error  // of writing: listening ends
	enough func() // ends listening
}

// ear is one interface.
type ear struct {
	name    string
	table   *neighbors.Table
	frames  int // number of the last frame
	own     uint64
	ownSaid map[discovery.Protocol]bool
	reasons []shape.Reason

	pdu    lldp.PDU
	packet cdp.Packet
}

func newListener(c *cli, o *listenFlags) *listener {
	return &listener{c: c, o: o, enough: func() {}}
}

// ear gives the ear for an interface.
func (l *listener) ear(name string, limit int) *ear {
	for _, e := range l.ears {
		if e.name == name {
			return e
		}
	}
	e := &ear{name: name, table: neighbors.New(neighbors.Options{Limit: limit}), ownSaid: map[discovery.Protocol]bool{}}
	l.ears = append(l.ears, e)
	return e
}

// live hears interfaces until the context, --for or --count ends it, or until no interface is left.
func (l *listener) live(ctx context.Context, wires []discovery.Wire) error {
	ctx, l.enough = context.WithCancel(ctx)
	defer l.enough()
	if l.o.period > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, l.o.period)
		defer cancel()
	}
	lost := make([]error, len(wires))
	var all sync.WaitGroup
	for i, w := range wires {
		e := l.ear(w.Name(), 0)
		all.Go(func() { lost[i] = l.hear(ctx, w, e) })
	}
	all.Wait()
	return l.end(errors.Join(lost...))
}

// hear hears one interface. It gives the error that ended it, nil where the context did.
func (l *listener) hear(ctx context.Context, w discovery.Wire, e *ear) error {
	for {
		f, err := readUntil(ctx, w, e.table.Next())
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			e.frames++
			l.frame(e, f)
		case errors.Is(err, context.DeadlineExceeded):
			now := time.Now()
			l.changes(e, now, 0, e.table.Age(now), nil)
		default:
			now := time.Now()
			l.changes(e, now, 0, e.table.LinkDown(now), nil)
			l.mu.Lock()
			l.c.warn("%v", err)
			l.mu.Unlock()
			return err
		}
	}
}

// readUntil reads the next frame, but not beyond a time; zero: as long as it takes.
func readUntil(ctx context.Context, w discovery.Wire, at time.Time) (discovery.Frame, error) {
	if at.IsZero() {
		return w.Read(ctx)
	}
	ctx, cancel := context.WithDeadline(ctx, at)
	defer cancel()
	return w.Read(ctx)
}

// file hears a capture to its end. Interfaces that the file tells apart are heard apart.
func (l *listener) file(ctx context.Context, w discovery.Wire) error {
	ctx, l.enough = context.WithCancel(ctx)
	defer l.enough()
	capture := w
	if f, ok := w.(fileWire); ok {
		capture = f.Wire
	}
	for {
		f, err := w.Read(ctx)
		number, port, _ := wire.Position(capture)
		if port == "" {
			port = w.Name()
		}
		e := l.ear(port, fileNeighbors)
		switch {
		case ctx.Err() != nil, err == io.EOF: // an unexpected end wraps io.ErrUnexpectedEOF
			return l.end(nil)
		case errors.Is(err, wire.ErrCut):
			e.table.Malformed()
			l.malformed(e, time.Time{}, number, "", err)
		case err != nil:
			l.c.warn("%v", err)
			return l.end(err)
		default:
			e.frames = number
			l.ageAll(f.At)
			if ctx.Err() == nil {
				l.frame(e, f)
			}
		}
	}
}

// ageAll drops, on all interfaces and in the order of time, who was not heard within its TTL.
func (l *listener) ageAll(now time.Time) {
	for {
		var first *ear
		for _, e := range l.ears {
			if next := e.table.Next(); !next.IsZero() && !next.After(now) && (first == nil || next.Before(first.table.Next())) {
				first = e
			}
		}
		if first == nil {
			return
		}
		at := first.table.Next()
		l.changes(first, at, 0, first.table.Age(at), nil)
	}
}

// frame decodes one frame and shows what it changes.
func (l *listener) frame(e *ear, f discovery.Frame) {
	if f.At.IsZero() {
		f.At = time.Now()
	}
	if l.recorder != nil {
		l.fail(l.recorder.Record(e.name, f))
	}
	_, src, payload, err := lldp.ParseFrame(f.Data)
	protocol := discovery.LLDP
	if err != nil {
		protocol = discovery.CDP
		_, src, payload, err = cdp.ParseFrame(f.Data)
	}
	if f.Outgoing {
		l.ownFrame(e, protocol)
		return
	}
	if err == nil && protocol == discovery.LLDP {
		err = e.pdu.Decode(payload)
	} else if err == nil {
		err = e.packet.Decode(payload)
	}
	if err != nil {
		e.table.Malformed()
		l.malformed(e, f.At, e.frames, protocol, err)
		return
	}
	if protocol == discovery.LLDP {
		cs := e.table.HearLLDP(&e.pdu, src, f.At)
		l.changes(e, f.At, e.frames, cs, func() []shape.TLV { return shape.NewLLDPTLVs(&e.pdu) })
		for _, p := range e.pdu.Problems {
			l.problem(e, f.At, protocol, len(cs) > 0, p.String())
		}
		return
	}
	cs := e.table.HearCDP(&e.packet, src, f.At)
	l.changes(e, f.At, e.frames, cs, func() []shape.TLV { return shape.NewCDPTLVs(&e.packet) })
	for _, p := range e.packet.Problems {
		l.problem(e, f.At, protocol, len(cs) > 0, fmt.Sprintf("TLV %#04x at offset %d: %s; lost", p.Type, p.Offset, p.Reason))
	}
	if e.packet.Checksum == cdp.ChecksumBad {
		l.problem(e, f.At, protocol, len(cs) > 0, "the checksum is wrong; the packet is kept")
	}
}

// ownFrame counts a frame that another program of this host sent, and tells it once.
func (l *listener) ownFrame(e *ear, p discovery.Protocol) {
	e.own++
	if e.ownSaid[p] {
		return
	}
	e.ownSaid[p] = true
	l.mu.Lock()
	defer l.mu.Unlock()
	l.c.warn("%s: another program of this host speaks %s here; it is not shown", e.name, p)
}

// changes shows changes. frame is 0 where time told them, and not a frame.
func (l *listener) changes(e *ear, at time.Time, frame int, cs []neighbors.Change, tlvs func() []shape.TLV) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range cs {
		if l.done() || l.o.phones && !shape.IsPhone(c.Neighbor) && !shape.IsPhone(c.Was) {
			continue
		}
		h := shape.NewHeard(at, e.name, frame, c)
		if l.o.details && tlvs != nil && c.Kind != neighbors.KindGone {
			h.TLVs = tlvs()
		}
		l.write(h)
		if l.shown++; l.done() {
			l.enough()
		}
	}
}

func (l *listener) done() bool { return l.o.count > 0 && l.shown >= l.o.count }

// write writes a line; the caller holds mu.
func (l *listener) write(h shape.Heard) {
	if err := render.Heard(l.c.out, l.o.format.value, h, l.c.options()); err != nil && l.err == nil {
		l.err = fmt.Errorf("write what was heard: %w", err)
		l.enough()
	}
}

// fail notes an error of writing.
func (l *listener) fail(err error) {
	if err == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = err
		l.enough()
	}
}

// malformed tells of a frame that was dropped.
func (l *listener) malformed(e *ear, at time.Time, frame int, p discovery.Protocol, err error) {
	reason := err.Error()
	if errors.Is(err, wire.ErrCut) { // each names its number and size
		reason = wire.ErrCut.Error()
	}
	e.because(reason)
	l.mu.Lock()
	defer l.mu.Unlock()
	if errors.Is(err, wire.ErrCut) { // it names file and frame
		l.c.warn("%v", err)
	} else {
		l.c.warn("%s: frame %d: %v", e.name, frame, err)
	}
	if l.o.format.value == render.JSON {
		l.write(shape.NewMalformed(at, e.name, frame, p, err.Error()))
	}
}

// problem tells of a part of a frame that was lost. A neighbour says the same every half minute, so it is told
// where something changed, and counted always.
func (l *listener) problem(e *ear, at time.Time, p discovery.Protocol, told bool, text string) {
	e.because(string(p) + ": " + text)
	if !told {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.c.warn("%s: frame %d: %s: %s", e.name, e.frames, p, text)
	if l.o.format.value == render.JSON {
		l.write(shape.NewMalformed(at, e.name, e.frames, p, text))
	}
}

// because counts a reason.
func (e *ear) because(reason string) {
	for i := range e.reasons {
		if e.reasons[i].Reason == reason {
			e.reasons[i].Count++
			return
		}
	}
	if len(e.reasons) >= mostReasons {
		reason = "other reasons"
		if last := &e.reasons[len(e.reasons)-1]; last.Reason == reason {
			last.Count++
			return
		}
	}
	e.reasons = append(e.reasons, shape.Reason{Reason: reason, Count: 1})
}

// end shows who is there and what was wrong, and gives the exit code.
func (l *listener) end(lost error) error {
	if l.err != nil {
		return l.err
	}
	s := shape.Listened{Kind: shape.HeardSummary, Interfaces: make([]shape.ListenedPort, 0, len(l.ears))}
	for _, e := range l.ears {
		all := e.table.All()
		if l.o.phones {
			all = phonesOf(all)
		}
		s.Interfaces = append(s.Interfaces, shape.NewListenedPort(e.name, all, e.table.Stats(), e.own, e.reasons))
	}
	if l.o.format.value == render.Table && l.shown > 0 {
		_, _ = io.WriteString(l.c.out, "\n") // an error comes again with the table
	}
	if err := render.Listened(l.c.out, l.o.format.value, s, l.c.options()); err != nil {
		return err
	}
	if text := render.ListenedSummary(s); text != "" {
		l.c.summary(text)
	}
	switch {
	case lost != nil:
		return status(exitUnread) // a warning has told it
	case l.o.count > 0 && !l.done():
		return status(exitFindings)
	}
	return nil
}

func phonesOf(all []discovery.Neighbor) (phones []discovery.Neighbor) {
	for _, n := range all {
		if shape.IsPhone(n) {
			phones = append(phones, n)
		}
	}
	return phones
}
