package policy

import "testing"

func TestGlob(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"Gi1/0/1", "Gi1/0/1", true},
		{"Gi1/0/1", "Gi1/0/11", false},
		{"Gi1/0/1", "gi1/0/1", false},
		{"Gi1/0/*", "Gi1/0/1", true},
		{"Gi1/0/*", "Gi1/0/48", true},
		{"Gi1/0/*", "Gi1/0/1/2", false},
		{"Gi1/0/*", "Gi2/0/1", false},
		{"Gi*/0/*", "Gi2/0/1", true},
		{"Gi1/0/[1-9]", "Gi1/0/9", true},
		{"Gi1/0/[1-9]", "Gi1/0/10", false},
		{"Gi1/0/{1,2}", "Gi1/0/2", true},
		{"Gi1/0/{1,2}", "Gi1/0/3", false},
		{"Gi1/**", "Gi1/0/1", true},
		{"Gi1/**", "Gi2/0/1", false},
		{"**", "Gi1/0/1", true},
		// Without a slash the pattern is for the whole name: a protect list that says Gi* means all of them.
		{"*", "Gi1/0/1", true},
		{"Gi*", "Gi1/0/1", true},
		{"Te*", "Gi1/0/1", false},
		{"*1", "Gi1/0/1", true},
		{"*[13]", "Gi1/0/3", true},
		{"{Te,Fo}*", "Te1/1/1", true},
		{"acc-?", "acc-1", true},
		{"acc-?", "acc-12", false},
		{"ge-0/0/*", "ge-0/0/1", true},
		{"ge-0/0/*", "ge-0/0/1.0", true},
		{"hq/**", "hq/floor 2", true},
		{"", "", true},
		{"", "Gi1/0/1", true},
	} {
		if got := globOrAll(c.pattern).match(c.name); got != c.want {
			t.Errorf("glob %q on %q is %t", c.pattern, c.name, got)
		}
	}
}

func TestGlobRefusesMalformed(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"Gi[", "Gi1/0/{1", "Gi1/0/[]", `Gi\`} {
		if _, err := compileGlob(p); err == nil {
			t.Errorf("glob %q is accepted", p)
		}
	}
}

func TestComparePorts(t *testing.T) {
	t.Parallel()
	sorted := []string{
		"", "01", "1", "2", "10", "A1", "A2", "A10", "Gi1/0/1", "Gi1/0/2", "Gi1/0/10", "Gi1/1/1", "Gi2/0/1", "Gi10/0/1", "Te1/0/1",
		"ge-0/0/0", "ge-0/0/0.0", "ge-0/0/9", "ge-0/0/10",
	}
	for i, a := range sorted {
		for j, b := range sorted {
			got := comparePorts(a, b)
			if want := i - j; (got < 0) != (want < 0) || (got > 0) != (want > 0) {
				t.Errorf("%q and %q compare as %d", a, b, got)
			}
		}
	}
}
