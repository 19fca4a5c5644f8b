package wire_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"phoneport/discovery"
	"phoneport/discovery/wire"
)

// at is the time of the first frame of the files made here; each later frame comes a second later.
var at = time.Date(2026, 3, 4, 5, 6, 7, 89_000, time.UTC)

// plain makes a pcap file of frames as they stand behind that link type.
func plain(t testing.TB, link layers.LinkType, frames ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := pcapgo.NewWriter(&b)
	if err := w.WriteFileHeader(1<<16, link); err != nil {
		t.Fatal(err)
	}
	for i, f := range frames {
		info := gopacket.CaptureInfo{Timestamp: at.Add(time.Duration(i) * time.Second), CaptureLength: len(f), Length: len(f)}
		if err := w.WritePacket(info, f); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// packed makes it a gzip file.
func packed(t testing.TB, file []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// cooked makes frames as a capture on all interfaces has them.
func cooked(version int, frame []byte, outgoing bool) []byte {
	kind, payload := binary.BigEndian.Uint16(frame[12:]), frame[14:]
	if kind <= 1500 {
		kind = 4
	}
	var way byte = 2
	if outgoing {
		way = 4
	}
	if version == 2 {
		b := append(binary.BigEndian.AppendUint16(nil, kind), 0, 0, 0, 0, 0, 3, 0, 1, way, 6)
		b = append(b, frame[6:12]...)
		return append(append(b, 0, 0), payload...)
	}
	b := append([]byte{0, way, 0, 1, 0, 6}, frame[6:12]...)
	b = binary.BigEndian.AppendUint16(append(b, 0, 0), kind)
	return append(b, payload...)
}

type got struct {
	Data     []byte
	At       time.Time
	Outgoing bool
}

// drain gives all frames and the error behind the last; the wire is read on behind the errors that allow it.
func drain(w discovery.Wire) (frames []got, failed []string) {
	for len(failed) < 5 {
		f, err := w.Read(context.Background())
		if err == io.EOF {
			break
		}
		if err != nil {
			failed = append(failed, err.Error())
			continue
		}
		frames = append(frames, got{bytes.Clone(f.Data), f.At, f.Outgoing})
	}
	return frames, failed
}

func TestOpenCapture(t *testing.T) {
	t.Parallel()
	lldp, cdp := lldpFrame(macA, 120), cdpFrame(macB, "SEP001122334455")
	vtp, tag := decoys(t)["VTP"], tagged(lldp, 1)
	short := cdp[:14+int(binary.BigEndian.Uint16(cdp[12:]))]
	long := cdpFrame(macB, strings.Repeat("x", 100))
	want := []got{{lldp, at, false}, {cdp, at.Add(2 * time.Second), false}, {tag, at.Add(3 * time.Second), false}}
	file := plain(t, layers.LinkTypeEthernet, lldp, vtp, cdp, tag)
	swapped := bytes.Clone(file)
	for i := 0; i < 24; i += 4 { // all fields of the header are four octets but the versions
		binary.BigEndian.PutUint32(swapped[i:], binary.LittleEndian.Uint32(swapped[i:]))
	}
	binary.BigEndian.PutUint16(swapped[4:], 2)
	binary.BigEndian.PutUint16(swapped[6:], 4)
	for i := 24; i < len(swapped); i += 16 + int(binary.BigEndian.Uint32(swapped[i+8:])) {
		for j := i; j < i+16; j += 4 {
			binary.BigEndian.PutUint32(swapped[j:], binary.LittleEndian.Uint32(swapped[j:]))
		}
	}
	tests := map[string]struct {
		file []byte
		want []got
	}{
		"pcap":               {file, want},
		"pcap of big endian": {swapped, want},
		"packed":             {packed(t, file), want},
		"no frames":          {file[:24], nil},
		"cooked": {
			plain(t, layers.LinkTypeLinuxSLL, cooked(1, lldp, false), cooked(1, vtp, false), cooked(1, cdp, true), cooked(1, long, false)),
			[]got{{lldp, at, false}, {short, at.Add(2 * time.Second), true}, {long, at.Add(3 * time.Second), false}},
		},
		"cooked, version 2": {
			plain(t, layers.LinkTypeLinuxSLL2, cooked(2, lldp, true), cooked(2, vtp, false), cooked(2, cdp, false), cooked(2, long, true)),
			[]got{{lldp, at, true}, {short, at.Add(2 * time.Second), false}, {long, at.Add(3 * time.Second), true}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, err := wire.OpenCapture("x.pcap", bytes.NewReader(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			frames, failed := drain(w)
			if diff := cmp.Diff(tt.want, frames); diff != "" {
				t.Errorf("frames (-want +got):\n%s", diff)
			}
			if len(failed) > 0 {
				t.Errorf("errors %q", failed)
			}
			if w.Name() != "x.pcap" || !w.Addr().IsZero() {
				t.Errorf("wire is %s %s", w.Name(), w.Addr())
			}
			if err := w.Write(context.Background(), discovery.Frame{Data: lldp}); !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("Write = %v, want ErrUnsupported", err)
			}
			ended, cancel := context.WithCancel(context.Background())
			cancel()
			if _, err := w.Read(ended); !errors.Is(err, context.Canceled) {
				t.Errorf("Read with a context that ended = %v", err)
			}
			if err := w.Close(); err != nil {
				t.Error(err)
			}
			if _, err := w.Read(context.Background()); !errors.Is(err, discovery.ErrWireClosed) {
				t.Errorf("Read after Close = %v", err)
			}
		})
	}
}

// TestBadCaptures wants what stands before the damage, and an error that says where it is.
func TestBadCaptures(t *testing.T) {
	t.Parallel()
	lldp, cdp := lldpFrame(macA, 120), cdpFrame(macB, "SEP001122334455")
	file := plain(t, layers.LinkTypeEthernet, lldp, decoys(t)["VTP"], cdp)
	third := 24 + 16 + len(lldp) + 16 + 60
	huge := bytes.Clone(file)
	binary.LittleEndian.PutUint32(huge[third+8:], 1<<31)
	cut := bytes.Clone(file) // says of the first frame that there was more of it
	binary.LittleEndian.PutUint32(cut[24+12:], 500)
	var ng bytes.Buffer
	r, err := wire.NewRecorder(&ng)
	if err != nil {
		t.Fatal(err)
	}
	head := ng.Len()
	for _, f := range [][]byte{lldp, cdp} {
		if err := r.Record("eth0", discovery.Frame{Data: f, At: at}); err != nil {
			t.Fatal(err)
		}
	}
	wifi := bytes.Clone(ng.Bytes())
	binary.LittleEndian.PutUint16(wifi[head+8:], 127)
	tests := map[string]struct {
		file   []byte
		open   string // the error of OpenCapture
		frames int
		failed []string
	}{
		"nothing":                  {nil, "open capture x: it has 0 octets, which is no capture file", 0, nil},
		"three octets":             {[]byte("abc"), "it has 3 octets", 0, nil},
		"text":                     {[]byte("this is some text, and no capture file"), "open capture x: ", 0, nil},
		"header cut":               {file[:20], "unexpected EOF", 0, nil},
		"packed, cut at once":      {packed(t, file)[:5], "unexpected EOF", 0, nil},
		"other link type":          {plain(t, layers.LinkTypeIEEE80211Radio), "link type 127 (RadioTap) is neither", 0, nil},
		"link type without a name": {plain(t, 1234), "link type 1234 (", 0, nil},
		"cut in the third frame":   {file[:third+16+20], "", 1, []string{"read x: frame 3: unexpected EOF"}},
		"cut behind its header":    {file[:third+16], "", 1, []string{"read x: frame 3: unexpected EOF"}},
		"cut in its header":        {file[:third+3], "", 1, []string{"read x: frame 3: unexpected EOF"}},
		"third of two gigabytes":   {huge, "", 1, []string{"read x: frame 3: "}},
		"packed, cut":              {packed(t, file)[:len(packed(t, file))-12], "", 2, []string{"read x: frame 4: unexpected EOF"}},
		"first frame not whole":    {cut, "", 1, []string{"read x: frame 1: frame was not captured whole: 60 of its 500 octets are there"}},
		"pcapng header cut":        {ng.Bytes()[:10], "unexpected EOF", 0, nil},
		"pcapng cut":               {ng.Bytes()[:ng.Len()-30], "", 1, []string{"read x: frame 2: unexpected EOF"}},
		"pcapng of Wi-Fi":          {wifi, "", 0, []string{"read x: frame 1: link type 127"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, err := wire.OpenCapture("x", bytes.NewReader(tt.file))
			if tt.open != "" {
				if err == nil || !strings.Contains(err.Error(), tt.open) || err == io.EOF {
					t.Fatalf("OpenCapture = %v, want an error with %q", err, tt.open)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			frames, failed := drain(w)
			if len(frames) != tt.frames {
				t.Errorf("%d frames, want %d", len(frames), tt.frames)
			}
			for i, want := range tt.failed {
				if i >= len(failed) || !strings.HasPrefix(failed[i], want) {
					t.Errorf("errors %q, want %q", failed, tt.failed)
				}
			}
			if len(failed) == 0 {
				t.Error("no error")
			}
		})
	}
}

// TestCorpus reads the captures of real devices; how many frames each gives is in TestFilterCorpus.
func TestCorpus(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("../../../shared/corpus/pcap/*/*.pcap")
	if len(files) == 0 {
		t.Skip("../shared/corpus/pcap holds no captures: reading those of real devices is not tested")
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		w, err := wire.OpenCapture(name, f)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		frames, failed := drain(w)
		// Both were captured with a limit that their frames are longer than.
		cut := map[string]int{"procurve.lldp.pcap": 2, "lldp_asan.pcap": 1}[filepath.Base(name)]
		for _, err := range failed {
			if strings.Contains(err, wire.ErrCut.Error()) {
				cut--
			} else {
				t.Error(err)
			}
		}
		if len(frames)+len(failed) == 0 || cut != 0 {
			t.Errorf("%s: %d frames, errors %q", name, len(frames), failed)
		}
		for _, f := range frames {
			if f.At.IsZero() || f.Outgoing {
				t.Errorf("%s: frame at %s, outgoing %t", name, f.At, f.Outgoing)
			}
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

func FuzzOpenCapture(f *testing.F) {
	lldp, cdp := lldpFrame(macA, 120), cdpFrame(macB, "SEP001122334455")
	f.Add(plain(f, layers.LinkTypeEthernet, lldp, cdp))
	f.Add(plain(f, layers.LinkTypeLinuxSLL, cooked(1, lldp, false), cooked(1, cdp, true)))
	f.Add(plain(f, layers.LinkTypeLinuxSLL2, cooked(2, lldp, false), cooked(2, cdp, true)))
	f.Add(packed(f, plain(f, layers.LinkTypeEthernet, lldp)))
	var ng bytes.Buffer
	r, err := wire.NewRecorder(&ng)
	if err != nil {
		f.Fatal(err)
	}
	for _, frame := range [][]byte{lldp, cdp} {
		if err := r.Record("eth0", discovery.Frame{Data: frame, At: at}); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(ng.Bytes())
	files, _ := filepath.Glob("../../../shared/corpus/pcap/*/*.pcap")
	for _, name := range files {
		if b, err := os.ReadFile(name); err == nil && len(b) < 4096 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		w, err := wire.OpenCapture("x", bytes.NewReader(file))
		if err != nil {
			return
		}
		frames := 0
		for {
			f, err := w.Read(context.Background())
			if err == nil {
				if !wire.Heard(f.Data) {
					t.Fatalf("a frame that is neither LLDP nor CDP: %x", f.Data)
				}
				frames++
				continue
			}
			if err == io.EOF {
				break
			}
			if _, again := w.Read(context.Background()); again == err { //nolint:errorlint // the very same: nothing is read behind it
				break
			}
		}
		if packed := len(file) > 1 && file[0] == 0x1f; !packed && frames > len(file) {
			t.Fatalf("%d frames out of %d octets", frames, len(file))
		}
	})
}
