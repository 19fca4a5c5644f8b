package inventory

import "strings"

// vendors gives the spellings of the makers of phones, in lower case; a longer one stands before one that
// it begins with.
var vendors = [...]struct{ alias, name string }{
	{"cisco", "Cisco"},
	{"linksys", "Cisco"}, // the SPA series, sold under both names
	{"avaya", "Avaya"},
	{"nortel", "Avaya"}, // Avaya took the phones of Nortel over in 2009
	{"polycom", "Poly"},
	{"poly", "Poly"},
	{"yealink", "Yealink"},
	{"snom", "Snom"},
	{"grandstream", "Grandstream"},
	{"mitel", "Mitel"},
	{"aastra", "Mitel"}, // merged in 2014
	{"fanvil", "Fanvil"},
	{"panasonic", "Panasonic"},
	{"siemens", "Unify"},
	{"unify", "Unify"},
	{"gigaset", "Gigaset"},
	{"alcatel-lucent", "Alcatel-Lucent"},
	{"alcatel", "Alcatel-Lucent"},
	{"audiocodes", "AudioCodes"},
	{"htek", "Htek"},
	{"konftel", "Konftel"},
	{"nec", "NEC"},
	{"huawei", "Huawei"},
	{"shoretel", "ShoreTel"},
	{"spectralink", "Spectralink"},
	{"algo", "Algo"},
}

// NormalVendor gives one name to a maker: "Cisco Systems, Inc." is Cisco, Polycom is Poly. A maker that is
// not known is returned as it is, without blanks around it.
func NormalVendor(s string) string {
	s = strings.TrimSpace(s)
	low := strings.ToLower(s)
	for _, v := range vendors {
		if rest, ok := strings.CutPrefix(low, v.alias); ok && !letter(rest) {
			return v.name
		}
	}
	return s
}

// vendorIn gives the maker that a text in lower case names first, or "".
func vendorIn(low string) string {
	best, name := len(low), ""
	for _, v := range vendors {
		i := strings.Index(low, v.alias)
		if i >= 0 && i < best && (i == 0 || !letter(low[i-1:])) && !letter(low[i+len(v.alias):]) {
			best, name = i, v.name
		}
	}
	return name
}

// letter reports whether s begins with a letter of a to z.
func letter(s string) bool { return s != "" && s[0] >= 'a' && s[0] <= 'z' }
