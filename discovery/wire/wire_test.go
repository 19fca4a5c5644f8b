package wire_test

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/bpf"

	"phoneport/discovery"
	"phoneport/discovery/wire"
)

// TestHeard looks at the frames that are made up; both ways to say it must agree.
func TestHeard(t *testing.T) {
	t.Parallel()
	vm, err := bpf.NewVM(wire.FilterBody())
	if err != nil {
		t.Fatal(err)
	}
	check := func(name string, frame []byte, want bool) {
		n, err := vm.Run(frame)
		if err != nil || n != 0 != want {
			t.Errorf("%s: the filter lets %d octets through, %v; want heard = %t", name, n, err, want)
		}
		if got := wire.Heard(frame); got != want {
			t.Errorf("%s: heard = %t, want %t", name, got, want)
		}
	}
	for name, frame := range genuine(t) {
		check(name, frame, true)
	}
	for name, frame := range decoys(t) {
		check(name, frame, false)
	}
}

// read is a Read that ends at some time, for tests that would hang where they fail.
func read(t testing.TB, w discovery.Wire) discovery.Frame {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	f, err := w.Read(ctx)
	if err != nil {
		t.Fatalf("read %s: %v", w.Name(), err)
	}
	return f
}

func write(t testing.TB, w discovery.Wire, frame []byte) {
	t.Helper()
	if err := w.Write(context.Background(), discovery.Frame{Data: frame}); err != nil {
		t.Fatal(err)
	}
}

// closed waits for a Read to end because the wire did.
func closed(t testing.TB, ended <-chan error) {
	t.Helper()
	select {
	case err := <-ended:
		if !errors.Is(err, discovery.ErrWireClosed) {
			t.Errorf("Read ended with %v, want ErrWireClosed", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("Read did not end")
	}
}

// background reads once more in a goroutine of its own.
func background(ctx context.Context, w discovery.Wire) <-chan error {
	ended := make(chan error, 1)
	go func() {
		_, err := w.Read(ctx)
		ended <- err
	}()
	return ended
}

// testWire is what holds for the two ends of every wire. It closes both.
func testWire(t *testing.T, a, b discovery.Wire) {
	t.Helper()
	ctx := context.Background()
	if a.Addr().IsZero() || a.Addr() == b.Addr() || a.Name() == b.Name() {
		t.Fatalf("ends are %s %s and %s %s", a.Name(), a.Addr(), b.Name(), b.Addr())
	}

	for name, frame := range genuine(t) {
		from, to := a, b
		if len(name)%2 == 0 {
			from, to = b, a
		}
		for decoy, other := range decoys(t) {
			if decoy != "two tags" { // refused by the receiver, whatever the kernel makes of the first
				_ = from.Write(ctx, discovery.Frame{Data: other}) // one that is cut may be refused
			}
		}
		before := time.Now()
		sent := bytes.Clone(frame)
		write(t, from, sent)
		clear(sent) // Write keeps nothing
		f := read(t, to)
		if !bytes.Equal(f.Data, frame) {
			t.Errorf("%s: heard\n%x, want\n%x", name, f.Data, frame)
		}
		if at := f.At.Round(0); at.Before(before.Round(0)) || at.After(time.Now().Round(0)) {
			t.Errorf("%s: heard at %s, sent at %s", name, at, before)
		}
		if f.Outgoing {
			t.Errorf("%s: a frame of the other end is outgoing", name)
		}
	}

	// A context that has ended ends Read; the next Read works again, and the same wire hears on.
	for range 3 {
		short, cancel := context.WithCancel(ctx)
		ended := background(short, a)
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Fatalf("Read with a canceled context = %v", err)
		}
		if _, err := a.Read(short); !errors.Is(err, context.Canceled) {
			t.Fatalf("Read with a context that ended before = %v", err)
		}
		if err := a.Write(short, discovery.Frame{Data: lldpFrame(a.Addr(), 1)}); !errors.Is(err, context.Canceled) {
			t.Fatalf("Write with a context that ended = %v", err)
		}
		timed, cancel := context.WithTimeout(ctx, time.Millisecond)
		if _, err := a.Read(timed); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("Read with a context that times out = %v", err)
		}
		cancel()
		write(t, b, lldpFrame(b.Addr(), 77))
		if f := read(t, a); f.Data[ttlAt] != 77 {
			t.Fatalf("heard %x after a Read that was canceled", f.Data)
		}
	}

	// The time is that when the frame came, not when it was read. The kernel begins to take it some time after a
	// socket wants it.
	early := false
	for range 10_000 {
		write(t, a, lldpFrame(a.Addr(), 1))
		after := time.Now().Round(0)
		if early = !read(t, b).At.Round(0).After(after); early {
			break
		}
	}
	if !early {
		t.Error("the time of a frame is when it is read")
	}

	steady, cancel := context.WithCancel(ctx)
	frame := discovery.Frame{Data: cdpFrame(a.Addr(), "SEP001122334455")}
	allocs := testing.AllocsPerRun(100, func() {
		if err := a.Write(steady, frame); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Read(steady); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("a Write and a Read allocate %v times", allocs)
	}
	cancel()

	if err := a.Write(ctx, discovery.Frame{Data: []byte{1, 2, 3}}); err == nil {
		t.Error("Write of three octets = nil, want an error")
	}

	ended := background(ctx, a)
	if err := a.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	closed(t, ended)
	if err := a.Write(ctx, discovery.Frame{Data: lldpFrame(a.Addr(), 1)}); !errors.Is(err, discovery.ErrWireClosed) || !strings.Contains(err.Error(), a.Name()) {
		t.Errorf("Write after Close = %v", err)
	}
	if _, err := a.Read(ctx); !errors.Is(err, discovery.ErrWireClosed) || !strings.Contains(err.Error(), a.Name()) {
		t.Errorf("Read after Close = %v", err)
	}
	if err := a.Close(); err != nil {
		t.Errorf("second Close = %v", err)
	}
	if err := b.Write(ctx, discovery.Frame{Data: lldpFrame(b.Addr(), 1)}); err != nil {
		t.Errorf("Write towards an end that nobody hears = %v", err)
	}
	if err := b.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	noGoroutines(t)
}

// noGoroutines fails where one is still inside the package.
func noGoroutines(t testing.TB) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		text := string(stacks[:runtime.Stack(stacks, true)])
		if !strings.Contains(text, "phoneport/discovery/wire.(*") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("goroutines of the package are left:\n%s", text)
		}
	}
}

func TestPair(t *testing.T) {
	a, b := wire.Pair("a", "b", macA, macB)
	testWire(t, a, b)
}

// TestPairFull also holds Pair to synctest: it would not end where a Read waits for something outside.
func TestPairFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := wire.Pair("a", "b", macA, macB)
		began := time.Now()
		ended := background(t.Context(), b)
		synctest.Wait()
		select {
		case err := <-ended:
			t.Fatalf("Read of a quiet wire ended with %v", err)
		default:
		}
		time.AfterFunc(time.Hour, func() { write(t, a, lldpFrame(macA, 1)) })
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		for i := range uint16(100) {
			write(t, a, lldpFrame(macA, i))
		}
		if err := a.Write(t.Context(), discovery.Frame{Data: cdpFrame(macA, "x"), Outgoing: true}); err != nil {
			t.Fatal(err)
		}
		for i := 100 - 63; i < 100; i++ {
			if f := read(t, b); int(f.Data[ttlAt]) != i || f.At.Sub(began) != time.Hour {
				t.Fatalf("heard %d after %s, want %d after an hour", f.Data[ttlAt], f.At.Sub(began), i)
			}
		}
		if f := read(t, b); !f.Outgoing || f.Data[12] != 0 {
			t.Errorf("heard %x, outgoing %t; want the CDP frame, outgoing", f.Data, f.Outgoing)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		write(t, a, lldpFrame(macA, 1))
	})
}
