// Package snmp is the seam to SNMP agents: sessions over v1, v2c and v3, a table reader that packs many
// columns into one GETBULK and adapts to what the agent stands, and one classification of errors.
//
// It knows protocols and values, no MIB: which objects to read, and what they mean, is the business of
// the drivers. The codec is gosnmp's; nothing above this package sees it.
package snmp
