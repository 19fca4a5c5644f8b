// Package rules is what can be wrong with phones and their ports: one file per rule, each a pure function from
// a view to findings.
//
// It decides nothing and writes nothing: a finding may ask for changes, policy.Decide says whether they are
// made. What was not read is never wrong: a rule is silent where it lacks data.
//
// To add a rule, write <rule>.go with one policy.Rule value, put it into All, give it firing and silent cases in
// testdata/<rule>.txtar and a page in docs/rules/<rule>.md. A test names what is forgotten.
package rules
