package policy

import (
	"cmp"
	"slices"
	"strings"

	"phoneport/switchctl"
)

// CompareRefs orders ports by switch and then as people count them: Gi1/0/2 before Gi1/0/10.
func CompareRefs(a, b switchctl.PortRef) int {
	return cmp.Or(strings.Compare(string(a.Switch), string(b.Switch)), comparePorts(a.Name, b.Name))
}

// comparePorts compares runs of digits as numbers and the rest octet by octet.
func comparePorts(a, b string) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		if !digit(a[i]) || !digit(b[j]) {
			if a[i] != b[j] {
				return cmp.Compare(a[i], b[j])
			}
			i, j = i+1, j+1
			continue
		}
		m, n := run(a, i), run(b, j)
		x, y := strings.TrimLeft(a[i:m], "0"), strings.TrimLeft(b[j:n], "0")
		if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
			return c
		}
		i, j = m, n
	}
	// Equal as numbers, different as text ("01" and "1"): the text decides, so that the order is total.
	return cmp.Or(cmp.Compare(len(a)-i, len(b)-j), strings.Compare(a, b))
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func run(s string, from int) int {
	to := from
	for to < len(s) && digit(s[to]) {
		to++
	}
	return to
}

// SortFindings puts findings by switch, port, rule, phone and message, so that two runs over one state print
// the same. What else they have breaks ties, for findings may come from anywhere in any order.
func SortFindings(fs []Finding) {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(
			CompareRefs(a.Port, b.Port),
			strings.Compare(a.Rule, b.Rule),
			slices.Compare(a.Phone[:], b.Phone[:]),
			strings.Compare(a.Message, b.Message),
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(b.Confidence, a.Confidence),
			slices.CompareFunc(a.Fix, b.Fix, compareChanges),
		)
	})
}

// compareChanges orders changes by port, by the order in which they are made, and by their arguments.
func compareChanges(a, b switchctl.Change) int {
	return cmp.Or(
		CompareRefs(a.Port(), b.Port()),
		cmp.Compare(rank(a), rank(b)),
		strings.Compare(a.Kind(), b.Kind()),
		strings.Compare(a.Args(), b.Args()),
	)
}
