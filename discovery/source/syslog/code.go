package syslog

import "strings"

// code is what the vendor calls a message.
type code struct {
	facility string
	sub      string // a second facility: the SP of LINK-SP-3-UPDOWN
	severity int    // 0 to 7; -1 where the code does not tell
	mnemonic string
	family   family
}

// family is how the code is written; ports are named alike within one.
type family uint8

const (
	plain   family = iota // none of the others: Junos, AOS-S, EXOS, AOS-CX …
	percent               // %LINK-3-UPDOWN: Cisco, Arista, Dell and others
	comware               // %%10IFNET/3/PHY_UPDOWN: H3C, HPE Comware, Huawei
)

// String gives FACILITY-SEVERITY-MNEMONIC; what is not told is left out with its dash.
func (c code) String() string {
	var b [4]string
	parts := b[:0]
	if c.facility == "" && c.mnemonic == "" {
		return "" // a severity alone names nothing
	}
	for _, p := range [...]string{c.facility, c.sub} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if c.severity >= 0 && c.severity <= 7 {
		parts = append(parts, "01234567"[c.severity:c.severity+1])
	}
	if c.mnemonic != "" {
		parts = append(parts, c.mnemonic)
	}
	return strings.Join(parts, "-")
}

// headerRoom is how far into a line a code is looked for, in octets.
const headerRoom = 400

// findCode looks for a code with a percent sign; at is where it begins, rest what is behind its colon.
func findCode(s string) (at int, c code, rest string, ok bool) {
	for at < len(s) && at < headerRoom {
		i := strings.IndexByte(s[at:], '%')
		if i < 0 {
			break
		}
		at += i
		if c, rest, ok = percentCode(s[at+1:]); ok {
			return at, c, rest, true
		}
		if c, rest, ok = slashCode(s[at+1:]); ok {
			return at, c, rest, true
		}
		at++
	}
	return 0, code{}, "", false
}

// percentCode reads FACILITY-3-MNEMONIC: and FACILITY-SUB-3-MNEMONIC:.
func percentCode(s string) (code, string, bool) {
	c := code{severity: -1, family: percent}
	for part := 0; part < 5; part++ {
		n := wordLen(s)
		if n == 0 || n > maxWord || n == len(s) {
			return c, "", false
		}
		w, sep := s[:n], s[n]
		s = s[n+1:]
		switch {
		case c.severity >= 0 && sep == ':':
			c.mnemonic = w
			return c, strings.TrimLeft(s, " "), c.facility != ""
		case c.severity >= 0 || sep != '-':
			return c, "", false
		case part > 0 && n == 1 && '0' <= w[0] && w[0] <= '7':
			c.severity = int(w[0] - '0')
		case part == 0:
			c.facility = w
		case c.sub == "":
			c.sub = w
		default:
			return c, "", false
		}
	}
	return c, "", false
}

// slashCode reads %10IFNET/3/PHY_UPDOWN: and %01POE/6/PDPOWEROFF(l)[12]: behind a percent sign.
func slashCode(s string) (code, string, bool) {
	c := code{severity: -1, family: comware}
	if len(s) < 8 || s[0] != '%' || s[1] < '0' || s[1] > '9' || s[2] < '0' || s[2] > '9' {
		return c, "", false
	}
	s = s[3:]
	n := wordLen(s)
	if n == 0 || n > maxWord || len(s) < n+4 || s[n] != '/' || s[n+1] < '0' || s[n+1] > '7' || s[n+2] != '/' {
		return c, "", false
	}
	c.facility, c.severity, s = s[:n], int(s[n+1]-'0'), s[n+3:]
	n = wordLen(s)
	colon := strings.IndexByte(s, ':')
	if n == 0 || n > maxWord || colon < n || colon > n+16 {
		return c, "", false
	}
	c.mnemonic = s[:n]
	return c, strings.TrimLeft(s[colon+1:], " "), true
}

// wordLen counts the octets at the begin of s that a facility or a mnemonic can have.
func wordLen(s string) int {
	for i := range len(s) {
		if !letter(s[i]) && s[i] != '_' {
			return i
		}
	}
	return len(s)
}

// word gives s where it can be part of a code, cut to length; octets that cannot become "_".
func word(s string) string {
	s = limit(s, maxWord)
	return strings.Map(func(r rune) rune {
		if r < 128 && (letter(byte(r)) || strings.ContainsRune("_.-/", r)) {
			return r
		}
		return '_'
	}, s)
}

// severities are the words of EXOS and of AOS-CX.
var severities = map[string]int{
	"Crit": 2, "Erro": 3, "Warn": 4, "Noti": 5, "Info": 6, "Summ": 6, "Debg": 7,
	"LOG_EMER": 0, "LOG_ALERT": 1, "LOG_CRIT": 2, "LOG_ERR": 3, "LOG_WARN": 4, "LOG_NOTICE": 5, "LOG_INFO": 6, "LOG_DEBUG": 7,
}

// textCode looks for a code at the begin of the text of program app, and gives the text behind it.
//
//	SNMP_TRAP_LINK_DOWN: ifIndex …             Junos
//	<Info:vlan.msgs.portLinkStateUp> Port …    EXOS
//	Event|403|LOG_INFO|AMM|1/1|Link status …   AOS-CX
//	00076 ports: port 3 …                      AOS-S
func textCode(app, text string) (code, string) {
	c := code{facility: word(program(app)), severity: -1}
	switch {
	case strings.HasPrefix(text, "<"):
		mark, rest, ok := strings.Cut(text[1:], ">")
		sev, event, ok2 := strings.Cut(mark, ":")
		if ok && ok2 && len(mark) <= 2*maxWord {
			if v, ok := severities[sev]; ok {
				c.severity = v
			}
			dot := strings.LastIndexByte(event, '.')
			if dot > 0 {
				c.facility, event = word(event[:dot]), event[dot+1:]
			}
			c.mnemonic = word(event)
			return c, strings.TrimSpace(rest)
		}
	case strings.HasPrefix(text, "Event|"):
		f := strings.SplitN(text, "|", 6)
		if len(f) == 6 {
			if v, ok := severities[f[2]]; ok {
				c.severity = v
			}
			c.facility, c.mnemonic = "Event", word(f[1])
			return c, f[5]
		}
	case len(text) > 6 && text[0] >= '0' && text[0] <= '9':
		n := strings.IndexByte(text, ' ')
		if n >= 4 && n <= 5 && number(text[:n]) {
			if mod := wordLen(text[n+1:]); mod > 0 && strings.HasPrefix(text[n+1+mod:], ":") {
				c.facility, c.mnemonic = word(text[n+1:n+1+mod]), text[:n]
				return c, strings.TrimSpace(text[n+2+mod:])
			}
		}
	default:
		n := wordLen(text)
		if n > 3 && n <= maxWord && strings.HasPrefix(text[n:], ":") && strings.ToUpper(text[:n]) == text[:n] && strings.Contains(text[:n], "_") {
			c.mnemonic = text[:n]
			return c, strings.TrimSpace(text[n+1:])
		}
	}
	return c, text
}

func number(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
