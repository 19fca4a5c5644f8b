package app

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"time"

	"phoneport/cmd/internal/shape"
	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy/enforce"
)

// Phones gives every phone of the inventory and every one that was found, with its state. Phones that are
// expected on switches that were not asked for are left out where some were not.
func (a *App) Phones(au *enforce.Audit) []shape.Phone {
	found := map[discovery.MAC][]inventory.Binding{}
	var nameless []inventory.Binding // heard, without an address
	for _, b := range au.Bindings {
		switch {
		case b.Confidence < inventory.Probable && b.Phone == nil: // a weak sign of something is no phone
		case b.MAC.IsZero():
			nameless = append(nameless, b)
		default:
			found[b.MAC] = append(found[b.MAC], b)
		}
	}
	var out []shape.Phone
	for p := range a.Directory.All() {
		bs := found[p.MAC]
		delete(found, p.MAC)
		out = append(out, known(p, bs, au))
	}
	for _, bs := range found {
		out = append(out, unknown(bs))
	}
	for _, b := range nameless {
		out = append(out, unknown([]inventory.Binding{b}))
	}
	slices.SortStableFunc(out, func(a, b shape.Phone) int {
		return cmp.Or(cmp.Compare(a.MAC, b.MAC), cmp.Compare(firstPlace(a), firstPlace(b)))
	})
	return out
}

func firstPlace(p shape.Phone) string {
	if len(p.Found) == 0 {
		return ""
	}
	return p.Found[0].Switch + " " + p.Found[0].Port
}

// known gives a phone of the inventory its state.
func known(p inventory.Phone, bs []inventory.Binding, au *enforce.Audit) shape.Phone {
	out := shape.NewPhone(p)
	for _, b := range bs {
		out.Found = append(out.Found, shape.NewFound(b))
		out.Model, out.Vendor = cmp.Or(out.Model, b.Model), cmp.Or(out.Vendor, b.Vendor)
	}
	switch {
	case len(bs) > 1:
		out.State = shape.StateDuplicate
	case len(bs) == 1 && p.Expected.Name != "" && !inventory.SamePort(p.Expected, bs[0].Port):
		out.State = shape.StateMoved
	case len(bs) == 1:
		out.State = shape.StateFound
	case sighted(p, au):
		out.State = shape.StateMissing
	default:
		out.State = shape.StateUnread
	}
	return out
}

// sighted reports whether every switch that should have the phone was read and could see it, as the engine
// counts it.
func sighted(p inventory.Phone, au *enforce.Audit) bool {
	if at := p.Expected.Switch; at != "" {
		return au.Facts.Read[at] && au.Facts.Blind[at] == ""
	}
	return len(au.Facts.Unread) == 0 && len(au.Facts.Blind) == 0
}

func unknown(bs []inventory.Binding) shape.Phone {
	b := bs[0]
	out := shape.Phone{State: shape.StateUnknown, MAC: b.MAC.String(), Vendor: b.Vendor, Model: b.Model, Found: []shape.Found{}}
	for _, b := range bs {
		out.Found = append(out.Found, shape.NewFound(b))
	}
	if len(bs) > 1 {
		out.State = shape.StateDuplicate
	}
	return out
}

// Where finds the phones that a person means by text: a MAC address, a device name, an extension or an IP
// address. The IP address is that which phones tell by LLDP or CDP.
func (a *App) Where(text string, au *enforce.Audit) []shape.Whereabouts {
	want := map[string]bool{}
	if m, err := discovery.ParseMAC(text); err == nil {
		want[m.String()] = true
	}
	for _, p := range a.Directory.Find(text) {
		want[p.MAC.String()] = true
	}
	for _, m := range heard(text, au) {
		want[m.String()] = true
	}
	var out []shape.Whereabouts
	for _, p := range a.Phones(au) {
		if p.MAC != "" && want[p.MAC] {
			out = append(out, shape.Whereabouts{Phone: p, History: a.history(p)})
			delete(want, p.MAC)
		}
	}
	// A phone that is nowhere now may have been somewhere.
	for mac := range want {
		p := shape.Phone{MAC: mac, State: shape.StateMissing, Found: []shape.Found{}}
		if h := a.history(p); mac != "" && len(h) > 0 {
			out = append(out, shape.Whereabouts{Phone: p, History: h})
		}
	}
	return out
}

// heard gives the addresses of neighbours that tell the name or the IP address.
func heard(text string, au *enforce.Audit) (ms []discovery.MAC) {
	ip, _ := netip.ParseAddr(text)
	for _, r := range au.Read {
		if r.Reading == nil {
			continue
		}
		for i := range r.Reading.Switch.Ports {
			p := &r.Reading.Switch.Ports[i]
			for _, n := range p.Neighbors {
				if strings.EqualFold(n.System, text) || strings.EqualFold(n.ChassisID, text) || ip.IsValid() && slices.Contains(n.Addresses, ip.String()) {
					for _, b := range r.Reading.Bindings {
						if b.Port == p.Ref && (b.MAC == n.MAC || n.MAC.IsZero()) {
							ms = append(ms, b.MAC)
						}
					}
				}
			}
		}
	}
	return ms
}

func (a *App) history(p shape.Phone) []shape.History {
	out := []shape.History{}
	m, err := discovery.ParseMAC(p.MAC)
	if err != nil {
		return out
	}
	places := map[portRef]bool{}
	for _, s := range a.seen.Of(m) {
		places[s.Port] = true
		what := "seen"
		if !s.First.Equal(s.Last) {
			what = "seen since " + s.First.Local().Format("2006-01-02 15:04")
		}
		out = append(out, shape.History{At: s.Last.UTC(), Place: shape.NewPlace(s.Port), What: what})
	}
	past, err := a.Journal.History(a.now().Add(-rememberChanges))
	if err != nil {
		a.log.Error("what was changed earlier cannot be read", "err", err)
	}
	for _, p := range past {
		if places[p.Port] {
			out = append(out, shape.History{At: p.At.UTC(), Place: shape.NewPlace(p.Port), What: p.Kind + " " + p.Outcome})
		}
	}
	slices.SortStableFunc(out, func(a, b shape.History) int { return b.At.Compare(a.At) })
	return out
}

// rememberChanges is how far back the changes of a phone's ports are told.
const rememberChanges = 90 * 24 * time.Hour
