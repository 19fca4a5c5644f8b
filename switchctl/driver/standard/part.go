package standard

import (
	"log/slog"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// Target is one switch as a driver over SNMP gets it: the session is open and the system group is read.
type Target struct {
	ID      switchctl.SwitchID
	Address string
	Session snmp.Session
	System  snmp.System
	Memory  *switchctl.Memory // may be nil
	Log     *slog.Logger      // never nil
}

// Stamp names the object of the switch that proves kept rows current. All stamps are read with sysUpTime
// in one request at the start of each Observe; a restart of the switch (sysUpTime went back) voids all.
type Stamp uint8

// The stamps.
const (
	StampNone    Stamp = iota // rows are read each time
	StampBoot                 // current until the switch restarts, or for an hour
	StampIfTable              // ifTableLastChange (1.3.6.1.2.1.31.1.5.0)
	StampEntity               // entLastChangeTime (1.3.6.1.2.1.47.1.4.1.0)
	StampLLDP                 // lldpStatsRemTablesLastChangeTime (1.0.8802.1.1.2.1.2.1.0)
	StampCDP                  // cdpGlobalLastChange (1.3.6.1.4.1.9.9.23.1.3.5.0)
	StampConfig               // ccmHistoryRunningLastChanged (1.3.6.1.4.1.9.9.43.1.1.1.0), and nothing written by us since
)

// Part is one subject of a reading: some tables and what they mean. A driver is an ordered list of parts;
// a vendor's driver takes the standard list and replaces or adds parts. Keeping rows, packing tables of
// all parts of a phase into shared requests and reporting what is missing is done once, for all parts.
type Part struct {
	Name string
	// Phase orders the reading: all tables of one phase are read together, and a later phase may ask by
	// what earlier ones filled.
	Phase int
	Keep  Stamp
	// Tables says what to read now; none = the part has nothing to do on this switch.
	Tables func(*Build) []snmp.Table
	// Fill puts what was read into the build. rows is parallel to what Tables gave; rows whose Err is set
	// hold what was read before. Fill is run again on kept rows, so it must depend on rows and the build only.
	Fill func(b *Build, rows []*snmp.Rows)
	// Contexts, where set, has the tables read once in the context of each of these VLANs (community@vlan or
	// SNMPv3 context) and given to FillContext; Fill is not used then. Keep holds for each VLAN by itself.
	Contexts    func(*Build) []uint16
	FillContext func(b *Build, vlan uint16, rows []*snmp.Rows)
}
