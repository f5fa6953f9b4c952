package policy

import (
	"encoding/json"
	"fmt"
	"io"
)

// A Report is the outcome of a check in its JSON form, schema fairline.check/1.
type Report struct {
	Schema   string       `json:"schema"`
	Files    []FileReport `json:"files"`
	Errors   int          `json:"errors"`
	Warnings int          `json:"warnings"`
}

// A FileReport is what was found in one file.
type FileReport struct {
	File   string        `json:"file"`
	OK     bool          `json:"ok"` // no error: it could run
	Policy string        `json:"policy,omitempty"`
	Faults []FaultReport `json:"faults"`
}

// A FaultReport is a Fault. Lines and columns count from 1, columns in code points, end exclusive.
type FaultReport struct {
	Severity  string         `json:"severity"`
	Code      string         `json:"code"`
	Line      int            `json:"line"`
	Column    int            `json:"column"`
	EndColumn int            `json:"end_column"`
	Field     string         `json:"field,omitempty"`
	Message   string         `json:"message"`
	Label     string         `json:"label,omitempty"`
	Help      string         `json:"help,omitempty"`
	Related   *RelatedReport `json:"related,omitempty"`
}

// A RelatedReport is a second place that has to do with a fault.
type RelatedReport struct {
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndColumn int    `json:"end_column"`
	Label     string `json:"label"`
}

// NewReport returns an empty report.
func NewReport() *Report { return &Report{Schema: "fairline.check/1", Files: []FileReport{}} }

// Add enters one file; p is nil when it has an error.
func (r *Report) Add(file string, p *Policy, faults Faults) {
	fr := FileReport{File: file, OK: p != nil, Faults: []FaultReport{}}
	if p != nil {
		fr.Policy = p.Engine.Name
	}
	for _, f := range faults {
		out := FaultReport{f.Severity.String(), f.Code, f.Line, f.Column, f.EndColumn, f.Field, f.Message, f.Label, f.Help, nil}
		if f.Also != nil {
			out.Related = &RelatedReport{f.Also.Line, f.Also.Column, f.Also.EndColumn, f.Also.Label}
		}
		fr.Faults = append(fr.Faults, out)
	}
	r.Files = append(r.Files, fr)
	r.Errors += faults.Count(Error)
	r.Warnings += faults.Count(Warning)
}

// Write writes the report as indented JSON.
func (r *Report) Write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// Summary is the last line of a check: that the file is fine, or how much is wrong.
func Summary(name string, p *Policy, faults Faults) string {
	errors, warnings := faults.Count(Error), faults.Count(Warning)
	if p != nil {
		return fmt.Sprintf("%s: ok (%s, %s, %s)", name, plural(len(p.Classes), "class", "classes"),
			plural(len(p.Channels), "channel", "channels"), plural(warnings, "warning", "warnings"))
	}
	return fmt.Sprintf("%s: %s, %s. A policy that runs is unchanged.", name, plural(errors, "error", "errors"), plural(warnings, "warning", "warnings"))
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
