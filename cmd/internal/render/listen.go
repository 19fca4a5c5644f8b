package render

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/text"

	"phoneport/cmd/internal/shape"
)

// heardTones are the colours of what became of a neighbour.
var heardTones = map[string]text.Color{
	"new": text.FgGreen, "adopted": text.FgCyan, "changed": text.FgYellow, "gone": text.FgRed, "too-many": text.FgRed, "malformed": text.FgRed,
}

// Heard writes one change of a neighbour as a line, with its TLVs below it where it has them. As JSON it is one
// object on one line.
func Heard(w io.Writer, f Format, h shape.Heard, o Options) error {
	if f == JSON {
		return line(w, h)
	}
	if h.Neighbor == nil {
		return nil // malformed frames are told on stderr
	}
	n := h.Neighbor
	what := h.Why
	switch {
	case h.Kind == "gone":
	case what == "":
		what = says(n)
	default:
		what = "(" + what + ") " + says(n)
	}
	kind := newGrid(o).color(painted{fmt.Sprintf("%-8s", h.Kind), heardTones[h.Kind]})
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %-8s  %s  %-4s  %-20s  %-17s  %s", h.At.Local().Format("2006-01-02 15:04:05.000"), clean(h.Interface), kind,
		n.Protocol, clean(called(n)), dash(n.MAC), clean(what))
	out := strings.TrimRight(b.String(), " ") + "\n"
	for _, t := range h.TLVs {
		out += fmt.Sprintf("    %s: %s\n", clean(t.Name), clean(t.Value))
	}
	_, err := io.WriteString(w, out)
	return err
}

// line writes JSON as one line.
func line(w io.Writer, v any) error {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write json: %w", err)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// called gives the name of a neighbour, or what comes next to one.
func called(n *shape.Speaker) string {
	for _, s := range []string{n.System, n.ChassisID, n.PortID} {
		if s != "" {
			return s
		}
	}
	return "-"
}

// says puts what a neighbour is and has into one text.
func says(n *shape.Speaker) string {
	var parts []string
	add := func(s string) {
		if s != "" && s != "-" {
			parts = append(parts, s)
		}
	}
	add(model(n))
	add(strings.Join(n.Capabilities, " "))
	add(medClass(n.MEDClass))
	if n.Adopted != nil {
		add("uses voice " + voicePolicy(n.Adopted))
	}
	if n.Advertised != nil {
		add("tells voice " + voicePolicy(n.Advertised))
	}
	if n.DrawsMW > 0 {
		add("draws " + watts(n.DrawsMW))
	}
	return strings.Join(parts, "; ")
}

func model(n *shape.Speaker) string {
	if n.Inventory != nil && n.Inventory.Model != "" {
		return n.Inventory.Model
	}
	first, _, _ := strings.Cut(n.Platform, "\n")
	const most = 60
	if r := []rune(first); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return first
}

func medClass(c uint8) string {
	return [...]string{"", "class I", "class II", "class III", "network device"}[min(c, 4)]
}

// voicePolicy gives a voice policy: "VLAN 110 priority 5 DSCP 46".
func voicePolicy(v *shape.Voice) string {
	out := v.Mode
	if v.VLAN != 0 {
		out = "VLAN " + strconv.Itoa(int(v.VLAN))
	}
	if v.PCP != nil && v.Mode != "untagged" {
		out += " priority " + strconv.Itoa(int(*v.PCP))
	}
	if v.DSCP != nil {
		out += " DSCP " + strconv.Itoa(int(*v.DSCP))
	}
	return out
}

// Listened writes who was heard at the end, and what was wrong.
func Listened(w io.Writer, f Format, l shape.Listened, o Options) error {
	if f == JSON {
		return line(w, l)
	}
	g := newGrid(o, "interface", "protocol", "name", "port", "mac", "model", "capabilities", "med", "voice", "power", "ttl").right(11)
	for _, p := range l.Interfaces {
		for i := range p.Neighbors {
			n := &p.Neighbors[i]
			voice := "-"
			if n.Adopted != nil {
				voice = voicePolicy(n.Adopted)
			} else if n.Advertised != nil {
				voice = "tells " + voicePolicy(n.Advertised)
			}
			g.row(p.Interface, n.Protocol, called(n), dash(n.PortID), dash(n.MAC), dash(model(n)), dash(strings.Join(n.Capabilities, " ")),
				dash(medClass(n.MEDClass)), voice, watts(n.DrawsMW), time.Duration(n.TTLS)*time.Second)
		}
	}
	return g.write(w)
}

// ListenedSummary tells in a few lines what was heard and what was wrong.
func ListenedSummary(l shape.Listened) string {
	var b strings.Builder
	for i, p := range l.Interfaces {
		if i > 0 {
			b.WriteByte('\n')
		}
		c := p.Counters
		fmt.Fprintf(&b, "%s: %s, %s", clean(p.Interface), Count(int(c.Frames), "frame"), heardOf(p.Neighbors))
		for _, s := range []struct {
			n         uint64
			one, many string
		}{
			{c.Discarded - c.TooMany, "malformed frame", "malformed frames"},
			{c.LostTLVs, "malformed TLV lost", "malformed TLVs lost"},
			{c.BadChecksums, "wrong checksum", "wrong checksums"},
			{c.UnrecognizedTLVs, "TLV of an unknown kind", "TLVs of unknown kinds"},
			{c.AgedOut, "neighbor aged out", "neighbors aged out"},
			{c.TooMany, "frame of more neighbors than are kept", "frames of more neighbors than are kept"},
			{c.Own, "frame sent by this host itself", "frames sent by this host itself"},
		} {
			switch s.n {
			case 0:
			case 1:
				b.WriteString(", 1 " + s.one)
			default:
				fmt.Fprintf(&b, ", %d %s", s.n, s.many)
			}
		}
		for _, r := range p.Malformed {
			fmt.Fprintf(&b, "\n  %d× %s", r.Count, clean(r.Reason))
		}
	}
	return b.String()
}

// heardOf counts neighbours; one that was heard by both protocols is one device.
func heardOf(ns []shape.Speaker) string {
	devices, phones := map[string]bool{}, map[string]bool{}
	for i := range ns {
		n := &ns[i]
		key := n.MAC
		if key == "" {
			key = n.ChassisID
		}
		devices[key] = true
		if n.Phone {
			phones[key] = true
		}
	}
	out := Count(len(ns), "neighbor")
	if len(devices) != len(ns) {
		out += fmt.Sprintf(" (%s)", Count(len(devices), "device"))
	}
	if len(phones) > 0 {
		out += ", " + Count(len(phones), "phone")
	}
	return out
}
