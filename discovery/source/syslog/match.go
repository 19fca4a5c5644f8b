package syslog

import (
	"regexp"
	"strconv"
	"strings"

	"phoneport/discovery"
)

// key is by what rows are found.
type key struct{ facility, mnemonic string }

// rule is a row that is ready for use.
type rule struct {
	row
	re    *regexp.Regexp // nil: nothing to find
	names []string       // of its groups
}

// rules are the rows of table by key.
var rules = compile(table)

// parts are what find may hold.
var parts = strings.NewReplacer(
	"{if}", `(?P<if>[A-Za-z0-9](?:[A-Za-z0-9/.:_-]*[A-Za-z0-9])?)`,
	"{if2}", `(?P<if2>[A-Za-z0-9](?:[A-Za-z0-9/.:_-]*[A-Za-z0-9])?)`,
	"{mac}", `(?P<mac>[0-9A-Fa-f][0-9A-Fa-f.:-]{10,15}[0-9A-Fa-f])`,
	"{vlan}", `(?P<vlan>[0-9]{1,4})\b`,
	"{index}", `(?P<index>[0-9]{1,9})\b`,
)

func compile(rows []row) map[key][]rule {
	out := map[key][]rule{}
	compiled := map[string]*regexp.Regexp{}
	for _, r := range rows {
		k := key{r.facility, r.mnemonic}
		ru := rule{row: r}
		if r.find != "" {
			if compiled[r.find] == nil {
				compiled[r.find] = regexp.MustCompile(parts.Replace(r.find)) // a constant of this package
			}
			ru.re = compiled[r.find]
			ru.names = ru.re.SubexpNames()
		}
		out[k] = append(out[k], ru)
	}
	return out
}

// find gives the rule of a message, nil where there is none.
func find(c code, text string) *rule {
	for _, k := range [...]key{{c.facility, c.mnemonic}, {"", c.mnemonic}, {c.facility, ""}} {
		if k == (key{}) {
			continue
		}
		rs := rules[k]
		for i := range rs {
			if strings.Contains(text, rs[i].has) {
				return &rs[i]
			}
		}
	}
	return nil
}

// fill puts the particulars of text into e, and gives the second port that it names. What does not fit the field is
// left out.
func (r *rule) fill(e *discovery.Event, text string, f family) (other string) {
	if r.re == nil {
		return ""
	}
	m := r.re.FindStringSubmatchIndex(text)
	if m == nil {
		return ""
	}
	for i, n := range r.names {
		if n == "" || m[2*i] < 0 {
			continue
		}
		v := text[m[2*i]:m[2*i+1]]
		switch n {
		case "if":
			e.IfName = port(v, f)
		case "if2":
			other = port(v, f)
		case "mac":
			e.MAC, _ = discovery.ParseMAC(v) // the zero address says that there is none
		case "vlan":
			if id, err := strconv.Atoi(v); err == nil && id >= 1 && id <= 4094 { // IEEE 802.1Q table 9-2
				e.VLAN = uint16(id)
			}
		case "index":
			e.IfIndex, _ = strconv.Atoi(v) // nine digits at most
		}
	}
	return other
}

// short gives the ifName of Cisco's interface types, which IOS writes in full in some messages and short in others
// (ifDescr and ifName of IF-MIB). Types that are not here have one name only.
var short = map[string]string{
	"FastEthernet":         "Fa",
	"GigabitEthernet":      "Gi",
	"TwoGigabitEthernet":   "Tw",
	"FiveGigabitEthernet":  "Fi",
	"TenGigabitEthernet":   "Te",
	"TwentyFiveGigE":       "Twe",
	"FortyGigabitEthernet": "Fo",
	"HundredGigE":          "Hu",
	"AppGigabitEthernet":   "Ap",
	"Port-channel":         "Po",
}

// port gives the name of a port as ifName has it. Ethernet1/1 stays: NX-OS and Arista call it so, and IOS switches that
// take phones have no such interface.
func port(s string, f family) string {
	digit := strings.IndexAny(s, "0123456789")
	if len(s) > maxPort || digit < 0 && len(s) > 1 { // a word of the text; ports called A to Z there are
		return ""
	}
	if f != percent || digit <= 0 {
		return s
	}
	if abbr, ok := short[s[:digit]]; ok {
		return abbr + s[digit:]
	}
	return s
}
