package privilege

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"strings"

	"kernel.org/pub/linux/libs/security/libcap/cap"
)

// Become is Keep as another user: a name, or a number, which is its group too, or two as "65534:100". The process gets the user's
// groups and no others. It takes root, or CAP_SETUID and CAP_SETGID; a process that is that user already needs
// neither, and keeps its groups. Files that only the old user may read are to be opened before.
func Become(name string, keep ...Capability) error {
	id, err := lookup(name)
	if err != nil {
		return fmt.Errorf("become user %q: %w", name, err)
	}
	if os.Getuid() == id.uid && os.Geteuid() == id.uid {
		return Keep(keep...)
	}
	process := cap.GetProc()
	missing := &Missing{Program: program()}
	for _, v := range []cap.Value{cap.SETUID, cap.SETGID} {
		if may, err := process.GetFlag(cap.Permitted, v); err != nil || !may {
			missing.Needs = append(missing.Needs, Requirement{Capability(strings.ToUpper(v.String())), "become user " + name})
		}
	}
	if len(missing.Needs) > 0 {
		return missing
	}
	return drop(func() error {
		if err := cap.SetGroups(id.gid, id.groups...); err != nil {
			return fmt.Errorf("take the groups of user %q: %w", name, err)
		}
		if err := cap.SetUID(id.uid); err != nil {
			return fmt.Errorf("become user %q: %w", name, err)
		}
		return nil
	}, keep)
}

// identity is a user as the kernel knows it.
type identity struct {
	uid, gid int
	groups   []int
}

func lookup(name string) (identity, error) {
	u, g, two := strings.Cut(name, ":")
	if uid, err := strconv.ParseUint(u, 10, 31); err == nil {
		id := identity{uid: int(uid), gid: int(uid)}
		if two {
			gid, err := strconv.ParseUint(g, 10, 31)
			if err != nil {
				return identity{}, fmt.Errorf("group %q is no number", g)
			}
			id.gid = int(gid)
		}
		id.groups = []int{id.gid}
		return id, nil
	}
	entry, err := user.Lookup(name)
	if err != nil {
		return identity{}, err
	}
	var id identity
	if id.uid, err = strconv.Atoi(entry.Uid); err != nil {
		return identity{}, err
	}
	if id.gid, err = strconv.Atoi(entry.Gid); err != nil {
		return identity{}, err
	}
	groups, err := entry.GroupIds()
	if err != nil {
		return identity{}, err
	}
	for _, g := range groups {
		n, err := strconv.Atoi(g)
		if err != nil {
			return identity{}, err
		}
		id.groups = append(id.groups, n)
	}
	return id, nil
}
