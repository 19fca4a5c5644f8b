//go:build !linux

package linux

import "errors"

func openKernel() (kernel, error) { return nil, errors.New("this host does not run Linux") }

func errno(error) (denied, gone, unsupported bool) { return false, false, false }
