// Package journal keeps the engine's journal in files: what it is about to do to a switch, written to the
// disk before it is done, and what came of it.
//
//	<dir>/lock                      held while a run may write to switches; names its holder
//	<dir>/runs/<run>.running.jsonl  a run at work, or left by a process that died, or with a port to recover
//	<dir>/runs/<run>.jsonl          a run that ended
//
// A file is JSON lines, appended and never rewritten; record.go is the format. A torn last line is what a
// crash leaves and is passed over; any other line that cannot be read is logged by file and line and
// passed over. It is not a database of the fleet: it holds changes, not readings.
package journal
