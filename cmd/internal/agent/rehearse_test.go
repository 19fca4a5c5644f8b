package agent

import (
	"strings"
	"testing"

	"phoneport/cmd/internal/config"
	"phoneport/discovery/advertise"
)

// TestRehearse: what is shown is what a machine sends, each frame once and in the scene in which it is first said.
func TestRehearse(t *testing.T) {
	t.Parallel()
	const up, med, cdp, end = "when the link comes up", "once a phone speaks LLDP-MED", "once a phone asks by CDP", "when phoneport ends"
	tests := []struct {
		name    string
		options advertise.Options
		want    string
	}{
		{"auto", advertise.Options{}, up + ": lldp; " + med + ": lldp 110; " + cdp + ": cdp 110; " + end + ": lldp; " + end + ": cdp"},
		{"forced", advertise.Options{MED: advertise.Forced, CDP: advertise.Forced}, up + ": lldp 110; " + up + ": cdp 110; " + end + ": lldp; " + end + ": cdp"},
		{"LLDP off", advertise.Options{LLDP: advertise.Off}, cdp + ": cdp 110; " + end + ": cdp"},
		{"CDP off", advertise.Options{CDP: advertise.Off}, up + ": lldp; " + med + ": lldp 110; " + end + ": lldp"},
		{"MED off", advertise.Options{MED: advertise.Off}, up + ": lldp; " + cdp + ": cdp 110; " + end + ": lldp; " + end + ": cdp"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := config.Advert{Name: "a", Interfaces: []string{"eth1"}, Says: said(voice(110)), Options: tt.options}
			p, err := Plan(Setup{Station: station0, Adverts: []config.Advert{a}}, Scene{Links: []Link{eth("eth1", 2)}})
			if err != nil {
				t.Fatal(err)
			}
			rs, err := Rehearse(p)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range rs[0].Frames {
				text := f.When + ": " + f.Protocol
				for _, v := range f.TLVs {
					if strings.Contains(v.Value, "110") && !strings.Contains(v.Name, "address") {
						text += " 110"
					}
				}
				got = append(got, text)
			}
			if s := strings.Join(got, "; "); s != tt.want {
				t.Errorf("got  %s\nwant %s", s, tt.want)
			}
		})
	}
}
