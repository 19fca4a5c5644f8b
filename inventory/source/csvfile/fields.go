package csvfile

import (
	"errors"
	"fmt"
	"strings"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

// address gives the address of a row: out of its column, else out of the device name. ok is false where
// the row is no phone with an address; what is wrong with it has been noted.
func (l *loader) address(text, name []byte) (m discovery.MAC, ok bool) {
	if len(text) == 0 {
		m, err := discovery.ParseMAC(string(name))
		switch {
		case err == nil:
			return l.unicast(m, FieldName)
		case l.pass(name):
			return m, false
		case l.columns[atMAC] < 0:
			l.problem(inventory.Problem{Place: l.place(FieldName), Err: fmt.Errorf("find address: %q holds no MAC address", name)})
		default:
			l.problem(inventory.Problem{Place: l.place(FieldMAC), Err: errors.New("find address: the field is empty, and the device name holds no MAC address")})
		}
		return m, false
	}
	m, err := discovery.ParseMAC(string(text))
	if err != nil && l.pass(text) {
		return m, false // the column of device names was named as that of addresses
	}
	if err != nil {
		l.problem(inventory.Problem{Place: l.place(FieldMAC), Err: fmt.Errorf("parse address: %w%s", err, hint(text))})
		return m, false
	}
	return l.unicast(m, FieldMAC)
}

func (l *loader) unicast(m discovery.MAC, f Field) (discovery.MAC, bool) {
	if m.Group() {
		l.problem(inventory.Problem{Place: l.place(f), Err: fmt.Errorf("parse address: %s is a group address", m)})
		return m, false
	}
	return m, true
}

// hint explains what spreadsheets do to addresses.
func hint(text []byte) string {
	digits, exponent := 0, false
	for _, c := range text {
		switch {
		case '0' <= c && c <= '9':
			digits++
		case c == 'E' || c == 'e':
			exponent = true
		case c != '.' && c != ',' && c != '+':
			return ""
		}
	}
	switch {
	case exponent && digits < 12 && (len(text) != 12):
		return "; a spreadsheet made a number of it: format the column as text and export again"
	case !exponent && digits < 12 && digits > 5 && digits == len(text):
		return "; its leading zeros are lost: format the column as text in the spreadsheet and export again"
	}
	return ""
}

// pass counts a row that is passed over as its device has no port of its own; false where it has.
func (l *loader) pass(name []byte) bool {
	if !soft(string(name)) {
		return false
	}
	if l.passed++; l.passed == 1 {
		l.firstPassed = inventory.Problem{Place: l.place(""), Err: fmt.Errorf("%q is the first", name), Warning: true}
	}
	return true
}

// soft reports whether a device name of CUCM is that of a device without a port of its own: softphones and
// mobile clients are named after their users, analogue ports after the address of their gateway.
func soft(name string) bool {
	for _, p := range [...]string{"CSF", "TCT", "BOT", "TAB", "CTI"} {
		if rest, ok := strings.CutPrefix(name, p); ok && rest != "" {
			return true
		}
	}
	for _, p := range [...]string{"ATA", "AN"} {
		if rest, ok := strings.CutPrefix(name, p); ok && len(rest) >= 12 && strings.Trim(rest, "0123456789ABCDEF") == "" {
			return true
		}
	}
	return false
}

// expected reads where the phone should be: in two columns, or in one.
func (l *loader) expected(p *inventory.Phone, sw, port []byte) {
	if len(port) == 0 {
		return
	}
	if len(sw) == 0 {
		i := strings.IndexAny(string(port), " :")
		if i <= 0 || i+1 == len(port) {
			l.warn(FieldPort, fmt.Errorf("read expected port: %q has no switch", port))
			return
		}
		sw, port = port[:i], cell(port[i+1:])
	}
	p.Expected = switchctl.PortRef{Switch: switchctl.SwitchID(l.share(FieldSwitch, sw)), Name: l.share(FieldPort, port)}
}

func (l *loader) protected(p *inventory.Phone, text []byte) {
	switch strings.ToLower(string(text)) {
	case "", "no", "n", "false", "f", "0", "off":
	case "yes", "y", "true", "t", "1", "x", "on":
		p.Protected = true
	default:
		// Whatever it means, somebody wrote it: cutting power is what cannot be undone.
		p.Protected = true
		l.warn(FieldProtected, fmt.Errorf("read %q: neither yes nor no, taken as yes", text))
	}
}

// cell takes off what is around the text of a field: blanks, and the ="…" with which exports keep
// spreadsheets from making numbers of texts.
func cell(b []byte) []byte {
	b = trim(b)
	if len(b) >= 3 && b[0] == '=' && b[1] == '"' && b[len(b)-1] == '"' {
		b = trim(b[2 : len(b)-1])
	}
	return b
}

func trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}
