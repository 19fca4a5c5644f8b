package sim

import "phoneport/switchctl/sim/agent"

// Hostility is one way in which an agent breaks the protocol; Hostilities gives all.
type Hostility = agent.Hostility

// HostileAgent is an agent that breaks the protocol on a loopback socket of its own.
type HostileAgent = agent.HostileAgent

// Hostilities gives all ways to break the protocol.
func Hostilities() []Hostility { return agent.Hostilities() }

// Hostile opens such an agent; the caller closes it.
func Hostile(kind Hostility) (*HostileAgent, error) { return agent.Hostile(kind) }
