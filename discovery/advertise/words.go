package advertise

import (
	"fmt"
	"strconv"
)

var modes = [...]string{"auto", "off", "forced"}

// String gives the word that configuration and output use.
func (m Mode) String() string { return word(modes[:], int(m)) }

// MarshalText gives the word.
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads the word.
func (m *Mode) UnmarshalText(b []byte) error {
	for i, w := range modes {
		if w == string(b) {
			*m = Mode(i)
			return nil
		}
	}
	return fmt.Errorf("parse mode: %q is none of %q", b, modes)
}

var noticeKinds = [...]string{
	"unknown", "neighbor", "speaker", "speaker-gone", "malformed", "power-requested", "power-granted", "query-answered",
	"med-started", "encode-failed", "send-failed",
}

// String gives the word that output uses.
func (k NoticeKind) String() string { return word(noticeKinds[:], int(k)) }

// MarshalText gives the word.
func (k NoticeKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

func word(words []string, i int) string {
	if i >= len(words) {
		return "invalid(" + strconv.Itoa(i) + ")"
	}
	return words[i]
}
