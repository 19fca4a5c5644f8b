//go:build linux

package peers

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"phoneport/discovery/wire/wiretest"
)

// Addresses of the two ends of a cable.
var switchMAC, phoneMAC = wiretest.Near, wiretest.Far

// wait is how long a test waits for what must come, before it fails. What must come within some time by
// requirement has a limit of its own.
const wait = 30 * time.Second

// namespace moves the test into a network namespace of its own.
func namespace(t testing.TB) {
	t.Helper()
	wiretest.Namespace(t, "phoneport against other programs")
}

// program finds one, or skips.
func program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		for _, dir := range []string{"/usr/sbin/", "/sbin/"} {
			if _, err := os.Stat(dir + name); err == nil {
				return dir + name
			}
		}
		t.Skipf("%s is missing: phoneport is not tested against it", name)
	}
	return path
}
