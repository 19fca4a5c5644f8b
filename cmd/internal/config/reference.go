package config

import _ "embed"

//go:embed reference.yaml
var reference string

// Reference gives the documented reference file. It configures exactly the defaults.
func Reference() string { return reference }
