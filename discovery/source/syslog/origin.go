package syslog

import (
	"crypto/x509"
	"net/netip"
	"slices"

	"phoneport/discovery"
)

// origin is where a message came from.
type origin struct {
	addr netip.Addr
	// authentic is true where the client's certificate was verified.
	authentic bool
	// name is the host for which alone the client may speak; "" = for any that it names.
	name string
}

// sign puts into the event what the origin proves.
func (o *origin) sign(e *discovery.Event) {
	e.Authentic = o.authentic
	if o.name != "" {
		e.Sender.Host = o.name
	}
}

// proven gives the origin of a connection with verified certificates. A certificate without a name proves nothing.
func proven(addr netip.Addr, chains [][]*x509.Certificate, relays []string) origin {
	o := origin{addr: addr}
	if len(chains) == 0 || len(chains[0]) == 0 {
		return o
	}
	names := names(chains[0][0])
	if len(names) == 0 {
		return o
	}
	o.authentic = true
	if !slices.ContainsFunc(names, func(n string) bool { return slices.Contains(relays, n) }) {
		o.name = names[0]
	}
	return o
}

// names gives the names that a certificate proves: its DNS names, and where there is none its common name, which is all
// that many switches have.
func names(c *x509.Certificate) []string {
	if len(c.DNSNames) > 0 {
		return c.DNSNames
	}
	if n := name(clean([]byte(c.Subject.CommonName))); n != "" {
		return []string{n}
	}
	return nil
}
