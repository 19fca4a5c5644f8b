// Package sim is a campus of simulated access switches: thousands of SNMP agents in one process, each on
// its own loopback address, with phones, computers and access points plugged in that draw power, boot,
// take the voice VLAN that the switch tells them and show up in its tables.
//
//	c, err := sim.New(sim.Options{Switches: 4, Phones: 1, Boot: sim.DefaultBoot})
//	…
//	stop, err := c.Start(ctx) // or c.Run(ctx) in a goroutine of one's own, and <-c.Ready()
//	…
//	defer stop()
//	for _, sw := range c.Switches() { … } // name, address, personality
//	for _, ph := range c.Phones() { … }   // what an inventory holds
//	err = c.Break("acc-0001", "Gi1/0/7", sim.FaultPowerOff)
//	…                                     // let the program under test repair it
//	st, err := c.Port("acc-0001", "Gi1/0/7") // the truth
//
// What is plugged in where follows from Options.Seed. Time is Options.Now; what has to happen by itself
// (a phone that boots) happens when somebody looks, dated when it was due, so there is no goroutine for
// it and a clock of a test's own works. Recorded walks are served beside the switches
// (Options.Recordings), and Hostile gives agents that break the protocol.
//
// It is not a simulation of traffic or of a network: switches do not see each other, and counters only
// grow. Package agent below it is the SNMP half and knows no switch.
//
// A family of switches is one file with a function that gives a personality (catalyst.go) and one line in
// the list personalities. A make of phone is one entry of models. A fault is one entry of faults.
package sim
