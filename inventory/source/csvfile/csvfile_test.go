package csvfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/inventory/source/csvfile"
	"phoneport/inventory/sourcetest"
	"phoneport/switchctl"
)

// file writes a table and gives its path.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hq.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func source(t *testing.T, o csvfile.Options) *csvfile.Source {
	t.Helper()
	s, err := csvfile.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mac(t *testing.T, s string) discovery.MAC {
	t.Helper()
	m, err := discovery.ParseMAC(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const good = `mac,name,extension,model,vendor,profile,site,switch,port,protected
00:21:d8:ba:09:65,SEP0021D8BA0965,1001,CP-7962G,Cisco,desk,hq,sw1,Gi1/0/1,
80-5E-C0-00-00-01,reception,1002,SIP-T46S,Yealink,,hq,,,yes
`

func TestConformance(t *testing.T) {
	t.Parallel()
	from := func(text string) func(*testing.T) inventory.Source {
		return func(t *testing.T) inventory.Source { return source(t, csvfile.Options{Path: file(t, text)}) }
	}
	lines := strings.SplitAfter(good, "\n")
	sourcetest.Run(t, sourcetest.Harness{
		Good: from(good),
		Phones: []inventory.Phone{
			{
				MAC: mac(t, "0021d8ba0965"), Name: "SEP0021D8BA0965", Extension: "1001", Model: "CP-7962G", Vendor: "Cisco", Profile: "desk", Site: "hq",
				Expected: switchctl.PortRef{Switch: "sw1", Name: "Gi1/0/1"}, Source: "hq.csv line 2",
			},
			{
				MAC: mac(t, "805ec0000001"), Name: "reception", Extension: "1002", Model: "SIP-T46S", Vendor: "Yealink", Site: "hq",
				Protected: true, Source: "hq.csv line 3",
			},
		},
		Bad:       from(lines[0] + lines[1] + "not an address,,,,,,,,,\n" + lines[2]),
		Duplicate: from(good + "0021.d8ba.0965,,1009,,,,,,,\n"),
		Empty:     from(lines[0]),
		Missing: func(t *testing.T) inventory.Source {
			return source(t, csvfile.Options{Path: filepath.Join(t.TempDir(), "none.csv")})
		},
	})
}

func TestMissingFileIsNamed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "none.csv")
	_, err := source(t, csvfile.Options{Path: path}).Load(t.Context())
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("Load = %v, want that %s does not exist", err, path)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		o    csvfile.Options
		want string
	}{
		"no path":               {csvfile.Options{}, "no path"},
		"no such field":         {csvfile.Options{Path: "x", Columns: map[string]string{"macs": "MAC"}}, "column macs: no such field"},
		"header of punctuation": {csvfile.Options{Path: "x", Columns: map[string]string{"mac": "--"}}, `column mac: "--" is no header`},
		"delimiter":             {csvfile.Options{Path: "x", Delimiter: '#'}, "delimiter '#' is none of"},
		"encoding":              {csvfile.Options{Path: "x", Encoding: "ebcdic"}, `encoding "ebcdic" is none of`},
		"several at once":       {csvfile.Options{Delimiter: '#', Encoding: "x"}, "no path"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := csvfile.New(tt.o)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "set up inventory ") {
				t.Errorf("New = %v, want %q", err, tt.want)
			}
		})
	}
	if s := source(t, csvfile.Options{Path: "/srv/lists/hq.csv"}); s.Name() != "hq.csv" {
		t.Errorf("Name() = %q, want that of the file", s.Name())
	}
}

// TestTable reads tables as programs and people write them. Each has one phone unless it says otherwise.
func TestTable(t *testing.T) {
	t.Parallel()
	phone := func(name, ext, model string) []inventory.Phone {
		return []inventory.Phone{{MAC: mac(t, "0021d8ba0965"), Name: name, Extension: ext, Model: model}}
	}
	tests := map[string]struct {
		text string
		o    csvfile.Options
		want []inventory.Phone
		errs []string // the problems, in order; %s is the path
		dead bool     // the list as a whole cannot be used
	}{
		"semicolons of a European Excel": {
			text: "MAC-Adresse;Nebenstelle;Modell\r\n00:21:d8:ba:09:65;1001;CP-7962G\r\n",
			want: phone("", "1001", "CP-7962G"),
		},
		"tabs":              {text: "MAC\tExt\n0021D8BA0965\t1001\n", want: phone("", "1001", "")},
		"pipes":             {text: "MAC|Ext\n0021D8BA0965|1001\n", want: phone("", "1001", "")},
		"one column":        {text: "MAC\n0021D8BA0965\n", want: phone("", "", "")},
		"no last newline":   {text: "MAC,Ext\n0021D8BA0965,1001", want: phone("", "1001", "")},
		"old Mac line ends": {text: "MAC,Ext\r0021D8BA0965,1001\r", want: phone("", "1001", "")},
		"byte order mark":   {text: "\ufeffMAC,Ext\n0021D8BA0965,1001\n", want: phone("", "1001", "")},
		"sep line of Excel": {text: "sep=;\nMAC;Ext\n0021D8BA0965;1,5\n", want: phone("", "1,5", "")},
		"comments and blank lines before the header": {text: "# export of 2024\n\nMAC,Ext\n\n0021D8BA0965,1001\n\n", want: phone("", "1001", "")},
		"UTF-16 little endian":                       {text: utf16("MAC,Name\n0021D8BA0965,Zürich\n", false, true), want: phone("Zürich", "", "")},
		"UTF-16 big endian":                          {text: utf16("MAC,Name\n0021D8BA0965,Zürich\n", true, true), want: phone("Zürich", "", "")},
		"UTF-16 without a mark":                      {text: utf16("MAC,Name\n0021D8BA0965,Zürich\n", false, false), want: phone("Zürich", "", "")},
		"Latin-1 as told": {
			text: "MAC,Name\n0021D8BA0965,Z\xfcrich\n", o: csvfile.Options{Encoding: "latin-1"},
			want: phone("Zürich", "", ""),
		},
		"Latin-1 not told": {
			text: "MAC,Name\n0021D8BA0965,Z\xfcrich\n",
			want: phone("Zürich", "", ""),
			errs: []string{"%s:2: column Name: read text: not UTF-8, read as Latin-1 here and below; set encoding: latin-1 if that is right"},
		},
		"Latin-1 in a column that is not used": {text: "MAC,Remark\n0021D8BA0965,Z\xfcrich\n", want: phone("", "", "")},
		"quotes": {
			text: "MAC,Name,Ext\n\"00:21:d8:ba:09:65\",\"Desk, \"\"new\"\"\",1001\n",
			want: phone(`Desk, "new"`, "1001", ""),
		},
		"quoted line end":           {text: "Description,MAC,Ext\n\"two\nlines\",0021D8BA0965,1001\n", want: phone("", "1001", "")},
		"inch sign in a text":       {text: "MAC,Name\n0021D8BA0965,15\" screen\n", want: phone(`15" screen`, "", "")},
		"formula that keeps a text": {text: "MAC,Ext\n\"=\"\"0021D8BA0965\"\"\",\"=\"\"0100\"\"\"\n", want: phone("", "0100", "")},
		"CUCM bulk export": {
			text: "Device Name,Description,Device Pool,Device Type,Directory Number 1,Line Text Label 1\n" +
				"SEP0021D8BA0965,Reception,DP-HQ,Cisco 7962,1001,x\nCSFJSMITH,Jabber,DP-HQ,Cisco Unified Client Services Framework,1001,\nANAABBCCDDEEFF000,analogue,DP-HQ,Analog Phone,1002,\n",
			want: []inventory.Phone{{MAC: mac(t, "0021d8ba0965"), Name: "SEP0021D8BA0965", Extension: "1001", Model: "Cisco 7962", Site: "DP-HQ"}},
			errs: []string{`%s:3: 2 rows of softphones and analogue ports are passed over: "CSFJSMITH" is the first`},
		},
		"CUCM insert file": {
			text: "MAC Address,Description,Location,Directory Number 1\n0021D8BA0965,Reception,HQ,1001\n",
			want: []inventory.Phone{{MAC: mac(t, "0021d8ba0965"), Extension: "1001", Site: "HQ"}},
		},
		"NetBox": {
			text: "name,status,site,device_type,manufacturer,primary_mac_address\nphone-17,Active,HQ,SIP-T46S,Yealink,00:21:D8:BA:09:65\n",
			want: []inventory.Phone{{MAC: mac(t, "0021d8ba0965"), Name: "phone-17", Model: "SIP-T46S", Vendor: "Yealink", Site: "HQ"}},
		},
		"FreePBX endpoint manager": {
			text: "mac,brand,model,ext,line\n0021d8ba0965,Yealink,T46S,1001,1\n",
			want: []inventory.Phone{{MAC: mac(t, "0021d8ba0965"), Extension: "1001", Model: "T46S", Vendor: "Yealink"}},
		},
		"FusionPBX": {
			text: "device_address,device_label,device_vendor,device_model\n00-21-d8-ba-09-65,Front,yealink,t46s\n",
			want: []inventory.Phone{{MAC: mac(t, "0021d8ba0965"), Model: "t46s", Vendor: "yealink"}},
		},
		"columns as told": {
			text: "Serial,Box,Who\nx,0021D8BA0965,1001\n",
			o:    csvfile.Options{Columns: map[string]string{"mac": "box", "extension": "WHO"}},
			want: phone("", "1001", ""),
		},
		"column as told before one that is recognised": {
			text: "MAC,WLAN MAC,Ext\n000000000001,0021D8BA0965,1001\n",
			o:    csvfile.Options{Columns: map[string]string{"mac": "WLAN MAC"}},
			want: phone("", "1001", ""),
		},
		"device names as told to be the addresses": {
			text: "Device Name;Description\nSEP0021D8BA0965;Reception\nCSFJSMITH;Jabber\nATA001122334455;Fax\nANNEX;x\n",
			o:    csvfile.Options{Columns: map[string]string{"mac": "Device Name", "name": "Description"}},
			want: phone("Reception", "", ""),
			errs: []string{
				`%s:5: column Device Name: parse address: not a MAC address: "ANNEX"`,
				`%s:3: 2 rows of softphones and analogue ports are passed over: "CSFJSMITH" is the first`,
			},
		},
		"site and profile for all": {
			text: "MAC,Site\n0021D8BA0965,\n",
			o:    csvfile.Options{Site: "hq", Profile: "desk"},
			want: []inventory.Phone{{MAC: mac(t, "0021d8ba0965"), Site: "hq", Profile: "desk"}},
		},
		"expected port in one column": {
			text: "MAC,Switch Port\n0021D8BA0965,sw1 GigabitEthernet1/0/1\n",
			want: []inventory.Phone{{MAC: mac(t, "0021d8ba0965"), Expected: switchctl.PortRef{Switch: "sw1", Name: "GigabitEthernet1/0/1"}}},
		},
		"expected port with a colon": {
			text: "MAC,Switch Port\n0021D8BA0965,sw1:1/1/5\n",
			want: []inventory.Phone{{MAC: mac(t, "0021d8ba0965"), Expected: switchctl.PortRef{Switch: "sw1", Name: "1/1/5"}}},
		},
		"expected port without a switch": {
			text: "MAC,Switch Port\n0021D8BA0965,Gi1/0/1\n",
			want: phone("", "", ""),
			errs: []string{`%s:2: column Switch Port: read expected port: "Gi1/0/1" has no switch`},
		},
		"the port of a SIP server is not that of a switch": {text: "MAC,Port\n0021D8BA0965,5060\n", want: phone("", "", "")},
		"protected in doubt is protected": {
			text: "MAC,Emergency\n0021D8BA0965,lift\n",
			want: []inventory.Phone{{MAC: mac(t, "0021d8ba0965"), Protected: true}},
			errs: []string{`%s:2: column Emergency: read "lift": neither yes nor no, taken as yes`},
		},
		"fewer fields than the header": {text: "MAC,Ext,Site\n0021D8BA0965,1001\n", want: phone("", "1001", "")},
		"empty fields more":            {text: "MAC,Ext\n0021D8BA0965,1001,,,\n", want: phone("", "1001", "")},
		"more fields than the header": {
			text: "MAC,Name,Ext\n0021D8BA0964,Smith, John,1001\n0021D8BA0965,Jones,1002\n",
			want: phone("Jones", "1002", ""),
			errs: []string{"%s:2: split row: 4 fields where the header has 3"},
		},
		"bad addresses": {
			text: "MAC,Ext\nbanana,1\n,2\n2.1E+11,3\n21804509,4\n01:80:c2:00:00:0e,5\n00:00:00:00:00:00,6\n0021D8BA0965,7\n",
			want: phone("", "7", ""),
			errs: []string{
				`%s:2: column MAC: parse address: not a MAC address: "banana"`,
				`%s:3: column MAC: find address: the field is empty, and the device name holds no MAC address`,
				`%s:4: column MAC: parse address: not a MAC address: "2.1E+11"; a spreadsheet made a number of it: format the column as text and export again`,
				`%s:5: column MAC: parse address: not a MAC address: "21804509"; its leading zeros are lost: format the column as text in the spreadsheet and export again`,
				`%s:6: column MAC: parse address: 01:80:c2:00:00:0e is a group address`,
				`%s:7: column MAC: parse address: not a MAC address: "00:00:00:00:00:00" is all zero`,
			},
		},
		"device name without an address": {
			text: "Device Name,Ext\nreception,1\nSEP0021D8BA0965,2\n",
			want: phone("SEP0021D8BA0965", "2", ""),
			errs: []string{`%s:2: column Device Name: find address: "reception" holds no MAC address`},
		},
		"quote that is not closed costs one row": {
			text: "MAC,Ext\n\"0021D8BA0964,1001\n0021D8BA0965,1002\n",
			want: phone("", "1002", ""),
			errs: []string{"%s:2: split row: a quote is not closed"},
		},
		"quote that is closed by the next row's": {
			text: "MAC,Ext\n\"0021D8BA0964,1001\n\"0021D8BA0965\",1002\n",
			want: phone("", "1002", ""),
			errs: []string{"%s:2: split row: text after a closing quote"},
		},
		"row that is too long": {
			text: "MAC,Ext\n0021D8BA0964," + strings.Repeat("1", 300<<10) + "\n0021D8BA0965,1002\n",
			want: phone("", "1002", ""),
			errs: []string{"%s:2: split row: the row is longer than 64 KiB"},
		},
		"lines are counted over quoted line ends": {
			text: "MAC,Name\n0021D8BA0965,\"a\r\nb\nc\"\nbanana,x\n",
			want: phone("a\r\nb\nc", "", ""),
			errs: []string{`%s:5: column MAC: parse address: not a MAC address: "banana"`},
		},
		"problems are bounded": {
			text: "MAC\nx1\nx2\nx3\nx4\n0021D8BA0965\n", o: csvfile.Options{MaxProblems: 2},
			want: phone("", "", ""),
			errs: []string{`%s:2: column MAC: parse address: not a MAC address: "x1"`, `%s:3: column MAC: parse address: not a MAC address: "x2"`, "and 2 more"},
		},
		"header only":             {text: "MAC,Ext\n", errs: []string{"%s: the list has a header and no phones"}},
		"empty":                   {text: "", dead: true, errs: []string{"read %s: the file is empty: not even a header"}},
		"blank":                   {text: "\n\n", dead: true, errs: []string{"%s: no header line"}},
		"byte order mark only":    {text: "\ufeff", dead: true, errs: []string{"%s: no header line"}},
		"workbook":                {text: "PK\x03\x04\x14\x00", dead: true, errs: []string{"read %s: this is a workbook or a zip file; save it as CSV"}},
		"old workbook":            {text: "\xd0\xcf\x11\xe0\xa1\xb1", dead: true, errs: []string{"read %s: this is a workbook; save it as CSV"}},
		"compressed":              {text: "\x1f\x8b\x08\x00", dead: true, errs: []string{"read %s: this is compressed; unpack it"}},
		"no header that is known": {text: "a,b\n0021D8BA0965,1001\n", dead: true, errs: []string{`%s:1: find columns: no header is known as that of MAC addresses or device names; the headers are ["a" "b"]; name one with columns: mac`}},
		"no header":               {text: "0021D8BA0965,1001\n", dead: true, errs: []string{`%s:1: find columns: no header is known as that of MAC addresses or device names; the headers are ["0021D8BA0965" "1001"]; name one with columns: mac`}},
		"column as told is not there": {
			text: "MAC,Ext\n", o: csvfile.Options{Columns: map[string]string{"mac": "Ethernet"}},
			dead: true, errs: []string{`%s:1: column mac: no header "Ethernet"; the headers are ["MAC" "Ext"]`},
		},
		"header that does not end":  {text: strings.Repeat("x", 300<<10), dead: true, errs: []string{"%s:1: no header line: the line is longer than 64 KiB"}},
		"header with an open quote": {text: "\"MAC,Ext\n", dead: true, errs: []string{"%s:1: split header: a quote is not closed"}},
	}
	ignoreSource := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Source" }, cmp.Ignore())
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := tt.o
			o.Path = file(t, tt.text)
			got, err := source(t, o).Load(t.Context())
			if d := cmp.Diff(tt.want, got, ignoreSource); d != "" {
				t.Errorf("Load (-want +got):\n%s", d)
			}
			if len(tt.errs) == 0 {
				if err != nil {
					t.Errorf("Load: %v", err)
				}
				return
			}
			want := "load inventory hq.csv: " + strings.ReplaceAll(strings.Join(tt.errs, "\n"), "%s", o.Path)
			if err == nil {
				t.Fatalf("Load gives no error, want:\n%s", want)
			}
			if d := cmp.Diff(want, err.Error()); d != "" {
				t.Errorf("error (-want +got):\n%s", d)
			}
			var e *inventory.LoadError
			if !errors.As(err, &e) || e.Partial == tt.dead {
				t.Errorf("error %#v, want Partial %t", err, !tt.dead)
			}
		})
	}
}

// utf16 writes text in UTF-16.
func utf16(s string, big, mark bool) string {
	var b strings.Builder
	put := func(r rune) {
		if big {
			b.WriteByte(byte(r >> 8))
			b.WriteByte(byte(r))
			return
		}
		b.WriteByte(byte(r))
		b.WriteByte(byte(r >> 8))
	}
	if mark {
		put(0xfeff)
	}
	for _, r := range s {
		put(r)
	}
	return b.String()
}
