//go:build !linux

package agent

// Claim makes an interface ours; elsewhere than on Linux there is none to speak on.
func Claim(string) (release func(), err error) { return func() {}, nil }
