package sim

import (
	"fmt"
	"slices"
	"strconv"
	"sync"

	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

// personality is a family of switches: what it says of itself, which tables it has, how it numbers its
// ports and where it differs in behaviour.
type personality struct {
	name     string
	vendor   string
	objectID snmp.OID
	descr    string
	model    string
	enginePE uint32 // enterprise number, for the engine id
	oui      [3]byte

	tables func() []table
	once   sync.Once
	schema *agent.Schema[*scope, row] // of tables; nil before load
	err    error

	// virtuals are the numbers of the virtual interfaces: VLANs 1 and 99 where nil.
	virtuals func(o *Options) []int
	// number gives every port its numbers; entities makes the rows of entPhysicalTable.
	number   func(s *Switch)
	entities func(s *Switch) []entity
	fdbID    func(i int, vlan uint16) uint32 // of the VLAN at place i

	cdp           bool // sends and hears CDP
	perVLAN       bool // a bridge for each VLAN, by community@vlan or context vlan-N
	voiceByPort   bool // the voice VLAN belongs to the port, not to the membership of a voice VLAN
	shutCutsPower bool // a port that is down gives no power
	savesItself   bool // every SET goes to flash unless hpSwitchImplicitConfigSave is off
	renumbers     bool // ifIndex may change at a restart
	stacks        bool // above 48 ports it is a stack of members
	hasLimit      bool // a configurable limit of power

	deniedDetect    uint8 // pethPsePortDetectionStatus of a port that is denied power
	timeMarks       bool  // lldpRemTimeMark is the time of the change, not 0
	shortBits       bool  // BITS of LLDP capabilities in one octet
	textAddresses   bool  // network addresses of LLDP identifiers in text
	textPortLists   bool  // PortLists in text
	lldpPortSubtype int
	lldpPortID      func(p *port) string
	voiceApp        []uint32 // index of lldpXMed…MediaPolicyAppType voice: BITS as octets with their count
}

// personalities is the list of families. A new one is added here.
var personalities = []*personality{catalyst(), procurve(), juniper(), standard()}

// load builds the schema, once: a program that plays no switches does not pay for it.
func (p *personality) load() error {
	p.once.Do(func() {
		if p.schema, p.err = agent.NewSchema(p.tables()...); p.err != nil {
			p.err = fmt.Errorf("load personality %s: %w", p.name, p.err)
		}
	})
	return p.err
}

// Personalities gives the names of the families that the lab can play.
func Personalities() []string {
	names := make([]string, len(personalities))
	for i, p := range personalities {
		names[i] = p.name
	}
	return names
}

func personalityOf(name string) *personality {
	i := slices.IndexFunc(personalities, func(p *personality) bool { return p.name == name })
	if i < 0 {
		return nil
	}
	return personalities[i]
}

func itoa(n int) string { return strconv.Itoa(n) }

// Interface types (IANAifType).
const (
	typeEthernet = 6
	typeVirtual  = 53
	typeLAG      = 161
)

// call names a socket.
func (p *port) call(name, descr string, mbps uint32) {
	p.name, p.descr, p.mbps, p.ifType = name, descr, mbps, typeEthernet
}
