package config

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"phoneport/switchctl"
)

// snmpPort is the port of agents (RFC 3417).
const snmpPort = "161"

func (k *checker) switches(rs []rawSwitch, files []rawSwitchFile) {
	names, addresses, bridges := map[string]string{}, map[string]string{}, map[string]string{}
	for i, r := range rs {
		path := k.name("switches", i, r.Name, names)
		if r.Driver != "" || r.Bridge != "" || r.Save != nil {
			k.localSwitch(path, r, bridges)
			continue
		}
		addr, err := Address(r.Address)
		if r.Address == "" {
			k.errf(path, "address is missing")
		} else if err != nil {
			k.errf(path+".address", "%w", err)
		}
		s := Switch{Name: switchctl.SwitchID(r.Name), Address: addr, Site: r.Site, SNMP: k.switchCredential(path, r.SNMP)}
		k.addSwitch(s, path, addresses)
	}
	for i, f := range files {
		k.switchFile(fmt.Sprintf("switches_from[%d]", i), f, names, addresses)
	}
}

func (k *checker) addSwitch(s Switch, place string, addresses map[string]string) {
	if first, twice := addresses[s.Address]; twice && s.Address != "" {
		// Two names for one switch would be two writers to it.
		const text = "%s is the address of %s too"
		if strings.HasPrefix(place, "switches[") {
			k.errf(place, text, s.Address, first)
		} else {
			k.errs = append(k.errs, fmt.Errorf("%s: "+text, place, s.Address, first))
		}
		return
	}
	addresses[s.Address] = place
	k.out.Switches = append(k.out.Switches, s)
}

// switchCredential finds the credential of a switch; where none is named, the only one there is.
func (k *checker) switchCredential(path, name string) *Credential {
	if name == "" {
		switch len(k.out.Credentials) {
		case 1:
			return &k.out.Credentials[0]
		case 0:
			k.errf(path, "has no credential: the list snmp is empty")
		default:
			k.errf(path, "snmp is missing: name one of %s", strings.Join(k.credentialNames(), ", "))
		}
		return nil
	}
	if c, ok := k.out.Credential(name); ok {
		return c
	}
	have := strings.Join(k.credentialNames(), ", ")
	if have == "" {
		have = "none"
	}
	k.errf(path+".snmp", "there is no credential %q: there are %s", name, have)
	return nil
}

func (k *checker) credentialNames() (names []string) {
	for _, c := range k.out.Credentials {
		names = append(names, c.Name)
	}
	return names
}

// Address completes an address with the port of agents: 10.1.2.3, 10.1.2.3:1161, fe80::1, [fe80::1]:161 or a
// host name.
func Address(s string) (string, error) {
	if s == "" {
		return "", errors.New("is empty")
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return net.JoinHostPort(a.String(), snmpPort), nil
	}
	h, port, err := net.SplitHostPort(s)
	if err != nil {
		h, port = s, snmpPort
	}
	if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
		return "", fmt.Errorf("%q has no port between 1 and 65535", s)
	}
	if h == "" || strings.ContainsAny(h, " /\\@:[]\t\"'") && !isIPv6(h) {
		return "", fmt.Errorf("%q is no address: write 10.1.2.3, 10.1.2.3:1161, [2001:db8::1]:161 or a host name", s)
	}
	return net.JoinHostPort(h, port), nil
}

func isIPv6(h string) bool {
	a, err := netip.ParseAddr(h)
	return err == nil && a.Is6()
}

// switchFile reads a list of switches out of a CSV file with the header name,address[,site][,snmp].
func (k *checker) switchFile(path string, f rawSwitchFile, names, addresses map[string]string) {
	if f.Path == "" {
		k.errf(path, "path is missing")
		return
	}
	file := resolvePath(k.dir, f.Path)
	in, err := os.Open(file)
	if err != nil {
		k.errf(path+".path", "read switches: %w", err)
		return
	}
	defer in.Close()
	r := csv.NewReader(in)
	r.FieldsPerRecord, r.TrimLeadingSpace, r.Comment = -1, true, '#'
	cols, err := header(r)
	if err != nil {
		k.errf(path+".path", "read switches: %s: %w", file, err)
		return
	}
	credentials := map[string]*Credential{}
	bad := 0
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil {
			line, _ := r.FieldPos(0)
			err = k.switchRow(path, rec, cols, f, fmt.Sprintf("%s:%d", file, line), names, addresses, credentials)
		} else {
			err = fmt.Errorf("%s: %w", file, err)
		}
		if err == nil {
			continue
		}
		// A wrong column makes every line wrong: the first ones say it all.
		if bad++; bad > 20 {
			k.errs = append(k.errs, fmt.Errorf("%s: more than 20 mistakes; the rest is not shown", file))
			return
		}
		k.errs = append(k.errs, err)
		var p *csv.ParseError
		if !errors.As(err, &p) && !errors.Is(err, errRow) {
			return // the file itself cannot be read
		}
	}
}

// errRow marks a mistake of one row: the next rows can be read.
var errRow = errors.New("row")

type rowError struct{ error }

func (rowError) Is(target error) bool { return target == errRow }

func header(r *csv.Reader) (map[string]int, error) {
	first, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("is empty: the first line names the columns: name,address,site,snmp")
	}
	if err != nil {
		return nil, err
	}
	first[0] = strings.TrimPrefix(first[0], "\ufeff") // byte order mark of spreadsheets
	known := []string{"name", "address", "site", "snmp"}
	cols := map[string]int{}
	for i, h := range first {
		h = strings.ToLower(strings.TrimSpace(h))
		if !slices.Contains(known, h) {
			return nil, fmt.Errorf("line 1: unknown column %q: the columns are %s", h, strings.Join(known, ", "))
		}
		cols[h] = i
	}
	for _, h := range known[:2] {
		if _, ok := cols[h]; !ok {
			return nil, fmt.Errorf("line 1: column %q is missing", h)
		}
	}
	return cols, nil
}

func (k *checker) switchRow(path string, rec []string, cols map[string]int, f rawSwitchFile, place string,
	names, addresses map[string]string, credentials map[string]*Credential,
) error {
	get := func(col, def string) string {
		if i, ok := cols[col]; ok && i < len(rec) && strings.TrimSpace(rec[i]) != "" {
			return strings.TrimSpace(rec[i])
		}
		return def
	}
	rowErr := func(format string, args ...any) error {
		return rowError{fmt.Errorf("%s: %w", place, fmt.Errorf(format, args...))}
	}
	name := get("name", "")
	if name == "" {
		return rowErr("name is missing")
	}
	if first, twice := names[name]; twice {
		return rowErr("%q is the name of %s too", name, first)
	}
	names[name] = place
	addr, err := Address(get("address", ""))
	if err != nil {
		return rowErr("address %w", err)
	}
	want := get("snmp", f.SNMP)
	c, ok := credentials[want]
	if !ok {
		before := len(k.errs)
		at := path
		if want != "" && want != f.SNMP {
			at = place
		}
		c = k.switchCredential(at, want)
		if len(k.errs) > before && at == place {
			k.errs[before] = fmt.Errorf("%s: there is no credential %q: there are %s", place, want, strings.Join(k.credentialNames(), ", "))
		}
		credentials[want] = c
	}
	k.addSwitch(Switch{Name: switchctl.SwitchID(name), Address: addr, Site: get("site", f.Site), SNMP: c}, place, addresses)
	return nil
}
