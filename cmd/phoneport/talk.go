package main

import (
	"fmt"
	"sync"

	"github.com/schollz/progressbar/v3"
)

// talk writes to stderr. Data goes to stdout only.
func (c *cli) talk(format string, args ...any) { _, _ = fmt.Fprintf(c.err, format, args...) }

// warn tells of something that works and should not stay so.
func (c *cli) warn(format string, args ...any) {
	c.talk("phoneport: warning: "+format+"\n", args...)
}

// summary tells in a line what was done, unless --quiet.
func (c *cli) summary(text string) {
	if !c.quiet {
		c.talk("%s\n", text)
	}
}

// progress shows how far a job is, on stderr and only where that is a terminal. It is safe for parallel use.
type progress struct {
	mu  sync.Mutex
	bar *progressbar.ProgressBar // nil = nothing is shown
}

func (c *cli) progress(what string, total int) *progress {
	if !c.errTerm || c.quiet || total < 2 {
		return &progress{}
	}
	return &progress{bar: progressbar.NewOptions(
		total, progressbar.OptionSetWriter(c.err), progressbar.OptionSetDescription(what), progressbar.OptionShowCount(),
		progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(true),
	)}
}

// step counts one more.
func (p *progress) step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Add(1) // fails only where the terminal is gone
	}
}

// done takes the bar away.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
