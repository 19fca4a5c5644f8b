package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// sysClassNet is where Linux tells what an interface is made of.
const sysClassNet = "/sys/class/net"

// defaultInterfaces gives the names of the ports that listen hears where none is named.
func defaultInterfaces() ([]string, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("list interfaces: %w", err)
	}
	names := choosePorts(all, os.DirFS(sysClassNet))
	if len(names) == 0 {
		return nil, errors.New("listen: no Ethernet port of this host is up; name one to hear it all the same")
	}
	return names, nil
}

// choosePorts gives the physical Ethernet ports that are up. Where there are none, as in containers and network
// namespaces, it gives the Ethernet interfaces that are up and stand on no other: what a bridge, bond or VLAN hears, the
// port below it hears too, and a tunnel has no phone at its end.
func choosePorts(all []net.Interface, sys fs.FS) []string {
	var physical, virtual []string
	for _, i := range all {
		if i.Flags&net.FlagUp == 0 || i.Flags&net.FlagLoopback != 0 || len(i.HardwareAddr) != 6 {
			continue
		}
		has := func(name string) bool {
			_, err := fs.Stat(sys, i.Name+"/"+name)
			return err == nil
		}
		switch {
		case has("wireless"), has("phy80211"), has("bridge"), has("bonding"), has("tun_flags"):
		case has("device"):
			physical = append(physical, i.Name)
		case !stacked(sys, i.Name):
			virtual = append(virtual, i.Name)
		}
	}
	if len(physical) > 0 {
		return physical
	}
	return virtual
}

// stacked reports whether an interface stands on another: VLANs, bonds, MACVLANs.
func stacked(sys fs.FS, name string) bool {
	entries, err := fs.ReadDir(sys, name)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "lower_") {
			return true
		}
	}
	return false
}

// completeInterfaces completes names of Ethernet interfaces that were not named yet.
func completeInterfaces(_ *cobra.Command, args []string, begin string) ([]cobra.Completion, cobra.ShellCompDirective) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []cobra.Completion
	for _, i := range all {
		if len(i.HardwareAddr) != 6 || i.Flags&net.FlagLoopback != 0 || !strings.HasPrefix(i.Name, begin) || slices.Contains(args, i.Name) {
			continue
		}
		state := "down"
		if i.Flags&net.FlagUp != 0 {
			state = "up"
		}
		out = append(out, cobra.CompletionWithDesc(i.Name, i.HardwareAddr.String()+" "+state))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
