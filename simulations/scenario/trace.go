package scenario

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
)

// traceFaultsMax is how many faults of one trace are told; the others are mostly of the same kind.
const traceFaultsMax = 5

// A traceReader reads a trace: a CSV file with a header. Column `arrived` is in seconds since the beginning, or what the
// clock showed, hh:mm:ss, where hours of the next day go on from 24. Columns `handling` and `patience` are seconds,
// h:mm:ss or durations, and may be empty: not known. All others are attributes; an empty one is not there.
type traceReader struct {
	*reader
	at      *yaml.Node
	field   string
	path    string
	columns []string
	faults  int
}

func (r *reader) readTrace(n *yaml.Node, path, field string) *Trace {
	src, ok := r.file(n, path, field)
	if !ok {
		return nil
	}
	t := &traceReader{reader: r, at: n, field: field, path: path}
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(src, []byte("\ufeff"))))
	c.TrimLeadingSpace, c.ReuseRecord = true, true
	if !t.header(c) {
		return nil
	}
	trace := &Trace{File: path}
	for t.faults < traceFaultsMax {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := c.FieldPos(0)
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			t.wrong(bad.Line, bad.Err.Error(), "give each row as many cells as the header has")
			break
		}
		row, ok := t.row(line, cells)
		switch {
		case !ok:
			continue
		case len(trace.Rows) > 0 && row.At < trace.Rows[len(trace.Rows)-1].At:
			t.wrong(line, "`"+cells[slices.Index(t.columns, "arrived")]+"` is before the row above it",
				"sort the rows by `arrived`")
			continue
		case len(trace.Rows) == TraceMax:
			t.wrong(line, fmt.Sprintf("at most %d rows can be read", TraceMax), "")
			return nil
		}
		trace.Rows = append(trace.Rows, row)
	}
	return trace
}

// wrong reports a row, at the place where the trace is named.
func (t *traceReader) wrong(line int, message, help string) {
	t.faults++
	t.Wrong("FL0504", t.at, t.field, fmt.Sprintf("%s:%d: %s", t.path, line, message), "", help)
}

func (t *traceReader) header(c *csv.Reader) bool {
	cells, err := c.Read()
	t.columns = slices.Clone(cells)
	if err != nil || !slices.Contains(t.columns, "arrived") {
		t.wrong(1, "no column is called `arrived`", "begin with a header, such as arrived,handling,patience,need")
		return false
	}
	for i, name := range t.columns {
		if !attrNaming.Form.MatchString(name) {
			t.wrong(1, "`"+name+"` "+attrNaming.Not, attrNaming.Help)
		} else if slices.Index(t.columns, name) != i {
			t.wrong(1, "two columns are called `"+name+"`", "keep one of the two")
		}
	}
	return t.faults == 0
}

func (t *traceReader) row(line int, cells []string) (row Row, ok bool) {
	row = Row{Handling: -1, Patience: -1}
	for i, name := range t.columns {
		cell, good := strings.TrimSpace(cells[i]), true
		switch {
		case name == "arrived":
			if row.At, good = t.arrived(cell); !good {
				t.wrong(line, "`"+cell+"` is no time of arrival",
					"write seconds since the beginning, or what the clock showed: 08:00:12")
			} else if !t.bad && row.At >= t.s.Length {
				good = false
				t.wrong(line, "`"+cell+"` is when customers have stopped coming", "take the row out, or write a greater `length`")
			}
		case cell == "":
			continue
		case name == "handling":
			row.Handling, good = t.lasted(line, name, cell)
		case name == "patience":
			row.Patience, good = t.lasted(line, name, cell)
		default:
			if row.Values == nil {
				row.Values = map[string]string{}
			}
			row.Values[name] = cell
		}
		if !good {
			return row, false
		}
	}
	return row, true
}

func (t *traceReader) arrived(cell string) (engine.Duration, bool) {
	if v, ok := parseNumber(cell); ok {
		return nanos(v), v >= 0 && v < 1e9
	}
	d, ok := parseHMS(cell)
	return d - t.clock, ok && d >= t.clock
}

func (t *traceReader) lasted(line int, name, cell string) (engine.Duration, bool) {
	if v, ok := parseNumber(cell); ok && v >= 0 && v < 1e9 {
		return nanos(v), true
	}
	if d, ok := parseHMS(cell); ok {
		return d, true
	}
	if v, ok := parseTime(cell); ok {
		return nanos(v), true
	}
	t.wrong(line, "`"+cell+"` is no "+name, "write seconds, h:mm:ss, or a duration such as 4m30s; leave it empty where it is not known")
	return 0, false
}

// parseHMS reads "08:00:12", with any number of hours and, behind the seconds, a fraction.
func parseHMS(s string) (engine.Duration, bool) {
	parts := strings.Split(s, ":")
	if len(parts) != 3 || len(parts[1]) != 2 || len(parts[2]) < 2 {
		return 0, false
	}
	h, err1 := strconv.ParseUint(parts[0], 10, 16)
	m, err2 := strconv.ParseUint(parts[1], 10, 8)
	sec, ok := parseNumber(strings.TrimPrefix(parts[2], "0"))
	if err1 != nil || err2 != nil || !ok || m > 59 || sec < 0 || sec >= 60 {
		return 0, false
	}
	return engine.Duration(h)*engine.Hour + engine.Duration(m)*engine.Minute + nanos(sec), true
}

// nanos turns seconds into a duration, rounded to a nanosecond.
func nanos(seconds float64) engine.Duration { return engine.Duration(seconds*1e9 + 0.5) }

// attributes are the names of all attributes that tickets of the scenario may carry, sorted.
func (s *Scenario) attributes() []string {
	seen := map[string]bool{}
	for i := range s.Sources {
		src := &s.Sources[i]
		for _, a := range src.Attributes {
			seen[a.Name] = true
		}
		for _, a := range src.Actions {
			for name := range a.Set {
				seen[name] = true
			}
			for name := range a.AlsoSet {
				seen[name] = true
			}
		}
		for name := range src.Arrivals.traced() {
			seen[name] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// traced are the values of each attribute of a trace.
func (a *Arrivals) traced() map[string]map[string]bool {
	if a.Trace == nil {
		return nil
	}
	all := map[string]map[string]bool{}
	for _, row := range a.Trace.Rows {
		for name, value := range row.Values {
			if all[name] == nil {
				all[name] = map[string]bool{}
			}
			all[name][value] = true
		}
	}
	return all
}
