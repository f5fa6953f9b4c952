package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"
)

// A kind says how people read a number.
type kind int

const (
	asNumber kind = iota
	asTime        // seconds
	asPart        // of 1
	asYes         // 1 is yes
)

func (k kind) text(v float64) string {
	switch k {
	case asTime:
		return timeText(v)
	case asPart:
		return partText(v)
	case asYes:
		return map[float64]string{0: "no", 1: "yes"}[v]
	}
	return numberText(v)
}

// A fact is one number of a result: the key for programs, and for people a label.
type fact struct {
	Key   string
	Value float64
	Label string
	Kind  kind
}

// A theoryResult is what `fairline theory` computed. Times are in seconds, rates for each second, parts of 1.
type theoryResult struct {
	model  string // for programs
	title  string // for people: what is assumed
	given  []fact
	facts  []fact
	column string // what the rows are, for programs; "" where there are none
	rows   []theoryRow
	notes  []string
}

// A theoryRow is one of several classes, shares or periods, by its name or by the fact that is called as the column.
type theoryRow struct {
	name  string
	facts []fact
}

// write writes the result for people, or for programs.
func (r *theoryResult) write(cmd *cobra.Command, asJSON bool) error {
	for _, list := range append([][]fact{r.given, r.facts}, rowFacts(r.rows)...) {
		for _, f := range list {
			if math.IsNaN(f.Value) {
				return fmt.Errorf("%s cannot be computed from these numbers: they are too far apart", f.Key)
			}
		}
	}
	if asJSON {
		return writeJSON(cmd.OutOrStdout(), r.document())
	}
	return r.print(cmd.OutOrStdout())
}

func rowFacts(rows []theoryRow) (lists [][]fact) {
	for _, row := range rows {
		lists = append(lists, row.facts)
	}
	return lists
}

// document is the result for programs.
func (r *theoryResult) document() map[string]any {
	doc := map[string]any{
		"schema": "fairline.theory/1", "model": r.model, "units": map[string]string{"time": "second", "rate": "per second", "part": "of 1", "variance": "second squared"},
		"given": byKey(r.given),
	}
	if len(r.facts) > 0 {
		doc["result"] = byKey(r.facts)
	}
	if r.column != "" {
		rows := []map[string]any{}
		for _, row := range r.rows {
			m := byKey(row.facts)
			if _, ok := m[r.column]; !ok {
				m[r.column] = row.name
			}
			rows = append(rows, m)
		}
		doc["rows"] = rows
	}
	return doc
}

// byKey is a list of facts for programs. A number without end has no place in JSON, and is null.
func byKey(facts []fact) map[string]any {
	m := map[string]any{}
	for _, f := range facts {
		switch m[f.Key] = f.Value; {
		case f.Kind == asYes:
			m[f.Key] = f.Value == 1
		case math.IsInf(f.Value, 0):
			m[f.Key] = nil
		}
	}
	return m
}

func (r *theoryResult) print(out io.Writer) error {
	p := &explainPrinter{w: out}
	p.line("%s", r.title)
	w := newTable(out)
	p.w = w
	if len(r.facts) > 0 {
		p.line("")
	}
	for _, f := range r.facts {
		if f.Label != "" {
			p.line("  %s\t%s", f.Label, f.Kind.text(f.Value))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(r.rows) > 0 {
		p.line("")
		header := "  " + strings.ToUpper(r.column)
		for _, f := range r.rows[0].facts {
			if f.Label != "" {
				header += "\t" + f.Label
			}
		}
		p.line("%s", header)
	}
	for _, row := range r.rows {
		line := "  " + row.name
		for _, f := range row.facts {
			if f.Label != "" {
				line += "\t" + f.Kind.text(f.Value)
			}
		}
		p.line("%s", line)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	p.w = out
	if len(r.notes) > 0 {
		p.line("")
	}
	for _, n := range r.notes {
		p.line("%s", n)
	}
	return p.err
}
