// Package csvfile reads phones from a table in text: an export of a call server, of an asset database or of
// a spreadsheet, with a header line.
//
// The separator, the encoding and the columns are found out; each can be set. A bad row is reported with
// its line and column and loses only itself. It does not read workbooks (.xlsx).
//
// To recognise the header of another product, add it to aliases in columns.go and a file to testdata.
package csvfile
