// Package lab is the simulated campus as the command line offers it: faults spread over it by name, and a
// configuration and an inventory that reach it, written as an operator would write them.
//
// The switches and phones themselves are switchctl/sim's. Lab and demo are the only commands that use it.
package lab
