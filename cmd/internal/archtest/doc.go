// Package archtest holds the tests that keep the house in order: which package may import which, what is
// on every list, how long a file may be, and that the documents name only what exists.
//
// It has no code of its own and nothing imports it. A rule about imports is one value in rules_test.go, a
// rule about files one in files_test.go; each says in its message why it is there, because whoever meets
// it meets it as a failing test.
package archtest
