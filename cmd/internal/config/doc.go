// Package config reads the configuration of phoneport: flags over environment (PHONEPORT_…) over one YAML
// file over defaults, into structs that are checked as a whole, so that an operator sees every mistake at
// once with the file, the line and the key.
//
// It opens no session and loads no inventory: what is configured is checked here as far as it can be
// without asking anybody; the rest is the business of cmd/internal/app.
//
// To add a key: the field in raw.go, its default in defaults.go, its check in check.go or beside it, and
// its explanation in reference.yaml (a test compares the three). Lists are lists of objects with a name,
// never maps: viper folds the case of map keys and splits them at dots.
package config
