// Package app puts phoneport together: it is the only package that knows every concrete type, from the
// configuration over credentials, sessions, drivers and inventory sources to the engine.
//
// It decides nothing and prints nothing: rules and guards are policy's, words and exit codes the command's.
// What it adds of its own is the memory of where phones were seen (seen.go), until a database keeps it.
//
// To add a kind of inventory source, add a line to openSource.
package app
