package agent

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"phoneport/cmd/internal/config"
	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
	"phoneport/discovery/wire"
)

// lab is a host in memory: its links, and the other end of each port's wire.
type lab struct {
	t *testing.T

	mu     sync.Mutex
	scene  Scene
	err    error // of Scene
	sink   discovery.Sink
	reads  int
	onRead func()                    // called while a scene is read, after it was copied
	far    map[string]discovery.Wire // the phone's end of the newest wire, by port
	near   map[string]discovery.Wire // ours
	opens  map[string]int
	fail   map[string]error // of Open
	claims map[string]bool
	notes  []Note
}

func newLab(t *testing.T, links ...Link) *lab {
	return &lab{
		t: t, scene: Scene{Name: "host", System: "Linux", Platform: "Linux", Links: links, Bridges: map[string]Bridge{}},
		far: map[string]discovery.Wire{}, near: map[string]discovery.Wire{}, opens: map[string]int{}, fail: map[string]error{}, claims: map[string]bool{},
	}
}

func (l *lab) Scene(context.Context, []string) (Scene, error) {
	l.mu.Lock()
	sc := l.scene
	sc.Links, sc.Bridges = slices.Clone(sc.Links), maps.Clone(sc.Bridges)
	l.reads++
	onRead, err := l.onRead, l.err
	l.mu.Unlock()
	if onRead != nil {
		onRead()
	}
	return sc, err
}

func (l *lab) Watch(ctx context.Context, sink discovery.Sink) error {
	l.mu.Lock()
	l.sink = sink
	l.mu.Unlock()
	<-ctx.Done()
	return nil
}

func (l *lab) open(name string) (discovery.Wire, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.fail[name]; err != nil {
		return nil, err
	}
	var addr discovery.MAC
	for _, k := range l.scene.Links {
		if k.Name == name {
			addr = k.Addr
		}
	}
	near, far := wire.Pair(name, name+"-phone", addr, mac(0x7000+len(l.far)))
	l.far[name], l.near[name] = far, near
	l.opens[name]++
	return near, nil
}

func (l *lab) claim(name string) (func(), error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.claims[name] {
		return nil, fmt.Errorf("claim interface %s: taken", name)
	}
	l.claims[name] = true
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.claims, name)
	}, nil
}

func (l *lab) tell(n Note) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notes = append(l.notes, n)
}

// edit alters the host in silence.
func (l *lab) edit(f func(*Scene)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(&l.scene)
}

// change alters the host, and tells the agent with an event.
func (l *lab) change(f func(*Scene), e discovery.Event) {
	l.mu.Lock()
	f(&l.scene)
	sink := l.sink
	l.mu.Unlock()
	if err := sink(l.t.Context(), e); err != nil {
		l.t.Errorf("sink: %v", err)
	}
	synctest.Wait()
}

func (l *lab) noted(kind NoteKind) (out []Note) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, n := range l.notes {
		if n.Kind == kind {
			out = append(out, n)
		}
	}
	return out
}

// run starts an agent, waits until it idles, and gives a function that ends it.
func (l *lab) run(s Setup) (*Agent, func()) {
	l.t.Helper()
	s.Station = station0
	a := New(Options{Host: l, Open: l.open, Claim: l.claim, Tell: l.tell}, s)
	ctx, cancel := context.WithCancel(l.t.Context())
	started, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- a.Run(ctx, func() { close(started) }) }()
	select {
	case <-started:
	case err := <-ended:
		l.t.Fatalf("did not start: %v", err)
	}
	synctest.Wait()
	return a, func() {
		l.t.Helper()
		cancel()
		if err := <-ended; err != nil {
			l.t.Errorf("ended: %v", err)
		}
		if n := len(l.claims); n > 0 {
			l.t.Errorf("%d claims are left", n)
		}
	}
}

// words takes the frames that wait at the phone's end and puts each into a word or two.
func (l *lab) words(port string) string {
	l.t.Helper()
	l.mu.Lock()
	far := l.far[port]
	l.mu.Unlock()
	var out []string
	for {
		ctx, cancel := context.WithTimeout(l.t.Context(), time.Nanosecond)
		f, err := far.Read(ctx)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			return strings.Join(out, ", ")
		}
		if err != nil {
			l.t.Fatal(err)
		}
		out = append(out, wordOf(l.t, f.Data))
	}
}

func wordOf(t *testing.T, frame []byte) string {
	t.Helper()
	if _, _, b, err := lldp.ParseFrame(frame); err == nil {
		var p lldp.PDU
		if err := p.Decode(b); err != nil {
			t.Fatal(err)
		}
		text := "lldp"
		if p.TTL == 0 {
			text += " bye"
		}
		for _, q := range p.Policies {
			text += fmt.Sprintf(" %d=%d", q.Application, q.VLAN)
		}
		if p.Has&lldp.HasPVID != 0 {
			text += fmt.Sprintf(" pvid=%d", p.PVID)
		}
		return text
	}
	_, _, b, err := cdp.ParseFrame(frame)
	if err != nil {
		t.Fatal(err)
	}
	var p cdp.Packet
	if err := p.Decode(b); err != nil {
		t.Fatal(err)
	}
	if p.TTL == 0 {
		return "cdp bye"
	}
	return "cdp " + p.Voice().String()
}

// phone sends a frame of an LLDP-MED phone that uses a VLAN; 0 = it knows none yet.
func (l *lab) phone(port string, vlan uint16) {
	l.t.Helper()
	l.mu.Lock()
	far := l.far[port]
	l.mu.Unlock()
	p := lldp.PDU{
		Chassis: lldp.ID{Subtype: 4, Value: string(mac2(far))}, Port: lldp.ID{Subtype: 3, Value: string(mac2(far))}, TTL: 120,
		Has: lldp.HasMED | lldp.HasSystemName | lldp.HasCapabilities, SystemName: "SEP020000007000",
		Capabilities: lldp.Capabilities{Supported: lldp.CapTelephone, Enabled: lldp.CapTelephone},
		MED:          lldp.MEDCapabilities{Bits: lldp.MEDCaps | lldp.MEDPolicy, Class: discovery.MEDClassIII},
		Policies:     []lldp.NetworkPolicy{{Application: lldp.AppVoice, Tagged: vlan != 0, Unknown: vlan == 0, VLAN: vlan}},
	}
	b, err := lldp.AppendFrame(nil, lldp.NearestBridge, far.Addr(), &p)
	if err != nil {
		l.t.Fatal(err)
	}
	if err := far.Write(l.t.Context(), discovery.Frame{Data: b}); err != nil {
		l.t.Fatal(err)
	}
	synctest.Wait()
}

func mac2(w discovery.Wire) []byte { m := w.Addr(); return m[:] }

// forced tells everything from the start, so that frames show what is told.
func forced(name string, policy discovery.VoicePolicy, patterns ...string) config.Advert {
	return config.Advert{
		Name: name, Interfaces: patterns, Says: said(policy), Options: advertise.Options{MED: advertise.Forced, CDP: advertise.Forced},
	}
}

// pass lets time go by, as far as the test's bubble is concerned.
func pass(d time.Duration) { <-time.After(d) }
