package agent

import "phoneport/switchctl/snmp"

// usmStat is a counter of the group usmStats (SNMP-USER-BASED-SM-MIB 1.3.6.1.6.3.15.1.1), by its number.
type usmStat uint32

const (
	usmUnsupportedSecLevels usmStat = 1
	usmNotInTimeWindows     usmStat = 2
	usmUnknownUserNames     usmStat = 3
	usmUnknownEngineIDs     usmStat = 4
	usmWrongDigests         usmStat = 5
	usmDecryptionErrors     usmStat = 6
	usmStatsCount                   = 7
)

var (
	usmStats           = snmp.OID{1, 3, 6, 1, 6, 3, 15, 1, 1}
	unknownPDUHandlers = snmp.OID{1, 3, 6, 1, 6, 3, 11, 2, 1, 3, 0} // snmpUnknownPDUHandlers (SNMP-MPD-MIB)
	unknownContexts    = snmp.OID{1, 3, 6, 1, 6, 3, 12, 1, 5, 0}    // snmpUnknownContexts (SNMP-TARGET-MIB)
)

// report counts a refusal and appends the report PDU for it, where the sender wants one. body is the
// scoped PDU as it came, for its request-id where it is plain.
func (a *Agent) report(dst []byte, s *scratch, env *envelope, body []byte, st usmStat) []byte {
	n := a.stats[st].Add(1)
	if s.msg.flags&flagPriv == 0 && body != nil && s.msg.parseScoped(body) == nil {
		env.requestID = s.msg.pdu.requestID
		env.contextName = s.msg.contextName
	}
	return a.reportAs(dst, s, env, usmStats.Append(uint32(st), 0), n)
}

func (a *Agent) reportAs(dst []byte, s *scratch, env *envelope, oid snmp.OID, n uint32) []byte {
	if s.msg.flags&flagReportable == 0 {
		return dst
	}
	a.Counters.Reports.Add(1)
	list := appendVar(s.list[:0], oid, snmp.Number(snmp.KindCounter32, uint64(n)))
	return env.append(dst, pduReport, answer{list: list})
}
