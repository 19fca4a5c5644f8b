package agent

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"phoneport/switchctl/snmp"
)

// box is a device with a small table, whose second column can be written.
type box struct {
	sync.Mutex
	schema *Schema[*box, cell]
	rows   Rows[cell]
	name   string
	made   map[uint32]int64
}

type cell struct {
	n    int64
	text string
	gap  bool // the row has no second column
}

var entry = snmp.OID{1, 3, 6, 1, 4, 1, 32473, 1, 1}

func newBox(t testing.TB, rows int, text string) *box {
	t.Helper()
	b := &box{name: "box", made: map[uint32]int64{}}
	for i := range rows {
		b.rows.Add(cell{n: int64(i), text: text, gap: i%3 == 1}, uint32(i*50), 7)
	}
	b.rows.Sort()
	var err error
	b.schema, err = NewSchema(
		Table[*box, cell]{
			Name: "table", Entry: entry, Rows: func(b *box) *Rows[cell] { return &b.rows },
			Columns: []Column[*box, cell]{
				{ID: 1, Kind: snmp.KindCounter64, Get: func(_ *box, c *cell) snmp.Value { return snmp.Number(snmp.KindCounter64, 1<<63+uint64(c.n)) }},
				{ID: 2, Kind: snmp.KindInteger, Get: func(_ *box, c *cell) snmp.Value {
					if c.gap {
						return snmp.Value{}
					}
					return snmp.Integer(c.n)
				}, Set: func(_ *box, c *cell, v snmp.Value) (func(), Status) {
					n, _ := v.Int()
					switch {
					case n > 1000:
						return nil, WrongValue
					case n == 999:
						return nil, InconsistentValue
					}
					return func() { c.n = n }, NoError
				}, Create: func(b *box, index []uint32, v snmp.Value) (func(), Status) {
					if len(index) != 2 {
						return nil, NoCreation
					}
					n, _ := v.Int()
					return func() { b.made[index[0]] = n }, NoError
				}},
				{ID: 3, Kind: snmp.KindOctets, Get: func(_ *box, c *cell) snmp.Value { return snmp.Text(c.text) }},
			},
		},
		Table[*box, cell]{
			Name: "scalars", Entry: snmp.OID{1, 3, 6, 1, 2, 1, 1}, Rows: func(*box) *Rows[cell] {
				r := &Rows[cell]{}
				r.Add(cell{}, 0)
				return r
			},
			Columns: []Column[*box, cell]{
				{
					ID: 1, Kind: snmp.KindOctets, Get: func(b *box, _ *cell) snmp.Value { return snmp.Text(b.name) },
					Set: func(b *box, _ *cell, v snmp.Value) (func(), Status) {
						if v.Len() > 8 {
							return nil, WrongLength
						}
						return func() { b.name = v.Text() }, NoError
					},
				},
				{ID: 2, Kind: snmp.KindOctets, Get: func(*box, *cell) snmp.Value { return snmp.Text(strings.Repeat("x", 700)) }},
			},
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *box) View(context string) View {
	switch context {
	case "", "vlan-10":
		return b.schema.View(b)
	}
	return nil
}

var bootAt = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// users has one user for each pair of protocols; their names are auth-priv.
func users() (list []User) {
	for auth := range authProtocols {
		list = append(list, User{Name: auth, AuthProtocol: auth, AuthKey: "authentication"})
		for priv := range privProtocols {
			list = append(list, User{Name: auth + "-" + priv, AuthProtocol: auth, AuthKey: "authentication", PrivProtocol: priv, PrivKey: "privacyprivacy"})
		}
	}
	return append(list, User{Name: "open"}, User{Name: "reader", ReadOnly: true})
}

func newAgent(t testing.TB, dev Device, maxSize int) *Agent {
	t.Helper()
	cfg := &Config{
		Read: []string{"public", "has@sign"}, Write: []string{"private"}, Users: users(), MaxSize: maxSize,
		Now: func() time.Time { return bootAt.Add(1000 * time.Second) },
	}
	if err := cfg.Check(); err != nil {
		t.Fatal(err)
	}
	return New(cfg, dev, Engine{ID: []byte{0x80, 0, 0x7e, 0xd9, 4, 'b', 'o', 'x'}, Boots: 3, BootAt: bootAt})
}

// request encodes a community request with gosnmp, so that this side is not tested with itself.
func request(t testing.TB, version gosnmp.SnmpVersion, community string, tag gosnmp.PDUType, one uint8, two uint32, vars ...gosnmp.SnmpPDU) []byte {
	t.Helper()
	p := gosnmp.SnmpPacket{
		Version: version, Community: community, PDUType: tag, RequestID: 0x1234567, NonRepeaters: one, MaxRepetitions: two, Variables: vars,
		Logger: gosnmp.NewLogger(nil),
	}
	b, err := p.MarshalMsg()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func null(oid snmp.OID) gosnmp.SnmpPDU {
	return gosnmp.SnmpPDU{Name: "." + oid.String(), Type: gosnmp.Null}
}

// decode reads an answer with gosnmp.
func decode(t testing.TB, b []byte) *gosnmp.SnmpPacket {
	t.Helper()
	p, err := (&gosnmp.GoSNMP{Logger: gosnmp.NewLogger(nil)}).SnmpDecodePacket(b)
	if err != nil {
		t.Fatalf("decode %d octets: %v", len(b), err)
	}
	return p
}

func names(p *gosnmp.SnmpPacket) (out []string) {
	for _, v := range p.Variables {
		out = append(out, strings.TrimPrefix(v.Name, "."))
	}
	return out
}
