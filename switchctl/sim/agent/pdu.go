package agent

import (
	"slices"

	"phoneport/switchctl/snmp"
)

// carryOut answers the PDU of s.msg. ok is false for a PDU that an agent does not answer.
func (a *Agent) carryOut(s *scratch, view View, write bool, env *envelope) (answer, bool) {
	limit := a.cfg.MaxSize
	if limit == 0 {
		limit = DefaultMaxSize
	}
	if n := len(s.msg.pdu.vars); n == 1 && (s.msg.pdu.tag == pduGet || s.msg.pdu.tag == pduNext) {
		// One value that is longer than a frame (the PortList of a large chassis) travels in fragments:
		// no agent keeps it to itself.
		limit = maxDatagram
	}
	if env.limit == 0 || env.limit > limit {
		env.limit = limit
	}
	s.list = s.list[:0]
	var ans answer
	switch s.msg.pdu.tag {
	case pduGet:
		a.Counters.Get.Add(1)
		ans = s.get(view, env)
	case pduNext:
		a.Counters.Next.Add(1)
		ans = s.next(view, env)
	case pduBulk:
		a.Counters.Bulk.Add(1)
		var n int
		ans, n = s.bulk(view, env)
		a.Counters.Variables.Add(uint64(n))
		return ans, true
	case pduSet:
		a.Counters.Set.Add(1)
		ans = a.set(s, view, write)
	default:
		return ans, false
	}
	if ans.status != NoError {
		if env.version == version1 {
			ans.status = ans.status.v1()
		}
		ans.list = s.msg.pdu.list // RFC 3416 clause 4.2: as they came
		if ans.status == TooBig && env.version != version1 {
			ans.list = nil
		}
		return ans, true
	}
	a.Counters.Variables.Add(uint64(len(s.msg.pdu.vars)))
	return ans, true
}

func (s *scratch) get(view View, env *envelope) answer {
	for i, v := range s.msg.pdu.vars {
		val, absent := view.Get(v.oid)
		if env.version == version1 && (absent != Present || val.Kind == snmp.KindCounter64) {
			return answer{status: NoSuchName, index: i + 1}
		}
		switch absent {
		case Present:
			s.list = appendVar(s.list, v.oid, val)
		case NoObject:
			s.list = appendException(s.list, v.oid, tagNoSuchObject)
		default:
			s.list = appendException(s.list, v.oid, tagNoSuchInstance)
		}
		if env.size(len(s.list)) > env.limit {
			return answer{status: TooBig}
		}
	}
	return answer{list: s.list}
}

func (s *scratch) next(view View, env *envelope) answer {
	for i, v := range s.msg.pdu.vars {
		p := view.Seek(v.oid)
		before := len(s.list)
		list, kind := view.Next(s.list, &p)
		for env.version == version1 && kind == snmp.KindCounter64 { // RFC 3584 clause 4.2.2.1: skipped
			list, kind = view.Next(list[:before], &p)
		}
		s.list = list
		if kind == snmp.KindNone {
			if env.version == version1 {
				return answer{status: NoSuchName, index: i + 1}
			}
			s.list = appendException(s.list, v.oid, tagEndOfMibView)
		}
		if env.size(len(s.list)) > env.limit {
			return answer{status: TooBig}
		}
	}
	return answer{list: s.list}
}

// bulk carries a GETBULK out (RFC 3416 clause 4.2.3) and gives the number of variables of the answer.
// The answer has as many as fit; it is tooBig only where not even the first one does.
func (s *scratch) bulk(view View, env *envelope) (answer, int) {
	vars := s.msg.pdu.vars
	single, repeat := min(s.msg.pdu.one, len(vars)), s.msg.pdu.two
	s.pos = slices.Grow(s.pos[:0], len(vars))[:len(vars)]
	s.last = slices.Grow(s.last[:0], len(vars))[:len(vars)]
	for i, v := range vars {
		s.pos[i], s.last[i] = view.Seek(v.oid), -1
	}
	count := 0
	for i := range vars[:single] {
		if _, fits := s.step(view, env, i); !fits {
			return s.filled(count)
		}
		count++
	}
	if single == len(vars) {
		return answer{list: s.list}, count
	}
	for range repeat {
		ended := true
		for i := single; i < len(vars); i++ {
			end, fits := s.step(view, env, i)
			if !fits {
				return s.filled(count)
			}
			ended = ended && end
			count++
		}
		if ended {
			break
		}
	}
	return answer{list: s.list}, count
}

// filled is the answer when the next variable does not fit.
func (s *scratch) filled(count int) (answer, int) {
	if count == 0 {
		return answer{status: TooBig}, 0
	}
	return answer{list: s.list}, count
}

// step appends the next variable of repeater i. At the end of the view that is endOfMibView under the
// last name that this repeater gave.
func (s *scratch) step(view View, env *envelope, i int) (ended, fits bool) {
	from := len(s.list)
	list, kind := view.Next(s.list, &s.pos[i])
	if ended = kind == snmp.KindNone; ended {
		list = appendException(list[:from], s.lastName(i), tagEndOfMibView)
	}
	if env.size(len(list)) > env.limit {
		s.list = list[:from]
		return ended, false
	}
	s.list, s.last[i] = list, from
	return ended, true
}

// lastName gives the name of the last variable of repeater i.
func (s *scratch) lastName(i int) []uint32 {
	if s.last[i] < 0 {
		return s.msg.pdu.vars[i].oid
	}
	vb, _, err := expect(s.list[s.last[i]:], tagSequence)
	if err != nil {
		return s.msg.pdu.vars[i].oid
	}
	name, _, err := expect(vb, tagOID)
	if err == nil {
		s.subs, err = parseOID(s.subs[:0], name)
	}
	if err != nil {
		return s.msg.pdu.vars[i].oid
	}
	return s.subs
}

// set carries a SET out: all variables or none.
func (a *Agent) set(s *scratch, view View, write bool) answer {
	temper := a.temper.Load()
	vars := s.msg.pdu.vars
	if (!write || temper.ReadOnly) && len(vars) > 0 {
		return answer{status: NoAccess, index: 1}
	}
	commits := make([]func(), 0, len(vars))
	for i, v := range vars {
		commit, st := view.Check(v.oid, v.value)
		if st != NoError {
			return answer{status: st, index: i + 1}
		}
		commits = append(commits, commit)
	}
	if !temper.LyingSet {
		for _, commit := range commits {
			commit()
		}
		a.Counters.Written.Add(uint64(len(vars)))
	}
	return answer{list: s.msg.pdu.list}
}
