package cdp

import "encoding/binary"

// Sum computes the checksum over a packet whose checksum field is zero, as Cisco does: the Internet checksum
// (RFC 1071), but where the length is odd the last octet is taken as a signed number and added as it is, and
// not as the high half of a word.
func Sum(b []byte) uint16 {
	even := len(b) &^ 1
	sum := words(b[:even])
	if even < len(b) {
		sum += signed(b[even])
	}
	return ^fold(sum)
}

// verify says how the checksum field of a packet fits. Each sum is taken over the packet with its field in it;
// that is all ones where the field is right, and 0000 and FFFF are one number, as in RFC 1071.
func verify(b []byte) Checksum {
	even := len(b) &^ 1
	sum := words(b[:even])
	if even == len(b) {
		if fold(sum) == 0xffff {
			return ChecksumGood
		}
		return ChecksumBad
	}
	last := b[even]
	switch {
	case fold(sum+signed(last)) == 0xffff:
		return ChecksumGood
	case last == 0x80 && fold(sum+0x80) == 0xffff:
		// Where the sign begins is not agreed: some tools take 80 for positive. No device was seen doing
		// either, so both are good.
		return ChecksumGood
	case fold(sum+uint64(last)<<8) == 0xffff:
		return ChecksumPlain
	}
	return ChecksumBad
}

// signed is an octet as a signed number in one's complement: -1 is FFFE.
func signed(c byte) uint64 {
	if c < 0x80 {
		return uint64(c)
	}
	return 0xff00 + uint64(c) - 1
}

// words adds up 16-bit words; len(b) is even. Larger words give the same, once folded.
func words(b []byte) (sum uint64) {
	for ; len(b) >= 8; b = b[8:] {
		v := binary.BigEndian.Uint64(b)
		sum += v>>32 + v&0xffffffff
	}
	for ; len(b) >= 2; b = b[2:] {
		sum += uint64(binary.BigEndian.Uint16(b))
	}
	return sum
}

// fold brings the carries of a sum back in.
func fold(sum uint64) uint16 {
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return uint16(sum)
}
