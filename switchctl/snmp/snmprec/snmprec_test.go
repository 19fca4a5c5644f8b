package snmprec_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/switchctl/snmp/snmprec"
)

func TestReadKeepsGoodLines(t *testing.T) {
	t.Parallel()
	const text = "# a recording\r\n" +
		"1.3.6.1.2.1.2.2.1.2.2|4|second\n" +
		"1.3.6.1.2.1.2.2.1.2.1|4|first|with a bar\n" +
		"1.3.6.1.2.1.2.2.1.2.1|4|again\n" +
		"1.3.6.1.2.1.2.2.1.6.1|4x|001122aabbcc\n" +
		"1.3.6.1.2.1.1.3.0|67|<private>\n" +
		"1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.9.1.1208\n" +
		"1.3.6.1.2.1.4.20.1.1.10.0.0.1|64|10.0.0.1\n" +
		"1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615\n" +
		"1.3.6.1.2.1.99.1|5|\n" +
		"1.3.6.1.2.1.99.2|2:numeric|max=100,offset=50\n" +
		"rubbish\n" +
		"1.3.x|2|1\n" +
		"1.3.6|9|1\n" +
		"1.3.6|2|99999999999\n" +
		"1.3.6|4x|0g\n"
	w, err := snmprec.Read(strings.NewReader(text))
	for _, want := range []string{"line 6: parse variable 1.3.6.1.2.1.1.3.0", "line 12:", "line 13:", "line 14:", "line 15:", "line 16:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error lacks %q: %v", want, err)
		}
	}
	var got []string
	for _, r := range w {
		got = append(got, r.OID.String()+" "+r.Value.Text())
	}
	want := []string{
		"1.3.6.1.2.1.1.2.0 1.3.6.1.4.1.9.1.1208",
		"1.3.6.1.2.1.2.2.1.2.1 first|with a bar",
		"1.3.6.1.2.1.2.2.1.2.2 second",
		"1.3.6.1.2.1.2.2.1.6.1 \x00\x11\"\uFFFD",
		"1.3.6.1.2.1.4.20.1.1.10.0.0.1 10.0.0.1",
		"1.3.6.1.2.1.31.1.1.1.6.1 18446744073709551615",
		"1.3.6.1.2.1.99.2 50",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestRoundTrip reads every recording of the corpus, writes it and reads it again.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../../../../shared/corpus/snmp/*/*.snmprec")
	if len(files) == 0 {
		t.Skip("SKIPPED: ../shared/corpus is not beside the project: no recording was read")
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			w, err := snmprec.Read(bytes.NewReader(b))
			if err != nil {
				t.Logf("bad lines: %v", err)
			}
			if lines := bytes.Count(b, []byte("\n")); len(w) < lines*9/10 {
				t.Errorf("only %d of %d lines were read", len(w), lines)
			}
			var out bytes.Buffer
			if err := snmprec.Write(&out, w); err != nil {
				t.Fatal(err)
			}
			again, err := snmprec.Read(&out)
			if err != nil {
				t.Fatal(err)
			}
			same(t, w, again)
		})
	}
}

// same compares record by record: recordings are too long for a diff of the whole.
func same(t *testing.T, want, got snmprec.Walk) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%d records were written, %d were read", len(want), len(got))
	}
	for i := range min(len(want), len(got)) {
		if want[i].OID.Compare(got[i].OID) != 0 || want[i].Value != got[i].Value {
			t.Fatalf("record %d: %s = %q was written, %s = %q was read", i, want[i].OID, want[i].Value.Text(), got[i].OID, got[i].Value.Text())
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("1.3.6.1.2.1.2.2.1.2.2|4|second\n1.3.6.1.2.1.2.2.1.6.1|4x|001122aabbcc\n")
	f.Add("1.3.6.1.2.1.1.3.0|67|<private>\n#\n\n|||\n")
	f.Add("1.3.6.1.2.1.4.20.1.1|64x|0a000001\n1.3|64|10.0.0.1\n1.3.6|6|.1.3\n1.3.7|6|\n")
	f.Fuzz(func(t *testing.T, s string) {
		w, _ := snmprec.Read(strings.NewReader(s))
		var out bytes.Buffer
		if err := snmprec.Write(&out, w); err != nil {
			t.Fatalf("write what was read: %v", err)
		}
		again, err := snmprec.Read(&out)
		if err != nil {
			t.Fatalf("read what was written: %v\n%s", err, out.String())
		}
		same(t, w, again)
	})
}
