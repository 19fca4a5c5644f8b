package inventory_test

import (
	"testing"

	"phoneport/inventory"
)

func TestNormalModel(t *testing.T) {
	t.Parallel()
	tests := []struct{ vendor, in, wantVendor, want string }{
		// Cisco: CDP, LLDP-MED, LLDP description, CUCM product, part numbers.
		{"", "Cisco IP Phone 8841", "Cisco", "CP-8841"},
		{"", "Cisco IP Phone 7942", "Cisco", "CP-7942"},
		{"", "Cisco IP Phone 7962G,V12, SCCP42.9-3-1ES27S", "Cisco", "CP-7962"},
		{"Cisco Systems, Inc.", "CP-7962G", "Cisco", "CP-7962"},
		{"", "CP-8841-K9", "Cisco", "CP-8841"},
		{"", "CP-8841-3PCC-K9", "Cisco", "CP-8841-3PCC"},
		{"", "CP-7941G-GE", "Cisco", "CP-7941G-GE"},
		{"", "Cisco 8841", "Cisco", "CP-8841"},
		{"", "Cisco 7975G", "Cisco", "CP-7975"},
		{"", "Cisco Unified IP Phone 7945", "Cisco", "CP-7945"},
		{"", "Cisco IP Conference Phone 8832", "Cisco", "CP-8832"},
		{"", "IP Phone 7942", "Cisco", "CP-7942"},
		{"Cisco", "8841", "Cisco", "CP-8841"},
		{"", "SPA504G", "Cisco", "SPA504G"},
		{"", "Linksys SPA942", "Cisco", "SPA942"},
		{"", "Cisco ATA 190", "Cisco", "ATA190"},
		// Cisco's switches and routers are not phones.
		{"", "Cisco 7206VXR", "Cisco", "Cisco 7206VXR"},
		{"", "cisco WS-C2960X-48FPS-L", "Cisco", "cisco WS-C2960X-48FPS-L"},
		{"", "Cisco 2911", "Cisco", "Cisco 2911"},
		{"", "Cisco 3945", "Cisco", "Cisco 3945"},
		// Avaya and Nortel.
		{"Avaya", "9608", "Avaya", "9608"},
		{"Avaya", "9611G", "Avaya", "9611G"},
		{"Avaya", "9640D01A-1009", "Avaya", "9640"},
		{"Avaya", "J179D02A", "Avaya", "J179"},
		{"", "Avaya 9608", "Avaya", "9608"},
		{"", "Avaya IP Phone 9608", "Avaya", "9608"},
		{"", "Avaya IP Deskphone, 1140E, Software: 0604D97", "Avaya", "1140E"},
		{"Phone-05", "1220 IP Deskphone", "Avaya", "1220"},
		{"", "IP Phone, Firmware:90234AP", "", "IP Phone, Firmware:90234AP"},
		{"", "DT730", "NEC", "DT730"},
		{"", "Nortel IP Phone 2004", "Avaya", "2004"},
		{"", "Avaya Ethernet Routing Switch 4850GTS-PWR+", "Avaya", "Avaya Ethernet Routing Switch 4850GTS-PWR+"},
		// Poly.
		{"", "Polycom;VVX-VVX_410;3111-46162-001,1;SIP/5.9.0.9373", "Poly", "VVX410"},
		{"", "VVX 410", "Poly", "VVX410"},
		{"Polycom", "VVX410", "Poly", "VVX410"},
		{"", "VVX D230", "Poly", "VVXD230"},
		{"", "PolycomSoundPointIP-SPIP_550-UA/4.0.15", "Poly", "SoundPoint IP 550"},
		{"", "Polycom SoundPoint IP 331", "Poly", "SoundPoint IP 331"},
		{"", "Polycom SoundStation IP 6000", "Poly", "SoundStation IP 6000"},
		{"Poly", "CCX 500", "Poly", "CCX500"},
		{"", "Poly Edge E350", "Poly", "Edge E350"},
		{"", "Polycom Trio 8800", "Poly", "Trio 8800"},
		// Yealink.
		{"", "SIP-T46S", "Yealink", "SIP-T46S"},
		{"Yealink", "T46S", "Yealink", "SIP-T46S"},
		{"", "Yealink SIP-T46S", "Yealink", "SIP-T46S"},
		{"yealink", "t46s", "Yealink", "SIP-T46S"},
		{"", "Yealink SIP-T48U 108.86.0.20", "Yealink", "SIP-T48U"},
		{"", "T54W", "Yealink", "SIP-T54W"},
		{"Yealink", "CP960", "Yealink", "SIP-CP960"},
		{"Yealink", "W60B", "Yealink", "W60B"},
		// Others.
		{"", "snomD725;snomD725-SIP 8.9.3.80", "Snom", "D725"},
		{"", "snom 370", "Snom", "370"},
		{"snom", "D785", "Snom", "D785"},
		{"", "Grandstream GXP2160", "Grandstream", "GXP2160"},
		{"", "GRP2614", "Grandstream", "GRP2614"},
		{"Grandstream", "HT802", "Grandstream", "HT802"},
		{"", "Fanvil X4U", "Fanvil", "X4U"},
		{"Mitel", "6867i", "Mitel", "6867i"},
		{"", "MiVoice 5330", "Mitel", "5330"},
		{"", "Aastra 6731i", "Mitel", "6731i"},
		{"", "Panasonic KX-HDV230", "Panasonic", "KX-HDV230"},
		{"", "OpenStage 40", "Unify", "OpenStage 40"},
		{"", "Alcatel-Lucent IP Touch 4038", "Alcatel-Lucent", "4038"},
		{"", "AudioCodes 420HD", "AudioCodes", "420HD"},
		{"", "Htek UC924", "Htek", "UC924"},
		{"", "Gigaset Maxwell 3", "Gigaset", "Maxwell 3"},
		{"", "Konftel 300IP", "Konftel", "300IP"},
		{"", "Huawei eSpace 7910", "Huawei", "eSpace 7910"},
		{"", "ShoreTel IP480", "ShoreTel", "IP480"},
		// Not known: as it came.
		{"ACME Corp.", " Phone-o-matic 3 ", "ACME Corp.", "Phone-o-matic 3"},
		{"", "", "", ""},
		{"Cisco Systems, Inc.", "", "Cisco", ""},
	}
	for _, tt := range tests {
		t.Run(tt.vendor+"/"+tt.in, func(t *testing.T) {
			t.Parallel()
			vendor, model := inventory.NormalModel(tt.vendor, tt.in)
			if vendor != tt.wantVendor || model != tt.want {
				t.Errorf("NormalModel(%q, %q) = %q, %q; want %q, %q", tt.vendor, tt.in, vendor, model, tt.wantVendor, tt.want)
			}
			if v, m := inventory.NormalModel(vendor, model); v != vendor || m != model {
				t.Errorf("NormalModel of its own answer %q, %q = %q, %q", vendor, model, v, m)
			}
		})
	}
}

func TestMatchModel(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, model string
		want           bool
	}{
		{"", "", true},
		{"", "CP-8841", true},
		{"CP-8841", "CP-8841", true},
		{"cp-8841", "Cisco IP Phone 8841", true},
		{"8841", "CP-8841", true},
		{"Cisco IP Phone 8841", "CP-8841", true},
		{"CP-8841-K9", "CP-8841", true},
		{"CP-7962G", "CP-7962", true},
		{"88*", "CP-8841", true},
		{"CP-88*", "CP-8841", true},
		{"CP-88??", "CP-8841", true},
		{"Cisco IP Phone 88*", "CP-8841", true},
		{"CP-*", "CP-8841", true},
		{"CP-*", "SIP-T46S", false},
		{"CP-88*", "CP-7962", false},
		{"CP-8841", "CP-8845", false},
		{"CP-884", "CP-8841", false},
		{"T46S", "SIP-T46S", true},
		{"SIP-T4*", "SIP-T46S", true},
		{"T4*", "SIP-T46S", true},
		{"VVX*", "VVX410", true},
		{"VVX 410", "VVX410", true},
		{"SoundPoint*", "SoundPoint IP 550", true},
		{"Polycom VVX 4*", "VVX410", true},
		{"*", "", true},
		{"?", "", false},
		{"96*", "9608", true},
		{"*8*1", "CP-8841", true},
		{"CP-8841", "", false},
	}
	for _, tt := range tests {
		if got := inventory.MatchModel(tt.pattern, tt.model); got != tt.want {
			t.Errorf("MatchModel(%q, %q) = %t", tt.pattern, tt.model, got)
		}
	}
}

func TestMatchVendor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, vendor string
		want            bool
	}{
		{"", "", true},
		{"cisco", "Cisco Systems, Inc.", true},
		{"Polycom", "Poly", true},
		{"poly", "Polycom Inc", true},
		{"Nortel", "Avaya", true},
		{"ya*", "Yealink", false},
		{"ye*", "Yealink", true},
		{"Cisco", "Avaya", false},
		{"nec", "Necromancer", false},
		{"Cisco", "", false},
	}
	for _, tt := range tests {
		if got := inventory.MatchVendor(tt.pattern, tt.vendor); got != tt.want {
			t.Errorf("MatchVendor(%q, %q) = %t", tt.pattern, tt.vendor, got)
		}
	}
}
