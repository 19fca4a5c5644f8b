// Package discovery is the vocabulary of what is heard and said on the wire between a phone and a
// switch port: MAC addresses, voice policies and neighbours.
//
// It holds no sockets and no codecs; those live in the folders below it. It imports the standard
// library only.
package discovery
