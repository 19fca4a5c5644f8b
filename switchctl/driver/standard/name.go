package standard

import (
	"strings"
)

// shortNames maps the long words of interface names, in lower case, to the short ones that ifName uses.
var shortNames = []struct{ long, short string }{
	{"hundredgigabitethernet", "hu"},
	{"hundredgige", "hu"},
	{"fortygigabitethernet", "fo"},
	{"fortygige", "fo"},
	{"twentyfivegigabitethernet", "twe"},
	{"twentyfivegige", "twe"},
	{"ten-gigabitethernet", "te"},
	{"tengigabitethernet", "te"},
	{"tengige", "te"},
	{"fivegigabitethernet", "fi"},
	{"twogigabitethernet", "tw"},
	{"multigigabitethernet", "mgi"},
	{"gigabitethernet", "gi"},
	{"gige", "gi"},
	{"fastethernet", "fa"},
	{"appgigabitethernet", "ap"},
	{"port-channel", "po"},
	{"portchannel", "po"},
	{"ethernet", "et"},
	{"eth", "et"},
	{"gig", "gi"},
	{"ge", "gi"},
	{"fas", "fa"},
	{"ten", "te"},
}

// NameKey gives the form of an interface name in which the long and the short spelling are the same:
// GigabitEthernet1/0/1 and Gi1/0/1 both give "gi1/0/1". It is for finding ports only, never shown.
func NameKey(name string) string {
	s := strings.ToLower(strings.TrimSpace(name))
	i := strings.IndexAny(s, "0123456789")
	if i <= 0 {
		return s
	}
	word, rest := strings.TrimRight(s[:i], " "), s[i:]
	for _, n := range shortNames {
		if word == n.long {
			return n.short + rest
		}
	}
	return word + rest
}

// naturalCompare orders names as people do: Gi1/0/2 before Gi1/0/10.
func naturalCompare(a, b string) int {
	for a != "" && b != "" {
		na, nb := digits(a), digits(b)
		if na > 0 && nb > 0 {
			x, y := strings.TrimLeft(a[:na], "0"), strings.TrimLeft(b[:nb], "0")
			if len(x) != len(y) {
				return len(x) - len(y)
			}
			if c := strings.Compare(x, y); c != 0 {
				return c
			}
			a, b = a[na:], b[nb:]
			continue
		}
		if a[0] != b[0] {
			return int(a[0]) - int(b[0])
		}
		a, b = a[1:], b[1:]
	}
	return len(a) - len(b)
}

// digits gives how many digits s begins with.
func digits(s string) int {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return i
}

// nameNumbers gives the numbers at the end of an interface name that are parted by slashes, dots or colons:
// ge-0/0/5 gives 0 0 5, Port 7 gives 7, 1/0/3 gives 1 0 3. Numbers too large for a port give nil.
func nameNumbers(name string) []int {
	i := len(name)
	for i > 0 && (name[i-1] >= '0' && name[i-1] <= '9' || strings.IndexByte("/.:", name[i-1]) >= 0) {
		i--
	}
	var out []int
	for _, f := range strings.FieldsFunc(name[i:], func(r rune) bool { return r == '/' || r == '.' || r == ':' }) {
		n := 0
		if len(f) > 6 {
			return nil
		}
		for _, c := range f {
			n = 10*n + int(c-'0')
		}
		out = append(out, n)
	}
	return out
}
