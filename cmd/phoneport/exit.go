package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"phoneport/switchctl"
)

// The exit codes, everywhere.
const (
	exitClean       = 0   // done and clean
	exitFindings    = 1   // findings, or changes needed, or a change refused or unverified
	exitUsage       = 2   // usage or configuration error
	exitUnread      = 3   // a switch or source could not be read; what could be read was printed
	exitInterrupted = 130 // 128 + SIGINT, as shells have it
)

// errInterrupted is the cause of the context that Ctrl-C ends.
var errInterrupted = errors.New("interrupted")

// exit is the error that carries an exit code. err is nil where the output has said all.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

// usagef is an error of who called us: exit code 2.
func usagef(format string, args ...any) error { return &exit{exitUsage, fmt.Errorf(format, args...)} }

// status is an exit code without a message; nil for 0.
func status(code int) error {
	if code == exitClean {
		return nil
	}
	return &exit{code, nil}
}

// codeOf gives the exit code of an error.
func codeOf(ctx context.Context, err error) int {
	var e *exit
	switch {
	case errors.Is(err, errInterrupted), ctx.Err() != nil:
		return exitInterrupted
	case err == nil:
		return exitClean
	case errors.As(err, &e):
		return e.code
	case switchctl.ClassOf(err) != nil:
		return exitUnread
	}
	return exitFindings
}

// advice says what to do next about an error of a known class.
func advice(err error) string {
	switch {
	case strings.Contains(err.Error(), "check the address"):
		return "" // the session has said so
	case errors.Is(err, switchctl.ErrUnreachable):
		return "check the address, that SNMP is enabled there, that this host may ask, and the community or user: a wrong one is not answered"
	case errors.Is(err, switchctl.ErrDenied):
		return "check the community or user and its keys, and that its view includes what is asked for; apply needs write access"
	}
	return ""
}

// message gives an error the form of all our messages: one line a mistake, each with the program's name.
func message(err error) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(err.Error(), "\n") + "\n") {
		b.WriteString("phoneport: " + line)
	}
	if a := advice(err); a != "" {
		b.WriteString("phoneport: " + a + "\n")
	}
	return b.String()
}
