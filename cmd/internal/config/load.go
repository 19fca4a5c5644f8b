package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// EnvPrefix begins the name of every environment variable that phoneport reads.
const EnvPrefix = "PHONEPORT_"

// Places are where the file is looked for when none is named, in order.
var Places = []string{"phoneport.yaml", "/etc/phoneport/phoneport.yaml"}

// ErrNoFile is wrapped by the error of Load where no configuration file was named and none was found.
var ErrNoFile = errors.New("no configuration file")

// Options say where Load reads.
type Options struct {
	Path  string                 // file named by -c or PHONEPORT_CONFIG; "" = the first of Places that exists
	Flags map[string]*pflag.Flag // key → flag that sets it, such as fleet.parallel; only flags that were given count
	// Getenv is os.LookupEnv, or what a test gives.
	Getenv  func(string) (string, bool)
	Environ []string // os.Environ(), to warn of variables that set nothing
	// Known are further variables (without prefix) that mean something: those of command-line flags.
	Known []string
	// Optional lets Load succeed on defaults where no file was named and none is found.
	Optional bool
}

// Load reads and checks the configuration. The error joins every mistake found, each with its place; it is
// never more than configuration: a switch that does not answer is found by using it.
func Load(o Options) (*Config, error) {
	if o.Getenv == nil {
		o.Getenv = os.LookupEnv
	}
	path, data, err := find(o)
	if err != nil {
		return nil, err
	}
	c, err := parse(path, data, o)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// find gives the file to read and what is in it.
func find(o Options) (path string, data []byte, err error) {
	if o.Path != "" {
		data, err = os.ReadFile(o.Path)
		if err != nil {
			return "", nil, fmt.Errorf("read configuration: %w", err)
		}
		return o.Path, data, nil
	}
	for _, p := range Places {
		data, err = os.ReadFile(p)
		if err == nil {
			return p, data, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", nil, fmt.Errorf("read configuration: %w", err)
		}
	}
	if o.Optional {
		return "", nil, nil
	}
	return "", nil, fmt.Errorf("%w: looked for %s; name one with -c, write one from `phoneport check-config --reference`, or try `phoneport demo`, which needs none",
		ErrNoFile, strings.Join(Places, " and "))
}

// parse makes a checked configuration of the text of a file. path names it in messages and is where
// relative paths start.
func parse(path string, data []byte, o Options) (*Config, error) {
	var errs []error
	name := path
	if name == "" {
		name = "configuration"
	}
	t, err := parseTree(name, bytes.NewReader(data))
	if err != nil {
		errs = append(errs, err)
	}
	p := &places{tree: t, getenv: o.Getenv, flags: o.Flags}
	r, err := decode(t, p, o)
	if err != nil {
		errs = append(errs, err)
	}
	c := &Config{Path: path, Hash: hashOf(data)}
	k := checker{places: p, dir: dirOf(path), out: c}
	k.checkAll(r)
	errs = append(errs, k.errs...)
	if len(errs) > 0 {
		return nil, errors.Join(inOrder(errs)...)
	}
	k.warnFile(path)
	k.warnEnv(o)
	return c, nil
}

func dirOf(path string) string {
	if path == "" {
		return ""
	}
	return filepath.Dir(path)
}

// decode lays flags over environment over file over defaults, by a private viper, and decodes the result
// exactly.
func decode(t *tree, p *places, o Options) (raw, error) {
	v := viper.New()
	var errs []error
	scalars(reflect.ValueOf(defaults()), "", func(key string, value any) {
		v.SetDefault(key, value)
		if text, ok := o.Getenv(envName(key)); ok && text != "" {
			v.Set(key, text)
		}
		if f := o.Flags[key]; f != nil && f.Changed {
			v.Set(key, f.Value.String())
		}
	})
	if err := v.MergeConfigMap(t.values); err != nil {
		errs = append(errs, fmt.Errorf("read configuration: %w", err))
	}
	var r raw
	err := v.UnmarshalExact(&r, func(c *mapstructure.DecoderConfig) {
		c.DecodeHook = decodeHook()
		c.MatchName = func(key, field string) bool { return key == field }
	})
	for _, e := range split(err) {
		errs = append(errs, p.decodeError(e))
	}
	return r, errors.Join(errs...)
}

// envName gives the variable that sets a key: fleet.parallel → PHONEPORT_FLEET_PARALLEL.
func envName(key string) string {
	return EnvPrefix + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(key))
}

// split takes joined errors apart; mapstructure joins one for each field.
func split(err error) []error {
	if err == nil {
		return nil
	}
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		var out []error
		for _, e := range j.Unwrap() {
			out = append(out, split(e)...)
		}
		return out
	}
	if j, ok := err.(interface{ Unwrap() error }); ok {
		if _, named := err.(*mapstructure.DecodeError); !named {
			if inner := split(j.Unwrap()); len(inner) > 1 || len(inner) == 1 && isNamed(inner[0]) {
				return inner
			}
		}
	}
	return []error{err}
}

func isNamed(err error) bool {
	_, ok := err.(*mapstructure.DecodeError)
	return ok
}

// warnEnv warns of variables with our prefix that set nothing: a misspelt one is otherwise silent.
func (k *checker) warnEnv(o Options) {
	known := slices.Clone(o.Known)
	scalars(reflect.ValueOf(defaults()), "", func(key string, _ any) {
		known = append(known, strings.TrimPrefix(envName(key), EnvPrefix))
	})
	for _, kv := range o.Environ {
		name, _, _ := strings.Cut(kv, "=")
		if rest, ok := strings.CutPrefix(name, EnvPrefix); ok && !slices.Contains(known, rest) && !k.used[name] {
			k.warnf("environment variable %s sets nothing: no key or flag has that name", name)
		}
	}
}

// warnFile warns where a file that holds secrets is open to others.
func (k *checker) warnFile(path string) {
	if path == "" || !k.literals {
		return
	}
	info, err := os.Stat(path)
	if err != nil {
		return
	}
	if w := tooOpen(path, info.Mode()); w != "" {
		k.warnf("%s", w)
	}
}
