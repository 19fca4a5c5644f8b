package snmp

import "slices"

// request is one GETBULK or GETNEXT to be sent.
type request struct {
	cols []*column
	reps int
}

// octets is how long the answer will be, as far as the sizes are known.
func (q request) octets() int {
	n := 0
	for _, c := range q.cols {
		n += c.size * q.reps
	}
	return n
}

// probeReps is how many rows the first look at a table asks for: enough to end the small tables.
const probeReps = 3

// plan chooses columns and repetitions for the next request.
//
// First all tables are looked at together, which ends the empty and the small ones. Then one column of
// each table shows how many rows it has. The others follow in company of columns that want about as
// many rows, until the answer is full; what is asked for beyond that the agent cuts off at no cost.
func (r *reader) plan() request {
	first, leads, known := r.first[:0], r.leads[:0], r.known[:0]
	var of *table // of the column before: the columns of a table stand together
	for _, c := range r.cols {
		if c.done {
			continue
		}
		_, ok := c.want()
		switch {
		case ok:
			known = append(known, c)
		case c.table == of:
		case !c.table.begun:
			first = append(first, c)
		default:
			leads = append(leads, c)
		}
		of = c.table
	}
	r.first, r.leads, r.known = first, leads, known
	l := &r.limit
	switch {
	case !l.bulk:
		return l.fill(1, nil, slices.Concat(first, leads, known))
	case len(first) > 1:
		return l.fill(min(probeReps, l.reps), first, known)
	}
	if leads = append(first, leads...); len(leads) > 0 {
		if len(leads) == 1 && r.follows(leads[0]) {
			// Its end runs on into columns that are wanted too, which is no waste: it travels alone.
			known = nil
		}
		sum := 0
		for _, c := range leads {
			sum += c.size
		}
		reps := max(l.size/sum, 1)
		if len(known) > 0 {
			// The fewer rows of each, the fewer are read past an end that nobody knows.
			reps = min(reps, 16)
		}
		return l.stretch(l.fill(min(reps, l.reps), leads, known))
	}
	return l.best(known)
}

// best chooses the repetitions that fill the answer with the most that was asked for.
func (l *limits) best(known []*column) request {
	best, most := 0, 0
	tried := make([]bool, l.reps+1)
	for _, c := range known {
		want, _ := c.want()
		reps := min(want, max(l.size/c.size, 1), l.reps)
		if tried[reps] {
			continue
		}
		tried[reps] = true
		if useful := l.choose(reps, nil, known, nil); useful > most {
			best, most = reps, useful
		}
	}
	if best == 0 {
		return request{}
	}
	return l.fill(best, nil, known)
}

// fill makes the request that choose chooses.
func (l *limits) fill(reps int, leads, others []*column) request {
	req := request{reps: reps, cols: make([]*column, 0, min(len(leads)+len(others), l.vars))}
	l.choose(reps, leads, others, &req.cols)
	return req
}

// choose takes all leads and those others that want about as many rows. A column that ends long before the
// repetitions do would fill the rest with what nobody asked for, so it waits. It adds them to cols, where
// that is not nil, and gives how many octets of the answer will be asked for.
func (l *limits) choose(reps int, leads, others []*column, cols *[]*column) (useful int) {
	total, n := 0, 0
	for i := range len(leads) + len(others) {
		var c *column
		if i < len(leads) {
			c = leads[i]
		} else {
			c = others[i-len(leads)]
		}
		if n >= l.vars || total >= l.size {
			break
		}
		rows, known := c.want()
		if !known {
			rows = reps
		}
		need := reps * c.size
		if n > 0 && i >= len(leads) && (rows*4 < reps*3 || !l.overfill && total+need > l.size) {
			continue
		}
		n++
		total += need
		useful += min(rows, reps) * c.size
		if cols != nil {
			*cols = append(*cols, c)
		}
	}
	if total > l.size {
		useful = useful * l.size / total
	}
	return useful
}

// stretch raises the repetitions of a request that leaves room, as far as no column ends long before.
func (l *limits) stretch(req request) request {
	sum, most := 0, l.reps
	for _, c := range req.cols {
		sum += c.size
		if n, known := c.want(); known {
			most = min(most, n+n/3)
		}
	}
	fit := l.size / sum
	if l.overfill {
		fit += fit / 8
	}
	req.reps = max(req.reps, min(fit, most))
	return req
}

// follows reports whether the column behind c in the agent's order is wanted and not begun.
func (r *reader) follows(c *column) bool {
	next := slices.Clone(c.prefix)
	next[len(next)-1]++
	d := r.byText["."+next.String()+"."]
	return d != nil && !d.done && d.count == 0
}
