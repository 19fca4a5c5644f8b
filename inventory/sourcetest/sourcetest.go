// Package sourcetest is the conformance suite of inventory sources: every package below inventory/source
// runs it, over fixtures in its own format.
package sourcetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/inventory"
)

// Harness gives sources over fixtures. Every function must be set and gives a new source at each call.
type Harness struct {
	// Good has a list without a problem, of at least two phones with different addresses; Phones is what it
	// holds, in its order.
	Good   func(t *testing.T) inventory.Source
	Phones []inventory.Phone
	// Bad has the list of Good with one entry more, not the last, that cannot be used.
	Bad func(t *testing.T) inventory.Source
	// Duplicate has a list in which one address stands twice.
	Duplicate func(t *testing.T) inventory.Source
	// Empty has a list that is whole and has no phones.
	Empty func(t *testing.T) inventory.Source
	// Missing has nothing to read: no such file, no such server.
	Missing func(t *testing.T) inventory.Source
}

// Run checks that the sources of h keep what inventory.Source promises.
func Run(t *testing.T, h Harness) {
	t.Helper()
	if h.Good == nil || h.Bad == nil || h.Duplicate == nil || h.Empty == nil || h.Missing == nil || len(h.Phones) < 2 {
		t.Fatal("the harness is not whole: every fixture must be there")
	}
	t.Run("name is stable", func(t *testing.T) {
		t.Parallel()
		a, b := h.Good(t).Name(), h.Good(t).Name()
		if a == "" || a != b {
			t.Errorf("Name() = %q and %q, want one name", a, b)
		}
	})
	t.Run("gives the whole list", func(t *testing.T) {
		t.Parallel()
		got, err := h.Good(t).Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(h.Phones, got); d != "" {
			t.Errorf("Load (-want +got):\n%s", d)
		}
		for _, p := range got {
			if p.MAC.IsZero() || p.Source == "" {
				t.Errorf("phone %+v has no address or does not tell its source", p)
			}
		}
	})
	t.Run("loads again the same, and nothing shared", func(t *testing.T) {
		t.Parallel()
		s := h.Good(t)
		first, err := s.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for i := range first {
			first[i] = inventory.Phone{Name: "changed by the caller"}
		}
		second, err := s.Load(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(h.Phones, second); d != "" {
			t.Errorf("second Load (-want +got):\n%s", d)
		}
	})
	t.Run("stops when told", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		phones, err := h.Good(t).Load(ctx)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("Load with a cancelled context: error %v", err)
		}
		var e *inventory.LoadError
		if errors.As(err, &e) && e.Partial {
			t.Errorf("Load with a cancelled context gives %d phones as if the list had been read to its end", len(phones))
		}
	})
	t.Run("bad entry loses itself only", func(t *testing.T) {
		t.Parallel()
		s := h.Bad(t)
		got, err := s.Load(t.Context())
		e := loadError(t, s, err)
		if !e.Partial || e.Warnings() || e.Lost != 1 || len(e.Problems) != 1 {
			t.Errorf("Load error %+v, want one lost entry in a list read to its end", e)
		}
		for _, p := range e.Problems {
			if p.Place == "" || p.Err == nil {
				t.Errorf("problem %+v does not tell its place and its cause", p)
			}
		}
		// Places move by the entry that is more; what else the phones are must not.
		same := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Source" }, cmp.Ignore())
		if d := cmp.Diff(h.Phones, got, same); d != "" {
			t.Errorf("Load beside a bad entry (-want +got):\n%s", d)
		}
	})
	t.Run("duplicates are given, and found with both places", func(t *testing.T) {
		t.Parallel()
		got, err := h.Duplicate(t).Load(t.Context())
		if e := (*inventory.LoadError)(nil); err != nil && (!errors.As(err, &e) || !e.Warnings()) {
			t.Fatal(err)
		}
		d, conflicts := inventory.NewDirectory(got)
		i := slices.IndexFunc(conflicts, func(c inventory.Conflict) bool { return c.Kind == inventory.ConflictDuplicate })
		if i < 0 || d.Len() >= len(got) {
			t.Fatalf("no duplicate in %d phones of which %d addresses differ; conflicts %v", len(got), d.Len(), conflicts)
		}
		if c := conflicts[i]; c.Winner == "" || c.Loser == "" || c.Winner == c.Loser {
			t.Errorf("conflict %q does not tell both places", c)
		}
	})
	t.Run("no phones are legal", func(t *testing.T) {
		t.Parallel()
		s := h.Empty(t)
		got, err := s.Load(t.Context())
		if len(got) != 0 {
			t.Errorf("Load = %d phones", len(got))
		}
		if err != nil && !loadError(t, s, err).Warnings() {
			t.Errorf("Load of a list without phones: %v; want nothing worse than a warning", err)
		}
	})
	t.Run("nothing to read is an error", func(t *testing.T) {
		t.Parallel()
		s := h.Missing(t)
		got, err := s.Load(t.Context())
		if len(got) != 0 {
			t.Errorf("Load = %d phones", len(got))
		}
		if loadError(t, s, err).Partial {
			t.Error("Partial is set, so that the caller takes every phone for gone")
		}
	})
}

// loadError wants err to be a *inventory.LoadError that names its source.
func loadError(t *testing.T, s inventory.Source, err error) *inventory.LoadError {
	t.Helper()
	var e *inventory.LoadError
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no *inventory.LoadError", err)
	}
	if e.Source != s.Name() || !strings.HasPrefix(err.Error(), "load inventory "+s.Name()+": ") {
		t.Errorf("error %q of source %q does not name it", err, e.Source)
	}
	return e
}
