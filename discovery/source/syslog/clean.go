package syslog

import (
	"strings"
	"unicode/utf8"
)

// Limits on untrusted text, in octets.
const (
	MaxLine   = 8192 // what is kept of one message; RFC 5425 section 4.3.1 wants at least this taken
	maxDetail = 1024 // of the text in an event
	maxName   = 255  // of a host name (RFC 5424 section 6)
	maxPort   = 64   // of the name of a port
	maxWord   = 48   // of each part of a code
)

// clean gives one line that is safe to show: no control characters, no marks that turn the direction of text, valid
// UTF-8. What is taken out becomes a blank, so that words stay apart.
func clean(line []byte) string {
	if len(line) > MaxLine {
		line = line[:MaxLine]
	}
	for len(line) > 0 && line[len(line)-1] <= ' ' {
		line = line[:len(line)-1]
	}
	s := strings.TrimPrefix(string(line), "\ufeff")
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return strings.TrimSpace(strings.Map(safe, strings.ToValidUTF8(s, "\ufffd")))
		}
	}
	return strings.TrimSpace(s)
}

// safe replaces what changes more than itself on a screen or in a file.
func safe(r rune) rune {
	switch {
	case r < ' ', 0x7f <= r && r <= 0x9f, // C0, DEL, C1
		0x200b <= r && r <= 0x200f, 0x2028 <= r && r <= 0x202e, 0x2066 <= r && r <= 0x2069, r == 0xfeff:
		return ' '
	}
	return r
}

// limit cuts s to n octets at the border of a character.
func limit(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
