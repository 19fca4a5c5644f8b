package snmp

// limits are what this agent stands, learned while reading. All start hopeful and only shrink.
type limits struct {
	size     int  // octets of one answer to ask for
	reps     int  // the most repetitions of one GETBULK
	vars     int  // the most variables of one request
	bulk     bool // GETBULK may be used
	proven   int  // octets of the longest answer that came
	overfill bool // ask for more than fits: the agent cuts the answer, as RFC 3416 clause 4.2.3 lets it
}

// Overheads of a message in octets: the headers of a v2c message with a short community, and what
// SNMPv3 adds with authentication and privacy.
const (
	headerV2 = 40
	headerV3 = 140
)

// hardReps and hardVars bound requests to sane agents. Some refuse more than 100 repetitions, and
// requests of more than 64 variables are rarely tested by anyone.
const (
	hardReps = 100
	hardVars = 48
)

func newLimits(cfg Config) limits {
	l := limits{size: cfg.MaxSize - headerV2, reps: hardReps, vars: hardVars, bulk: cfg.Version != V1, overfill: true}
	if cfg.Version == V3 {
		l.size = cfg.MaxSize - headerV3
	}
	l.size = max(l.size, 200)
	if cfg.MaxRepetitions > 0 {
		l.reps = cfg.MaxRepetitions
	}
	if l.reps == 1 {
		l.bulk = false
	}
	return l
}

// shrink makes the next request smaller. It reports false when there is nothing smaller than a GETNEXT
// of one variable.
func (l *limits) shrink() bool {
	l.overfill = false
	switch {
	case l.size > 350:
		l.size /= 2
	case l.bulk && l.reps > 4:
		l.reps = min(l.reps, 16) / 2
	case l.bulk:
		l.bulk, l.vars = false, min(l.vars, 8)
	case l.vars > 1:
		l.vars /= 2
	default:
		return false
	}
	return true
}
