package agent

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestClaim(t *testing.T) {
	t.Parallel()
	name := fmt.Sprintf("pp%dclaim", os.Getpid())
	release, err := Claim(name)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Claim(name)
	if want := fmt.Sprintf("claim interface %s: another phoneport (process %d) speaks on it already", name, os.Getpid()); err == nil || err.Error() != want {
		t.Errorf("a second claim: %v, want %s", err, want)
	}
	if other, err := Claim(strings.Replace(name, "pp", "qq", 1)); err != nil {
		t.Errorf("another interface: %v", err)
	} else {
		other()
	}
	release()
	if release, err = Claim(name); err != nil {
		t.Fatalf("after the release: %v", err)
	}
	release()
}
