// Package drivertest is the conformance suite of drivers: what every switchctl.Driver must do, whatever its
// vendor. A driver's own tests call Run with a simulated switch that can be written to, and Recording with
// recorded walks of real ones.
//
// It knows no vendor and starts no simulator. To have one more thing hold for all drivers, add a function to
// the list in Run or Recording.
package drivertest
