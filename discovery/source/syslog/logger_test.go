package syslog

import (
	"net"
	"os/exec"
	"strings"
	"testing"

	"phoneport/discovery"
)

// TestLogger lets logger of util-linux speak to the receiver: a sender that is not ours.
func TestLogger(t *testing.T) {
	t.Parallel()
	path, err := exec.LookPath("logger")
	if err == nil {
		err = exec.Command(path, "--version").Run()
	}
	if err != nil {
		t.Skipf("logger of util-linux is missing (%v); not tested: that headers and framing of another sender are read", err)
	}
	const text = "%ILPOWER-5-IEEE_DISCONNECT: Interface Gi1/0/12: PD removed"
	for name, flags := range map[string][]string{
		"UDP, RFC 3164":           {"--udp", "--rfc3164"},
		"UDP, RFC 5424":           {"--udp", "--rfc5424"},
		"UDP, RFC 5424 bare":      {"--udp", "--rfc5424=notime,notq,nohost"},
		"UDP, RFC 5424 structure": {"--udp", "--rfc5424", "--sd-id", "zoo@123", "--sd-param", "tiger=\"hungry\"", "--msgid", "ID47"},
		"TCP, lines, RFC 3164":    {"--tcp", "--rfc3164"},
		"TCP, lines, RFC 5424":    {"--tcp", "--rfc5424"},
		"TCP, counted, RFC 3164":  {"--tcp", "--rfc3164", "--octet-count"},
		"TCP, counted, RFC 5424":  {"--tcp", "--rfc5424", "--octet-count"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, l := udp(t), tcp(t)
			got := make(catch, 8)
			r, stop := start(t, Options{UDP: []net.PacketConn{u}, TCP: []net.Listener{l}}, got.sink)
			addr := u.LocalAddr().String()
			if flags[0] == "--tcp" {
				addr = l.Addr().String()
			}
			host, port, err := net.SplitHostPort(addr)
			if err != nil {
				t.Fatal(err)
			}
			args := append([]string{"--server", host, "--port", port, "--priority", "local7.notice", "--tag", "relay", "--id=42"}, flags...)
			cmd := exec.CommandContext(t.Context(), path, args...)
			cmd.Stdin = strings.NewReader(text + "\n" + strings.Replace(text, "/12", "/13", 1) + "\n")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
			}
			for _, port := range []string{"Gi1/0/12", "Gi1/0/13"} {
				e := got.next(t)
				if e.Kind != discovery.EventPower || e.IfName != port || e.Code != "ILPOWER-5-IEEE_DISCONNECT" ||
					(e.Sender.Host == "") != strings.Contains(name, "bare") {
					t.Errorf("%s became %+v", e.Raw, e)
				}
			}
			stop()
			if s := r.Stats(); s.Known != 2 || s.Framing+s.Broken+s.Empty != 0 || s.Datagrams+s.Frames != 2 {
				t.Errorf("%+v", s)
			}
		})
	}
}
