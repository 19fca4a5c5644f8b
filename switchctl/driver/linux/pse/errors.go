package pse

import (
	"errors"
	"os"
	"syscall"

	"github.com/mdlayher/netlink"

	"phoneport/switchctl"
)

// fail puts an error of the kernel into its class. The sentence of the kernel's extended acknowledgement, where
// there is one, is part of the cause.
func fail(op, ifname string, err error) error {
	if err == nil {
		return nil
	}
	var done *switchctl.Error
	if errors.As(err, &done) {
		return err
	}
	e := &switchctl.Error{Op: op, Port: ifname, Class: switchctl.ErrRejected, Err: err}
	switch {
	case errors.Is(err, errCannot):
		e.Class, e.Err = switchctl.ErrUnsupported, says(err, "the power controller of this interface cannot do it")
	case errors.Is(err, errNoPSE), errors.Is(err, syscall.EOPNOTSUPP):
		e.Class, e.Err = switchctl.ErrUnsupported, says(err, "the kernel knows no power controller for this interface")
	case errors.Is(err, syscall.ENODEV):
		e.Class, e.Err = switchctl.ErrUnsupported, &noInterfaceError{says(err, "the host has no interface of this name")}
	case errors.Is(err, os.ErrNotExist):
		e.Class, e.Err = switchctl.ErrUnsupported, errors.New("the kernel has no ethtool netlink (Linux 5.6 and newer have)")
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES):
		e.Class, e.Err = switchctl.ErrDenied, says(err, "the process needs CAP_NET_ADMIN to set inline power")
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, errStopped):
		e.Class = switchctl.ErrUnreachable
	case errors.As(err, new(*malformedError)):
		e.Class = switchctl.ErrMalformed
	}
	return e
}

// says gives our sentence, and the kernel's own behind it.
func says(err error, sentence string) error {
	var op *netlink.OpError
	if errors.As(err, &op) && op.Message != "" {
		return errors.New(sentence + " (" + op.Message + ")")
	}
	return errors.New(sentence)
}

// errCannot says that there is a controller, but not for this.
var errCannot = errors.New("power controller without it")

// noInterfaceError tells an interface that does not exist from one that has no power.
type noInterfaceError struct{ error }

// malformedError is an answer that cannot be read.
type malformedError struct{ err error }

func (e *malformedError) Error() string { return "answer of the kernel: " + e.err.Error() }
func (e *malformedError) Unwrap() error { return e.err }
