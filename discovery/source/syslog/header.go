package syslog

import (
	"net/netip"
	"strings"
	"sync"

	gosyslog "github.com/leodido/go-syslog/v4"
	"github.com/leodido/go-syslog/v4/rfc3164"
	"github.com/leodido/go-syslog/v4/rfc5424"
)

// header is what stands around the text of a message.
type header struct {
	severity int    // 0 to 7; -1 where nothing tells
	host     string // as the sender calls itself
	code     code
	text     string
}

// scanner keeps the parsers of go-syslog, which hold state and are slow to make.
type scanner struct {
	bsd, ietf gosyslog.Machine
}

var scanners = sync.Pool{New: func() any {
	return &scanner{
		bsd: rfc3164.NewParser(rfc3164.WithBestEffort(), rfc3164.WithRFC3339(), rfc3164.WithSecondFractions(),
			rfc3164.WithLenientDay()),
		ietf: rfc5424.NewParser(rfc5424.WithBestEffort()),
	}
}}

// readHeader takes a cleaned line apart.
func readHeader(s string) header {
	h := header{severity: -1}
	rest := s
	if pri, after, ok := priority(s); ok {
		h.severity, rest = pri%8, strings.TrimLeft(after, " ")
		if strings.HasPrefix(after, "1 ") && h.ietf(s, after) {
			return h
		}
	}
	if at, c, after, ok := findCode(rest); ok {
		w := words{free: true}
		if w.read(rest[:at]); w.unknown == 0 {
			h.host, h.code, h.text = w.host, c, after
			h.told(c)
			return h
		}
	}
	if h.bsd(rest) {
		return h
	}
	w := words{}
	h.text = w.read(rest)
	h.host = w.host
	h.code, h.text = textCode(w.app, h.text)
	h.told(h.code)
	return h
}

// told takes the severity of the code, which is that of the message, over that of the priority, which a relay may set.
func (h *header) told(c code) {
	if c.severity >= 0 {
		h.severity = c.severity
	}
}

// priority reads <0> to <191> (RFC 5424 section 6.2.1).
func priority(s string) (value int, rest string, ok bool) {
	if len(s) < 3 || s[0] != '<' {
		return 0, s, false
	}
	for i := 1; i < len(s) && i < 5; i++ {
		c := s[i]
		if c == '>' {
			return value, s[i+1:], i > 1 && value <= 191
		}
		if c < '0' || c > '9' {
			break
		}
		value = value*10 + int(c-'0')
	}
	return 0, s, false
}

// ietf reads the header of RFC 5424. rest is the line behind the priority.
func (h *header) ietf(s, rest string) bool {
	sc := scanners.Get().(*scanner)
	defer scanners.Put(sc)
	m, _ := sc.ietf.Parse([]byte(s)) // what could be read is in m beside an error
	msg, ok := m.(*rfc5424.SyslogMessage)
	if !ok || msg == nil || msg.Timestamp == nil && msg.Hostname == nil && msg.Appname == nil && msg.Message == nil {
		return false // the rest is no header of RFC 5424
	}
	h.host = name(value(msg.Hostname))
	h.text = strings.TrimSpace(strings.TrimPrefix(value(msg.Message), "\ufeff"))
	app, id := value(msg.Appname), value(msg.MsgID)
	if at, c, after, ok := findCode(h.text); ok {
		w := words{free: true}
		if w.read(h.text[:at]); w.unknown == 0 {
			h.code, h.text = c, after
			h.told(c)
			return true
		}
	}
	if id != "" {
		h.code = code{facility: word(app), severity: -1, mnemonic: word(id)}
	} else {
		h.code, h.text = textCode(app, h.text)
	}
	h.told(h.code)
	// Junos tells the particulars as structured data, and may leave the text out.
	if i := strings.IndexByte(rest, '['); h.text == "" && i >= 0 {
		h.text = rest[i:]
	}
	return true
}

// bsd reads the header of RFC 3164. rest is the line behind the priority.
func (h *header) bsd(rest string) bool {
	if len(rest) < 16 || strings.IndexByte("JFMASOND2", rest[0]) < 0 {
		return false // it begins with neither a month nor a year
	}
	line := append(append(make([]byte, 0, len(rest)+4), "<13>"...), rest...) // the library wants a priority
	sc := scanners.Get().(*scanner)
	defer scanners.Put(sc)
	m, err := sc.bsd.Parse(line)
	msg, ok := m.(*rfc3164.SyslogMessage)
	if err != nil || !ok || msg == nil || msg.Timestamp == nil || msg.Hostname == nil {
		return false
	}
	h.host = name(value(msg.Hostname))
	h.code, h.text = textCode(value(msg.Appname), strings.TrimSpace(value(msg.Message)))
	h.told(h.code)
	return true
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// words reads a header word by word: times in any notation, counters and marks are passed over; what is left are the
// names of the host and of the program.
type words struct {
	free    bool // host and program may have a colon or none: the whole text is header
	host    string
	app     string
	dated   bool // a time or a counter was there
	unknown int  // words that no header has
}

// read gives what is behind the header.
func (w *words) read(s string) string {
	time := false
	for {
		s = strings.TrimLeft(s, " ")
		if s == "" {
			return ""
		}
		i := strings.IndexByte(s, ' ')
		if i < 0 {
			i = len(s)
		}
		tok := s[:i]
		switch isTime := timeWord(tok); {
		case isTime, time && zone(tok):
			w.dated = true
			time = isTime
		case tok == "-" || tok[0] == '%' && w.free: // nil, or NX-OS's %$VDC-1 %$
			time = false
		case w.host == "" && (w.free || w.dated && tok[len(tok)-1] != ':') && name(strings.TrimSuffix(tok, ":")) != "":
			w.host, time = strings.TrimSuffix(tok, ":"), false
		case w.app == "" && (w.free || tok[len(tok)-1] == ':') && name(program(tok)) != "":
			w.app, time = program(tok), false
		case w.free:
			w.unknown++
			return s
		default:
			return s
		}
		s = s[i:]
	}
}

// timeWord tells whether tok is part of a time, a counter or a mark: "*Mar", "1", "18:46:11.123:", "2024", "UTC:",
// "1w2d:", "000485:", "2024-01-29T14:30:15+01:00".
func timeWord(tok string) bool {
	t := strings.TrimLeft(tok, "*.")
	if t == "" || t == ":" || month(t) {
		return true
	}
	if t[0] == ':' && len(t) > 1 {
		t = t[1:]
	}
	if t[0] < '0' || t[0] > '9' {
		return false
	}
	for i := range len(t) {
		if strings.IndexByte("0123456789:.,+-/TZwdhy", t[i]) < 0 {
			return false
		}
	}
	_, err := netip.ParseAddr(strings.TrimSuffix(t, ":"))
	return err != nil
}

func month(t string) bool {
	return len(t) == 3 && strings.Contains(" Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec ", " "+t+" ")
}

// zone tells whether tok, behind a time, is a time zone: Cisco ends it with the colon of the time.
func zone(tok string) bool {
	if len(tok) < 2 || len(tok) > 6 || tok[len(tok)-1] != ':' && tok != "AM" && tok != "PM" {
		return false
	}
	for i := range len(tok) - 1 {
		if tok[i] < 'A' || tok[i] > 'Z' {
			return false
		}
	}
	return true
}

// name gives s where it can be the name or address of a host, else nothing.
func name(s string) string {
	if len(s) > maxName {
		return ""
	}
	for i := range len(s) {
		if !letter(s[i]) && strings.IndexByte("-_.:", s[i]) < 0 {
			return ""
		}
	}
	return s
}

// program gives the name out of "mib2d[1344]:".
func program(tok string) string {
	if i := strings.IndexAny(tok, "[:"); i >= 0 {
		tok = tok[:i]
	}
	return tok
}

func letter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
