package snmp_test

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmprec"
)

// agent is a v1 and v2c agent over UDP with one walk, for tests of what a client meets: answers cut at a
// size, refusals, silence. It is on purpose the plainest reading of RFC 3416.
type agent struct {
	walk    snmprec.Walk
	maxSize int // answers are cut to this; 0 = 1,472
	// twist changes or drops (nil) an answer.
	twist func(req, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket
	// stray gives packets that are sent before the answer.
	stray func(res gosnmp.SnmpPacket) [][]byte

	mu    sync.Mutex
	count map[gosnmp.PDUType]int
	addr  string
}

func serve(t testing.TB, a *agent) *agent {
	t.Helper()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	a.addr, a.count = conn.LocalAddr().String(), map[gosnmp.PDUType]int{}
	if a.maxSize == 0 {
		a.maxSize = 1472
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		codec := &gosnmp.GoSNMP{Version: gosnmp.Version2c}
		buf := make([]byte, 65536)
		for {
			n, from, err := conn.ReadFromUDP(buf)
			if err != nil {
				return
			}
			req, err := codec.SnmpDecodePacket(slices.Clone(buf[:n]))
			if err != nil {
				continue
			}
			a.mu.Lock()
			a.count[req.PDUType]++
			a.mu.Unlock()
			res := a.answer(req)
			if a.twist != nil {
				res = a.twist(req, res)
			}
			if res == nil {
				continue
			}
			if a.stray != nil {
				for _, b := range a.stray(*res) {
					_, _ = conn.WriteToUDP(b, from)
				}
			}
			if out, err := res.MarshalMsg(); err == nil {
				_, _ = conn.WriteToUDP(out, from)
			}
		}
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	return a
}

func (a *agent) requests() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, c := range a.count {
		n += c
	}
	return n
}

func (a *agent) answer(req *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
	res := &gosnmp.SnmpPacket{Version: req.Version, Community: req.Community, PDUType: gosnmp.GetResponse, RequestID: req.RequestID}
	size := 40
	add := func(p gosnmp.SnmpPDU) bool {
		one := &gosnmp.SnmpPacket{Version: gosnmp.Version2c, PDUType: gosnmp.GetResponse, Variables: []gosnmp.SnmpPDU{p}}
		b, err := one.MarshalMsg()
		if err != nil {
			return false
		}
		if size += len(b) - 22; size > a.maxSize {
			return false
		}
		res.Variables = append(res.Variables, p)
		return true
	}
	next := func(name string) gosnmp.SnmpPDU {
		i := a.walk.After(snmp.MustOID(name))
		if i == len(a.walk) {
			return gosnmp.SnmpPDU{Name: name, Type: gosnmp.EndOfMibView}
		}
		return toPDU(a.walk[i])
	}
	fail := func(s gosnmp.SNMPError, i int) *gosnmp.SnmpPacket {
		res.Error, res.ErrorIndex, res.Variables = s, uint8(i+1), req.Variables
		return res
	}
	switch req.PDUType {
	case gosnmp.GetRequest, gosnmp.GetNextRequest:
		for i, v := range req.Variables {
			var p gosnmp.SnmpPDU
			if req.PDUType == gosnmp.GetNextRequest {
				p = next(v.Name)
			} else if val, ok := a.walk.Find(snmp.MustOID(v.Name)); ok {
				p = toPDU(snmprec.Record{OID: snmp.MustOID(v.Name), Value: val})
			} else {
				p = gosnmp.SnmpPDU{Name: v.Name, Type: gosnmp.NoSuchInstance}
			}
			if p.Type >= gosnmp.NoSuchObject && p.Type <= gosnmp.EndOfMibView && req.Version == gosnmp.Version1 {
				return fail(gosnmp.NoSuchName, i)
			}
			if !add(p) {
				return fail(gosnmp.TooBig, 0)
			}
		}
	case gosnmp.GetBulkRequest:
		at := make([]string, len(req.Variables))
		for i, v := range req.Variables {
			at[i] = v.Name
		}
		for range req.MaxRepetitions {
			for i := range at {
				p := next(at[i])
				if !add(p) {
					return res
				}
				at[i] = p.Name
			}
		}
	}
	return res
}

func toPDU(r snmprec.Record) gosnmp.SnmpPDU {
	p := gosnmp.SnmpPDU{Name: "." + r.OID.String()}
	n, _ := r.Value.Int()
	switch r.Value.Kind {
	case snmp.KindInteger:
		p.Type, p.Value = gosnmp.Integer, int(n)
	case snmp.KindOctets:
		p.Type, p.Value = gosnmp.OctetString, r.Value.Bytes()
	case snmp.KindOID:
		p.Type, p.Value = gosnmp.ObjectIdentifier, "."+r.Value.Text()
	case snmp.KindAddress:
		p.Type, p.Value = gosnmp.IPAddress, r.Value.Text()
	case snmp.KindCounter32:
		p.Type, p.Value = gosnmp.Counter32, uint32(n)
	case snmp.KindUnsigned:
		p.Type, p.Value = gosnmp.Gauge32, uint32(n)
	case snmp.KindTicks:
		p.Type, p.Value = gosnmp.TimeTicks, uint32(n)
	case snmp.KindCounter64:
		p.Type, p.Value = gosnmp.Counter64, uint64(n)
	default:
		p.Type, p.Value = gosnmp.Null, nil
	}
	if b, ok := p.Value.([]byte); ok && b == nil {
		p.Value = []byte{}
	}
	return p
}

// dial opens a session with short waits.
func dial(t testing.TB, a *agent, change ...func(*snmp.Config)) *snmp.Conn {
	t.Helper()
	cfg := snmp.Config{Address: a.addr, Community: "public", Timeout: 150 * time.Millisecond, Retries: 1}
	for _, f := range change {
		f(&cfg)
	}
	c, err := snmp.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// corpus gives the walk of one recording; the test is skipped where the corpus is absent.
func corpus(t testing.TB, name string) snmprec.Walk {
	t.Helper()
	f, err := os.Open(filepath.Join("../../../shared/corpus/snmp", name))
	if err != nil {
		t.Skipf("SKIPPED: the recording %s is not beside the project", name)
	}
	defer f.Close()
	w, err := snmprec.Read(f)
	if err != nil {
		t.Log(err)
	}
	return w
}

// ifTable and the tables below are what drivers ask for, in size and shape.
func tables() []snmp.Table {
	return []snmp.Table{
		{Name: "ifTable", Entry: snmp.MustOID("1.3.6.1.2.1.2.2.1"), Columns: []uint32{3, 7, 8}},
		{Name: "ifXTable", Entry: snmp.MustOID("1.3.6.1.2.1.31.1.1.1"), Columns: []uint32{1, 15, 18}},
		{Name: "dot1dBasePortTable", Entry: snmp.MustOID("1.3.6.1.2.1.17.1.4.1"), Columns: []uint32{2}},
		{Name: "dot1qTpFdbTable", Entry: snmp.MustOID("1.3.6.1.2.1.17.7.1.2.2.1"), Columns: []uint32{2}},
		{Name: "lldpRemTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.4.1.1"), Columns: []uint32{4, 5, 6, 7, 8, 9, 10, 11, 12}},
		{Name: "pethPsePortTable", Entry: snmp.MustOID("1.3.6.1.2.1.105.1.1.1"), Columns: []uint32{3, 6, 7, 10}},
		{Name: "entPhysicalTable", Entry: snmp.MustOID("1.3.6.1.2.1.47.1.1.1.1"), Columns: []uint32{2, 5, 7}},
	}
}

// dump gives rows in text, for comparing.
func dump(rows []*snmp.Rows) string {
	var b strings.Builder
	for _, rs := range rows {
		for _, r := range rs.All() {
			b.WriteString(rs.Table.Name + " " + r.Index.String())
			for _, c := range rs.Table.Columns {
				b.WriteString(" | " + r.Text(c))
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}
