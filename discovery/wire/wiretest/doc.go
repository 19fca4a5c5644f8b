// Package wiretest gives tests a network of their own: a namespace, and cables in it. Only Linux has them.
package wiretest

import "phoneport/discovery"

// Addresses of the two ends of a cable.
var (
	Near = discovery.MAC{0x02, 0, 0, 0, 0x10, 0x01}
	Far  = discovery.MAC{0x02, 0, 0, 0, 0x20, 0x01}
)
