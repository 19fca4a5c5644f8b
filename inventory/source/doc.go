// Package source has one folder per provisioning system that says which phones should exist. It holds no
// code of its own: each folder implements inventory.Source and runs the suite inventory/sourcetest.
//
// To add a source, make a folder with a type that has Name and Load, return bad entries as an
// *inventory.LoadError, and call sourcetest.Run in its test.
package source
