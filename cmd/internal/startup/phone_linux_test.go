package startup

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"phoneport/discovery"
)

// phoneMAC is the address of the phone's network side; its configuration file is named after it.
var phoneMAC = discovery.MAC{0x00, 0x1b, 0x54, 0xaa, 0xbb, 0xcc}

const phoneFile = "SEP001B54AABBCC.cnf.xml"

// phone does what the firmware of a phone does, with programs that are not ours: lldpd as a class III endpoint,
// udhcpc and busybox's TFTP client.
type phone struct {
	*site
	dir    string
	socket string
	events *log
	watch  *process
}

// plug puts a phone on the switch: its link comes up, and its LLDP agent starts.
func (s *site) plug() *phone {
	s.t.Helper()
	// The socket is in a folder that lldpd's own user may enter; the machine is nobody else's.
	p := &phone{site: s, dir: s.t.TempDir(), socket: "/run/phone.socket", events: &log{}}
	s.must(os.MkdirAll("/run/lldpd", 0o755)) // which lldpd locks itself into
	s.must(os.RemoveAll(p.socket))
	agent := &log{}
	daemon := s.start(agent, "ip", "netns", "exec", "phone", "lldpd", "-d", "-M", "3", "-u", p.socket, "-I", "eth0")
	agent.wait(s.t, daemon, 0, "lldpd should resume operations")
	p.watch = s.start(p.events, "lldpcli", "-u", p.socket, "-f", "keyvalue", "watch", "details")
	s.batch("ip -n phone", "link set lo up", "link set eth0 up")
	return p
}

// heard gives what the LLDP agent has of the switch: the names below lldp.eth0, and their values.
func (p *phone) heard() map[string]string {
	p.t.Helper()
	out, err := p.run("", "lldpcli", "-u", p.socket, "-f", "keyvalue", "show", "neighbors", "details")
	if err != nil {
		p.t.Fatalf("lldpcli: %v\n%s", err, out)
	}
	told := map[string]string{}
	for line := range strings.Lines(out) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if name, ok := strings.CutPrefix(key, "lldp.eth0."); ok {
			told[name] = value
		}
	}
	return told
}

// listen waits until the switch has told what it tells phones, and gives the voice policy, or ok false where it told
// none. A switch that speaks LLDP-MED says in one frame what it has.
func (p *phone) listen() (policy discovery.VoicePolicy, ok bool) {
	p.t.Helper()
	return voicePolicy(p.until(func(told map[string]string) bool { return told["lldp-med.device-type"] != "" }))
}

// follow waits until the switch tells a policy.
func (p *phone) follow() discovery.VoicePolicy {
	p.t.Helper()
	policy, _ := voicePolicy(p.until(func(told map[string]string) bool { _, ok := voicePolicy(told); return ok }))
	return policy
}

// until waits until what the phone has heard is enough.
func (p *phone) until(enough func(told map[string]string) bool) map[string]string {
	p.t.Helper()
	late := time.After(deadline)
	for {
		n := p.events.mark()
		told := p.heard()
		if enough(told) {
			return told
		}
		select {
		case <-p.events.changed(n):
		case <-p.watch.done:
			p.t.Fatal("lldpcli watch ended")
		case <-late:
			p.t.Fatalf("what the phone waits for did not come in %s; heard %v", deadline, told)
		}
	}
}

// voicePolicy reads the policy for voice; the phone's agent knows one at most here.
func voicePolicy(told map[string]string) (discovery.VoicePolicy, bool) {
	if told["lldp-med.policy.apptype"] != "Voice" || told["lldp-med.policy.defined"] != "yes" {
		return discovery.VoicePolicy{}, false
	}
	number := func(name string) int {
		n, err := strconv.Atoi(told["lldp-med.policy."+name])
		if err != nil {
			return -1
		}
		return n
	}
	p := discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceUntagged, PCP: uint8(number("pcp")), DSCP: uint8(number("dscp"))}
	if vlan := number("vlan.vid"); vlan > 0 {
		p.Mode, p.VLAN = discovery.VoiceTagged, uint16(vlan)
	}
	return p, true
}

// tag makes the interface that the phone uses from now on.
func (p *phone) tag(vlan uint16) string {
	p.t.Helper()
	name := fmt.Sprintf("eth0.%d", vlan)
	p.batch("ip -n phone", fmt.Sprintf("link add link eth0 name %s type vlan id %d egress-qos-map 0:5", name, vlan), "link set "+name+" up")
	return name
}

// leaseScript is called by udhcpc with what it does in $1, and what it was given in the environment.
const leaseScript = `#!/bin/sh
[ "$1" = bound ] || exit 0
ip addr add "$ip/$mask" dev "$interface" || exit 1
env >%s
`

// lease asks for an address, with the options that phones ask for. A phone asks on for ever; this one asks tries
// times, a second apart. It gives nil where it got none.
func (p *phone) lease(ifname string, tries int) map[string]string {
	p.t.Helper()
	script, file := filepath.Join(p.dir, "lease.sh"), filepath.Join(p.dir, "lease")
	p.must(os.WriteFile(script, fmt.Appendf(nil, leaseScript, file), 0o755))
	out, err := p.run("phone", "udhcpc", "-f", "-q", "-n", "-t", strconv.Itoa(tries), "-T", "1", "-i", ifname, "-s", script, "-O", "66", "-O", "150", "-O", "242", "-V", "Cisco Systems, Inc. IP Phone")
	if err != nil {
		if !strings.Contains(out, "no lease") {
			p.t.Fatalf("udhcpc: %v\n%s", err, out)
		}
		return nil
	}
	text, err := os.ReadFile(file)
	p.must(err)
	got := map[string]string{}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		got[key] = value
	}
	return got
}

// option gives an option that udhcpc has no name for, as it was sent; nil where it was not.
func option(lease map[string]string, number int) []byte {
	b, err := hex.DecodeString(lease["opt"+strconv.Itoa(number)])
	if err != nil || len(b) == 0 {
		return nil
	}
	return b
}

// fetch gets a file by TFTP, as a phone does: its own, and where the server has none, that of all phones. It gives the
// name and the text of the one that it got; "" for none.
func (p *phone) fetch(server string) (name, text string) {
	p.t.Helper()
	for _, name := range []string{phoneFile, "XMLDefault.cnf.xml"} {
		local := filepath.Join(p.dir, name)
		out, err := p.run("phone", "busybox", "tftp", "-g", "-r", name, "-l", local, server)
		if err == nil {
			b, err := os.ReadFile(local)
			p.must(err)
			return name, string(bytes.TrimSpace(b))
		}
		if !strings.Contains(out, "not found") {
			p.t.Fatalf("tftp %s: %v\n%s", name, err, out)
		}
	}
	return "", ""
}

// words gives a map without what the environment of every program has.
func words(lease map[string]string) map[string]string {
	got := maps.Clone(lease)
	maps.DeleteFunc(got, func(k, _ string) bool { return k == strings.ToUpper(k) })
	return got
}
