package agent

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"phoneport/cmd/internal/config"
	"phoneport/cmd/internal/shape"
	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
)

// NoteKind says what a note is about.
type NoteKind string

// The kinds of notes.
const (
	NoteStarted  NoteKind = "started" // a port speaks from now on
	NoteStopped  NoteKind = "stopped"
	NoteChanged  NoteKind = "changed" // it tells something else
	NoteWarning  NoteKind = "warning" // something that is configured is not told
	NoteFailed   NoteKind = "failed"  // it is tried again
	NoteLinkUp   NoteKind = "link-up"
	NoteLinkDown NoteKind = "link-down"
	NoteReloaded NoteKind = "reloaded" // the configuration was read again
	NoteRefused  NoteKind = "refused"  // … and the old one stays
	NoteDropped  NoteKind = "dropped"  // notes were lost, as they came faster than they were taken

	NoteNew            NoteKind = "neighbor-new"
	NoteNeighbor       NoteKind = "neighbor-changed"
	NoteAdopted        NoteKind = "policy-adopted"
	NoteGone           NoteKind = "neighbor-gone"
	NoteTooMany        NoteKind = "too-many-neighbors"
	NoteMED            NoteKind = "policy-told"
	NoteQuery          NoteKind = "query-answered"
	NotePowerRequested NoteKind = "power-requested"
	NotePowerGranted   NoteKind = "power-granted"
	NoteSpeaker        NoteKind = "second-speaker"
	NoteSpeakerGone    NoteKind = "second-speaker-gone"
	NoteMalformed      NoteKind = "malformed"
)

// Note is one thing that an operator may want to know.
type Note struct {
	At       time.Time
	Port     string // "" = the agent
	Kind     NoteKind
	Protocol discovery.Protocol
	Text     string
	Neighbor *discovery.Neighbor // of a note about one
	Power    discovery.Milliwatts
	Told     *advertise.Advert // of NoteStarted and NoteChanged
}

// Shape gives the note as it is written.
func (n Note) Shape() shape.AgentNote {
	out := shape.AgentNote{At: n.At.UTC(), Port: n.Port, Kind: string(n.Kind), Protocol: string(n.Protocol), Text: n.Text, PowerMW: int64(n.Power)}
	if n.Neighbor != nil {
		s := shape.NewSpeaker(*n.Neighbor)
		out.Neighbor = &s
	}
	if n.Told != nil {
		t := newTold(*n.Told)
		out.Told = &t
	}
	return out
}

// Loud reports whether the note needs an operator: it is told even where all others are not.
func (n Note) Loud() bool {
	switch n.Kind {
	case NoteWarning, NoteFailed, NoteRefused, NoteSpeaker, NoteTooMany, NoteDropped:
		return true
	}
	return false
}

// notesKept is how many notes wait to be told.
const notesKept = 4096

// notes is a queue between ports, which must not wait, and whoever writes to a terminal.
type notes struct {
	mu      sync.Mutex
	queue   []Note
	dropped int
	closed  bool
	more    chan struct{}
}

func newNotes() *notes { return &notes{more: make(chan struct{}, 1)} }

func (n *notes) put(note Note) {
	n.mu.Lock()
	if len(n.queue) >= notesKept {
		n.queue = slices.Delete(n.queue, 0, 1)
		n.dropped++
	}
	n.queue = append(n.queue, note)
	n.mu.Unlock()
	n.signal()
}

func (n *notes) close() {
	n.mu.Lock()
	n.closed = true
	n.mu.Unlock()
	n.signal()
}

func (n *notes) signal() {
	select {
	case n.more <- struct{}{}:
	default:
	}
}

// run tells until close, and then what is left.
func (n *notes) run(tell func(Note)) {
	for {
		n.mu.Lock()
		batch, dropped, closed := n.queue, n.dropped, n.closed
		n.queue, n.dropped = nil, 0
		n.mu.Unlock()
		if tell != nil {
			if dropped > 0 {
				tell(Note{At: batch[0].At, Kind: NoteDropped, Text: fmt.Sprintf("%d notes were dropped here: they came faster than they could be written", dropped)})
			}
			for _, note := range batch {
				tell(note)
			}
		}
		if closed && len(batch) == 0 {
			return
		}
		if len(batch) == 0 {
			<-n.more
		}
	}
}

func (a *Agent) tell(n Note) {
	if n.At.IsZero() {
		n.At = time.Now()
	}
	a.notes.put(n)
}

// notice turns a notice of a port into a note. It is called by the port and must not call back.
func (a *Agent) notice(p *port, n advertise.Notice) {
	note := Note{At: n.At, Port: p.name, Protocol: n.Protocol, Power: n.Power}
	switch n.Kind {
	case advertise.Neighbor:
		nb := n.Change.Neighbor
		note.Neighbor, note.Protocol = &nb, nb.Protocol
		note.Kind, note.Text = changeNote(n.Change)
	case advertise.Speaker:
		note.Kind = NoteSpeaker
		note.Text = fmt.Sprintf("another program or device speaks %s for this port, so ours is silent: %s; --%s force speaks all the same", n.Protocol, n.Detail, n.Protocol)
		a.silence(p, n.Protocol, n.Detail)
	case advertise.SpeakerGone:
		note.Kind, note.Text = NoteSpeakerGone, fmt.Sprintf("the other speaker of %s is gone, ours speaks again", n.Protocol)
		a.silence(p, n.Protocol, "")
	case advertise.Malformed:
		note.Kind, note.Text = NoteMalformed, "heard a malformed frame: "+n.Detail
	case advertise.PowerRequested:
		note.Kind, note.Text = NotePowerRequested, join("asks for "+n.Power.String(), n.Detail)
	case advertise.PowerGranted:
		note.Kind, note.Text = NotePowerGranted, join("is granted "+n.Power.String(), n.Detail)
	case advertise.QueryAnswered:
		note.Kind, note.Text = NoteQuery, join("asked for its voice VLAN and was told "+voiceWord(a.toldBy(p)), n.Detail)
	case advertise.MEDStarted:
		note.Kind, note.Text = NoteMED, join("a phone speaks LLDP-MED and is told "+Summary(a.toldBy(p)), n.Detail)
	case advertise.SendFailed:
		note.Kind, note.Text = NoteFailed, fmt.Sprintf("%s could not be sent, and is tried again: %s", n.Protocol, n.Detail)
	case advertise.EncodeFailed:
		note.Kind, note.Text = NoteFailed, fmt.Sprintf("nothing new is said by %s: %s", n.Protocol, n.Detail)
	default:
		return
	}
	a.tell(note)
}

func (a *Agent) toldBy(p *port) advertise.Advert {
	a.mu.Lock()
	defer a.mu.Unlock()
	return p.want.Advert
}

func (a *Agent) silence(p *port, proto discovery.Protocol, who string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if who == "" {
		delete(p.silent, proto)
		return
	}
	p.silent[proto] = who
}

func changeNote(c neighbors.Change) (NoteKind, string) {
	switch who := Who(c.Neighbor); c.Kind {
	case neighbors.KindNew:
		return NoteNew, "heard " + join(who, adopted(c.Neighbor))
	case neighbors.KindAdopted:
		return NoteAdopted, join(who, adopted(c.Neighbor))
	case neighbors.KindChanged:
		return NoteNeighbor, join(who+" says something else", c.Why)
	case neighbors.KindGone:
		return NoteGone, join(who+" is gone", c.Why)
	case neighbors.KindTooMany:
		return NoteTooMany, who + " is one neighbour too many and not kept"
	}
	return NoteNeighbor, Who(c.Neighbor)
}

func adopted(n discovery.Neighbor) string {
	if n.Adopted.Mode == discovery.VoiceUnknown {
		return ""
	}
	return "uses voice " + policyWord(n.Adopted)
}

// Who names a neighbour in a few words.
func Who(n discovery.Neighbor) string {
	kind := "device"
	switch {
	case n.IsPhone():
		kind = "phone"
	case n.IsNetwork():
		kind = "switch"
	}
	name := n.System
	for _, s := range []string{n.MAC.String(), n.ChassisID, n.PortID} {
		if name == "" {
			name = s
		}
	}
	what := n.Inventory.Model
	if what == "" {
		what, _, _ = strings.Cut(n.Platform, "\n")
	}
	out := kind + " " + name
	const most = 40 // a system description may be as long as a page
	if r := []rune(what); len(r) > most {
		what = string(r[:most-1]) + "…"
	}
	if what != "" {
		out += " (" + what + ")"
	}
	return out + " by " + string(n.Protocol)
}

// Summary says in a line what a port tells.
func Summary(a advertise.Advert) string {
	var out []string
	for _, p := range a.Voice {
		out = append(out, config.ApplicationName(p.Application)+" "+policyWord(p))
	}
	if len(out) == 0 {
		out = append(out, "no voice VLAN")
	}
	if a.DataVLAN != 0 {
		out = append(out, fmt.Sprintf("data VLAN %d", a.DataVLAN))
	}
	if a.Power.Supported {
		out = append(out, "power up to "+a.Power.Limit.String())
	}
	for _, l := range a.Locations {
		out = append(out, LocationText(l))
	}
	return strings.Join(out, ", ")
}

func policyWord(p discovery.VoicePolicy) string {
	if p.Mode == discovery.VoiceTagged || p.Mode == discovery.VoicePriority {
		return fmt.Sprintf("%s (PCP %d, DSCP %d)", p, p.PCP, p.DSCP)
	}
	return fmt.Sprintf("%s (DSCP %d)", p, p.DSCP)
}

// voiceWord says what the policy for voice is.
func voiceWord(a advertise.Advert) string {
	for _, p := range a.Voice {
		if p.Application == lldp.AppVoice {
			return p.String()
		}
	}
	return "none"
}

// join puts a detail behind a sentence.
func join(text, detail string) string {
	if detail == "" {
		return text
	}
	return text + ": " + detail
}
