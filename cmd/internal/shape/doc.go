// Package shape holds the JSON shapes of phoneport's output: snake_case, units in names, enumerations as words,
// times in RFC 3339, what is not known absent. They are a contract that scripts rely on; goldens hold them.
//
// It turns the vocabulary of the rooms below into these shapes and, for plan files, back. It formats
// nothing: tables, CSV, HTML and the rest are in cmd/internal/render.
//
// To add a field: add it to the struct and its maker, with a unit in its name; never rename one.
package shape
