package discovery_test

import (
	"testing"

	"phoneport/discovery"
)

func TestNeighborKind(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		n              discovery.Neighbor
		phone, network bool
	}{
		"phone with a PC port":        {discovery.Neighbor{Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapTelephone}}, true, false},
		"bare phone":                  {discovery.Neighbor{Capabilities: []discovery.Capability{discovery.CapTelephone}}, true, false},
		"MED class III alone":         {discovery.Neighbor{MEDClass: discovery.MEDClassIII}, true, false},
		"class III that bridges":      {discovery.Neighbor{MEDClass: discovery.MEDClassIII, Capabilities: []discovery.Capability{discovery.CapBridge}}, true, false},
		"switch":                      {discovery.Neighbor{Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapRouter}}, false, true},
		"repeater":                    {discovery.Neighbor{Capabilities: []discovery.Capability{discovery.CapRepeater}}, false, true},
		"access point":                {discovery.Neighbor{Capabilities: []discovery.Capability{discovery.CapWLAN}}, false, true},
		"network connectivity device": {discovery.Neighbor{MEDClass: discovery.MEDClassNetwork}, false, true},
		"PC":                          {discovery.Neighbor{Capabilities: []discovery.Capability{discovery.CapStation}}, false, false},
		"media endpoint":              {discovery.Neighbor{MEDClass: discovery.MEDClassII}, false, false},
		"says nothing":                {discovery.Neighbor{}, false, false},
	}
	for name, tt := range tests {
		if got := tt.n.IsPhone(); got != tt.phone {
			t.Errorf("%s: IsPhone() = %t", name, got)
		}
		if got := tt.n.IsNetwork(); got != tt.network {
			t.Errorf("%s: IsNetwork() = %t", name, got)
		}
	}
}
