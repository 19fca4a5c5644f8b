// Package vm runs tests on another kernel: in a small virtual machine, because the kernels of many sandboxes
// and containers have neither 802.1Q nor bridges that filter VLANs, and a Linux switch is made of both.
//
// A test package has one door and any number of tests behind it:
//
//	func TestSwitch(t *testing.T) { vm.Run(t, vm.Options{Run: "^TestInside", Programs: []string{"lldpd"}}) }
//
//	func TestInsideTaggedFrame(t *testing.T) {
//		vm.Only(t) // skips where it is not inside
//		…          // root, a kernel with bridge and 8021q, no network but what the test makes
//	}
//
// Run starts the test binary that is running once more, inside. The machine is qemu without hardware
// acceleration (a test machine's /dev/kvm cannot be trusted to work), with Debian's kernel as .ci/kernel
// fetches it. Its root is the root of the host, read-only over 9p, below an overlay in memory: programs,
// libraries, the test binary and testdata are where they are outside, and what is written is gone
// afterwards. There is no network device and no way out. The tests inside become subtests of the door, with
// their output, in their order; a panic, a kernel that stops, and silence are failures that show the last
// lines of the console.
//
// A boot takes about three seconds of an idle core, so put what belongs together behind one door. Inside,
// starting a program takes about a tenth of a second: give ip and bridge their lines by -batch. Where qemu, the kernel,
// busybox or a program is missing, the door says which and skips.
package vm
