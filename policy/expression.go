package policy

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/interpreter"
)

// Variable is one name that an expression of an assignment may use.
type Variable struct {
	Name string
	Type string // string, int or bool
	Doc  string
	// Phone is true where the value is about a phone: an assignment whose expression asks for it applies
	// only where a phone was found or is expected.
	Phone bool
	value func(View, *facts) any
}

// Variables is the environment of expressions. Texts that are not known are empty, numbers that are not
// known are 0, poe_class is -1.
var Variables = []Variable{
	{Name: "site", Type: "string", Doc: "site of the switch", value: func(v View, _ *facts) any { return v.Site }},
	{Name: "switch", Type: "string", Doc: "name of the switch", value: func(v View, _ *facts) any { return string(v.Switch.Switch) }},
	{Name: "switch_vendor", Type: "string", Doc: "vendor of the switch", value: func(v View, _ *facts) any { return v.Switch.System.Vendor }},
	{Name: "switch_descr", Type: "string", Doc: "sysDescr of the switch", value: func(v View, _ *facts) any { return v.Switch.System.Descr }},
	{Name: "port", Type: "string", Doc: "name of the port: Gi1/0/1", value: func(v View, _ *facts) any { return v.Port.Ref.Name }},
	{Name: "alias", Type: "string", Doc: "description that people gave to the port", value: func(v View, _ *facts) any { return v.Port.Alias }},
	{Name: "mode", Type: "string", Doc: "access, trunk, routed or unknown", value: func(v View, _ *facts) any { return v.Port.Mode.String() }},
	{Name: "access_vlan", Type: "int", Doc: "untagged VLAN", value: func(v View, _ *facts) any { return int64(v.Port.Untagged) }},
	{Name: "voice_vlan", Type: "int", Doc: "voice VLAN that is configured", value: func(v View, _ *facts) any { return int64(v.Port.Voice.VLAN) }},
	{Name: "link", Type: "string", Doc: "up, down or unknown", value: func(v View, _ *facts) any { return v.Port.Link.String() }},
	{Name: "speed_mbps", Type: "int", Doc: "speed in Mbit/s", value: func(v View, _ *facts) any { return int64(v.Port.Speed / 1_000_000) }},
	{Name: "poe", Type: "bool", Doc: "the port can give power", value: func(v View, _ *facts) any { return v.Port.PoE.Supported }},
	{Name: "poe_class", Type: "int", Doc: "IEEE class of what is powered, -1 = not told", value: func(v View, _ *facts) any { return poeClass(v) }},
	{Name: "has_phone", Type: "bool", Doc: "a phone was found on the port", Phone: true, value: func(_ View, f *facts) any { return f.found }},
	{Name: "expects_phone", Type: "bool", Doc: "the inventory expects a phone on the port", Phone: true, value: func(_ View, f *facts) any { return f.expected }},
	{Name: "phone_mac", Type: "string", Doc: "address: aa:bb:cc:dd:ee:ff", Phone: true, value: func(_ View, f *facts) any { return f.mac }},
	{Name: "phone_name", Type: "string", Doc: "device name: SEP…", Phone: true, value: func(_ View, f *facts) any { return f.phone.Name }},
	{Name: "phone_extension", Type: "string", Doc: "extension", Phone: true, value: func(_ View, f *facts) any { return f.phone.Extension }},
	{Name: "phone_model", Type: "string", Doc: "model: CP-8841", Phone: true, value: func(_ View, f *facts) any { return f.model }},
	{Name: "phone_vendor", Type: "string", Doc: "vendor: Cisco", Phone: true, value: func(_ View, f *facts) any { return f.vendor }},
	{Name: "phone_profile", Type: "string", Doc: "profile that the inventory asks for", Phone: true, value: func(_ View, f *facts) any { return f.phone.Profile }},
	{Name: "phone_site", Type: "string", Doc: "site of the phone in the inventory", Phone: true, value: func(_ View, f *facts) any { return f.phone.Site }},
}

func poeClass(v View) int64 {
	if v.Port.PoE.ClassTold {
		return int64(v.Port.PoE.Class)
	}
	return -1
}

// maxCost bounds the work of one evaluation. A comparison costs about 1, matching a pattern a little more.
const maxCost = 10_000

// environment is made once: it costs more than compiling an expression.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	types := map[string]*cel.Type{"string": cel.StringType, "int": cel.IntType, "bool": cel.BoolType}
	var opts []cel.EnvOption
	for _, v := range Variables {
		opts = append(opts, cel.Variable(v.Name, types[v.Type]))
	}
	return cel.NewEnv(opts...)
})

var variableAt = sync.OnceValue(func() map[string]*Variable {
	at := make(map[string]*Variable, len(Variables))
	for i := range Variables {
		at[Variables[i].Name] = &Variables[i]
	}
	return at
})

// expression is a compiled CEL expression.
type expression struct {
	program cel.Program
	phone   bool // it asks about a phone
}

// compileExpression checks an expression. Errors name line and column.
func compileExpression(text string) (*expression, error) {
	env, err := environment()
	if err != nil {
		return nil, fmt.Errorf("make the environment: %w", err)
	}
	ast, issues := env.Compile(text)
	if issues.Err() != nil {
		var errs []error
		for _, e := range issues.Errors() {
			errs = append(errs, fmt.Errorf("line %d, column %d: %s", e.Location.Line(), e.Location.Column()+1, e.Message))
		}
		return nil, errors.Join(errs...)
	}
	if ast.OutputType() != cel.BoolType {
		return nil, fmt.Errorf("must be true or false, but is %s", ast.OutputType())
	}
	// OptOptimize compiles constant patterns of matches() here, so that a bad one is found now.
	program, err := env.Program(ast, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(maxCost))
	if err != nil {
		return nil, err
	}
	e := &expression{program: program}
	for _, ref := range ast.NativeRep().ReferenceMap() {
		if v, ok := variableAt()[strings.TrimPrefix(ref.Name, ".")]; ok && v.Phone {
			e.phone = true
		}
	}
	return e, nil
}

// eval gives the answer for one port.
func (e *expression) eval(v View, f facts) (bool, error) {
	out, _, err := e.program.Eval(&activation{v, f})
	if err != nil {
		return false, err
	}
	b, ok := out.Value().(bool)
	if !ok {
		return false, fmt.Errorf("gave %s", out.Type().TypeName())
	}
	return b, nil
}

// activation gives variables by name without making a map for each port.
type activation struct {
	view  View
	facts facts
}

var _ interpreter.Activation = (*activation)(nil)

// ResolveName gives the value of a variable.
func (a *activation) ResolveName(name string) (any, bool) {
	v, ok := variableAt()[name]
	if !ok {
		return nil, false
	}
	return v.value(a.view, &a.facts), true
}

// Parent has nothing: all variables are here.
func (*activation) Parent() interpreter.Activation { return nil }
