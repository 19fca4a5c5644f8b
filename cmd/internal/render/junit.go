package render

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"phoneport/cmd/internal/shape"
)

// The elements of JUnit's report, as CI systems read them: one suite a switch, one case a finding. A switch
// without findings has one case that passes, one that could not be read a case with an error.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Failures  int         `xml:"failures,attr"`
		Errors    int         `xml:"errors,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Timestamp string      `xml:"timestamp,attr"`
		Cases     []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitTrouble `xml:"failure"`
		Error   *junitTrouble `xml:"error"`
		Skipped *junitTrouble `xml:"skipped"`
	}
	junitTrouble struct {
		Type    string `xml:"type,attr,omitempty"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func junit(w io.Writer, r Report) error {
	a := r.Audit
	top := junitSuites{Name: "phoneport audit", Time: fmt.Sprintf("%.3f", a.FinishedAt.Sub(a.StartedAt).Seconds())}
	at := map[string]int{}
	suite := func(name string) *junitSuite {
		i, ok := at[name]
		if !ok {
			i = len(top.Suites)
			at[name] = i
			top.Suites = append(top.Suites, junitSuite{Name: xmlText(name), Timestamp: a.StartedAt.UTC().Format(time.RFC3339)})
		}
		return &top.Suites[i]
	}
	for _, id := range r.Read {
		suite(string(id))
	}
	for _, u := range a.Switches.Unreadable {
		s := suite(u.Name)
		s.Errors++
		s.Cases = append(s.Cases, junitCase{Class: xmlText(u.Name), Name: "read", Error: &junitTrouble{Message: xmlText(u.Error)}})
	}
	for _, f := range a.Findings {
		s := suite(owner(f))
		s.Failures++
		s.Cases = append(s.Cases, junitCase{
			Class: xmlText(owner(f)), Name: caseName(f), Failure: &junitTrouble{Type: f.Severity, Message: xmlText(f.Message), Text: xmlText(strings.Join(f.Evidence, "\n"))},
		})
	}
	for _, f := range a.Excepted {
		s := suite(owner(f))
		s.Skipped++
		s.Cases = append(s.Cases, junitCase{Class: xmlText(owner(f)), Name: caseName(f), Skipped: &junitTrouble{Message: xmlText(f.Exception.Reason)}})
	}
	for i := range top.Suites {
		s := &top.Suites[i]
		if len(s.Cases) == 0 {
			s.Cases = append(s.Cases, junitCase{Class: s.Name, Name: "audit"})
		}
		s.Tests = len(s.Cases)
		top.Tests += s.Tests
		top.Failures += s.Failures
		top.Errors += s.Errors
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(top); err != nil {
		return fmt.Errorf("write junit: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// owner is the switch of a finding; phones that are nowhere belong to the inventory.
func owner(f shape.Finding) string {
	if f.Switch == "" {
		return "inventory"
	}
	return f.Switch
}

func caseName(f shape.Finding) string {
	name := f.Rule
	for _, s := range []string{f.Port, f.Phone} {
		if s != "" {
			name += " " + s
		}
	}
	return xmlText(name)
}

// xmlText replaces what no XML document may hold (XML 1.0, 2.2): the encoder would write it.
func xmlText(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return '\uFFFD'
		}
		return r
	}, s)
}
