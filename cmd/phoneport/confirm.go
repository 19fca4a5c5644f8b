package main

import (
	"bufio"
	"context"
	"fmt"
	"strings"
)

// confirm asks on the terminal. Without one, --yes must have been given. Only y and yes mean yes.
func (c *cli) confirm(ctx context.Context, question string) error {
	if !c.inTerm {
		return usagef("%s: there is no terminal to ask on; give --yes if it is meant", question)
	}
	c.talk("%s [y/N] ", question)
	answer := make(chan string, 1)
	go func() { // ends with the process where nobody answers
		line, _ := bufio.NewReader(c.in).ReadString('\n')
		answer <- line
	}()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case line := <-answer:
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "y", "yes":
			return nil
		}
		return &exit{exitFindings, fmt.Errorf("nothing was changed")}
	}
}
