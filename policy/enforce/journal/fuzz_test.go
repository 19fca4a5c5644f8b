package journal

import (
	"bytes"
	"testing"

	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

// FuzzDecode: whatever a disk gives back, reading does not fail, and what was understood can be written again.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"stage":"begin","at":"2026-01-02T03:04:05Z","run":"r1","act":"apply","pid":7}
{"stage":"intent","at":"2026-01-02T03:04:05Z","seq":1,"switch":"a","port":"Gi1/0/1","kind":"cycle-poe","args":"5s","before":{"admin":"up","link":"up","mode":"access","voice":{"mode":"tagged","vlan":110},"poe":{"admin":"auto","detect":"delivering","priority":"low"},"pse_proof":"mib"}}
{"stage":"outcome","at":"2026-01-02T03:04:06Z","seq":1,"switch":"a","port":"Gi1/0/1","kind":"cycle-poe","args":"5s","outcome":"done"}
{"stage":"end","at":"2026-01-02T03:05:05Z"}
`))
	f.Add([]byte(`{"stage":"intent","kind":"set-poe-limit","args":"-1 mW"}` + "\n" + `{"stage":"out`))
	f.Add([]byte("null\n[]\n{}\n\"\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, bad, err := decode(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("decode: %v", err)
		}
		if n := bytes.Count(b, []byte("\n")) + 1; len(r.entries)+len(bad) > n {
			t.Fatalf("%d entries and %d bad lines out of %d", len(r.entries), len(bad), n)
		}
		for _, e := range r.entries {
			line, err := entryToRecord(e).line()
			if err != nil {
				t.Fatalf("write %+v again: %v", e, err)
			}
			again, bad, err := decode(bytes.NewReader(line))
			if err != nil || len(bad) > 0 || len(again.entries) != 1 {
				t.Fatalf("read %s again: %+v %v", line, bad, err)
			}
		}
		for _, u := range r.unfinished() {
			switch u.Intent.Change.(type) {
			case switchctl.CyclePoE, switchctl.Bounce:
			default:
				t.Fatalf("%s is no cycle", u.Intent.Change)
			}
			if u.Intent.Stage != enforce.StageIntent {
				t.Fatalf("stage %s is no intent", u.Intent.Stage)
			}
		}
	})
}
