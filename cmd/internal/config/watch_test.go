package config

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

func TestWatch(t *testing.T) {
	t.Parallel()
	dir, data := t.TempDir(), t.TempDir()
	path := write(t, dir, "phoneport.yaml", "fleet: {parallel: 1}\n")
	linked := filepath.Join(dir, "linked.yaml")
	if err := os.Symlink(write(t, data, "one.yaml", "a"), linked); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		path   string
		change func(t *testing.T)
	}{
		{"written in place", path, func(t *testing.T) { write(t, dir, "phoneport.yaml", "fleet: {parallel: 2}\n") }},
		{"replaced", path, func(t *testing.T) {
			rename(t, write(t, dir, "new", "fleet: {parallel: 3}\n"), path)
		}},
		{"gone and back", path, func(t *testing.T) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			write(t, dir, "phoneport.yaml", "fleet: {parallel: 4}\n")
		}},
		{"link turned", linked, func(t *testing.T) {
			next := filepath.Join(dir, "next")
			if err := os.Symlink(write(t, data, "two.yaml", "b"), next); err != nil {
				t.Fatal(err)
			}
			rename(t, next, linked)
		}},
		{"target written", linked, func(t *testing.T) { write(t, data, "two.yaml", "c") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, err := os.ReadFile(tt.path)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			changed, ended := make(chan struct{}, 100), make(chan error, 1)
			go func() { ended <- Watch(ctx, tt.path, hashOf(before), func() { changed <- struct{}{} }) }()
			tt.change(t) // before the watch begins or after: both are to be told
			select {
			case <-changed:
			case err := <-ended:
				t.Fatalf("ended: %v", err)
			}
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}
