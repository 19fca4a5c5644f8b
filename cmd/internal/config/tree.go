package config

import (
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"phoneport/discovery"
)

// maxNodes bounds what aliases may blow a file up to; a fleet of 50,000 switches has under a million.
const (
	maxNodes = 5_000_000
	maxDepth = 64
)

// tree is a YAML file as maps and lists for viper, with the line of every key. It is read against the raw
// structs, not as untyped YAML, for three reasons: unknown keys can be named with their line; a text is
// taken as it is written (an unquoted community 0123 stays "0123" and is not the number 83); and a key
// that stands twice is an error.
type tree struct {
	values map[string]any
	lines  map[string]int // key path, such as switches[3].address → line
	name   string         // file name for messages
	nodes  int
	errs   []error
}

// parseTree reads YAML. The error joins all mistakes found.
func parseTree(name string, r io.Reader) (*tree, error) {
	t := &tree{name: name, lines: map[string]int{}, values: map[string]any{}}
	dec := yaml.NewDecoder(r)
	var doc yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return t, nil // an empty file configures nothing
	case err != nil:
		return t, syntaxError(name, err)
	}
	var next yaml.Node
	if err := dec.Decode(&next); !errors.Is(err, io.EOF) {
		if err != nil {
			return t, syntaxError(name, err)
		}
		return t, fmt.Errorf("%s:%d: a second document begins here; a configuration is one document", name, next.Line)
	}
	root := &doc
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		root = doc.Content[0]
	}
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return t, nil
	}
	if m, ok := t.walk(root, reflect.TypeFor[raw](), "", 0).(map[string]any); ok {
		t.values = m
	}
	return t, errors.Join(t.errs...)
}

// syntaxError gives "yaml: line 3: …" the form of all other mistakes.
func syntaxError(name string, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		return fmt.Errorf("%s:%s", name, rest)
	}
	return fmt.Errorf("%s: %s", name, text)
}

func (t *tree) errf(line int, path, format string, args ...any) {
	if path != "" {
		path += ": "
	}
	text := fmt.Sprintf("%s:%d: %s%s", t.name, line, path, fmt.Sprintf(format, args...))
	t.errs = append(t.errs, &mistake{line: line, text: text})
}

// walk gives the value of n for a field of type typ, or nil where there is none.
func (t *tree) walk(n *yaml.Node, typ reflect.Type, path string, depth int) any {
	if t.nodes++; t.nodes > maxNodes || depth > maxDepth {
		if t.nodes <= maxNodes+1 {
			t.errf(n.Line, path, "too deep or too large")
			t.nodes = maxNodes + 1
		}
		return nil
	}
	if path != "" {
		t.lines[path] = n.Line
	}
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	switch {
	case typ.Kind() == reflect.Struct && !isText(typ):
		if n.Kind != yaml.MappingNode {
			t.errf(n.Line, path, "is %s, and must be keys with values", kindWord(n))
			return nil
		}
		return t.mapping(n, typ, path, depth)
	case typ.Kind() == reflect.Slice:
		if n.Kind == yaml.ScalarNode && typ.Elem().Kind() == reflect.String {
			return []any{n.Value} // a list of one text may be written as the text
		}
		if n.Kind != yaml.SequenceNode {
			t.errf(n.Line, path, "is %s, and must be a list (lines that begin with -)", kindWord(n))
			return nil
		}
		list := make([]any, 0, len(n.Content))
		for i, c := range n.Content {
			list = append(list, t.walk(c, typ.Elem(), path+"["+strconv.Itoa(i)+"]", depth+1))
		}
		return list
	}
	if n.Kind != yaml.ScalarNode {
		t.errf(n.Line, path, "is %s, and must be one value", kindWord(n))
		return nil
	}
	return t.scalar(n, typ, path)
}

func (t *tree) mapping(n *yaml.Node, typ reflect.Type, path string, depth int) map[string]any {
	m := make(map[string]any, len(n.Content)/2)
	fields := fieldsOf(typ)
	for _, p := range t.pairs(n, path, depth) {
		key, at := p.key.Value, p.key.Value
		if path != "" {
			at = path + "." + key
		}
		field, ok := fields[key]
		if !ok {
			t.errf(p.key.Line, "", "%s: unknown key%s", at, hint(key, fields))
			continue
		}
		if val := t.walk(p.value, field, at, depth+1); val != nil {
			m[key] = val
		}
		t.lines[at] = p.key.Line
	}
	return m
}

type pair struct{ key, value *yaml.Node }

// pairs gives the keys of a mapping: its own, then those of YAML merge keys (<<) that it does not set.
func (t *tree) pairs(n *yaml.Node, path string, depth int) []pair {
	var own, merged []pair
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		p := pair{n.Content[i], n.Content[i+1]}
		line, twice := lines[p.key.Value]
		switch {
		case p.key.Tag == "!!merge":
			merged = append(merged, t.mergePairs(p.value, path, depth+1)...)
		case twice:
			t.errf(p.key.Line, path, "key %q stands twice, first in line %d", p.key.Value, line)
		default:
			lines[p.key.Value] = p.key.Line
			own = append(own, p)
		}
	}
	for _, p := range merged {
		if _, set := lines[p.key.Value]; !set {
			lines[p.key.Value] = p.key.Line
			own = append(own, p)
		}
	}
	return own
}

// mergePairs gives the keys behind a merge key: of one mapping, or of a list of them.
func (t *tree) mergePairs(n *yaml.Node, path string, depth int) (out []pair) {
	if t.nodes++; depth > maxDepth || t.nodes > maxNodes {
		return nil // walk reports it
	}
	for n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.MappingNode:
		return t.pairs(n, path, depth)
	case yaml.SequenceNode:
		for _, c := range n.Content {
			out = append(out, t.mergePairs(c, path, depth+1)...)
		}
		return out
	}
	t.errf(n.Line, path, "<< is %s, and must be an alias of keys with values", kindWord(n))
	return nil
}

// scalar checks a value against its type where the message can be better than the decoder's.
func (t *tree) scalar(n *yaml.Node, typ reflect.Type, path string) any {
	if isText(typ) || typ == reflect.TypeFor[time.Duration]() || typ == reflect.TypeFor[discovery.Milliwatts]() {
		return n.Value
	}
	switch typ.Kind() {
	case reflect.Int:
		v, err := strconv.Atoi(n.Value)
		if err != nil {
			t.errf(n.Line, path, "%q is no whole number", n.Value)
			return nil
		}
		return v
	case reflect.Float64:
		v, err := strconv.ParseFloat(n.Value, 64)
		if err != nil {
			t.errf(n.Line, path, "%q is no number", n.Value)
			return nil
		}
		return v
	case reflect.Bool:
		var v bool
		if err := n.Decode(&v); err != nil {
			t.errf(n.Line, path, "%q is neither true nor false", n.Value)
			return nil
		}
		return v
	}
	return n.Value
}

// isText reports whether values of typ are read from text by the type itself.
func isText(typ reflect.Type) bool {
	return reflect.PointerTo(typ).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func fieldsOf(typ reflect.Type) map[string]reflect.Type {
	m := make(map[string]reflect.Type, typ.NumField())
	for i := range typ.NumField() {
		m[typ.Field(i).Tag.Get("mapstructure")] = typ.Field(i).Type
	}
	return m
}

func kindWord(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a group of keys"
	case yaml.SequenceNode:
		return "a list"
	}
	return strconv.Quote(n.Value)
}

// hint names the known key that is nearest to an unknown one.
func hint(key string, fields map[string]reflect.Type) string {
	best, dist := "", 3
	for f := range fields {
		if d := distance(strings.ToLower(key), f); d < dist || d == dist && best != "" && f < best {
			best, dist = f, d
		}
	}
	if best == "" {
		return ""
	}
	return " (did you mean " + best + "?)"
}

// distance is the number of letters to insert, drop, replace or swap to make b out of a.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	var prev, cur, before [65]int
	for j := range len(b) + 1 {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev = prev, cur
	}
	return prev[len(b)]
}
