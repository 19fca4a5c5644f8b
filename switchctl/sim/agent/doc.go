// Package agent is an SNMP agent engine: it turns request messages (v1, v2c, v3 with the User-based
// Security Model) into answers over a View of objects, and serves that on UDP sockets with the losses and
// delays that a test asks for.
//
// It knows no MIB and no switch; switchctl/sim brings those as a Schema of tables, and recorded walks as
// a Records view. It is not a general agent: no traps, no views per user (VACM) beyond read and write.
//
// The BER codec here is written apart from the client's (gosnmp), so that a mistake in one is not
// answered by the same mistake in the other. Only the derivation of USM keys is gosnmp's.
package agent
