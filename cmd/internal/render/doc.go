// Package render writes the shapes of cmd/internal/shape for people and for other programs: JSON, YAML, CSV,
// tables, JUnit, SARIF and HTML. All data goes to one io.Writer; nothing here knows of terminals but what
// Options tells.
//
// Text that comes from switches and phones is not trusted: control characters do not reach a terminal,
// formulas do not reach a spreadsheet, markup does not reach a browser.
package render
