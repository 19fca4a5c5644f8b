package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"phoneport/cmd/internal/shape"
)

// Agent writes what the ports of this host say and hear.
func Agent(w io.Writer, f Format, a shape.Agent, o Options) error {
	if f == JSON || f == YAML {
		return Data(w, f, a)
	}
	g := newGrid(o, "port", "link", "data", "voice", "other", "power", "location", "heard", "uses", "remarks")
	for i := range a.Ports {
		p := &a.Ports[i]
		voice, others := toldPolicies(p.Told.Policies)
		heard, uses := heardOn(p.Neighbors)
		g.row(p.Name, word(p.Link), vlan(p.Told.DataVLAN), dash(voice), dash(others), dash(toldPower(p.Told.Power)),
			dash(toldPlaces(p.Told.Locations)), dash(heard), dash(uses), dash(remarks(p)))
	}
	return g.write(w)
}

// toldPolicies gives the policy for voice, and the names and VLANs of the others.
func toldPolicies(ps []shape.ToldPolicy) (voice, others string) {
	var rest []string
	for i := range ps {
		p := &ps[i]
		if p.Application == "voice" {
			voice = voicePolicy(&p.Voice)
			continue
		}
		rest = append(rest, p.Application+" "+voicePolicy(&p.Voice))
	}
	return voice, strings.Join(rest, ", ")
}

func toldPower(p *shape.ToldPower) string {
	switch {
	case p == nil:
		return ""
	case !p.Enabled:
		return "off"
	case p.LimitMW == 0:
		return fmt.Sprintf("type %d", p.Type)
	}
	return watts(p.LimitMW)
}

func toldPlaces(ls []shape.ToldLocation) string {
	words := make([]string, len(ls))
	for i, l := range ls {
		words[i] = l.Format
	}
	return strings.Join(words, " ")
}

// heardOn names who is heard, phones first as the agent has them, and the voice policy that a phone uses.
func heardOn(ns []shape.Speaker) (heard, uses string) {
	var names []string
	for i := range ns {
		n := &ns[i]
		names = append(names, called(n)+" ("+n.Protocol+")")
		if n.Adopted != nil && uses == "" {
			uses = voicePolicy(n.Adopted)
		}
	}
	return strings.Join(names, ", "), uses
}

func remarks(p *shape.AgentPort) string {
	out := append([]string{}, p.Warnings...)
	if p.Error != "" {
		out = append(out, p.Error)
	}
	for _, proto := range []string{"lldp", "cdp"} {
		if p.Silent[proto] != "" {
			out = append(out, proto+" is silent: another speaker")
		}
		if p.Modes[proto] == "off" {
			out = append(out, proto+" is off")
		}
	}
	return strings.Join(out, "; ")
}

// noteTones are the colours of notes that an operator looks for.
var noteTones = map[string]text.Color{
	"neighbor-new": text.FgGreen, "policy-adopted": text.FgCyan, "neighbor-gone": text.FgYellow, "warning": text.FgRed, "failed": text.FgRed,
	"refused": text.FgRed, "second-speaker": text.FgRed, "too-many-neighbors": text.FgRed, "dropped": text.FgRed,
}

// AgentNote writes a note as a line.
func AgentNote(w io.Writer, f Format, n shape.AgentNote, o Options) error {
	if f == JSON {
		return line(w, n)
	}
	port := n.Port
	if port == "" {
		port = "-"
	}
	kind := newGrid(o).color(painted{fmt.Sprintf("%-18s", n.Kind), noteTones[n.Kind]})
	_, err := fmt.Fprintf(w, "%s  %-8s  %s  %s\n", n.At.Local().Format("2006-01-02 15:04:05.000"), clean(port), kind, clean(n.Text))
	return err
}

// Rehearsals writes the frames that ports would send.
func Rehearsals(w io.Writer, f Format, rs []shape.Rehearsal) error {
	if f == JSON || f == YAML {
		return Data(w, f, rs)
	}
	var b strings.Builder
	for _, r := range rs {
		fmt.Fprintf(&b, "%s, by %s\n", clean(r.Port), clean(r.Entry))
		for _, t := range r.Warnings {
			fmt.Fprintf(&b, "  warning: %s\n", clean(t))
		}
		for _, fr := range r.Frames {
			fmt.Fprintf(&b, "\n  %s, %s: %s\n", fr.When, strings.ToUpper(fr.Protocol), Count(len(fr.Hex)/2, "octet"))
			for _, t := range fr.TLVs {
				fmt.Fprintf(&b, "    %s: %s\n", clean(t.Name), clean(t.Value))
			}
			b.WriteString(hexDump(fr.Hex))
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, strings.TrimSuffix(b.String(), "\n"))
	return err
}

// hexDump gives hex in lines of 16 octets with their offset, as tools that import frames (text2pcap) read it.
func hexDump(hex string) string {
	var b strings.Builder
	for i := 0; i < len(hex); i += 2 {
		switch {
		case i%32 == 0 && i > 0:
			b.WriteString("\n")
			fallthrough
		case i == 0:
			fmt.Fprintf(&b, "    %04x ", i/2)
		}
		b.WriteString(" " + hex[i:i+2])
	}
	return b.String() + "\n"
}
