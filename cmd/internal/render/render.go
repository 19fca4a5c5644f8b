package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// Format is a way to write output.
type Format string

// The formats. Not every command has every one; Formats of a command says which.
const (
	Table Format = "table"
	JSON  Format = "json"
	YAML  Format = "yaml"
	CSV   Format = "csv"
	JUnit Format = "junit"
	SARIF Format = "sarif"
	HTML  Format = "html"
)

// Options say for whom output is.
type Options struct {
	Color bool
}

// Data writes a shape as JSON or YAML.
func Data(w io.Writer, f Format, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write %s: %w", f, err)
	}
	if f == YAML {
		// JSON is YAML: reading it as nodes keeps the names and the order of the JSON shape.
		var n yaml.Node
		if err := yaml.Unmarshal(b.Bytes(), &n); err != nil {
			return fmt.Errorf("write yaml: %w", err)
		}
		block(&n)
		b.Reset()
		enc := yaml.NewEncoder(&b)
		enc.SetIndent(2)
		if err := enc.Encode(&n); err != nil {
			return fmt.Errorf("write yaml: %w", err)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// block takes the flow style and the quotes of JSON off; the encoder quotes again what needs it.
func block(n *yaml.Node) {
	if len(n.Content) > 0 || n.Kind == yaml.ScalarNode {
		n.Style = 0
	}
	for _, c := range n.Content {
		block(c)
	}
}

// clean makes text of the network safe for a terminal: a system name may hold escape sequences.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return '\uFFFD'
		}
		return r
	}, s)
}
