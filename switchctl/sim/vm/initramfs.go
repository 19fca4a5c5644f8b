package vm

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// The first program of the machine. Its steps are told on the console, so that the last line says which
// one was not done. The shares and devices that it names are those of machine.args.
const initScript = `#!/bin/busybox sh
fail() { echo "phoneport: failed: $*"; poweroff -f; }
step() { "$@" || fail "$@"; }
export PATH=/bin
/bin/busybox --install -s /bin
step mount -t proc proc /proc
while read -r m; do step insmod /modules/$m.ko; done </modules/order
step mount -t tmpfs tmpfs /upper
mkdir /upper/files /upper/work
step mount -t 9p -o ro,trans=virtio,version=9p2000.L,msize=512000,cache=loose root /host
step mount -t overlay -o lowerdir=/host,upperdir=/upper/files,workdir=/upper/work root /new
for dir in proc sys dev run; do [ -d /new/$dir ] || mkdir /new/$dir; done
step mount -t proc proc /new/proc
step mount -t sysfs sysfs /new/sys
step mount -t devtmpfs dev /new/dev
step mount -t tmpfs tmpfs /new/run
mkdir -p /new/dev/pts /new/dev/shm /new/run/vm /new/run/lock /new/run/home /new/run/tmp
step mount -t devpts devpts /new/dev/pts
step mount -t tmpfs tmpfs /new/dev/shm
step cp /bin/busybox /start /tests /new/run/vm/
umount /proc
exec switch_root /new /run/vm/busybox sh /run/vm/start
`

// The second program: the same process after the root was changed. Tests write to the second serial line, the
// console stays the kernel's. The line is drained when it is closed, before power goes off.
const startScript = `b=/run/vm/busybox
$b hostname vm
$b ip link set lo up
$b stty -F /dev/ttyS1 raw -echo
(
	printf '\n\026=== VM start\n'
	$b sh /run/vm/tests </dev/null 2>&1
	printf '\n\026=== VM end %d\n' $?
) >/dev/ttyS1
$b poweroff -f
`

// writeInitramfs writes the first root of the machine into dir and gives its path: busybox, the modules, the
// scripts and the tests to run.
func writeInitramfs(dir string, h host, tests string, modules []string) (string, error) {
	mods, err := resolve(h.modules, modules)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "initramfs")
	f, err := os.Create(path)
	if err != nil {
		return "", fmt.Errorf("write initramfs: %w", err)
	}
	defer f.Close()
	a := archive{w: bufio.NewWriter(f)}
	for _, d := range []string{"bin", "proc", "dev", "modules", "host", "upper", "new"} {
		a.add(d, 0o40755, nil)
	}
	var order strings.Builder
	for _, m := range mods {
		a.addFile("modules/"+m.name+".ko", m.path)
		order.WriteString(m.name + "\n")
	}
	a.add("modules/order", 0o100644, []byte(order.String()))
	a.addFile("bin/busybox", h.busybox)
	a.add("init", 0o100755, []byte(initScript))
	a.add("start", 0o100644, []byte(startScript))
	a.add("tests", 0o100644, []byte(tests))
	a.end()
	if a.err != nil {
		return "", fmt.Errorf("write initramfs: %w", a.err)
	}
	if err := f.Close(); err != nil {
		return "", fmt.Errorf("write initramfs: %w", err)
	}
	return path, nil
}

// archive writes the newc form of cpio, which the kernel unpacks into its first root
// (Documentation/driver-api/early-userspace/buffer-format.rst). The first error is kept.
type archive struct {
	w   *bufio.Writer
	n   uint32
	err error
}

func (a *archive) addFile(name, path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		if a.err == nil {
			a.err = err
		}
		return
	}
	a.add(name, 0o100755, data)
}

// add adds one file or folder; mode is st_mode with the type.
func (a *archive) add(name string, mode uint32, data []byte) {
	if a.err != nil {
		return
	}
	a.n++
	head := "070701"
	// inode, mode, uid, gid, links, mtime, size, major and minor of the device and of rdev, name length, checksum
	for _, v := range []uint32{a.n, mode, 0, 0, 1, 0, uint32(len(data)), 0, 0, 0, 0, uint32(len(name) + 1), 0} {
		head += fmt.Sprintf("%08x", v)
	}
	head += name + "\x00"
	for _, s := range []string{head, string(data)} {
		if _, a.err = io.WriteString(a.w, s+strings.Repeat("\x00", -len(s)&3)); a.err != nil {
			return
		}
	}
}

func (a *archive) end() {
	a.add("TRAILER!!!", 0, nil)
	if a.err == nil {
		a.err = a.w.Flush()
	}
}
