package sim_test

import (
	"context"
	"fmt"
	"net/netip"

	"phoneport/switchctl/sim"
)

// A campus of one Catalyst whose eight ports all have a phone: one port is broken and put back.
func Example() {
	c, err := sim.New(sim.Options{
		Switches: 1, Ports: 8, Phones: 1, Personalities: []string{"catalyst"}, Listen: netip.MustParseAddrPort("127.4.0.1:0"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	stop, err := c.Start(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	sw := c.Switches()[0]
	fmt.Println(sw.Name, sw.Personality, len(c.Phones()), "phones")

	for _, step := range []func() error{
		func() error { return nil },
		func() error { return c.Break(sw.Name, "Gi1/0/3", sim.FaultPowerOff) },
		func() error { return c.Heal(sw.Name, "Gi1/0/3") },
	} {
		if err := step(); err != nil {
			fmt.Println(err)
		}
		st, err := c.Port(sw.Name, "Gi1/0/3")
		fmt.Println(st.Delivers, st.InService, st.Faults, err)
	}
	fmt.Println(stop())
	// Output:
	// acc-0001 catalyst 8 phones
	// true true [] <nil>
	// false false [power-off] <nil>
	// true true [] <nil>
	// <nil>
}
