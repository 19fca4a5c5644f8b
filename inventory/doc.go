// Package inventory is the vocabulary of which phone is known, where it is and where it should be:
// phones from provisioning sources, the directory they are merged into, and Correlate, which matches a
// reading of a switch to them with evidence and confidence.
//
// It reads no file and calls no server: sources live in inventory/source.
package inventory
