package vm

import (
	"debug/elf"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// BaseModules gives the modules that every machine loads: the way to its root, and what a switch is made of.
func BaseModules() []string {
	return []string{"virtio_pci", "9pnet_virtio", "9p", "overlay", "8021q", "bridge", "veth"}
}

// module is one kernel module to load.
type module struct {
	name string
	path string
}

// resolve gives the modules to load in an order in which each comes after what it needs. What a module
// needs is told by itself (modinfo "depends"), so no depmod has to have run. Modules built into the kernel
// are left out.
func resolve(dir string, names []string) ([]module, error) {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".ko") {
			files[moduleName(path)] = path
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list kernel modules: %w", err)
	}
	builtin, err := builtins(dir)
	if err != nil {
		return nil, err
	}
	var order []module
	seen := map[string]bool{}
	var add func(name, wanted string) error
	add = func(name, wanted string) error {
		name = moduleName(name)
		if seen[name] || builtin[name] {
			return nil
		}
		seen[name] = true
		path, ok := files[name]
		if !ok {
			return fmt.Errorf("find kernel module %s: not in %s (needed for %s)", name, dir, wanted)
		}
		needs, err := depends(path)
		if err != nil {
			return err
		}
		for _, n := range needs {
			if err := add(n, wanted); err != nil {
				return err
			}
		}
		order = append(order, module{name, path})
		return nil
	}
	for _, n := range names {
		if err := add(n, n); err != nil {
			return nil, err
		}
	}
	return order, nil
}

// moduleName gives the name of a module out of a file's or a user's: the kernel takes "-" for "_".
func moduleName(path string) string {
	return strings.ReplaceAll(strings.TrimSuffix(filepath.Base(path), ".ko"), "-", "_")
}

// builtins reads modules.builtin. A kernel folder without it has all as modules.
func builtins(dir string) (map[string]bool, error) {
	text, err := os.ReadFile(filepath.Join(dir, "modules.builtin"))
	if err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("read built-in modules: %w", err)
	}
	set := map[string]bool{}
	for line := range strings.FieldsSeq(string(text)) {
		set[moduleName(line)] = true
	}
	return set, nil
}

// depends gives the modules that one module needs.
func depends(path string) ([]string, error) {
	f, err := elf.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open kernel module: %w", err)
	}
	defer f.Close()
	sec := f.Section(".modinfo")
	if sec == nil {
		return nil, fmt.Errorf("read kernel module %s: no .modinfo", path)
	}
	info, err := sec.Data()
	if err != nil {
		return nil, fmt.Errorf("read kernel module %s: %w", path, err)
	}
	for _, kv := range strings.Split(string(info), "\x00") {
		if list, ok := strings.CutPrefix(kv, "depends="); ok {
			return slices.DeleteFunc(strings.Split(list, ","), func(s string) bool { return s == "" }), nil
		}
	}
	return nil, nil
}
