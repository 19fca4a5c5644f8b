package advertise

import (
	"errors"
	"testing"
)

func TestMemo(t *testing.T) {
	t.Parallel()
	var m memo[string]
	decoded := 0
	hear := func(frame string) string {
		t.Helper()
		said, err := m.decode([]byte(frame), func(s *string) error {
			decoded++
			*s = frame // as far as it comes
			if frame == "bad" {
				return errors.New("malformed")
			}
			return nil
		})
		if (err != nil) != (frame == "bad") {
			t.Fatalf("decode %s: %v", frame, err)
		}
		if err != nil {
			return ""
		}
		return *said
	}
	for _, step := range []struct {
		frame   string
		decodes int
	}{
		{"a", 1},
		{"a", 1},
		{"b", 2},
		{"c", 3},
		{"d", 4},
		{"a", 4},
		{"b", 4},
		{"c", 4},
		{"d", 4}, // four are remembered
		{"bad", 5},
		{"bad", 6}, // not what says nothing
		{"a", 7},   // whose slot that spoilt
		{"b", 7},
		{"e", 8},
		{"b", 9},
	} {
		got := hear(step.frame)
		if step.frame != "bad" && got != step.frame || decoded != step.decodes {
			t.Fatalf("%s is heard as %q, with %d decoded; want %d", step.frame, got, decoded, step.decodes)
		}
	}
}

// TestManagementID: 0 is none.
func TestManagementID(t *testing.T) {
	t.Parallel()
	s := supply{manage: 65534}
	for _, want := range []uint16{65535, 1, 2} {
		if s.next(); s.manage != want {
			t.Fatalf("management id %d, want %d", s.manage, want)
		}
	}
}
