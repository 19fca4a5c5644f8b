package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"phoneport/cmd/internal/shape"
	"phoneport/policy/enforce"
)

// planFile is a plan on disk: what plan -w writes and apply reads. What it says about each port before is
// checked again on the port when it is applied; what is here only keeps plans of another day, another
// configuration or another program from getting that far.
type planFile struct {
	Format string `json:"format"`
	// ConfigHash tells whether the configuration is still the one that the plan was made under.
	ConfigHash string     `json:"config_hash"`
	Phoneport  string     `json:"phoneport"` // version that wrote it, for people
	Plan       shape.Plan `json:"plan"`
}

const (
	planFormat = "phoneport-plan/1"
	// maxPlanFile bounds what is read: a plan of a million changes is far smaller.
	maxPlanFile = 1 << 30
)

// writePlan writes a plan so that a half-written one is never found under its name.
func writePlan(path, configHash string, p shape.Plan) (err error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(planFile{planFormat, configHash, thisBuild().Version, p}); err != nil {
		return fmt.Errorf("write plan: %w", err)
	}
	return writeFile(path, b.Bytes(), 0o600)
}

// writeFile replaces a file as a whole.
func writeFile(path string, data []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// readPlan reads a plan and refuses one that must not be applied now.
func readPlan(path, configHash string, maxAge time.Duration, now time.Time) (*enforce.Plan, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	defer f.Close()
	return decodePlan(path, io.LimitReader(f, maxPlanFile), configHash, maxAge, now)
}

func decodePlan(path string, r io.Reader, configHash string, maxAge time.Duration, now time.Time) (*enforce.Plan, error) {
	dec := json.NewDecoder(r)
	dec.DisallowUnknownFields()
	var p planFile
	switch err := dec.Decode(&p); {
	case err != nil && p.Format == "":
		return nil, fmt.Errorf("read plan %s: not a plan of phoneport plan -w: %w", path, err)
	case p.Format != planFormat:
		return nil, fmt.Errorf("read plan %s: format is %q, this phoneport reads %q; plan again", path, p.Format, planFormat)
	case err != nil:
		return nil, fmt.Errorf("read plan %s: %w", path, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read plan %s: something follows the plan", path)
	}
	if p.ConfigHash != configHash {
		return nil, fmt.Errorf("read plan %s: made under another configuration than this one; plan again", path)
	}
	switch age := now.Sub(p.Plan.MadeAt); {
	case age > maxAge:
		return nil, fmt.Errorf("read plan %s: made %s ago, the most is %s (--max-age); plan again", path, age.Round(time.Second), maxAge)
	case age < -time.Minute:
		return nil, fmt.Errorf("read plan %s: made in the future, at %s: a clock is wrong", path, p.Plan.MadeAt.Format(time.RFC3339))
	}
	plan, err := p.Plan.Plan()
	if err != nil {
		return nil, fmt.Errorf("read plan %s: %w", path, err)
	}
	return plan, nil
}
