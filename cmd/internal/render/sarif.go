package render

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"phoneport/cmd/internal/shape"
	"phoneport/policy"
)

// The objects of SARIF 2.1.0 (OASIS) that an audit needs. Names in comments are its clauses.
type (
	sarifLog struct { // 3.13
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct { // 3.14
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
		ColumnKind  string            `json:"columnKind"`
	}
	sarifTool struct { // 3.18
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct { // 3.19
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct { // 3.49
		ID            string      `json:"id"`
		Short         sarifText   `json:"shortDescription"`
		Full          sarifText   `json:"fullDescription"`
		Configuration sarifConfig `json:"defaultConfiguration"`
	}
	sarifText struct { // 3.11
		Text string `json:"text"`
	}
	sarifConfig struct { // 3.50
		Level string `json:"level"`
	}
	sarifInvocation struct { // 3.20
		Successful    bool        `json:"executionSuccessful"`
		Start         time.Time   `json:"startTimeUtc"`
		End           time.Time   `json:"endTimeUtc"`
		Notifications []sarifNote `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNote struct { // 3.58
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifResult struct { // 3.27
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifLocation struct { // 3.28
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations"`
	}
	sarifPhysical struct { // 3.29: code scanners show nothing without one; a switch stands for a file
		Artifact sarifArtifact `json:"artifactLocation"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifLogical struct { // 3.33
		Name string `json:"name"`
		Full string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
	sarifSuppression struct { // 3.35
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
)

// levels of SARIF (3.27.10).
var sarifLevels = map[string]string{"critical": "error", "warning": "warning", "info": "note"}

func sarif(w io.Writer, r Report) error {
	a := r.Audit
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "phoneport", Version: r.Version, Rules: []sarifRule{}}},
		Results:    []sarifResult{},
		ColumnKind: "unicodeCodePoints",
	}
	index := map[string]int{}
	addRule := func(id, title, why string, sev policy.Severity) {
		index[id] = len(run.Tool.Driver.Rules)
		level := sarifLevels[sev.String()]
		if level == "" {
			level = "warning"
		}
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{id, sarifText{title}, sarifText{why}, sarifConfig{level}})
	}
	for _, rule := range r.Rules {
		addRule(rule.ID, rule.Title, rule.Why, rule.Severity)
	}
	inv := sarifInvocation{Successful: len(a.Switches.Unreadable) == 0 && !a.Interrupted, Start: a.StartedAt.UTC(), End: a.FinishedAt.UTC()}
	for _, u := range a.Switches.Unreadable {
		inv.Notifications = append(inv.Notifications, sarifNote{"error", sarifText{u.Name + ": " + u.Error}})
	}
	run.Invocations = []sarifInvocation{inv}
	for _, f := range append(append([]shape.Finding{}, a.Findings...), a.Excepted...) {
		if _, ok := index[f.Rule]; !ok {
			addRule(f.Rule, f.Rule, f.Rule, policy.Warning)
		}
		run.Results = append(run.Results, sarifFinding(f, index[f.Rule]))
	}
	return Data(w, JSON, sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{run},
	})
}

func sarifFinding(f shape.Finding, rule int) sarifResult {
	place := owner(f)
	name, kind, full := place, "resource", place
	switch {
	case f.Port != "":
		name, full = f.Port, place+"/"+f.Port
	case f.Phone != "":
		name, full = f.Phone, place+"/"+f.Phone
	}
	text := f.Message
	if len(f.Evidence) > 0 {
		text += "\n" + strings.Join(f.Evidence, "\n")
	}
	res := sarifResult{
		RuleID: f.Rule, RuleIndex: rule, Level: sarifLevels[f.Severity], Message: sarifText{text},
		Locations: []sarifLocation{{
			Physical: sarifPhysical{sarifArtifact{url.PathEscape(place)}},
			Logical:  []sarifLogical{{name, full, kind}},
		}},
		// The same fault at the same place stays the same result, whatever numbers its message tells.
		Fingerprints: map[string]string{"phoneport/v1": fmt.Sprintf("%s|%s|%s", f.Rule, full, f.Phone)},
	}
	if res.Level == "" {
		res.Level = "none"
	}
	if e := f.Exception; e != nil {
		res.Suppressions = []sarifSuppression{{"external", "accepted", e.Reason + " (" + e.Owner + ")"}}
	}
	return res
}
