package config

import (
	"strings"

	"phoneport/switchctl"
	"phoneport/switchctl/driver/linux"
)

// localSwitch checks a switch that is this host. There is no session with it, and so neither address nor credential.
func (k *checker) localSwitch(path string, r rawSwitch, bridges map[string]string) {
	before := len(k.errs)
	switch {
	case r.Driver == "":
		key := "bridge"
		if r.Bridge == "" {
			key = "save"
		}
		k.errf(path+"."+key, "is for driver: %s, which is this host; other switches have none", linux.Name)
		return
	case r.Driver != linux.Name:
		k.errf(path+".driver", "%q is not %s: switches over SNMP tell by themselves which driver they need", r.Driver, linux.Name)
		return
	}
	if r.Address != "" {
		k.errf(path+".address", "driver %s is this host itself: it has no address; for a Linux switch elsewhere run phoneport there", linux.Name)
	}
	if r.SNMP != "" {
		k.errf(path+".snmp", "driver %s is this host itself: it needs no credential", linux.Name)
	}
	switch first, twice := bridges[r.Bridge]; {
	case r.Bridge == "":
		k.errf(path, "bridge is missing: name the bridge whose ports are the switch, as br0")
	case len(r.Bridge) > linux.MaxName || strings.ContainsAny(r.Bridge, "/: \t\n") || r.Bridge == "." || r.Bridge == "..":
		k.errf(path+".bridge", "%q is no name of an interface: at most %d characters, no slash, colon or blank", r.Bridge, linux.MaxName)
	case twice:
		// Two names for one switch would be two writers to it.
		k.errf(path+".bridge", "%q is the bridge of %s too", r.Bridge, first)
	default:
		bridges[r.Bridge] = path
	}
	if r.Save != nil && (len(r.Save) == 0 || r.Save[0] == "") {
		k.errf(path+".save", "is empty: name the program and its arguments, as [/usr/local/sbin/keep-vlans, br0]")
	}
	if len(k.errs) == before {
		k.out.Switches = append(k.out.Switches, Switch{Name: switchctl.SwitchID(r.Name), Site: r.Site, Bridge: r.Bridge, Save: r.Save})
	}
}

// agents tells the switches that are this host where to ask for neighbours.
func (k *checker) agents() {
	for i := range k.out.Switches {
		if s := &k.out.Switches[i]; s.Local() {
			s.StateDir, s.Advertised = k.out.StateDir, len(k.out.Advertise) > 0
		}
	}
}
