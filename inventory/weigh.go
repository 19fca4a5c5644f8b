package inventory

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// deskMACs is the most addresses that a desk has: a phone, a PC, and one to spare for a virtual machine.
// With more of them something else may be what draws the power.
const deskMACs = 3

// binding weighs the signs for a candidate. powered says that the port gives power to what may be a phone.
func (c *correlator) binding(k *candidate, p *switchctl.PortState, powered bool) Binding {
	id := c.describe(k)
	k.here = k.phone != nil && k.phone.Expected.Name != "" && SamePort(k.phone.Expected, p.Ref)
	b := Binding{
		Port:       p.Ref,
		MAC:        k.mac,
		Phone:      k.phone,
		Vendor:     id.vendor,
		Model:      id.model,
		Evidence:   c.evidence(k, p, powered),
		Confidence: c.confidence(k, powered),
		InVoice:    k.inVoice,
		InData:     k.inData,
	}
	voice, tagged := voiceVLAN(p)
	adopted := k.adopted()
	switch {
	case k.inVoice && tagged:
		b.VoiceVLAN = voice
	case k.inOther:
		b.VoiceVLAN = k.vlan
	case adopted.Mode == discovery.VoiceTagged:
		b.VoiceVLAN = adopted.VLAN
	}
	if adopted.Mode == discovery.VoiceTagged && adopted.VLAN == voice && voice != 0 {
		b.InVoice = true
	}
	return b
}

// confidence counts independent signs: each protocol that hears the phone, the forwarding table, the
// source that knows it, and the power that it draws.
func (c *correlator) confidence(k *candidate, powered bool) Confidence {
	heard := 0
	for _, n := range [...]*discovery.Neighbor{k.lldp, k.cdp} {
		if n != nil && !c.expired(n) {
			heard++
		}
	}
	switch {
	case heard > 0:
		if heard == 2 || k.learned || k.here || powered {
			return Certain
		}
		return Probable
	case k.phone != nil && k.learned:
		// A phone that does not speak, or whose rows have expired: its address is known as a phone's, and
		// it is behind this port. That it is at this port takes another sign.
		if k.inVoice || k.here || powered {
			return Certain
		}
		return Probable
	case k.inVoice:
		if k.oui.Phones && powered {
			return Certain
		}
		return Probable
	case k.oui.Phones && powered:
		return Probable
	}
	return Unsure
}

// adopted gives the voice policy that the phone says it uses.
func (k *candidate) adopted() discovery.VoicePolicy {
	for _, n := range [...]*discovery.Neighbor{k.lldp, k.cdp} {
		if n != nil && n.Adopted.Mode != discovery.VoiceUnknown {
			return n.Adopted
		}
	}
	return discovery.VoicePolicy{}
}

// describe gives maker and model: by what the phone says, else by the source, else by its address.
func (c *correlator) describe(k *candidate) identity {
	var id identity
	for _, n := range [...]*discovery.Neighbor{k.lldp, k.cdp} {
		if n != nil {
			by := c.identify(n)
			id.vendor = cmp.Or(id.vendor, by.vendor)
			id.model = cmp.Or(id.model, by.model)
		}
	}
	if k.phone != nil && id.model == "" {
		key := idKey{vendor: k.phone.Vendor, model: k.phone.Model}
		by, ok := c.ids[key]
		if !ok {
			by = identify(key.vendor, key.model)
			c.ids[key] = by
		}
		if id.vendor == "" || by.vendor == "" || by.vendor == id.vendor {
			id.model = by.model
		}
		id.vendor = cmp.Or(id.vendor, by.vendor)
	}
	id.vendor = cmp.Or(id.vendor, k.oui.Vendor)
	return id
}

// phonePower reports whether a port gives power as to a phone: the classes above 4 are those of access
// points, cameras and screens (IEEE 802.3bt).
func phonePower(s switchctl.PoEState) bool {
	if s.Detect != switchctl.PoEDelivering || s.ClassTold && s.Class > 4 {
		return false
	}
	return !s.DrawTold || s.Draw > 0 && s.Draw <= 25_500
}

// evidence puts the signs into words, strongest first.
func (c *correlator) evidence(k *candidate, p *switchctl.PortState, powered bool) []Evidence {
	es := make([]Evidence, 0, 5)
	if n := k.lldp; n != nil {
		if n.MEDClass == discovery.MEDClassIII || n.Inventory.Model != "" {
			es = append(es, Evidence{EvidenceMED, c.medText(n)})
		} else {
			es = append(es, Evidence{EvidenceLLDP, c.rowText(n, "LLDP neighbour ")})
		}
	}
	if n := k.cdp; n != nil {
		es = append(es, Evidence{EvidenceCDP, c.rowText(n, "CDP device ")})
	}
	voice, _ := voiceVLAN(p)
	if k.inVoice {
		es = append(es, Evidence{EvidenceVoiceMAC, k.mac.String() + " learned in voice VLAN " + strconv.Itoa(int(voice))})
	}
	switch {
	case k.inData && !(k.inVoice && voice == p.Untagged):
		es = append(es, Evidence{EvidenceMAC, k.mac.String() + " learned in untagged VLAN " + strconv.Itoa(int(p.Untagged))})
	case k.inOther:
		es = append(es, Evidence{EvidenceMAC, k.mac.String() + " learned in VLAN " + strconv.Itoa(int(k.vlan))})
	case k.learned && !k.inVoice:
		es = append(es, Evidence{EvidenceMAC, k.mac.String() + " learned"})
	}
	if k.here {
		es = append(es, Evidence{EvidenceExpected, "expected here by " + k.phone.Source})
	}
	if k.oui.Phones {
		es = append(es, Evidence{EvidenceOUI, "prefix of " + k.oui.Vendor})
	}
	if powered {
		text := "draws power"
		if p.PoE.DrawTold {
			text = "draws " + p.PoE.Draw.String()
		}
		if p.PoE.ClassTold {
			text += ", class " + strconv.Itoa(int(p.PoE.Class))
		}
		es = append(es, Evidence{EvidencePoE, text})
	}
	return es
}

func (c *correlator) medText(n *discovery.Neighbor) string {
	text := "LLDP-MED"
	if n.MEDClass == discovery.MEDClassIII {
		text += " class III"
	}
	for _, s := range [...]string{n.Inventory.Manufacturer, n.Inventory.Model, n.System} {
		if s = printable(s); s != "" {
			text += ", " + s
		}
	}
	return text + c.age(n)
}

func (c *correlator) rowText(n *discovery.Neighbor, lead string) string {
	text := lead + cmp.Or(printable(n.System), printable(n.ChassisID), "without a name")
	if s := printable(n.Platform); s != "" {
		text += ", " + s
	}
	return text + c.age(n)
}

// age tells that a row is older than it may be.
func (c *correlator) age(n *discovery.Neighbor) string {
	if !c.expired(n) {
		return ""
	}
	return " (last heard " + c.now.Sub(n.HeardAt).Round(time.Second).String() + " ago)"
}

// printable gives a text of the wire in one line of at most 60 characters, without what a terminal acts on.
func printable(s string) string {
	clean := len(s) <= 60
	for i := 0; clean && i < len(s); i++ {
		clean = s[i] >= ' ' && s[i] < 0x7f
	}
	if clean {
		return strings.TrimSpace(s)
	}
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n++; n > 60 {
			b.WriteString("…")
			break
		}
		if !strconv.IsPrint(r) {
			r = ' '
		}
		b.WriteRune(r)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
