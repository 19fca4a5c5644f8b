package inventory

import (
	"regexp"
	"strings"
	"unicode"
)

// NormalModel gives one spelling to the model of a phone, whatever its source: a CDP platform, an LLDP
// system description, an LLDP-MED model name or a provisioning system. vendor may be "" or any spelling
// of the maker, which then decides what a bare number means.
//
//	"", "Cisco IP Phone 8841"          → Cisco, CP-8841
//	"Cisco Systems, Inc.", "CP-7962G"  → Cisco, CP-7962
//	"", "Polycom;VVX-VVX_410;3111…"    → Poly, VVX410
//	"yealink", "T46S"                  → Yealink, SIP-T46S
//	"Avaya", "9608D01A"                → Avaya, 9608
//
// A model that is not known is returned as it is, without blanks around it.
func NormalModel(vendor, model string) (normalVendor, normalModel string) {
	id := identify(vendor, model)
	return id.vendor, id.model
}

// MatchModel reports whether model is one that pattern means; see ModelMatcher.
func MatchModel(pattern, model string) bool { return ModelMatcher(pattern)(model) }

// ModelMatcher gives a test for models. pattern may have * and ?, and both may have any spelling that
// NormalModel knows: "CP-88*", "Cisco IP Phone 8841" and "8841" all match CP-8841. Case, blanks, dashes
// and underscores do not matter. An empty pattern matches every model, also an unknown one.
func ModelMatcher(pattern string) func(model string) bool {
	if pattern == "" {
		return func(string) bool { return true }
	}
	if !strings.ContainsAny(pattern, "*?") {
		_, pattern = NormalModel("", pattern)
	}
	p := foldModel(pattern)
	bare := bareModel(p)
	return func(model string) bool {
		_, model = NormalModel("", model)
		m := foldModel(model)
		return glob(p, m) || glob(bare, bareModel(m))
	}
}

// MatchVendor reports whether two spellings of a maker mean the same; an empty pattern matches all, and
// pattern may have * and ?.
func MatchVendor(pattern, vendor string) bool {
	return pattern == "" || sameVendor(pattern, vendor) || glob(strings.ToLower(pattern), strings.ToLower(vendor))
}

func sameVendor(a, b string) bool { return strings.EqualFold(NormalVendor(a), NormalVendor(b)) }

func sameModel(a, b string) bool {
	_, a = NormalModel("", a)
	_, b = NormalModel("", b)
	return bareModel(foldModel(a)) == bareModel(foldModel(b))
}

// identity is what a text says of the device that it describes.
type identity struct {
	vendor, model string
	exact         bool // a rule knew the model; else model is the text as it came
	phone         bool // only a phone describes itself so
}

// modelRule reads the models of one family. Its expression runs only on texts that have one of its words,
// as most descriptions that a campus has to offer are of switches.
type modelRule struct {
	vendor string
	words  []string // lower case; nil = only where the vendor is known to be this one
	re     *regexp.Regexp
	model  string // template of Expand
	phone  bool   // a text that matches describes a phone, and nothing else
	upper  bool
}

// modelRules are tried in order. Cisco's bare numbers are those of the phone series only: "Cisco 7206" is
// a router.
var modelRules = []modelRule{
	{"Cisco", []string{"cp-"}, regexp.MustCompile(`(?i)\bCP-(\d{4}[A-Z0-9-]*)`), "CP-$1", true, true},
	{"Cisco", []string{"cisco", "unified ip"}, regexp.MustCompile(`(?i)\b(?:cisco|unified)\b.*?\bphone[ -](?:CP-)?(\d{4}[A-Z0-9-]*)`), "CP-$1", true, true},
	{"Cisco", []string{"ip phone"}, regexp.MustCompile(`(?i)^IP Phone ((?:69|78|79|88|89|99)\d\d[A-Z0-9-]*)`), "CP-$1", true, true},
	{"Cisco", []string{"cisco"}, regexp.MustCompile(`(?i)^cisco ((?:39(?:05|11|51)|68[2-7]1|69\d\d|78[0-9]1|79[0-9]\d|88\d\d|89\d\d|99[57]1)[A-Z]*(?:-[A-Z0-9-]+)?)$`), "CP-$1", false, true},
	{"Cisco", nil, regexp.MustCompile(`(?i)^(\d{4}[A-Z]*(?:-[A-Z0-9-]+)?)$`), "CP-$1", false, true},
	{"Cisco", []string{"spa"}, regexp.MustCompile(`(?i)\bSPA-?(\d{3}[A-Z0-9]*)\b`), "SPA$1", true, true},
	{"Cisco", []string{"ata"}, regexp.MustCompile(`(?i)\bATA[ -]?(1[89]\d)\b`), "ATA$1", true, true},
	{"Poly", []string{"vvx"}, regexp.MustCompile(`(?i)\bVVX[-_ ]*(?:VVX[-_ ]*)?(D?\d{2,4}x?)`), "VVX$1", true, true},
	{"Poly", []string{"soundpoint", "spip"}, regexp.MustCompile(`(?i)(?:SoundPoint[-_ ]*IP|SPIP)[-_ ]*(?:SPIP[-_ ]*)?(\d{3})`), "SoundPoint IP $1", true, false},
	{"Poly", []string{"soundstation", "ssip"}, regexp.MustCompile(`(?i)(?:SoundStation[-_ ]*IP|SSIP)[-_ ]*(?:SSIP[-_ ]*)?(\d{4})`), "SoundStation IP $1", true, false},
	{"Poly", []string{"ccx"}, regexp.MustCompile(`(?i)\bCCX[-_ ]*(?:CCX[-_ ]*)?(\d{3})\b`), "CCX$1", true, true},
	{"Poly", []string{"trio"}, regexp.MustCompile(`(?i)\b(?:RealPresence)?Trio[-_ ]*(?:Trio[-_ ]*)?([CV]?\d{2,4})\b`), "Trio $1", true, false},
	{"Poly", []string{"edge"}, regexp.MustCompile(`(?i)\bpoly.*Edge[-_ ]*(?:Edge[-_ ]*)?([EB]\d{2,3})\b`), "Edge $1", true, false},
	{"Yealink", []string{"sip-t", "sip-cp", "sip-vp", "sip t"}, regexp.MustCompile(`(?i)\bSIP[- ]((?:T|CP|VP)\d{2,3}[A-Z]{0,3})\b`), "SIP-$1", true, true},
	{"Yealink", nil, regexp.MustCompile(`(?i)\b((?:T|CP|VP)\d{2,3}[A-Z]{0,3})\b`), "SIP-$1", false, true},
	{"Yealink", nil, regexp.MustCompile(`(?i)\b((?:MP|W|AX)\d{2,3}[A-Z]{0,3})\b`), "$1", false, true},
	{"Yealink", []string{"t"}, regexp.MustCompile(`(?i)^(T[1-5]\d[A-Z]{0,2})$`), "SIP-$1", false, true},
	{"Snom", []string{"snom"}, regexp.MustCompile(`(?i)snom[-_ /]*([DMC]?\d{3}[A-Z]{0,2})\b`), "$1", true, true},
	{"Snom", nil, regexp.MustCompile(`(?i)\b([DMC]?\d{3}[A-Z]{0,2})\b`), "$1", false, true},
	{"Grandstream", []string{"gxp", "grp", "gxv", "gac", "ghp"}, regexp.MustCompile(`(?i)\b(GXP|GRP|GXV|GAC|GHP)[-_ ]?(\d{3,4}[A-Z]{0,2})`), "$1$2", true, true},
	{"Grandstream", nil, regexp.MustCompile(`(?i)\b(HT|DP|WP)[-_ ]?(\d{3,4}[A-Z]{0,2})\b`), "$1$2", false, true},
	{"Avaya", []string{"avaya", "nortel"}, regexp.MustCompile(`(?i)\b(?:avaya|nortel)\b.*?phone\b.*?\b([JK]\d{3}|\d{4}[A-Z]{0,2}\+?)(?:D\d\d[A-Z].*)?(?:\W|$)`), "$1", true, true},
	{"Avaya", []string{"avaya", "nortel"}, regexp.MustCompile(`(?i)^(?:avaya|nortel)[ -]([JK]\d{3}|\d{4}[A-Z]{0,2}\+?)(?:D\d\d[A-Z].*)?$`), "$1", false, true},
	{"Avaya", []string{"ip deskphone"}, regexp.MustCompile(`(?i)^(\d{4}[A-Z]?) IP Deskphone`), "$1", true, true},
	{"Avaya", nil, regexp.MustCompile(`(?i)^([JK]\d{3}|\d{4})D\d\d[A-Z]`), "$1", false, true},
	{"Avaya", nil, regexp.MustCompile(`(?i)^([JK]\d{3}|\d{4}[A-Z]{0,2}\+?)$`), "$1", false, true},
	{"Mitel", []string{"mitel", "aastra", "mivoice"}, regexp.MustCompile(`(?i)\b(?:mitel|aastra|mivoice)\b.*?\b(\d{4}[a-z]?)\b`), "$1", false, false},
	{"Mitel", nil, regexp.MustCompile(`(?i)\b(\d{4}[a-z]?)\b`), "$1", false, false},
	{"Fanvil", []string{"fanvil"}, regexp.MustCompile(`(?i)fanvil[-_ ]*([A-Z]\d{1,3}[A-Z]{0,3})\b`), "$1", true, true},
	{"Panasonic", []string{"kx-"}, regexp.MustCompile(`(?i)\b(KX-(?:NT|HDV|UT|TGP|UDS)\d{2,4}[A-Z]{0,2})`), "$1", true, true},
	{"Unify", []string{"openstage"}, regexp.MustCompile(`(?i)\bOpenStage[-_ ]*(\d{2}[A-Z]?)`), "OpenStage $1", true, false},
	{"Unify", []string{"openscape"}, regexp.MustCompile(`(?i)\bOpenScape.*?\b(CP\d{3}[A-Z]?|\d{2}G)\b`), "OpenScape $1", true, false},
	{"Alcatel-Lucent", []string{"alcatel", "ale "}, regexp.MustCompile(`(?i)\b(?:alcatel|ale)\b.*?\b(?:phone|deskphone|touch)\b.*?\b(\d{4}s?)\b`), "$1", true, false},
	{"AudioCodes", []string{"hd"}, regexp.MustCompile(`(?i)^(?:AudioCodes[-_ ]*)?(C?4\d\dHD)\b`), "$1", true, true},
	{"Htek", []string{"htek"}, regexp.MustCompile(`(?i)htek[-_ ]*(UC\d{3}[A-Z]?)`), "$1", true, true},
	{"Gigaset", []string{"gigaset"}, regexp.MustCompile(`(?i)gigaset[-_ ]*(Maxwell[-_ ]*\w+|N\d{3}\w*|DE\d{3}\w*)`), "$1", true, false},
	{"NEC", []string{"nec"}, regexp.MustCompile(`(?i)\bnec\b.*?\b((?:DT|ITL|ITZ|ITK|ITY)-?\d{1,3}[A-Z0-9-]*)`), "$1", true, true},
	{"NEC", []string{"dt7", "dt8", "dt9"}, regexp.MustCompile(`(?i)^(DT[789]\d0)\b`), "$1", true, true},
	{"Konftel", []string{"konftel"}, regexp.MustCompile(`(?i)konftel[-_ ]*(\d{2,3}\w*)`), "$1", true, false},
	{"Huawei", []string{"espace"}, regexp.MustCompile(`(?i)\beSpace[-_ ]*([78]\d{3})\b`), "eSpace $1", true, false},
	{"ShoreTel", []string{"shoretel"}, regexp.MustCompile(`(?i)shoretel.*?\b(IP\d{3}\w?)\b`), "$1", true, true},
}

// identify reads what text says. The maker that the caller knows otherwise comes first.
func identify(vendor, text string) identity {
	text = strings.TrimSpace(text)
	id := identity{vendor: NormalVendor(vendor), model: text}
	if text == "" {
		return id
	}
	low := strings.ToLower(text)
	// A maker that is not known decides nothing: Avaya 1220 phones call theirs Phone-05.
	maker := vendorIn(strings.ToLower(id.vendor))
	if maker == "" {
		maker = vendorIn(low)
	}
	// A switch, a router and an access point say so; their numbers are not those of phones.
	network := strings.Contains(low, "switch") || strings.Contains(low, "router") || strings.Contains(low, "access point")
	for i := range modelRules {
		r := &modelRules[i]
		if network && !strings.Contains(low, "phone") {
			break
		}
		if !r.applies(maker, low) {
			continue
		}
		at := r.re.FindStringSubmatchIndex(text)
		if at == nil {
			continue
		}
		model := string(r.re.ExpandString(nil, r.model, text, at))
		if r.upper {
			model = strings.ToUpper(model)
		}
		if r.vendor == "Cisco" {
			model = ciscoModel(model)
		}
		return identity{r.vendor, model, true, r.phone}
	}
	if id.vendor == "" {
		id.vendor = maker
	}
	id.phone = !network && (strings.Contains(low, "ip phone") || strings.Contains(low, "ip deskphone"))
	return id
}

func (r *modelRule) applies(vendor, low string) bool {
	if vendor != "" && vendor != r.vendor {
		return false
	}
	if r.words == nil {
		return vendor == r.vendor
	}
	for _, w := range r.words {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// ciscoModel drops what tells no model apart: the K9 of the export class, and the G of the 79xx that
// LLDP-MED has and CDP has not. 7941G-GE is another phone than 7941G and keeps its suffix.
func ciscoModel(m string) string {
	m = strings.TrimSuffix(strings.TrimRight(m, "-"), "-K9")
	if strings.HasPrefix(m, "CP-79") && len(m) == len("CP-7962G") {
		m = strings.TrimSuffix(m, "G")
	}
	return m
}

// foldModel makes spellings comparable.
func foldModel(s string) string {
	s = strings.ToLower(s)
	for _, w := range [...]string{"unified", "ip phone", "ip deskphone", "deskphone", "conference phone"} {
		s = strings.ReplaceAll(s, w, "")
	}
	s = strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
	for _, v := range vendors {
		if rest, ok := strings.CutPrefix(s, v.alias); ok && rest != "" {
			return rest
		}
	}
	return s
}

// bareModel drops the CP- and SIP- before a number, that people leave out.
func bareModel(folded string) string {
	for _, p := range [...]string{"cp", "sip"} {
		if rest, ok := strings.CutPrefix(folded, p); ok && rest != "" && (rest[0] == 't' || rest[0] == '?' || '0' <= rest[0] && rest[0] <= '9') {
			return rest
		}
	}
	return folded
}

// glob matches s against p, in which * is any text and ? is one octet.
func glob(p, s string) bool {
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(s) {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == s[j]):
			i++
			j++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
