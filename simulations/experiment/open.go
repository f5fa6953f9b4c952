package experiment

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"fairline/engine"
	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

// Open reads the results of a complete run from the tables of its folder. They are the same as Run returned.
func Open(folder string) (*Results, error) {
	m, err := ReadManifest(filepath.Join(folder, ManifestFile))
	if err != nil {
		return nil, err
	}
	if !m.Complete {
		return nil, fmt.Errorf("the run in %s is not complete: resume it first", folder)
	}
	x, _, err := inputsOf(folder, m)
	if err != nil {
		return nil, err
	}
	r := &Results{Experiment: m.Settings.on(*x), Selections: m.Selections}
	o := &opened{Results: r, folder: folder, arms: map[ArmName]int{}, keys: map[measure.Key]int{}}
	for i, a := range m.Arms {
		o.arms[ArmName{a.Scenario, a.Staffing, a.Policy}] = i
		r.Arms = append(r.Arms, Arm{Scenario: a.Scenario, Staffing: a.Staffing, Policy: a.Policy, Hash: a.Hash,
			Warmup: engine.Duration(a.WarmupNS), Notes: a.Notes, Targets: a.Targets, Facts: make([][]measure.Fact, a.Replications)})
	}
	o.read(dictionaryTable, dictionaryColumns, o.metric)
	o.read(replicationsTable, replicationsColumns, o.fact)
	o.read(intervalsTable, intervalsColumns, o.interval)
	o.pad()
	return r, o.err
}

// opened are results being read.
type opened struct {
	*Results
	folder string
	arms   map[ArmName]int
	keys   map[measure.Key]int
	err    error
}

// read reads a table, row by row.
func (o *opened) read(file string, columns []column, row func([]string)) {
	f, err := os.Open(filepath.Join(o.folder, file))
	if err != nil {
		o.err = errors.Join(o.err, err)
		return
	}
	defer func() { _ = f.Close() }()
	c := csv.NewReader(f)
	c.ReuseRecord, c.FieldsPerRecord = true, len(columns)
	for line := 1; o.err == nil; line++ {
		cells, err := c.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if o.err = err; err == nil && line > 1 {
			row(cells)
		}
		if o.err != nil {
			o.err = fmt.Errorf("%s line %d: %w", f.Name(), line, o.err)
		}
	}
}

func (o *opened) number(text string) float64 {
	x, err := strconv.ParseFloat(text, 64)
	if o.err == nil {
		o.err = err
	}
	return x
}

func (o *opened) whole(text string) int {
	n, err := strconv.Atoi(text)
	if o.err == nil {
		o.err = err
	}
	return n
}

// arm is the number of the arm that a row is about.
func (o *opened) arm(cells []string) int {
	i, ok := o.arms[ArmName{cells[0], cells[1], cells[2]}]
	if !ok && o.err == nil {
		o.err = fmt.Errorf("%s is no arm of the manifest", strings.Join(cells[:3], " "))
	}
	return i
}

func (o *opened) metric(c []string) {
	if c[0] == "metric" {
		o.Metrics = append(o.Metrics, measure.Metric{Name: strings.Clone(c[2]), Unit: strings.Clone(c[3]),
			Better: measure.Better(strings.Clone(c[4])), Pool: measure.Pool(strings.Clone(c[5])), Formula: strings.Clone(c[6]),
			Source: strings.Clone(c[7])})
	}
}

func (o *opened) fact(c []string) {
	arm, n := o.arm(c), o.whole(c[3])
	key := measure.Key{Metric: c[4], By: c[5], Group: c[6]}
	f := measure.Fact{Num: o.number(c[7]), Den: o.number(c[8])}
	if o.err != nil {
		return
	}
	if n < 0 || n >= len(o.Arms[arm].Facts) {
		o.err = fmt.Errorf("replication %d of %d", n, len(o.Arms[arm].Facts))
		return
	}
	k, ok := o.keys[key]
	if !ok {
		key = measure.Key{Metric: strings.Clone(c[4]), By: strings.Clone(c[5]), Group: strings.Clone(c[6])}
		k = len(o.Keys)
		o.keys[key], o.Keys = k, append(o.Keys, key)
	}
	facts := &o.Arms[arm].Facts[n]
	for len(*facts) <= k {
		*facts = append(*facts, measure.Fact{})
	}
	(*facts)[k] = f
}

// pad gives each replication a fact for each key.
func (o *opened) pad() {
	for i := range o.Arms {
		for n := range o.Arms[i].Facts {
			facts := o.Arms[i].Facts[n]
			if facts == nil && o.err == nil {
				o.err = fmt.Errorf("%s has no replication %d of %s", replicationsTable, n, o.Arms[i].Policy)
			}
			o.Arms[i].Facts[n] = append(facts, make([]measure.Fact, len(o.Keys)-len(facts))...)
		}
	}
}

func (o *opened) interval(c []string) {
	x := Interval{Arm: o.arm(c), Key: measure.Key{Metric: strings.Clone(c[3]), By: strings.Clone(c[4]), Group: strings.Clone(c[5])},
		Period: o.whole(c[6]), Begins: engine.Duration(math.Round(o.number(c[7]) * float64(engine.Second))), Replications: o.whole(c[8]),
		Sum: measure.Fact{Num: o.number(c[9]), Den: o.number(c[10])}}
	maximum := o.Metric(x.Key.Metric).Pool == measure.Maximum
	x.Estimate = statistics.Estimate{N: x.Replications, Confidence: confidence(o.Experiment)}
	if !maximum {
		x.Estimate.N /= unit(o.Experiment)
	}
	if c[11] != "" {
		x.Estimate.Known, x.Estimate.Value = true, o.number(c[11])
	}
	if c[12] != "" {
		x.Estimate.Defined, x.Estimate.Half, x.Estimate.SE, x.Estimate.DF = true, o.number(c[12]), o.number(c[13]), x.Estimate.N-1
	}
	o.Intervals = append(o.Intervals, x)
}
