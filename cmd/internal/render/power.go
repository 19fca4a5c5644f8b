package render

import (
	"fmt"
	"io"

	"phoneport/cmd/internal/shape"
)

// Power writes power budgets.
func Power(w io.Writer, f Format, ps []shape.SwitchPower, o Options) error {
	switch f {
	case JSON, YAML:
		return Data(w, f, ps)
	case CSV:
		t := newSheet(w, "switch", "group", "status", "nominal_mw", "drawn_mw", "allocated_mw", "powered_ports", "declared_mw", "worst_mw", "denied_after_outage")
		for _, p := range ps {
			for _, g := range p.Groups {
				t.row(p.Switch, number(g.Group), g.Status, number(g.NominalMW), number(g.DrawnMW), number(g.AllocatedMW),
					number(g.Forecast.Ports), number(g.Forecast.DeclaredMW), number(g.Forecast.WorstMW), fmt.Sprint(len(g.Forecast.Denied)))
			}
		}
		return t.done()
	}
	g := newGrid(o, "switch", "group", "status", "nominal", "allocated", "drawn", "ports", "after an outage").right(4, 5, 6, 7)
	for _, p := range ps {
		if p.Error != "" {
			g.row(p.Switch, "-", painted{"unreadable", tones["critical"]}, "-", "-", "-", "-", p.Error)
		} else if len(p.Groups) == 0 {
			g.row(p.Switch, "-", "no inline power", "-", "-", "-", "-", "-")
		}
		for _, s := range p.Groups {
			g.row(p.Switch, s.Group, dash(s.Status), watts(s.NominalMW), watts(s.AllocatedMW), watts(s.DrawnMW), s.Forecast.Ports, forecast(s))
		}
	}
	return g.write(w)
}

// forecast says in words what happens when all powered devices start at once.
func forecast(g shape.GroupPower) painted {
	f := g.Forecast
	rough := ""
	if f.Rough {
		rough = " (rough: not every port tells what it needs)"
	}
	switch {
	case g.NominalMW == 0:
		return painted{text: "budget not told"}
	case len(f.Denied) > 0:
		return painted{fmt.Sprintf("stay dark: %s%s", ports(f.Denied), rough), tones["critical"]}
	case len(f.DeniedAtStart) > 0:
		return painted{fmt.Sprintf("wait until others have negotiated: %s%s", ports(f.DeniedAtStart), rough), tones["warning"]}
	}
	return painted{"all ports start" + rough, tones["ok"]}
}

func ports(ds []shape.Demand) string {
	const most = 5
	s := ""
	for i, d := range ds {
		if i == most {
			return s + fmt.Sprintf(" and %d more", len(ds)-most)
		}
		if i > 0 {
			s += ", "
		}
		s += d.Port
	}
	return s
}
