package vm

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestFindKernel looks at folders as .ci/kernel leaves them, whole and not.
func TestFindKernel(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("PHONEPORT_KERNEL", "")
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	kernel := func(dir string, fetched time.Time, files ...string) {
		t.Helper()
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			path := filepath.Join(dir, f)
			if err := errors.Join(os.WriteFile(path, []byte("6.1-"+filepath.Base(dir)+"\n"), 0o644), os.Chtimes(path, fetched, fetched)); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := func(image, release string) {
		t.Helper()
		var h host
		err := h.findKernel()
		if image == "" {
			if err == nil || !strings.Contains(err.Error(), ".ci/kernel") {
				t.Errorf("got %+v and %v, want where to get a kernel", h, err)
			}
			return
		}
		if err != nil || h.kernel != image || h.release != release || h.modules != filepath.Join(filepath.Dir(image), "modules") {
			t.Errorf("got %+v and %v, want %s of %s", h, err, image, release)
		}
	}
	below := func(names ...string) string {
		return filepath.Join(append([]string{cache, "phoneport", "kernel"}, names...)...)
	}

	want("", "")
	kernel(below("half"), day, "vmlinux") // without release: its fetching was interrupted
	kernel(below("empty"), day, "release")
	want("", "")
	kernel(below("b"), day, "vmlinuz", "release")
	want(below("b", "vmlinuz"), "6.1-b")
	kernel(below("c"), day.AddDate(0, 0, 2), "vmlinuz", "vmlinux", "release")
	kernel(below("d"), day.AddDate(0, 0, 1), "vmlinux", "release")
	want(below("c", "vmlinux"), "6.1-c") // fetched last; and what starts faster
	own := filepath.Join(t.TempDir(), "own")
	kernel(own, day, "vmlinuz", "release")
	t.Setenv("PHONEPORT_KERNEL", own)
	want(filepath.Join(own, "vmlinuz"), "6.1-own")
	t.Setenv("PHONEPORT_KERNEL", filepath.Join(own, "none"))
	want("", "")
}

// TestModules resolves what the machine needs, where there is a kernel: each module behind what it needs.
func TestModules(t *testing.T) {
	t.Parallel()
	var h host
	if err := h.findKernel(); err != nil {
		t.Skipf("SKIPPED: missing %v; not tested: the order of kernel modules", err)
	}
	mods, err := resolve(h.modules, []string{"bridge", "9pnet-virtio"})
	if err != nil {
		t.Fatal(err)
	}
	place := map[string]int{}
	for i, m := range mods {
		if at, twice := place[m.name]; twice {
			t.Errorf("%s comes at %d and %d", m.name, at, i)
		}
		place[m.name] = i
		needs, err := depends(m.path)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range needs {
			if at, ok := place[moduleName(n)]; !ok || at >= i {
				t.Errorf("%s comes before %s, which it needs", m.name, n)
			}
		}
	}
	for _, name := range []string{"llc", "stp", "bridge", "9pnet_virtio"} {
		if _, ok := place[name]; !ok {
			t.Errorf("no %s among %v", name, mods)
		}
	}
	if _, err := resolve(h.modules, []string{"no_such_module"}); err == nil || !strings.Contains(err.Error(), "no_such_module") {
		t.Errorf("a module that there is not: %v", err)
	}
}
