package app

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

type portRef = switchctl.PortRef

// Seen remembers where phones were seen, in one file of the state directory: it answers "where was this
// phone" and "when was a phone here last". It is a memory and not the truth: two processes may overwrite
// each other's, and nothing that is written to a switch rests on it alone.
//
// The file has one JSON line a port; it is replaced as a whole, so that a crash leaves the old one.
type Seen struct {
	path  string
	ports map[portRef]*seenPort
	dirty bool
}

// seenPort is one line of the file.
type seenPort struct {
	Switch switchctl.SwitchID `json:"switch"`
	Port   string             `json:"port"`
	// Empty is since when the port has a voice VLAN and no phone was ever seen there; zero where one was.
	Empty  time.Time   `json:"empty_since,omitzero"`
	Phones []seenPhone `json:"phones,omitempty"` // latest first
}

type seenPhone struct {
	MAC   discovery.MAC `json:"mac"`
	First time.Time     `json:"first"`
	Last  time.Time     `json:"last"`
}

// maxSeen bounds how many phones are remembered of one port.
const maxSeen = 5

// NewSeen makes an empty memory.
func NewSeen(dir string) *Seen {
	return &Seen{path: filepath.Join(dir, "seen.jsonl"), ports: map[portRef]*seenPort{}}
}

// LoadSeen reads the memory of a state directory; none is an empty one.
func LoadSeen(dir string) (*Seen, error) {
	s := NewSeen(dir)
	f, err := os.Open(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read memory of phones: %w", err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for line := 1; in.Scan(); line++ {
		var p seenPort
		if err := json.Unmarshal(in.Bytes(), &p); err != nil {
			return nil, fmt.Errorf("read memory of phones: %s:%d: %w", s.path, line, err)
		}
		s.ports[portRef{Switch: p.Switch, Name: p.Port}] = &p
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("read memory of phones: %s: %w", s.path, err)
	}
	return s, nil
}

// Note takes over what an audit found.
func (s *Seen) Note(a *enforce.Audit) {
	on := map[portRef]bool{}
	for _, b := range a.Bindings {
		if b.Confidence < inventory.Probable || b.MAC.IsZero() {
			continue
		}
		on[b.Port] = true
		s.phone(b.Port, b.MAC, a.Started)
	}
	for _, r := range a.Read {
		if r.Reading == nil {
			continue
		}
		for i := range r.Reading.Switch.Ports {
			p := &r.Reading.Switch.Ports[i]
			if p.Voice.Mode == discovery.VoiceTagged && !on[p.Ref] && s.ports[p.Ref] == nil {
				s.ports[p.Ref] = &seenPort{Switch: p.Ref.Switch, Port: p.Ref.Name, Empty: a.Started}
				s.dirty = true
			}
		}
	}
}

func (s *Seen) phone(at portRef, m discovery.MAC, now time.Time) {
	p := s.ports[at]
	if p == nil {
		p = &seenPort{Switch: at.Switch, Port: at.Name}
		s.ports[at] = p
	}
	p.Empty = time.Time{}
	entry := seenPhone{MAC: m, First: now, Last: now}
	if i := slices.IndexFunc(p.Phones, func(q seenPhone) bool { return q.MAC == m }); i >= 0 {
		entry.First = p.Phones[i].First
		p.Phones = slices.Delete(p.Phones, i, i+1)
	}
	p.Phones = slices.Insert(p.Phones, 0, entry)
	p.Phones = p.Phones[:min(len(p.Phones), maxSeen)]
	s.dirty = true
}

// Save writes the memory where it changed.
func (s *Seen) Save() (err error) {
	if !s.dirty {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fmt.Errorf("write memory of phones: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(s.path), ".seen-*")
	if err != nil {
		return fmt.Errorf("write memory of phones: %w", err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write memory of phones: %w", errors.Join(err, os.Remove(f.Name())))
		}
	}()
	w := bufio.NewWriter(f)
	enc := json.NewEncoder(w)
	ports := make([]*seenPort, 0, len(s.ports))
	for _, p := range s.ports {
		ports = append(ports, p)
	}
	slices.SortFunc(ports, func(a, b *seenPort) int { return cmp.Or(cmp.Compare(a.Switch, b.Switch), cmp.Compare(a.Port, b.Port)) })
	for _, p := range ports {
		if err = enc.Encode(p); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if err = errors.Join(w.Flush(), f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), s.path); err == nil {
		s.dirty = false
	}
	return err
}

// LastPhone gives when a phone was last seen on each port that is remembered, as policy.FleetFacts wants it:
// the zero time where none ever was, and that only once the port was watched for idleDays.
func (s *Seen) LastPhone(now time.Time, idleDays int) map[portRef]time.Time {
	out := make(map[portRef]time.Time, len(s.ports))
	for ref, p := range s.ports {
		switch {
		case len(p.Phones) > 0:
			out[ref] = p.Phones[0].Last
		case !p.Empty.IsZero() && now.Sub(p.Empty) >= time.Duration(idleDays)*24*time.Hour:
			out[ref] = time.Time{}
		}
	}
	return out
}

// Sighting is one place where a phone was seen.
type Sighting struct {
	Port        portRef
	First, Last time.Time
}

// Of gives where a phone was seen, the latest first.
func (s *Seen) Of(m discovery.MAC) []Sighting {
	var out []Sighting
	for ref, p := range s.ports {
		for _, q := range p.Phones {
			if q.MAC == m {
				out = append(out, Sighting{ref, q.First, q.Last})
			}
		}
	}
	slices.SortFunc(out, func(a, b Sighting) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Port.Switch, b.Port.Switch), cmp.Compare(a.Port.Name, b.Port.Name))
	})
	return out
}

// Ports gives the ports of a switch that are remembered, in no order.
func (s *Seen) Ports(id switchctl.SwitchID) (ports []string) {
	for ref := range s.ports {
		if ref.Switch == id {
			ports = append(ports, ref.Name)
		}
	}
	return ports
}
