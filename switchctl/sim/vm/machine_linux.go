package vm

import (
	"os/exec"
	"syscall"
)

// dieWithParent lets the child end when the thread that starts it does.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
