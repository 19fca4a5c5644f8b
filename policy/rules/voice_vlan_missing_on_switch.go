package rules

import (
	"fmt"
	"maps"
	"slices"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
)

var voiceVLANMissingOnSwitch = policy.Rule{
	ID:       "voice-vlan-missing-on-switch",
	Title:    "the voice VLAN does not exist on the switch",
	Why:      "Phones are told to tag for a VLAN that the switch does not carry: their frames are dropped and they stay dark.",
	Severity: policy.Critical,
	Switch:   checkVoiceVLANMissingOnSwitch,
}

// checkVoiceVLANMissingOnSwitch gives one finding for each VLAN, as one line of configuration mends all its ports.
func checkVoiceVLANMissingOnSwitch(v policy.SwitchView) []policy.Finding {
	if unseen(v.Switch, policy.AboutVLANs) {
		return nil
	}
	configured := make(map[uint16][]switchctl.PortRef)
	wanted := make(map[uint16][]switchctl.PortRef)
	for i := range v.Ports {
		pv := &v.Ports[i]
		if shut(*pv) {
			continue
		}
		if p := pv.Port.Voice; p.Mode == discovery.VoiceTagged {
			configured[p.VLAN] = append(configured[p.VLAN], pv.Port.Ref)
		}
		if p := pv.Intent.Profile; p != nil && p.Voice.Mode == discovery.VoiceTagged {
			wanted[p.Voice.VLAN] = append(wanted[p.Voice.VLAN], pv.Port.Ref)
		}
	}
	ids := slices.Sorted(maps.Keys(configured))
	for id := range wanted {
		if _, ok := configured[id]; !ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	var fs []policy.Finding
	for _, id := range ids {
		if exists, known := v.Switch.HasVLAN(id); exists || !known {
			continue
		}
		f := policy.Finding{
			Port:       switchctl.PortRef{Switch: v.Switch.Switch},
			Message:    fmt.Sprintf("voice VLAN %d does not exist on the switch", id),
			Confidence: inventory.Certain,
		}
		if refs := configured[id]; len(refs) > 0 {
			f.Evidence = append(f.Evidence, "configured on "+plural(len(refs), "port")+": "+listed(refs))
		}
		if refs := wanted[id]; len(refs) > 0 {
			f.Evidence = append(f.Evidence, "wanted on "+plural(len(refs), "port")+": "+listed(refs))
		}
		fs = append(fs, f)
	}
	return fs
}
