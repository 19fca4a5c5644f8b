package config

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long a file must rest before it is read: editors and scripts write it in several steps, and
// half a configuration may be a valid one that says less.
const settle = 100 * time.Millisecond

// Watch calls changed each time that the text of a file is another one than before, from a single goroutine, until the
// context ends. hash is the Config.Hash of what was read last: what changed since then is told too. It watches the folder, so that a file that is replaced, as editors do, or a link that is turned, is seen
// too. A file that is gone for a while changes nothing.
func Watch(ctx context.Context, path, hash string, changed func()) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watch configuration: %w", err)
	}
	defer w.Close()
	if err := w.Add(filepath.Dir(path)); err != nil {
		return fmt.Errorf("watch configuration: %w", err)
	}
	if target, err := filepath.EvalSymlinks(path); err == nil && filepath.Dir(target) != filepath.Dir(path) {
		if err := w.Add(filepath.Dir(target)); err != nil {
			return fmt.Errorf("watch configuration: %w", err)
		}
	}
	rest := time.NewTimer(settle) // something may have changed between the reading and this watch
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-w.Errors:
			if err != nil { // events were lost: look
				rest.Reset(settle)
			}
		case e, ok := <-w.Events:
			if !ok {
				return nil
			}
			if e.Op != fsnotify.Chmod {
				rest.Reset(settle)
			}
		case <-rest.C:
			if data, err := os.ReadFile(path); err == nil && hashOf(data) != hash {
				hash = hashOf(data)
				changed()
			}
		}
	}
}

// hashOf recognises a text.
func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8])
}
