package snmptrap

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/gosnmp/gosnmp"
)

// The counters of RFC 3414 clause 5 that a report tells.
var reportOIDs = map[Refusal]string{
	SecurityLevel:   ".1.3.6.1.6.3.15.1.1.1.0",
	NotInTimeWindow: ".1.3.6.1.6.3.15.1.1.2.0",
	UnknownUser:     ".1.3.6.1.6.3.15.1.1.3.0",
	UnknownEngine:   ".1.3.6.1.6.3.15.1.1.4.0",
	WrongDigest:     ".1.3.6.1.6.3.15.1.1.5.0",
	Decryption:      ".1.3.6.1.6.3.15.1.1.6.0",
}

// engineTime is our snmpEngineTime, in seconds.
func (r *Receiver) engineTime(now time.Time) uint32 {
	return uint32(min(max(now.Sub(r.began), 0)/time.Second, most31))
}

// report makes the report that a refused message is answered with (RFC 3412 clause 7.1, RFC 3414 clause 3.2), or nil where
// it gets none. keys are of a user whose message was authentic but late: that report must be authentic too.
func (r *Receiver) report(h *header, why Refusal, keys *gosnmp.UsmSecurityParameters, now time.Time) []byte {
	oid, ok := reportOIDs[why]
	if !ok || h.flags&flagReportable == 0 || len(r.options.EngineID) == 0 {
		return nil
	}
	p := r.secured(h)
	sp := &gosnmp.UsmSecurityParameters{UserName: h.user, AuthenticationProtocol: gosnmp.NoAuth, PrivacyProtocol: gosnmp.NoPriv}
	if keys != nil {
		p.MsgFlags = gosnmp.AuthNoPriv
		sp.AuthenticationProtocol, sp.SecretKey = keys.AuthenticationProtocol, keys.SecretKey
	}
	r.stamp(sp, now)
	p.PDUType, p.RequestID, p.SecurityParameters = gosnmp.Report, uint32(h.request), sp
	n := uint32(r.counters.refused[why].Load())
	p.Variables = []gosnmp.SnmpPDU{{Name: oid, Type: gosnmp.Counter32, Value: n}}
	out, err := p.MarshalMsg()
	if err != nil { // only of values that are no Counter32
		return nil
	}
	return out
}

// secured is the outside of an answer to a message of v3.
func (r *Receiver) secured(h *header) *gosnmp.SnmpPacket {
	return &gosnmp.SnmpPacket{
		Version: gosnmp.Version3, SecurityModel: gosnmp.UserSecurityModel, MsgID: uint32(h.id), ContextEngineID: string(r.options.EngineID),
	}
}

// stamp writes our engine and its time.
func (r *Receiver) stamp(sp *gosnmp.UsmSecurityParameters, now time.Time) {
	sp.AuthoritativeEngineID = string(r.options.EngineID)
	sp.AuthoritativeEngineBoots, sp.AuthoritativeEngineTime = r.options.EngineBoots, r.engineTime(now)
}

// acknowledge makes the response to an inform (RFC 3416 clause 4.2.7): the same variables, no error.
func (r *Receiver) acknowledge(a accepted, now time.Time) ([]byte, error) {
	if a.header.version != version3 {
		// The same octets but for the tag of the PDU: whatever the variables are, they come back as they went.
		out := bytes.Clone(a.b)
		out[a.header.pduAt] = byte(gosnmp.GetResponse)
		return out, nil
	}
	p := r.secured(&a.header)
	p.ContextEngineID, p.ContextName = a.message.packet.ContextEngineID, a.message.packet.ContextName
	p.MsgFlags = gosnmp.SnmpV3MsgFlags(a.header.flags & (flagAuth | flagPriv))
	sp := &gosnmp.UsmSecurityParameters{UserName: a.header.user, AuthenticationProtocol: gosnmp.NoAuth, PrivacyProtocol: gosnmp.NoPriv}
	if a.keys != nil {
		sp.AuthenticationProtocol, sp.SecretKey = a.keys.AuthenticationProtocol, a.keys.SecretKey
		sp.PrivacyProtocol, sp.PrivacyKey = a.keys.PrivacyProtocol, a.keys.PrivacyKey
	}
	r.stamp(sp, now)
	if a.header.sealed {
		// The salt must not repeat under one key; that of DES is the boots and a number, that of AES 64 bits
		// (RFC 3414 clause 8.1.1.1, RFC 3826 clause 3.1.2.1). Boots and a number are right for both.
		sp.PrivacyParameters = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, r.options.EngineBoots), r.salt.Add(1))
	}
	p.PDUType, p.RequestID, p.SecurityParameters = gosnmp.GetResponse, a.message.request, sp
	p.Variables = a.message.vars
	out, err := p.MarshalMsg()
	if err == nil {
		return out, nil
	}
	// A variable that gosnmp reads and does not write must not make the sender try for ever.
	p.Variables = nil
	if out, err = p.MarshalMsg(); err != nil {
		return nil, fmt.Errorf("encode response: %w", err)
	}
	return out, nil
}
