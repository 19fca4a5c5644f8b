package agent

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"phoneport/discovery"
	source "phoneport/discovery/source/netlink"
	"phoneport/switchctl"
	"phoneport/switchctl/driver/linux"
	"phoneport/switchctl/driver/linux/pse"
)

// thisHost is the host in the network namespace of the process.
type thisHost struct {
	pse *pse.Conn
	log *slog.Logger
}

// NewHost gives the host that the process runs on.
func NewHost(log *slog.Logger) Host { return &thisHost{pse: pse.Open(), log: log} }

// Watch tells what rtnetlink tells, and beside it what the kernel tells of inline power, where it does.
func (h *thisHost) Watch(ctx context.Context, sink discovery.Sink) error {
	power := func(ctx context.Context, sink discovery.Sink) error {
		err := h.pse.Watch(ctx, func(ctx context.Context, n pse.Notice) error { return sink(ctx, n.Event(time.Now())) })
		if err != nil && ctx.Err() == nil {
			h.log.Info("inline power is not watched", "err", err)
		}
		return nil // most kernels tell nothing of power; links are watched all the same
	}
	return source.New(source.Options{Log: h.log, Beside: []func(context.Context, discovery.Sink) error{power}}).Run(ctx, sink)
}

// Scene reads all Ethernet interfaces and the bridges that are asked for.
func (h *thisHost) Scene(ctx context.Context, bridges []string) (Scene, error) {
	sc := Scene{Bridges: map[string]Bridge{}}
	sc.Name, _ = os.Hostname() // a host without a name says none
	sc.System, sc.Platform = system()
	links, err := dumped(netlink.LinkList)
	if err != nil {
		return sc, fmt.Errorf("list interfaces: %w", err)
	}
	addresses, err := dumped(func() ([]netlink.Addr, error) { return netlink.AddrList(nil, netlink.FAMILY_ALL) })
	if err != nil {
		return sc, fmt.Errorf("list addresses: %w", err)
	}
	byIndex := map[int][]netip.Addr{}
	for _, a := range addresses {
		if ip, ok := netip.AddrFromSlice(a.IP); ok {
			byIndex[a.LinkIndex] = append(byIndex[a.LinkIndex], ip.Unmap())
		}
	}
	names := map[int]string{}
	for _, l := range links {
		if l.Type() == "bridge" {
			names[l.Attrs().Index] = l.Attrs().Name
		}
	}
	for _, l := range links {
		a := l.Attrs()
		loopback := a.RawFlags&unix.IFF_LOOPBACK != 0
		if len(a.HardwareAddr) != len(discovery.MAC{}) && !loopback {
			continue // a tunnel
		}
		k := Link{
			Name: a.Name, Index: a.Index, Alias: a.Alias, Kind: l.Type(), Bridge: names[a.MasterIndex], Loopback: loopback,
			Addresses: byIndex[a.Index], Up: a.RawFlags&(unix.IFF_UP|unix.IFF_LOWER_UP) == unix.IFF_UP|unix.IFF_LOWER_UP,
		}
		copy(k.Addr[:], a.HardwareAddr)
		if k.Kind == "device" {
			k.Kind, k.HalfDuplex = "", k.Up && halfDuplex(a.Name)
		}
		sc.Links = append(sc.Links, k)
	}
	for _, name := range bridges {
		if _, ok := sc.link(name); ok { // one that is not there is told by Plan
			sc.Bridges[name] = h.bridge(ctx, name)
		}
	}
	return sc, nil
}

// dumped repeats a dump that the kernel says was interrupted by a change.
func dumped[T any](list func() ([]T, error)) (out []T, err error) {
	for range 10 {
		if out, err = list(); !errors.Is(err, netlink.ErrDumpInterrupted) {
			return out, err
		}
	}
	return out, err
}

// bridge reads one bridge by the driver that also audits it.
func (h *thisHost) bridge(ctx context.Context, name string) Bridge {
	d, err := linux.Open(ctx, linux.Options{ID: switchctl.SwitchID(name), Bridge: name, PSE: h.pse, Log: h.log})
	if err != nil {
		return Bridge{Err: err}
	}
	defer d.Close()
	snap, err := d.Observe(ctx, switchctl.Scope{})
	if err != nil {
		return Bridge{Err: err}
	}
	return members(&snap)
}

// halfDuplex asks the driver of a real interface. Where it does not say, it is full duplex: a phone that is told
// otherwise logs a mismatch.
func halfDuplex(name string) bool {
	text, err := os.ReadFile(filepath.Join("/sys/class/net", name, "duplex"))
	return err == nil && string(bytes.TrimSpace(text)) == "half"
}

// system gives the kernel and the machine.
func system() (description, platform string) {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "Linux", "Linux"
	}
	text := func(b []byte) string { return string(b[:max(0, bytes.IndexByte(b, 0))]) }
	name := text(u.Sysname[:])
	return name + " " + text(u.Release[:]), name + " " + text(u.Machine[:])
}
