package cdp

import "slices"

// Reset makes p empty and keeps its memory for the next Decode.
func (p *Packet) Reset() {
	addresses, management := p.Addresses[:0], p.Management[:0]
	requested, available := p.Requested.Levels[:0], p.Available.Levels[:0]
	unknown, problems := p.Unknown[:0], p.Problems[:0]
	*p = Packet{Addresses: addresses, Management: management, Unknown: unknown, Problems: problems}
	p.Requested.Levels, p.Available.Levels = requested, available
}

// Equal reports whether two packets say the same; Checksum and Problems do not count, nor does a field that is
// not in Has.
func (p *Packet) Equal(q *Packet) bool {
	if version(p) != version(q) || p.TTL != q.TTL || p.Has != q.Has {
		return false
	}
	for _, bit := range fields {
		if p.Has&bit != 0 && !p.equalField(q, bit) {
			return false
		}
	}
	return slices.Equal(p.Unknown, q.Unknown)
}

// version is the version that Append writes.
func version(p *Packet) uint8 {
	if p.Version == 0 {
		return 2
	}
	return p.Version
}

func (p *Packet) equalField(q *Packet, bit Fields) bool {
	switch bit {
	case HasDeviceID:
		return p.DeviceID == q.DeviceID
	case HasAddresses:
		return slices.Equal(p.Addresses, q.Addresses)
	case HasPortID:
		return p.PortID == q.PortID
	case HasCapabilities:
		return p.Capabilities == q.Capabilities
	case HasSoftware:
		return p.Software == q.Software
	case HasPlatform:
		return p.Platform == q.Platform
	case HasVTPDomain:
		return p.VTPDomain == q.VTPDomain
	case HasNativeVLAN:
		return p.NativeVLAN == q.NativeVLAN
	case HasDuplex:
		return p.FullDuplex == q.FullDuplex
	case HasVoiceVLAN:
		return p.VoiceVLAN == q.VoiceVLAN
	case HasQuery:
		return p.Query == q.Query
	case HasConsumption:
		return p.Consumption == q.Consumption
	case HasMTU:
		return p.MTU == q.MTU
	case HasTrust:
		return p.Trust == q.Trust
	case HasUntrustedCoS:
		return p.UntrustedCoS == q.UntrustedCoS
	case HasSystemName:
		return p.SystemName == q.SystemName
	case HasObjectID:
		return p.ObjectID == q.ObjectID
	case HasManagement:
		return slices.Equal(p.Management, q.Management)
	case HasLocation:
		return p.Location == q.Location
	case HasExternalPort:
		return p.ExternalPort == q.ExternalPort
	case HasRequested:
		a, b := &p.Requested, &q.Requested
		return a.RequestID == b.RequestID && a.ManagementID == b.ManagementID && slices.Equal(a.Levels, b.Levels)
	case HasAvailable:
		a, b := &p.Available, &q.Available
		return a.RequestID == b.RequestID && a.ManagementID == b.ManagementID && slices.Equal(a.Levels, b.Levels)
	case HasUnidirectional:
		return p.Unidirectional == q.Unidirectional
	case HasSparePair:
		return p.SparePair == q.SparePair
	default:
		return false
	}
}
