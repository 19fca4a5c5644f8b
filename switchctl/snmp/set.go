package snmp

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/gosnmp/gosnmp"

	"phoneport/switchctl"
)

// Set writes all variables in one request; see Session. A request without an answer is sent again: what
// phoneport writes is absolute, so that writing twice is writing once. Where that is not so (a row made by
// createAndGo) the agent answers inconsistentValue to the second and the caller looks at the row.
func (v *view) Set(ctx context.Context, vars ...Var) error {
	if len(vars) == 0 {
		return nil
	}
	op := "set " + vars[0].OID.String()
	if len(vars) > 1 {
		op = fmt.Sprintf("%s and %d more", op, len(vars)-1)
	}
	p := pdu{kind: "SET", vars: make([]gosnmp.SnmpPDU, len(vars))}
	for i, w := range vars {
		enc, err := encode(w.Value)
		if err != nil {
			return &switchctl.Error{Op: op, Class: switchctl.ErrUnsupported, Err: err}
		}
		enc.Name = "." + w.OID.String()
		p.vars[i] = enc
	}
	res, err := v.exchange(ctx, p)
	if err != nil {
		return withOp(err, op)
	}
	if res.Error == gosnmp.NoError {
		return nil
	}
	if i := int(res.ErrorIndex); i >= 1 && i <= len(vars) {
		op = "set " + vars[i-1].OID.String()
	}
	e := statusError(res.Error)
	e.Op = op
	return e
}

// statusError makes an error-status one of our classes.
func statusError(s gosnmp.SNMPError) *switchctl.Error {
	e := &switchctl.Error{Class: switchctl.ErrRejected, Err: StatusError(s)}
	switch s {
	case gosnmp.TooBig:
		e.Err = ErrTooBig
	case gosnmp.NoSuchName:
		// SNMPv1 says this both for an object that is not there and for one that may not be written.
		e.Class, e.Err = switchctl.ErrUnsupported, ErrNoSuchName
	case gosnmp.NoCreation, gosnmp.InconsistentName:
		e.Class = switchctl.ErrUnsupported
		if s == gosnmp.NoCreation {
			e.Err = ErrNoCreation
		}
	case gosnmp.NoAccess:
		e.Class, e.Err = switchctl.ErrDenied, ErrNoAccess
	case gosnmp.AuthorizationError:
		e.Class = switchctl.ErrDenied
	case gosnmp.ReadOnly:
		e.Class = switchctl.ErrDenied
	case gosnmp.NotWritable:
		e.Err = ErrNotWritable
	case gosnmp.WrongType, gosnmp.WrongLength, gosnmp.WrongEncoding:
		e.Err = errors.Join(ErrWrongType, e.Err)
		if s == gosnmp.WrongType {
			e.Err = ErrWrongType
		}
	case gosnmp.WrongValue, gosnmp.BadValue:
		e.Err = ErrWrongValue
	}
	return e
}

func encode(v Value) (gosnmp.SnmpPDU, error) {
	switch v.Kind {
	case KindInteger:
		return gosnmp.SnmpPDU{Type: gosnmp.Integer, Value: int(v.num)}, nil
	case KindOctets:
		return gosnmp.SnmpPDU{Type: gosnmp.OctetString, Value: []byte(v.octets)}, nil
	case KindOID:
		return gosnmp.SnmpPDU{Type: gosnmp.ObjectIdentifier, Value: "." + v.OID().String()}, nil
	case KindAddress:
		a, _ := netip.AddrFromSlice([]byte(v.octets))
		return gosnmp.SnmpPDU{Type: gosnmp.IPAddress, Value: a.String()}, nil
	case KindUnsigned:
		return gosnmp.SnmpPDU{Type: gosnmp.Gauge32, Value: uint32(v.num)}, nil
	case KindTicks:
		return gosnmp.SnmpPDU{Type: gosnmp.TimeTicks, Value: uint32(v.num)}, nil
	}
	return gosnmp.SnmpPDU{}, fmt.Errorf("encode value: kind %d cannot be written", v.Kind)
}
