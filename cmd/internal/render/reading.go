package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"phoneport/cmd/internal/shape"
)

// Reading writes one switch.
func Reading(w io.Writer, f Format, r shape.Reading, o Options) error {
	switch f {
	case JSON, YAML:
		return Data(w, f, r)
	case CSV:
		return readingCSV(w, r)
	}
	s := r.Switch
	if _, err := fmt.Fprintf(w, "%s  %s  %s  driver %s  up %s\n", clean(s.Name), clean(s.Address), dash(s.Vendor), dash(s.Driver), days(s.UptimeS)); err != nil {
		return err
	}
	for _, p := range r.Power {
		if _, err := fmt.Fprintf(w, "power group %d: %s drawn of %s, %s allocated, %s\n", p.Group, watts(p.DrawnMW), watts(p.NominalMW), watts(p.AllocatedMW), dash(p.Status)); err != nil {
			return err
		}
	}
	g := newGrid(o, "port", "link", "mode", "vlan", "voice", "power", "draw", "neighbor", "macs", "description").right(7, 9)
	for _, p := range r.Ports {
		power, draw := "-", "-"
		var tone painted
		if p.PoE != nil {
			power = dash(p.PoE.Detect)
			if p.PoE.Admin == "off" {
				power = "off"
			}
			if p.PoE.DrawMW != nil && *p.PoE.DrawMW > 0 {
				draw = watts(*p.PoE.DrawMW)
			}
		}
		tone = word(power)
		link := p.Link
		if p.Admin == "down" {
			link = "disabled"
		}
		g.row(p.Name, dash(link), p.Mode, vlan(p.AccessVLAN), voice(p.Voice), tone, draw, neighbors(p.Neighbors), len(p.MACs), p.Alias)
	}
	if err := g.write(w); err != nil {
		return err
	}
	for _, m := range r.Missing {
		if _, err := fmt.Fprintf(w, "not read: %s: %s\n", clean(m.Table), clean(m.Reason)); err != nil {
			return err
		}
	}
	return nil
}

func readingCSV(w io.Writer, r shape.Reading) error {
	t := newSheet(w, "switch", "port", "alias", "admin", "link", "mode", "access_vlan", "voice_mode", "voice_vlan", "poe_admin", "poe_detect",
		"poe_class", "poe_priority", "draw_mw", "allocated_mw", "limit_mw", "neighbor_protocol", "neighbor_system", "neighbor_platform", "neighbor_mac", "macs")
	for _, p := range r.Ports {
		poe := shape.PoE{}
		if p.PoE != nil {
			poe = *p.PoE
		}
		v := shape.Voice{}
		if p.Voice != nil {
			v = *p.Voice
		}
		n := shape.Neighbor{}
		if len(p.Neighbors) > 0 {
			n = p.Neighbors[0]
		}
		t.row(r.Switch.Name, p.Name, p.Alias, p.Admin, p.Link, p.Mode, number(p.AccessVLAN), v.Mode, number(v.VLAN), poe.Admin, poe.Detect,
			pointer(poe.Class), poe.Priority, pointer(poe.DrawMW), number(poe.AllocatedMW), number(poe.LimitMW), n.Protocol, n.System, n.Platform, n.MAC,
			strconv.Itoa(len(p.MACs)))
	}
	return t.done()
}

func vlan(id uint16) string {
	if id == 0 {
		return "-"
	}
	return strconv.Itoa(int(id))
}

func voice(v *shape.Voice) string {
	switch {
	case v == nil:
		return "-"
	case v.VLAN != 0:
		return strconv.Itoa(int(v.VLAN))
	}
	return v.Mode
}

// neighbors names the first neighbour, and how many more there are.
func neighbors(ns []shape.Neighbor) string {
	if len(ns) == 0 {
		return "-"
	}
	n := ns[0]
	name := n.System
	for _, s := range []string{n.ChassisID, n.MAC, n.Platform} {
		if name == "" {
			name = s
		}
	}
	if m := n.Inventory; m != nil && m.Model != "" {
		name += " (" + m.Model + ")"
	}
	seen := map[string]bool{n.MAC + n.System: true}
	for _, m := range ns[1:] {
		seen[m.MAC+m.System] = true
	}
	if len(seen) > 1 {
		name += fmt.Sprintf(" +%d", len(seen)-1)
	}
	return name
}

func days(s int64) string {
	d := time.Duration(s) * time.Second
	if d < 48*time.Hour {
		return d.String()
	}
	return strconv.FormatInt(int64(d/(24*time.Hour)), 10) + " days"
}

func number[T uint16 | int64 | int](n T) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func pointer[T uint8 | uint32 | int64](p *T) string {
	if p == nil {
		return ""
	}
	return fmt.Sprint(*p)
}

func list(ss []string) string { return strings.Join(ss, "; ") }
