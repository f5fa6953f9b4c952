package experiment

import (
	"bufio"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"fairline/simulations/measure"
)

// Columns of the tables that each run has.
var (
	keyColumns = []column{{"metric", "", "name of the metric: see the rows of kind metric"},
		{"by", "", "kind of group; empty: all tickets"}, {"group", "", "name of the group"}}
	replicationsColumns = append(append(replicationColumns[:4:4], keyColumns...),
		column{"num", "", "numerator, in the metric's unit"}, column{"den", "", "denominator; 0: there is no value"})
	intervalsColumns = append(append(armColumns[:3:3], keyColumns...), column{"period", "", "number of the period, from 0"},
		column{"begins_s", "s", "of the period, since the scenario began"},
		column{"replications", "", "how many the row is about"}, column{"num", "", "sum over replications; of a maximum, the greatest"},
		column{"den", "", "sum over replications; of a maximum 1"}, column{"value", "", "num / den; empty: none"},
		column{"half_width", "", "of the interval of value; empty: there is none"},
		column{"standard_error", "", "of value; empty: there is none"})
	dictionaryColumns = []column{{"kind", "", "metric or column"}, {"table", "", "of a column"}, {"name", "", ""},
		{"unit", "", "a value in % is a fraction"}, {"better", "", "less, more or neither"},
		{"pool", "", "how replications become one value: ratio of sums, mean, or max"}, {"meaning", "", "formula of a metric in words"},
		{"source", "", "of a metric"}}
)

// A tableWriter writes the rows of a table.
type tableWriter struct {
	*csv.Writer
	err error
}

func newTable(w io.Writer, columns []column) *tableWriter {
	t := &tableWriter{Writer: csv.NewWriter(w)}
	head := make([]string, len(columns))
	for i, c := range columns {
		head[i] = c.name
	}
	t.row(head...)
	return t
}

func (t *tableWriter) row(cells ...string) {
	if err := t.Write(cells); t.err == nil {
		t.err = err
	}
}

func (t *tableWriter) end() error {
	t.Flush()
	return errors.Join(t.err, t.Error())
}

// exactly writes a number so that reading it gives the same one.
func exactly(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// tables writes all tables of a run into its folder.
func (s *study) tables(r *Results) (list []Output, err error) {
	write := func(file string, fill func(io.Writer) error) {
		if err != nil {
			return
		}
		var hash string
		if hash, err = writeHashed(filepath.Join(s.folder, file), fill); err == nil {
			list = append(list, Output{file, hash})
		}
	}
	write(replicationsTable, func(w io.Writer) error { return s.writeReplications(w) })
	write(intervalsTable, r.writeIntervals)
	if r.Games != nil {
		write(gameTable, func(w io.Writer) error { return s.writeGames(w, r.Games) })
	}
	write(dictionaryTable, func(w io.Writer) error { return s.writeDictionary(w) })
	for i := range rowTables {
		t := &rowTables[i]
		if !t.asked(&s.experiment) {
			continue
		}
		write(t.file, func(w io.Writer) error {
			if t.columns != nil {
				if err := newTable(w, t.columnsOf(&s.experiment)).end(); err != nil {
					return err
				}
			}
			return s.gather(t, w)
		})
	}
	return list, err
}

// writeHashed writes a file and returns the SHA-256 of what is in it.
func writeHashed(path string, fill func(io.Writer) error) (string, error) {
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	b := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<16)
	err = errors.Join(fill(b), b.Flush(), f.Close())
	return hex.EncodeToString(sum.Sum(nil)), err
}

func (s *study) writeReplications(w io.Writer) error {
	t := newTable(w, replicationsColumns)
	for _, a := range s.arms {
		for r, facts := range a.facts {
			number := strconv.Itoa(r)
			for i, k := range a.keys {
				if !byPeriod(k) {
					t.row(a.Scenario, a.Staffing, a.Policy, number, k.Metric, k.By, k.Group, exactly(facts[i].Num), exactly(facts[i].Den))
				}
			}
		}
	}
	return t.end()
}

func (r *Results) writeIntervals(w io.Writer) error {
	t := newTable(w, intervalsColumns)
	for _, x := range r.Intervals {
		a, e := &r.Arms[x.Arm], x.Estimate
		value, half, se := "", "", ""
		if e.Known {
			value = exactly(e.Value)
		}
		if e.Defined {
			half, se = exactly(e.Half), exactly(e.SE)
		}
		t.row(a.Scenario, a.Staffing, a.Policy, x.Key.Metric, x.Key.By, x.Key.Group, strconv.Itoa(x.Period), inSeconds(x.Begins),
			strconv.Itoa(x.Replications), exactly(x.Sum.Num), exactly(x.Sum.Den), value, half, se)
	}
	return t.end()
}

func (s *study) writeDictionary(w io.Writer) error {
	t := newTable(w, dictionaryColumns)
	for _, m := range s.metrics {
		t.row("metric", "", m.Name, m.Unit, string(m.Better), string(m.Pool), m.Formula, m.Source)
	}
	add := func(table string, columns []column) {
		for _, c := range columns {
			t.row("column", table, c.name, c.unit, "", "", c.meaning, "")
		}
	}
	add(replicationsTable, replicationsColumns)
	add(intervalsTable, intervalsColumns)
	if s.experiment.Game != nil {
		add(gameTable, gameColumns)
	}
	add(dictionaryTable, dictionaryColumns)
	for i := range rowTables {
		if rowTables[i].asked(&s.experiment) {
			add(rowTables[i].file, rowTables[i].columnsOf(&s.experiment))
		}
	}
	return t.end()
}

// periodOf is the number of the period that a key is about.
func periodOf(k measure.Key) int {
	text := k.Group
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == '+' {
			text = text[i+1:]
			break
		}
	}
	n, _ := strconv.Atoi(text)
	return n
}
