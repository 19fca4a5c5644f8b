package vm

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// host is what the host has for a machine.
type host struct {
	qemu    string // path
	busybox string // path, statically linked
	kernel  string // path of vmlinux or vmlinuz
	modules string // folder
	release string // as uname -r tells
}

// findHost looks for all that a machine needs. It gives a *missingError that names everything missing.
func findHost(programs []string) (host, error) {
	var h host
	var missing []string
	need := func(format string, args ...any) { missing = append(missing, fmt.Sprintf(format, args...)) }
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		// The programs inside are the host's.
		need("a Linux on amd64 to run it on (this is %s on %s)", runtime.GOOS, runtime.GOARCH)
		return h, &missingError{missing}
	}
	var err error
	if h.qemu, err = lookPath("qemu-system-x86_64"); err != nil {
		need("qemu-system-x86_64 (Debian package qemu-system-x86)")
	}
	if h.busybox, err = lookPath("busybox"); err != nil {
		need("busybox (Debian package busybox-static)")
	} else if !static(h.busybox) {
		need("a statically linked busybox (Debian package busybox-static)")
	}
	if err := h.findKernel(); err != nil {
		need("%v", err)
	}
	for _, p := range programs {
		if _, err := lookPath(p); err != nil {
			need("%s", p)
		}
	}
	if len(missing) > 0 {
		return h, &missingError{missing}
	}
	return h, nil
}

// findKernel looks for a kernel in the folder that PHONEPORT_KERNEL names, or among those that .ci/kernel
// fetched; of several it takes the one fetched last.
func (h *host) findKernel() error {
	dirs := []string{os.Getenv("PHONEPORT_KERNEL")}
	if dirs[0] == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return errors.New("a kernel: neither PHONEPORT_KERNEL nor HOME is set")
		}
		dirs, err = filepath.Glob(filepath.Join(cache, "phoneport", "kernel", "*"))
		if err != nil {
			return fmt.Errorf("a kernel: %w", err)
		}
	}
	var newest int64
	for _, dir := range dirs {
		release, err := os.ReadFile(filepath.Join(dir, "release"))
		if err != nil {
			continue // not whole
		}
		info, err := os.Stat(filepath.Join(dir, "release"))
		if err != nil || h.kernel != "" && info.ModTime().UnixNano() <= newest {
			continue
		}
		for _, name := range []string{"vmlinux", "vmlinuz"} {
			if image := filepath.Join(dir, name); exists(image) {
				newest = info.ModTime().UnixNano()
				h.kernel, h.modules, h.release = image, filepath.Join(dir, "modules"), strings.TrimSpace(string(release))
				break
			}
		}
	}
	if h.kernel == "" {
		return errors.New("a kernel (.ci/kernel fetches one; PHONEPORT_KERNEL may name its folder)")
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// static reports whether a program needs no interpreter: before the root is mounted there are no libraries.
func static(path string) bool {
	f, err := elf.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return false
		}
	}
	return true
}
