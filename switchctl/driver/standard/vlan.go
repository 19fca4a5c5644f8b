package standard

import "slices"

// members is who belongs to a VLAN, by bridge port.
type members struct {
	egress, untagged map[int]bool
}

// Ports of a PortList (Q-BRIDGE-MIB): bit 0, the highest of the first octet, is bridge port 1.
func portList(b []byte) []int {
	var out []int
	for i, o := range b {
		for bit := 0; bit < 8; bit++ {
			if o&(0x80>>bit) != 0 {
				out = append(out, 8*i+bit+1)
			}
		}
	}
	return slices.Clip(out)
}
