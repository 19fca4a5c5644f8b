package agent

import (
	"fmt"
	"strings"
	"testing"

	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
)

// TestNotesOverflow: a reader that is too slow loses the oldest notes and is told how many; ports never wait.
func TestNotesOverflow(t *testing.T) {
	t.Parallel()
	n := newNotes()
	for i := range notesKept + 3 {
		n.put(Note{Kind: NoteNew, Text: fmt.Sprint(i)})
	}
	n.close()
	var got []Note
	n.run(func(note Note) { got = append(got, note) })
	if len(got) != notesKept+1 || got[0].Kind != NoteDropped || !strings.HasPrefix(got[0].Text, "3 notes") || got[1].Text != "3" {
		t.Errorf("%d notes, the first %+v, %+v", len(got), got[0], got[1])
	}
}

// TestNotices: each notice of a port becomes a note that says what to do with it.
func TestNotices(t *testing.T) {
	t.Parallel()
	phone := discovery.Neighbor{
		Protocol: discovery.LLDP, System: "SEP1", MEDClass: 3, Inventory: discovery.Inventory{Model: "CP-8841"},
		Adopted: discovery.VoicePolicy{Application: lldp.AppVoice, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46},
	}
	heard := func(k neighbors.Kind, why string) advertise.Notice {
		return advertise.Notice{Kind: advertise.Neighbor, Change: neighbors.Change{Kind: k, Neighbor: phone, Why: why}}
	}
	tests := []struct {
		n    advertise.Notice
		kind NoteKind
		text string
		loud bool
	}{
		{heard(neighbors.KindNew, ""), NoteNew, "heard phone SEP1 (CP-8841) by lldp: uses voice tagged 110 (PCP 5, DSCP 46)", false},
		{heard(neighbors.KindAdopted, ""), NoteAdopted, "phone SEP1 (CP-8841) by lldp: uses voice tagged 110 (PCP 5, DSCP 46)", false},
		{heard(neighbors.KindChanged, "platform"), NoteNeighbor, "phone SEP1 (CP-8841) by lldp says something else: platform", false},
		{heard(neighbors.KindGone, "shutdown"), NoteGone, "phone SEP1 (CP-8841) by lldp is gone: shutdown", false},
		{heard(neighbors.KindTooMany, ""), NoteTooMany, "phone SEP1 (CP-8841) by lldp is one neighbour too many and not kept", true},
		{advertise.Notice{Kind: advertise.MEDStarted}, NoteMED, "a phone speaks LLDP-MED and is told voice tagged 110 (PCP 5, DSCP 46), data VLAN 10", false},
		{advertise.Notice{Kind: advertise.QueryAnswered}, NoteQuery, "asked for its voice VLAN and was told tagged 110", false},
		{advertise.Notice{Kind: advertise.PowerRequested, Power: 6300}, NotePowerRequested, "asks for 6.3 W", false},
		{advertise.Notice{Kind: advertise.PowerGranted, Power: 6300}, NotePowerGranted, "is granted 6.3 W", false},
		{advertise.Notice{Kind: advertise.Speaker, Protocol: discovery.LLDP, Detail: "lldpd"}, NoteSpeaker, "another program or device speaks lldp for this port, so ours is silent: lldpd; --lldp force speaks all the same", true},
		{advertise.Notice{Kind: advertise.SpeakerGone, Protocol: discovery.LLDP}, NoteSpeakerGone, "the other speaker of lldp is gone, ours speaks again", false},
		{advertise.Notice{Kind: advertise.Malformed, Detail: "x"}, NoteMalformed, "heard a malformed frame: x", false},
		{advertise.Notice{Kind: advertise.SendFailed, Protocol: discovery.CDP, Detail: "x"}, NoteFailed, "cdp could not be sent, and is tried again: x", true},
		{advertise.Notice{Kind: advertise.EncodeFailed, Protocol: discovery.CDP, Detail: "x"}, NoteFailed, "nothing new is said by cdp: x", true},
	}
	for _, tt := range tests {
		a := New(Options{}, Setup{})
		p := &port{name: "lan1", silent: map[discovery.Protocol]string{}, want: Want{Advert: advertise.Advert{DataVLAN: 10, Voice: []discovery.VoicePolicy{voice(110)}}}}
		a.notice(p, tt.n)
		got := a.notes.queue[0]
		if got.Kind != tt.kind || got.Text != tt.text || got.Loud() != tt.loud || got.Port != "lan1" {
			t.Errorf("got  %s %q %v\nwant %s %q %v", got.Kind, got.Text, got.Loud(), tt.kind, tt.text, tt.loud)
		}
		if silent := p.silent[discovery.LLDP] != ""; silent != (tt.kind == NoteSpeaker) {
			t.Errorf("%s: silent: %v", tt.kind, silent)
		}
	}
	long := discovery.Neighbor{Protocol: discovery.LLDP, ChassisID: "x", Platform: strings.Repeat("ä", 300)}
	if got, want := Who(long), "device x ("+strings.Repeat("ä", 39)+"…) by lldp"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// One kind that there is not yet must not become an empty line.
	a := New(Options{}, Setup{})
	if a.notice(&port{}, advertise.Notice{}); len(a.notes.queue) != 0 {
		t.Errorf("an unknown notice: %+v", a.notes.queue)
	}
}
