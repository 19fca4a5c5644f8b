package privilege

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
	"kernel.org/pub/linux/libs/security/libcap/cap"
)

// Need gives nil where the process has all that is needed, else a *Missing. What it may have and has not
// raised, as after `setcap …+p`, is raised.
func Need(needs ...Requirement) error {
	process := cap.GetProc()
	missing := &Missing{Program: program()}
	var raise []cap.Value
	for _, n := range needs {
		v, err := value(n.Capability)
		if err != nil {
			return err
		}
		permitted, err := process.GetFlag(cap.Permitted, v)
		if err != nil {
			return fmt.Errorf("look up %s: %w", n.Capability, err)
		}
		effective, err := process.GetFlag(cap.Effective, v)
		switch {
		case err != nil:
			return fmt.Errorf("look up %s: %w", n.Capability, err)
		case !permitted:
			missing.Needs = append(missing.Needs, n)
		case !effective:
			raise = append(raise, v)
		}
	}
	if len(missing.Needs) > 0 {
		return missing
	}
	if len(raise) == 0 {
		return nil
	}
	if err := process.SetFlag(cap.Effective, true, raise...); err != nil {
		return fmt.Errorf("raise capabilities: %w", err)
	}
	if err := process.SetProc(); err != nil {
		return fmt.Errorf("raise capabilities: %w", err)
	}
	return nil
}

// Keep drops all capabilities but these, of which it keeps those that the process has, and sets no_new_privs:
// neither the process nor what it starts gets any back, not even as root. Capabilities leave the bounding set
// too where that is allowed (CAP_SETPCAP); without it no_new_privs has the same effect.
func Keep(keep ...Capability) error { return drop(nil, keep) }

// drop does the work of Keep, and becomes another user in between, when what that takes is still there.
func drop(become func() error, keep []Capability) error {
	values := make([]cap.Value, 0, len(keep))
	for _, k := range keep {
		v, err := value(k)
		if err != nil {
			return err
		}
		values = append(values, v)
	}
	if err := bound(values); err != nil {
		return err
	}
	if become != nil {
		if err := become(); err != nil {
			return err
		}
	}
	// What is not inheritable is not ambient: the kernel drops the one with the other.
	process, left := cap.GetProc(), cap.NewSet()
	for _, v := range values {
		has, err := process.GetFlag(cap.Permitted, v)
		if err != nil {
			return fmt.Errorf("look up %s: %w", v, err)
		}
		if err := errors.Join(left.SetFlag(cap.Permitted, has, v), left.SetFlag(cap.Effective, has, v)); err != nil {
			return fmt.Errorf("keep %s: %w", v, err)
		}
	}
	if err := left.SetProc(); err != nil {
		return fmt.Errorf("drop capabilities: %w", err)
	}
	if _, err := cap.Prctlw(unix.PR_SET_NO_NEW_PRIVS, 1); err != nil {
		return fmt.Errorf("set no_new_privs: %w", err)
	}
	return nil
}

// bound takes all capabilities but these out of the bounding set, where the process may.
func bound(keep []cap.Value) error {
	process := cap.GetProc()
	if may, err := process.GetFlag(cap.Permitted, cap.SETPCAP); err != nil || !may {
		return err
	}
	if err := process.SetFlag(cap.Effective, true, cap.SETPCAP); err != nil {
		return fmt.Errorf("raise %s: %w", cap.SETPCAP, err)
	}
	if err := process.SetProc(); err != nil {
		return fmt.Errorf("raise %s: %w", cap.SETPCAP, err)
	}
	for v := cap.Value(0); v < cap.MaxBits(); v++ {
		has, err := cap.GetBound(v)
		if err != nil {
			return fmt.Errorf("look up %s in the bounding set: %w", v, err)
		}
		if !has || slices.Contains(keep, v) {
			continue
		}
		if err := cap.DropBound(v); err != nil {
			return fmt.Errorf("drop %s from the bounding set: %w", v, err)
		}
	}
	return nil
}

func value(c Capability) (cap.Value, error) {
	v, err := cap.FromName(strings.ToLower(string(c)))
	if err != nil {
		return 0, fmt.Errorf("capability %q: %w", c, err)
	}
	return v, nil
}
