package snmp

import "context"

// Var is one variable of a SET.
type Var struct {
	OID   OID
	Value Value
}

// Table asks for columns of one conceptual table.
type Table struct {
	Name    string // the MIB's name of the table, for messages: "pethPsePortTable"
	Entry   OID    // the entry object: 1.3.6.1.2.1.105.1.1.1
	Columns []uint32
	// Only limits the read to these row indices (exact); nil reads all rows.
	Only []OID
	// Rows is how many rows the caller expects, 0 for no idea. It saves requests, never loses rows.
	Rows int
}

// Session is one conversation with one agent. It is not safe for parallel use.
type Session interface {
	// Get reads single instances, in any number; a missing one gives a Value of KindNone.
	Get(ctx context.Context, oids ...OID) ([]Value, error)
	// Read reads tables, all columns of all tables packed into as few requests as possible. The result
	// is parallel to tables and never nil. The error is of the session (the agent does not answer at
	// all, or refuses us); the error of one table is in its Rows.
	Read(ctx context.Context, tables ...Table) ([]*Rows, error)
	// Set writes all variables in one request: all or none.
	Set(ctx context.Context, vars ...Var) error
	// Context gives a view of the same agent for one VLAN's bridge instance: community@vlan, or SNMPv3
	// context prefix+vlan. It shares the session's socket and must not be closed.
	Context(vlan uint16) Session
	Close() error
}

// System is the system group (SNMPv2-MIB), which tells the driver to use.
type System struct {
	Descr    string
	ObjectID OID
	UpTime   uint32 // sysUpTime in hundredths of a second
	Name     string
	Location string
}

// ReadSystem reads the system group in one request.
func ReadSystem(ctx context.Context, s Session) (System, error) {
	base := OID{1, 3, 6, 1, 2, 1, 1}
	v, err := s.Get(ctx, base.Append(1, 0), base.Append(2, 0), base.Append(3, 0), base.Append(5, 0), base.Append(6, 0))
	if err != nil {
		return System{}, err
	}
	up, _ := v[2].Int()
	return System{Descr: v[0].Text(), ObjectID: v[1].OID(), UpTime: uint32(up), Name: v[3].Text(), Location: v[4].Text()}, nil
}
