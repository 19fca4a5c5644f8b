package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/discovery/wire"
)

func TestRecorder(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	r, err := wire.NewRecorder(&file)
	if err != nil {
		t.Fatal(err)
	}
	empty := bytes.Clone(file.Bytes())
	lldp, odd, cdp := lldpFrame(macA, 120), append(lldpFrame(macA, 3), 7, 7, 7), cdpFrame(macB, "SEP001122334455")
	began := time.Now()
	for _, f := range []struct {
		port string
		discovery.Frame
	}{
		{"eth0", discovery.Frame{Data: lldp, At: at}},
		{"swp17", discovery.Frame{Data: odd, At: at.Add(time.Nanosecond), Outgoing: true}},
		{"eth0", discovery.Frame{Data: cdp}},
	} {
		if err := r.Record(f.port, f.Frame); err != nil {
			t.Fatal(err)
		}
	}
	w, err := wire.OpenCapture("x", bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	frames, failed := drain(w)
	if len(frames) != 3 || len(failed) > 0 {
		t.Fatalf("%d frames, errors %q", len(frames), failed)
	}
	if sent := frames[2].At; sent.Before(began) || sent.After(time.Now()) {
		t.Errorf("a frame without a time was recorded at %s, want now", sent)
	}
	frames[2].At = time.Time{}
	want := []got{{lldp, at, false}, {odd, at.Add(time.Nanosecond), true}, {cdp, time.Time{}, true}}
	if diff := cmp.Diff(want, frames); diff != "" {
		t.Errorf("frames (-want +got):\n%s", diff)
	}
	w, err = wire.OpenCapture("x", bytes.NewReader(empty))
	if err != nil {
		t.Fatalf("open a file in which nothing was recorded: %v", err)
	}
	if frames, failed := drain(w); len(frames)+len(failed) > 0 {
		t.Errorf("a file in which nothing was recorded gives %v, %q", frames, failed)
	}

	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is missing: that other programs read our files is not tested")
	}
	cmd := exec.Command(tshark, "-r", "-", "-T", "fields", "-e", "frame.interface_name", "-e", "frame.time_epoch", "-e", "frame.packet_flags_direction", "-e", "frame.protocols", "-c", "2")
	cmd.Stdin = bytes.NewReader(file.Bytes())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v", err)
	}
	lines := fmt.Sprintf("eth0\t%d.000089000\t0x00000001\teth:ethertype:lldp\nswp17\t%d.000089001\t0x00000002\teth:ethertype:lldp\n", at.Unix(), at.Unix())
	if diff := cmp.Diff(lines, string(out)); diff != "" {
		t.Errorf("tshark reads (-want +got):\n%s", diff)
	}
}

// TestRecorderParallel has many record at once: no frame is lost or torn.
func TestRecorderParallel(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	r, err := wire.NewRecorder(&file)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for port := range 8 {
		wg.Go(func() {
			for i := range uint16(50) {
				if err := r.Record(fmt.Sprint("eth", port), discovery.Frame{Data: lldpFrame(macA, i), At: at}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	w, err := wire.OpenCapture("x", &file)
	if err != nil {
		t.Fatal(err)
	}
	if frames, failed := drain(w); len(frames) != 400 || len(failed) > 0 {
		t.Errorf("%d frames, errors %q; want 400", len(frames), failed)
	}
}

// fullDisk takes some octets, then no more.
type fullDisk struct{ left int }

func (d *fullDisk) Write(b []byte) (int, error) {
	if d.left -= len(b); d.left < 0 {
		return 0, errors.New("no space left")
	}
	return len(b), nil
}

func TestRecorderFails(t *testing.T) {
	t.Parallel()
	if _, err := wire.NewRecorder(&fullDisk{10}); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("NewRecorder on a full disk = %v", err)
	}
	disk := &fullDisk{200}
	r, err := wire.NewRecorder(disk)
	if err != nil {
		t.Fatal(err)
	}
	var first error
	for range 5 {
		if err := r.Record("eth0", discovery.Frame{Data: lldpFrame(macA, 1)}); err != nil && first == nil {
			first = err
			disk.left = 1 << 20 // space again, but a block may be cut
		}
	}
	if first == nil {
		t.Fatal("Record on a full disk = nil")
	}
	if err := r.Record("eth0", discovery.Frame{Data: lldpFrame(macA, 1)}); !errors.Is(err, first) || disk.left != 1<<20 {
		t.Errorf("Record behind an error = %v, want %v again; %d octets were written", err, first, 1<<20-disk.left)
	}
}
