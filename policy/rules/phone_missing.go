package rules

import (
	"fmt"
	"strings"

	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
)

var phoneMissing = policy.Rule{
	ID:       "phone-missing",
	Title:    "a phone of the inventory is nowhere to be found",
	Why:      "Its user cannot be called, or it stands in a cupboard and is still paid for.",
	Severity: policy.Warning,
	Fleet:    checkPhoneMissing,
}

// checkPhoneMissing is silent about phones that may be where nobody looked: on a switch that was not read, or
// that cannot show phones now.
func checkPhoneMissing(v policy.FleetView) []policy.Finding {
	unread := len(v.Facts.Unread) > 0 || len(v.Facts.Blind) > 0
	readings := make(map[string]*policy.Reading, len(v.Readings))
	for _, r := range v.Readings {
		readings[strings.ToLower(string(r.Switch.Switch))] = r
	}
	var fs []policy.Finding
	for p := range v.Directory.All() {
		if len(v.Facts.Seen[p.MAC]) > 0 {
			continue
		}
		f := policy.Finding{Phone: p.MAC, Confidence: inventory.Certain, Evidence: []string{"inventory: " + p.Source}}
		if p.Protected {
			f.Severity = policy.Critical
			f.Evidence = append(f.Evidence, "the phone is protected")
		}
		if p.Expected.Switch == "" {
			if unread || len(v.Readings) == 0 {
				continue
			}
			f.Message = fmt.Sprintf("phone %s is on no switch", policy.PhoneText(p))
			fs = append(fs, f)
			continue
		}
		r, read := readings[strings.ToLower(string(p.Expected.Switch))]
		if !read || v.Facts.Blind[r.Switch.Switch] != "" {
			continue
		}
		f.Port = switchctl.PortRef{Switch: r.Switch.Switch}
		f.Message = fmt.Sprintf("phone %s is not on switch %s, where it is expected", policy.PhoneText(p), r.Switch.Switch)
		if p.Expected.Name != "" {
			at, ok := expectedPort(r, p.Expected)
			if ok && settlingPort(at, r.Switch, v) {
				continue
			}
			f.Message = fmt.Sprintf("phone %s is not on port %s, where it is expected", policy.PhoneText(p), p.Expected.Name)
			f.Port.Name = p.Expected.Name
			if ok {
				f.Port = at.Ref
				f.Evidence = append(f.Evidence, portText(at))
			} else {
				f.Evidence = append(f.Evidence, "the switch has no such port")
			}
		}
		if unread {
			f.Evidence = append(f.Evidence, "it may be on a switch that was not read")
		}
		fs = append(fs, f)
	}
	return fs
}

func expectedPort(r *policy.Reading, at switchctl.PortRef) (*switchctl.PortState, bool) {
	for i := range r.Switch.Ports {
		if inventory.SamePort(at, r.Switch.Ports[i].Ref) {
			return &r.Switch.Ports[i], true
		}
	}
	return nil, false
}

// settlingPort reports whether the phone may just be starting.
func settlingPort(p *switchctl.PortState, s *switchctl.Snapshot, v policy.FleetView) bool {
	return policy.View{Now: v.Now, Switch: s, Port: p, Options: v.Options}.Settling()
}

// portText says how the port is where a phone should be.
func portText(p *switchctl.PortState) string {
	parts := []string{"the port is " + p.Link.String()}
	if p.Admin == switchctl.Down {
		parts[0] = "the port is shut down"
	}
	if p.PoE.Supported {
		parts = append(parts, "inline power "+p.PoE.Admin.String())
		if p.PoE.Detect != switchctl.PoEDetectUnknown {
			parts = append(parts, p.PoE.Detect.String())
		}
	}
	for _, n := range p.Neighbors {
		parts = append(parts, "heard: "+policy.NeighborName(n))
	}
	return strings.Join(parts, ", ")
}
