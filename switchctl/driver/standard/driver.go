package standard

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// Driver is one switch over one SNMP session: parts that read it, and a handler for each kind of change.
type Driver struct {
	target  Target
	info    switchctl.Info
	parts   []Part
	handle  map[string]Handler
	own     map[string]bool // kinds whose handler is not a standard one
	cannot  map[string]bool // kinds that a whole reading has shown to be impossible here
	save    Saver
	memory  *switchctl.Memory
	ports   map[string]switchctl.PortState // of the last Observe in this session, for Apply
	begun   bool                           // spareFlash has looked at the implicit save
	restore bool                           // and has switched it off
}

var _ switchctl.Driver = (*Driver)(nil)

// Handler carries out one change on a port that Observe has found. It gives nil where the switch accepted
// all it was told. Errors are *switchctl.Error, see Driver.Fail.
type Handler func(ctx context.Context, d *Driver, p switchctl.PortState, c switchctl.Change) error

// Saver makes the running configuration the startup configuration.
type Saver func(ctx context.Context, d *Driver) error

// New makes a driver. It reads nothing. The kinds of change are those that have a handler: the standard ones,
// and what Handle sets. Info.Driver and Info.Vendor are the caller's; an empty vendor is filled from the rules.
func New(t Target, info switchctl.Info, parts ...Part) *Driver {
	d := &Driver{target: t, info: info, parts: parts, memory: t.Memory, handle: map[string]Handler{}, own: map[string]bool{}, cannot: map[string]bool{}}
	if d.memory == nil {
		d.memory = &switchctl.Memory{}
	}
	r := RulesFor(t.System.ObjectID)
	if d.info.Vendor == "" {
		d.info.Vendor = r.Vendor
	}
	if !r.ReadOnly {
		maps.Copy(d.handle, Handlers())
	}
	if r.SilentVLANs {
		d.Handle(switchctl.SetVoice{}.Kind(), nil).Handle(switchctl.SetAccessVLAN{}.Kind(), nil)
	}
	if r.ImplicitSave {
		d.SaveWith(saveImplicit)
	}
	return d
}

// Handle sets, replaces or (with nil) removes the handler of a kind of change. A kind that the standard
// handlers carry out is left out of Info once a whole reading has shown that the switch lacks the table for it;
// one set here is not.
func (d *Driver) Handle(kind string, h Handler) *Driver {
	if h == nil {
		delete(d.handle, kind)
		return d
	}
	d.handle[kind] = h
	d.own[kind] = true
	return d
}

// SaveWith sets how the running configuration is made the startup configuration.
func (d *Driver) SaveWith(s Saver) *Driver {
	d.save, d.info.NeedsSave = s, s != nil
	return d
}

// Info says what the driver can do here.
func (d *Driver) Info() switchctl.Info {
	i := d.info
	for _, k := range slices.Sorted(maps.Keys(d.handle)) {
		if !d.cannot[k] {
			i.Kinds = append(i.Kinds, k)
		}
	}
	return i
}

// Target gives what the driver was opened with.
func (d *Driver) Target() Target { return d.target }

// Session gives the session, for handlers.
func (d *Driver) Session() snmp.Session { return d.target.Session }

// Close closes the session. A switch whose implicit save we switched off gets it back first: the next admin
// relies on it.
func (d *Driver) Close() error {
	if !d.restore {
		return d.target.Session.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return errors.Join(saveImplicit(ctx, d), d.target.Session.Close())
}

// closeTimeout bounds what Close still does on the wire.
const closeTimeout = 10 * time.Second

// With gives the parts with p in the place of the part of the same name, or at the end where there is none.
func With(parts []Part, ps ...Part) []Part {
	out := slices.Clone(parts)
	for _, p := range ps {
		if i := slices.IndexFunc(out, func(q Part) bool { return q.Name == p.Name }); i >= 0 {
			out[i] = p
		} else {
			out = append(out, p)
		}
	}
	return out
}

// Without gives the parts less those with these names.
func Without(parts []Part, names ...string) []Part {
	return slices.DeleteFunc(slices.Clone(parts), func(p Part) bool { return slices.Contains(names, p.Name) })
}

// Observe reads the switch; see switchctl.Driver.
func (d *Driver) Observe(ctx context.Context, s switchctl.Scope) (switchctl.Snapshot, error) {
	r, err := d.begin(ctx, s)
	if err != nil {
		return switchctl.Snapshot{}, d.fail("read sysUpTime", "", err)
	}
	b := newBuild(d.target, s, r.now)
	b.Boot = r.bootAt
	b.ifNumber = int(max(0, min(r.stamps[StampIfTable].values[0], 100_000)))
	if l := r.stamps[StampLLDP].values; l[1] >= 0 && l[2] >= 0 && l[3] >= 0 { // inserts, deletes, age-outs
		b.remoteHint = int(max(0, min(l[1]-l[2]-l[3], 10_000)))
	}
	if r.old != nil && !s.Fresh && r.stamps[StampIfTable].ok && r.stamps[StampIfTable] == r.old.priorOn {
		b.prior = r.old.prior
	}
	for _, phase := range phases(d.parts) {
		if err := d.read(ctx, b, r, phase); err != nil {
			return switchctl.Snapshot{}, err
		}
	}
	snap := b.finish(d.info, r)
	d.remember(b, r, snap)
	return snap, nil
}

// begin reads sysUpTime and all stamps in one request.
func (d *Driver) begin(ctx context.Context, s switchctl.Scope) (*reading, error) {
	order := stampOrder(d.parts)
	oids := []snmp.OID{sysUpTime}
	for _, st := range order {
		oids = append(oids, stampObjects[st]...)
	}
	vals, err := d.target.Session.Get(ctx, oids...)
	if err != nil {
		return nil, err
	}
	if len(vals) != len(oids) {
		return nil, &switchctl.Error{Class: switchctl.ErrMalformed, Err: errors.New("fewer values than asked for")}
	}
	r := &reading{now: time.Now(), scoped: len(s.Ports) > 0, stamps: map[Stamp]stampValue{}}
	up, _ := vals[0].Int()
	r.upTime = uint32(up)
	r.bootAt = r.now.Add(-time.Duration(r.upTime) * 10 * time.Millisecond)
	at := 1
	for _, st := range order {
		n := len(stampObjects[st])
		r.stamps[st] = stampValueOf(vals[at : at+n])
		at += n
	}
	id := d.target.System.ObjectID.String()
	if !s.Fresh && vals[0].Exists() {
		old, _ := d.memory.Load().(*kept)
		r.old = r.usable(old, id)
	}
	r.next = &kept{objectID: id, upTime: r.upTime, bootAt: r.bootAt, parts: map[string]keptPart{}, silent: map[uint16]time.Time{}, counts: map[string]int{}}
	if r.old != nil {
		maps.Copy(r.next.counts, r.old.counts)
	}
	return r, nil
}

// phases gives the parts by phase, in the order of the phases and of the list within each.
func phases(parts []Part) [][]Part {
	by := map[int][]Part{}
	for _, p := range parts {
		by[p.Phase] = append(by[p.Phase], p)
	}
	var out [][]Part
	for _, n := range slices.Sorted(maps.Keys(by)) {
		out = append(out, by[n])
	}
	return out
}

// read reads the tables of the parts of one phase, those that are not kept, in one go, and fills the build
// in the order of the parts. Only an error of the whole session ends the reading.
func (d *Driver) read(ctx context.Context, b *Build, r *reading, parts []Part) error {
	type job struct {
		part     Part
		tables   []snmp.Table
		rows     []*snmp.Rows
		from     int
		kept     bool
		contexts []uint16
	}
	var jobs []*job
	var ask []snmp.Table
	for _, p := range parts {
		var tables []snmp.Table
		if p.Tables != nil {
			tables = p.Tables(b)
		}
		j := &job{part: p, tables: tables}
		if p.Contexts != nil {
			j.contexts = p.Contexts(b)
		}
		if len(tables) == 0 {
			if p.Tables == nil {
				jobs = append(jobs, j) // a part that only thinks
			}
			continue
		}
		jobs = append(jobs, j)
		if p.Contexts != nil {
			continue
		}
		if j.rows, j.kept = r.rows(p, tables); j.kept {
			continue
		}
		j.from = len(ask)
		ask = append(ask, r.expect(tables)...)
	}
	var got []*snmp.Rows
	if len(ask) > 0 {
		var err error
		if got, err = d.target.Session.Read(ctx, ask...); err != nil {
			return d.fail("read "+ask[0].Name, "", err)
		}
		r.count(got)
	}
	for _, j := range jobs {
		switch {
		case j.part.Contexts != nil:
			if err := d.readContexts(ctx, b, r, j.part, j.tables, j.contexts); err != nil {
				return err
			}
			continue
		case !j.kept && len(j.tables) > 0:
			j.rows = got[j.from : j.from+len(j.tables)]
			for _, t := range j.rows {
				if t.Err != nil {
					b.Missing(t.Table.Name, "could not be read whole", t.Err)
				}
			}
			r.keep(j.part, j.rows)
		}
		if j.part.Fill != nil {
			j.part.Fill(b, j.rows)
		}
	}
	return nil
}

// learn notes which kinds of change the standard handlers cannot carry out on a switch that was read whole.
func (d *Driver) learn(b *Build, snap switchctl.Snapshot) {
	pse := slices.ContainsFunc(snap.Ports, func(p switchctl.PortState) bool { return p.PoE.Supported })
	members, _ := b.Noted(PartVLANs).(bool)
	for kind, able := range map[string]bool{
		switchctl.SetPoE{}.Kind(): pse, switchctl.SetPoEPriority{}.Kind(): pse,
		switchctl.SetVoice{}.Kind(): members, switchctl.SetAccessVLAN{}.Kind(): members,
	} {
		d.cannot[kind] = !able && !d.own[kind]
	}
}

// remember keeps rows and indices for the next reading.
func (d *Driver) remember(b *Build, r *reading, snap switchctl.Snapshot) {
	d.ports = make(map[string]switchctl.PortState, len(snap.Ports))
	for _, p := range snap.Ports {
		d.ports[p.Ref.Name] = p
	}
	switch {
	case len(b.Scope.Ports) == 0:
		d.learn(b, snap)
		r.next.prior = make(map[string]switchctl.Indices, len(snap.Ports))
		for _, p := range snap.Ports {
			r.next.prior[p.Ref.Name] = p.Index
		}
		r.next.priorOn = r.stamps[StampIfTable]
	case r.old != nil:
		r.next.prior, r.next.priorOn = r.old.prior, r.old.priorOn
	}
	if r.old != nil {
		for name, k := range r.old.parts { // parts that had nothing to do this time
			if _, ok := r.next.parts[name]; !ok && len(b.Scope.Ports) > 0 {
				r.next.parts[name] = k
			}
		}
	}
	d.memory.Store(r.next)
}

// fail gives an error of this switch its place. The class is that of the cause.
func (d *Driver) fail(op, port string, err error) error {
	var e *switchctl.Error
	if errors.As(err, &e) {
		c := *e
		if c.Switch == "" {
			c.Switch = d.target.ID
		}
		if c.Port == "" {
			c.Port = port
		}
		if c.Op == "" || port != "" {
			if c.Op != "" && c.Op != op {
				c.Err = errors.Join(errors.New(c.Op), c.Err)
			}
			c.Op = op
		}
		return &c
	}
	return &switchctl.Error{Op: op, Switch: d.target.ID, Port: port, Class: switchctl.ErrUnreachable, Err: err}
}
