package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
)

// masked is what every printed form of a secret says.
const masked = "***"

// maxSecretFile bounds what is read of a secret file: keys and communities are far shorter.
const maxSecretFile = 64 << 10

// Secret is a community or a key. However it is printed, marshalled or logged it says ***, so that no
// log, dump or error can give it away; Reveal is the only way to the text.
type Secret struct {
	text     string // as written: literal, env:NAME, file:PATH, text:LITERAL
	value    string
	resolved bool
}

// NewSecret makes a secret of a literal text, whatever it begins with.
func NewSecret(s string) Secret { return Secret{text: "text:" + s, value: s, resolved: true} }

// Reveal gives the text. Only what opens a session may call it.
func (s Secret) Reveal() string { return s.value }

// IsZero reports whether nothing is configured.
func (s Secret) IsZero() bool { return s.text == "" }

// Literal reports whether the secret is written out in the configuration itself.
func (s Secret) Literal() bool {
	return !s.IsZero() && !strings.HasPrefix(s.text, "env:") && !strings.HasPrefix(s.text, "file:")
}

// String gives *** or nothing.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return masked
}

// Format gives *** for every verb, %#v too: fmt would else print the fields.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText gives *** or nothing.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue gives *** or nothing.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// UnmarshalText takes the text as written; Resolve fetches what it points to.
func (s *Secret) UnmarshalText(b []byte) error {
	*s = Secret{text: string(b)}
	return nil
}

// Equal lets go-cmp compare secrets.
func (s Secret) Equal(t Secret) bool { return s == t }

// ParseSecret reads a secret given on the command line: a literal, env:NAME or file:PATH. warning is
// not empty where a file is open to others.
func ParseSecret(text string, getenv func(string) (string, bool)) (s Secret, warning string, err error) {
	s = Secret{text: text}
	warning, err = s.resolve("", getenv)
	return s, warning, err
}

// resolve fetches the text of env:NAME and file:PATH; dir is where relative paths start. No error
// quotes the text: it may be a secret that somebody mistyped.
func (s *Secret) resolve(dir string, getenv func(string) (string, bool)) (warning string, err error) {
	kind, rest, _ := strings.Cut(s.text, ":")
	switch {
	case s.resolved, s.text == "":
		return "", nil
	case kind == "env" && strings.Contains(s.text, ":"):
		v, ok := getenv(rest)
		if !ok || v == "" {
			return "", fmt.Errorf("read environment variable %s: not set or empty", rest)
		}
		s.value = v
	case kind == "file" && strings.Contains(s.text, ":"):
		s.value, warning, err = secretFile(resolvePath(dir, rest))
		if err != nil {
			return "", err
		}
	case kind == "text" && strings.Contains(s.text, ":"):
		s.value = rest
	default:
		s.value = s.text
	}
	s.resolved = true
	return warning, nil
}

func secretFile(path string) (value, warning string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", "", fmt.Errorf("read secret file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", "", fmt.Errorf("read secret file: %w", err)
	}
	if info.IsDir() {
		return "", "", fmt.Errorf("read secret file %s: %w", path, errors.New("is a folder"))
	}
	b, err := io.ReadAll(io.LimitReader(f, maxSecretFile+1))
	if err != nil {
		return "", "", fmt.Errorf("read secret file %s: %w", path, err)
	}
	if len(b) > maxSecretFile {
		return "", "", fmt.Errorf("read secret file %s: longer than %d octets", path, maxSecretFile)
	}
	b = bytes.TrimRight(b, "\r\n")
	if len(b) == 0 {
		return "", "", fmt.Errorf("read secret file %s: empty", path)
	}
	return string(b), tooOpen(path, info.Mode()), nil
}

// tooOpen gives a warning where others than owner and group may read the file. Group is let pass: it is
// how service accounts and mounted secrets are given access.
func tooOpen(path string, mode fs.FileMode) string {
	if mode.Perm()&0o007 == 0 {
		return ""
	}
	return fmt.Sprintf("%s holds a secret and has mode %04o: others on this machine can use it; chmod 600 it", path, mode.Perm())
}

// resolvePath makes a path of the configuration absolute or relative to the working directory.
func resolvePath(dir, path string) string {
	if filepath.IsAbs(path) || dir == "" {
		return path
	}
	return filepath.Join(dir, path)
}
