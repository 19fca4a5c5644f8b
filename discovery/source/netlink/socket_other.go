//go:build !linux

package netlink

import "errors"

var errLost = errors.New("messages were lost")

func open(int) (socket, error) { return nil, errors.New("this host does not run Linux") }
