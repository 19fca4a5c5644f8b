package snmp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gosnmp/gosnmp"

	"phoneport/switchctl"
)

// maxRows bounds one column, so that an agent that never ends does not fill the memory. The largest
// forwarding tables of access switches have 128 Ki entries.
const maxRows = 200_000

// maxFailed is how many tables may time out before the agent is given up.
const maxFailed = 2

// column is the state of reading one column.
type column struct {
	rows   *Rows
	table  *table
	col    uint32
	prefix OID    // object identifier of the column
	text   string // the same as gosnmp spells it, with a dot at both ends
	next   string // ask for what follows this
	last   OID    // index read last
	count  int    // rows read
	size   int    // octets that one variable of this column takes, estimated
	done   bool
	asked  bool // part of the request whose answer is being stored
}

// table is what the columns of one table know together.
type table struct {
	rows  int  // rows to expect: what the caller said, or what a finished column had; 0 = no idea
	begun bool // something of it was asked for
	ended bool // one of its columns was read to the end
}

// reader reads many columns of many tables. All unfinished columns compete for the place in each
// request, so that no answer travels half empty.
type reader struct {
	*view
	cols   []*column
	byText map[string]*column
	index  OID // scratch
	failed int // tables lost to time-outs
	// what plan sorts the columns into; kept for its next turn
	first, leads, known []*column
}

// read reads tables; see Session.Read.
func (v *view) read(ctx context.Context, tables []Table) ([]*Rows, error) {
	out := make([]*Rows, len(tables))
	r := &reader{view: v, byText: map[string]*column{}, index: make(OID, 0, 32)}
	var only []*Rows
	for i, t := range tables {
		out[i] = NewRows(t)
		if t.Only == nil {
			r.add(out[i])
		} else {
			only = append(only, out[i])
		}
	}
	if err := v.readOnly(ctx, only); err != nil {
		return out, err
	}
	for {
		req := r.plan()
		if len(req.cols) == 0 {
			return out, nil
		}
		if err := r.step(ctx, req); err != nil {
			for _, c := range r.cols {
				if !c.done && c.rows.Err == nil {
					c.rows.Err = withOp(err, "read "+c.rows.Table.Name)
				}
			}
			return out, err
		}
	}
}

// add registers the columns of one table.
func (r *reader) add(rows *Rows) {
	t := &table{rows: rows.Table.Rows}
	for _, col := range rows.Table.Columns {
		c := &column{rows: rows, table: t, col: col, prefix: rows.Table.Entry.Append(col)}
		c.next = "." + c.prefix.String()
		c.text = c.next + "."
		c.size = len(c.prefix) + 14 // a short index, a short value and their headers
		if _, twice := r.byText[c.text]; !twice {
			r.byText[c.text] = c
			r.cols = append(r.cols, c)
		}
	}
}

// want says how many rows are still to come, with one more that shows the end; known is false where
// nobody can say.
func (c *column) want() (n int, known bool) {
	if !c.table.ended && (c.table.rows == 0 || c.count > c.table.rows) {
		return 0, false // no idea, or the caller's was wrong
	}
	n = c.table.rows - c.count
	if !c.table.ended {
		n += c.table.rows / 16 // the caller's number is about right
	}
	return max(n, 0) + 1, true
}

// step sends one request and stores what comes. The error ends the whole reading.
func (r *reader) step(ctx context.Context, req request) error {
	p := pdu{kind: "GETBULK", reps: req.reps}
	if !r.limit.bulk {
		p.kind = "GETNEXT"
	}
	p.vars = make([]gosnmp.SnmpPDU, len(req.cols))
	for i, c := range req.cols {
		p.vars[i].Name = c.next
	}
	single := p.kind == "GETNEXT" && len(req.cols) == 1
	ask := ctx
	if !single && r.answered && min(req.octets(), r.limit.size) > r.limit.proven {
		// Nothing as long came back yet: a smaller request is the better second try. Where longer answers
		// came, silence is a lost packet and the same request is as good as any.
		ask = context.WithValue(ctx, tryOnce{}, true)
	}
	res, err := r.exchange(ask, p)
	switch {
	case err != nil && r.fatal(ctx, err):
		return withOp(err, "read "+req.cols[0].rows.Table.Name)
	case err != nil:
		return r.lost(req, err)
	case res.Error == gosnmp.NoError:
		return r.store(req, res.Variables)
	case res.Error == gosnmp.NoSuchName && r.cfg.Version == V1:
		// SNMPv1 has no endOfMibView: the variable that it names has no successor.
		i := int(res.ErrorIndex) - 1
		if i < 0 || i >= len(req.cols) {
			i = 0
		}
		req.cols[i].done = true
		return nil
	}
	return r.lost(req, statusError(res.Error))
}

// fatal reports whether nothing more can be had from this view: cancelled, refused, or never answered.
func (v *view) fatal(ctx context.Context, err error) bool {
	if ctx.Err() != nil || errors.Is(err, switchctl.ErrDenied) {
		return true
	}
	return !v.answered
}

// lost handles a request that came to nothing: smaller next time; when it cannot be smaller, the table
// of its first column is given up and keeps what it has.
func (r *reader) lost(req request, err error) error {
	if len(req.cols) > 1 || req.reps > 1 || r.limit.bulk {
		if r.limit.shrink() {
			return nil
		}
	}
	c := req.cols[0]
	r.fail(c, err)
	if errors.Is(err, switchctl.ErrUnreachable) {
		if r.failed++; r.failed >= maxFailed {
			return withOp(err, "read "+c.rows.Table.Name)
		}
	}
	return nil
}

// fail ends all columns of c's table.
func (r *reader) fail(c *column, err error) {
	c.rows.Err = withOp(err, "read "+c.rows.Table.Name)
	for _, s := range r.cols {
		if s.rows == c.rows {
			s.done = true
		}
	}
}

// store takes an answer apart: variable i belongs to column i modulo the number of columns.
func (r *reader) store(req request, vars []gosnmp.SnmpPDU) error {
	k := len(req.cols)
	if len(vars) > k*req.reps {
		r.fail(req.cols[0], fmt.Errorf("%w: %d variables where %d were asked for", errAnswer, len(vars), k*req.reps))
		return nil
	}
	if len(vars) == 0 {
		return r.lost(req, &switchctl.Error{Class: switchctl.ErrMalformed, Err: errors.New("the answer is empty")})
	}
	size, full := 0, len(vars) == k*req.reps
	for _, c := range req.cols {
		c.asked, c.table.begun = true, true
	}
	defer func() {
		for _, c := range req.cols {
			c.asked = false
		}
	}()
	for i, lead := range req.cols {
		cur := lead
		for j := i; j < len(vars); j += k {
			n := varSize(&vars[j])
			size += n
			if cur == nil || cur.done {
				continue
			}
			cur = r.take(cur, &vars[j], n)
		}
	}
	r.limit.proven = max(r.limit.proven, size)
	if size > r.limit.size+200 {
		// The agent sends more than it was asked to: its answers travel in fragments.
		r.limit.overfill = false
	}
	if !full && r.limit.overfill && size < r.limit.size/2 && k > 1 && len(vars) < k {
		// Fewer variables than columns although there was room: it does not stand so many.
		r.limit.vars = max(len(vars), 1)
	}
	return nil
}

// take stores one variable for cur and gives the column that the next one of the sequence belongs to: the
// same, the one behind it where the sequence ran on into a wanted column, or nil.
func (r *reader) take(cur *column, v *gosnmp.SnmpPDU, size int) *column {
	if v.Type == gosnmp.EndOfMibView {
		cur.end()
		return nil
	}
	for !strings.HasPrefix(v.Name, cur.text) {
		cur.end()
		next := r.columnOf(v.Name)
		if next == nil || next.done || next.asked || next.count > 0 || next.prefix.Compare(cur.prefix) <= 0 {
			return nil
		}
		cur = next
	}
	index, ok := parseIndex(r.index[:0], v.Name[len(cur.text):])
	r.index = index
	switch {
	case !ok:
		r.fail(cur, fmt.Errorf("%w: %s is no object identifier", errAnswer, v.Name))
		return nil
	case cur.count > 0 && index.Compare(cur.last) <= 0:
		r.fail(cur, fmt.Errorf("the agent goes round in a loop: %s follows %s", v.Name, cur.next))
		return nil
	case cur.count >= maxRows:
		r.fail(cur, fmt.Errorf("more than %d rows", maxRows))
		return nil
	}
	if val := value(v); val.Exists() {
		cur.rows.Put(cur.col, index, val)
	}
	cur.last = append(cur.last[:0], index...)
	cur.next = v.Name
	cur.count++
	// Sizes of one column are alike; the newest rows tell the most.
	if cur.count == 1 {
		cur.size = size
	} else {
		cur.size = (3*cur.size + size + 3) / 4
	}
	return cur
}

// end marks the column as read to its end.
func (c *column) end() {
	if !c.table.ended {
		c.table.rows = 0 // what the caller expected
	}
	c.done, c.table.ended = true, true
	c.table.rows = max(c.table.rows, c.count)
}

// columnOf finds the wanted column that name lies in.
func (r *reader) columnOf(name string) *column {
	for i := len(name) - 1; i > 0; i-- {
		if name[i] == '.' {
			if c := r.byText[name[:i+1]]; c != nil {
				return c
			}
		}
	}
	return nil
}

// parseIndex appends the parts of dotted text to o.
func parseIndex(o OID, s string) (OID, bool) {
	var n uint64
	digits := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '.' && digits > 0:
			o, n, digits = append(o, uint32(n)), 0, 0
		case c >= '0' && c <= '9':
			n = n*10 + uint64(c-'0')
			if digits++; n > 1<<32-1 {
				return o, false
			}
		default:
			return o, false
		}
	}
	if digits == 0 {
		return o, false
	}
	return append(o, uint32(n)), len(o) < 128
}

// varSize is how many octets a variable takes in an answer, near enough.
func varSize(v *gosnmp.SnmpPDU) int {
	n := 6
	part := 0
	for i := 1; i < len(v.Name); i++ {
		// One octet for parts below 128, two for those of three to five digits, more for longer ones.
		if v.Name[i] == '.' {
			n += oidOctets(part)
			part = 0
		} else {
			part = part*10 + int(v.Name[i]-'0')
		}
	}
	n += oidOctets(part)
	switch x := v.Value.(type) {
	case []byte:
		n += len(x)
		if len(x) > 100 {
			n += 2
		}
	case string:
		n += len(x) / 2
	case int:
		n += intOctets(uint64(max(x, -x)))
	case uint:
		n += intOctets(uint64(x))
	case uint32:
		n += intOctets(uint64(x))
	case uint64:
		n += intOctets(x)
	}
	return n
}

func oidOctets(part int) int {
	n := 1
	for part >>= 7; part > 0; part >>= 7 {
		n++
	}
	return n
}

func intOctets(v uint64) int {
	n := 1
	for v >>= 7; v > 0; v >>= 8 {
		n++
	}
	return n
}
