package lldp_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"phoneport/discovery/lldp"
)

// unhex reads hex with blanks.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The mandatory TLVs of a phone: chassis 10.21.13.86, port 0021D8BA0965:P1, 120 s.
const head = "0206 05 01 0a150d56 0410 07 303032314438424130393635 3a5031 0602 0078 "

func TestSmoke(t *testing.T) {
	var p lldp.PDU
	if err := p.Decode(unhex(t, head+"FE08 0012BB 02 0140C96E 0000 ff")); err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", p)
	b, err := p.Append(nil)
	if err != nil || !strings.HasSuffix(hex.EncodeToString(b), "0140c96e0000") {
		t.Fatalf("%x, %v", b, err)
	}
}
