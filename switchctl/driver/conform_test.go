package driver

import (
	"context"
	"log/slog"
	"testing"

	"phoneport/switchctl"
	"phoneport/switchctl/drivertest"
	"phoneport/switchctl/snmp"
)

// TestCorpusConforms runs the part of the conformance suite that needs no writing on each recording.
func TestCorpusConforms(t *testing.T) {
	t.Parallel()
	for _, path := range walks(t) {
		t.Run(walkName(path), func(t *testing.T) {
			t.Parallel()
			drivertest.Recording(t, path, func(s snmp.Session, m *switchctl.Memory) (switchctl.Driver, error) {
				return Open(context.Background(), "sw", "192.0.2.1", s, m, slog.New(slog.DiscardHandler))
			})
		})
	}
}
