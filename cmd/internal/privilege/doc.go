// Package privilege says what the process may do, and gives up the rest: phoneport needs two capabilities of
// Linux at most, and none of what else root may do.
//
// It does not gain anything: who starts the program gives it its capabilities. What it drops is dropped in
// all threads of the process, for good, and for the programs that it starts.
package privilege

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// Capability is a capability of Linux, in the spelling of capabilities(7).
type Capability string

// The capabilities that parts of phoneport need.
const (
	NetRaw   Capability = "CAP_NET_RAW"   // hear and send frames
	NetAdmin Capability = "CAP_NET_ADMIN" // change bridges, VLANs and the power of ports
)

// Requirement is a capability and what it is needed for.
type Requirement struct {
	Capability Capability
	For        string // reads well behind "to": "hear and send frames on eth0"
}

// Missing says which capabilities are missing and how to give them. It wraps os.ErrPermission.
type Missing struct {
	Needs   []Requirement // those that are missing
	Program string        // path of the program, for the command that gives them
}

// Error names each missing capability once, with all that it is needed for.
func (m *Missing) Error() string {
	var names, texts []string
	purposes := map[Capability][]string{}
	for _, n := range m.Needs {
		if _, ok := purposes[n.Capability]; !ok {
			names = append(names, string(n.Capability))
		}
		if !slices.Contains(purposes[n.Capability], n.For) {
			purposes[n.Capability] = append(purposes[n.Capability], n.For)
		}
	}
	for _, n := range names {
		texts = append(texts, fmt.Sprintf("%s is missing, needed to %s", n, strings.Join(purposes[Capability(n)], " and to ")))
	}
	return fmt.Sprintf("%s: give the program what is missing with `setcap %s+ep %s`, or its systemd unit with `AmbientCapabilities=%s`, or run it as root: %v",
		strings.Join(texts, "; "), strings.ToLower(strings.Join(names, ",")), m.Program, strings.Join(names, " "), os.ErrPermission)
}

// Unwrap gives os.ErrPermission.
func (*Missing) Unwrap() error { return os.ErrPermission }

// program gives the path by which setcap finds the program.
func program() string {
	self, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return self
}
