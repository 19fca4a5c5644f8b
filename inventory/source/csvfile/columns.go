package csvfile

import (
	"slices"
	"strings"
	"unicode"
)

// Field is one thing that a row may tell of a phone.
type Field string

// The fields. Only the MAC address is needed; it may be in the device name.
const (
	FieldMAC       Field = "mac"
	FieldName      Field = "name"
	FieldExtension Field = "extension"
	FieldModel     Field = "model"
	FieldVendor    Field = "vendor"
	FieldProfile   Field = "profile" // profile of the policy
	FieldSite      Field = "site"
	FieldSwitch    Field = "switch"    // where the phone should be
	FieldPort      Field = "port"      // port of that switch; "switch port" or "switch:port" in one column are understood
	FieldProtected Field = "protected" // yes: its power is never cut
)

// Fields gives all fields.
func Fields() []Field {
	return []Field{
		FieldMAC, FieldName, FieldExtension, FieldModel, FieldVendor, FieldProfile, FieldSite, FieldSwitch, FieldPort, FieldProtected,
	}
}

// aliases are headers that are recognised, in the form of foldHeader, the surest first. They are those of
// CUCM bulk administration (BAT), NetBox, FreePBX, FusionPBX, the endpoint managers of Yealink, Poly and
// Grandstream, Snipe-IT, and of lists that people write.
var aliases = map[Field][]string{
	FieldMAC: {
		"mac", "macaddress", "macaddr", "phonemac", "devicemac", "devicemacaddress", "deviceaddress", "primarymacaddress",
		"ethernetmac", "lanmac", "hwaddr", "hardwareaddress", "ethernetaddress", "macid", "macadresse", "adressemac", "direccionmac",
	},
	FieldName: {
		"devicename", "phonename", "name", "hostname", "device", "label", "accountname", "displayname", "geratename", "gerät", "nom",
	},
	FieldExtension: {
		"extension", "directorynumber1", "directorynumber", "extensionnumber", "ext", "exten", "dn", "dn1", "linenumber", "line1", "lineextension",
		"phonenumber", "internalnumber", "account", "nebenstelle", "durchwahl", "rufnummer", "poste",
	},
	FieldModel:  {"model", "phonemodel", "devicemodel", "modelname", "devicetype", "phonetype", "product", "modell", "modele", "modèle", "modelo"},
	FieldVendor: {"vendor", "manufacturer", "brand", "make", "devicevendor", "hersteller", "fabricant", "fabricante"},
	FieldProfile: {
		"profile", "phoneportprofile", "voiceprofile", "portprofile",
	},
	FieldSite:      {"site", "sitename", "location", "building", "devicepool", "standort", "lieu", "ubicacion", "ubicación"},
	FieldSwitch:    {"switch", "switchname", "expectedswitch", "switchhostname", "accessswitch"},
	FieldPort:      {"switchport", "expectedport", "switchinterface", "port", "portname", "interface"},
	FieldProtected: {"protected", "emergency", "emergencyphone", "nopowercycle", "neverpowercycle"},
}

// foldHeader gives one form to a header: without case, blanks and punctuation.
func foldHeader(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// layout says which column has which field.
type layout struct {
	column map[Field]int
	header []string // as the file has it
}

// columnOf gives the column of a field, -1 where the file has none.
func (l *layout) columnOf(f Field) int {
	if i, ok := l.column[f]; ok {
		return i
	}
	return -1
}

// name gives the header of a field's column for people.
func (l *layout) name(f Field) string {
	if i := l.columnOf(f); i >= 0 && strings.TrimSpace(l.header[i]) != "" {
		return strings.TrimSpace(l.header[i])
	}
	return string(f)
}

// findColumns reads a header line. asked are the columns of the options; the fields that are asked for and
// not there are in missing.
func findColumns(header []string, asked map[Field]string) (l layout, missing []Field) {
	l = layout{column: map[Field]int{}, header: header}
	folded := make([]string, len(header))
	for i, h := range header {
		folded[i] = foldHeader(h)
	}
	taken := map[int]bool{}
	for _, f := range Fields() {
		want, ok := asked[f]
		if !ok {
			continue
		}
		if i := slices.Index(folded, want); i >= 0 {
			l.column[f] = i
			taken[i] = true
		} else {
			missing = append(missing, f)
		}
	}
	for _, f := range Fields() {
		if _, ok := asked[f]; ok {
			continue
		}
		for _, a := range aliases[f] {
			if i := slices.Index(folded, a); i >= 0 && !taken[i] {
				l.column[f] = i
				taken[i] = true
				break
			}
		}
	}
	// A column Port without one for the switch is the port of a SIP server.
	if i, ok := l.column[FieldPort]; ok && asked[FieldPort] == "" && l.columnOf(FieldSwitch) < 0 && slices.Contains([]string{"port", "portname", "interface"}, folded[i]) {
		delete(l.column, FieldPort)
	}
	return l, missing
}

// sniff gives the delimiter of a header line: the one with which most of its columns are known, and of
// those the one that makes the most columns.
func sniff(line string, asked map[Field]string) byte {
	best, known, columns := delimiters[0], -1, -1
	for _, d := range delimiters {
		h := splitHeader(line, d)
		l, _ := findColumns(h, asked)
		if k := len(l.column); k > known || k == known && len(h) > columns {
			best, known, columns = d, k, len(h)
		}
	}
	return best
}

// splitHeader splits a header line; quotes are dropped as they only matter where they hold a delimiter.
func splitHeader(line string, comma byte) []string {
	s := rows{buf: []byte(line), end: len(line), eof: true, comma: comma}
	fields, err := s.next()
	if err != nil {
		return []string{line}
	}
	h := make([]string, len(fields))
	for i, f := range fields {
		h[i] = string(f)
	}
	return h
}
