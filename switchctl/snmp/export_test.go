package snmp

import "github.com/gosnmp/gosnmp"

// DecodeForTest decodes a v2c answer as a session does, without a socket.
func DecodeForTest(b []byte) (out []Value, err error) {
	defer func() {
		if e := recover(); e != nil {
			// gosnmp's send recovers too; what is fuzzed here is our part.
			out, err = nil, errAnswer
		}
	}()
	res, err := (&gosnmp.GoSNMP{Version: gosnmp.Version2c}).SnmpDecodePacket(b)
	if err != nil {
		return nil, classify(err)
	}
	for i := range res.Variables {
		out = append(out, value(&res.Variables[i]))
		varSize(&res.Variables[i])
		_, _ = parseIndex(nil, res.Variables[i].Name)
	}
	return out, nil
}
