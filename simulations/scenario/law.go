package scenario

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"fairline/policy/sheet"
	"fairline/policy/spelling"
	"fairline/simulations/dist"
)

// A lawReader reads the parameters of one law. Once one of them could not be read, nothing more is said.
type lawReader struct {
	*reader
	unit
	field string
	ok    bool
}

// law reads a law; nil where there is none, or where it has a fault.
func (r *reader) law(n *yaml.Node, u unit, field string) dist.Law {
	return r.lawOr(n, u, field, true)
}

// lawOr is law; where a mapping names none that is a fault only if one must be there.
func (r *reader) lawOr(n *yaml.Node, u unit, field string, must bool) dist.Law {
	if text := sheet.Plain(n); text != "" {
		v, ok := u.read(text)
		if !ok {
			return nil // the form has said it
		}
		return r.made(n, u, field)(dist.Constant(v))
	}
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	var found []sheet.Entry
	strange := false
	for _, e := range sheet.Entries(n) {
		if slices.Contains(lawNames, e.Key.Value) {
			found = append(found, e)
		}
		strange = strange || !besideLaw(e.Key.Value)
	}
	switch {
	case len(found) == 0 && must && !strange:
		r.Wrong("FL0102", n, field, "no law stands here", "", "write one of "+spelling.List(lawNames))
	case len(found) > 1:
		r.Report(sheet.Fault{Severity: sheet.Error, Code: "FL0104", Span: r.SpanOf(found[1].Key), Field: field,
			Message: "one law is wanted, here is a second",
			Help:    "take one out; a `mixture` has several", Also: &sheet.Related{Span: r.SpanOf(found[0].Key), Label: "first here"}})
	case len(found) == 1:
		l := &lawReader{reader: r, unit: u, field: sheet.Child(field, found[0].Key.Value), ok: true}
		law, err := l.read(found[0].Key.Value, found[0].Val)
		if !l.ok {
			return nil
		}
		if law = r.made(found[0].Key, u, l.field)(law, err); law == nil {
			return nil
		}
		return r.changed(law, n, u, field)
	}
	return nil
}

// besideLaw reports whether a key may stand in or beside a law somewhere. Another is misspelt, and a fault has said it.
func besideLaw(key string) bool {
	return slices.Contains(lawNames, key) || slices.Contains([]string{"times", "plus", "at_most", "factor", "by_group",
		"by_period", "at_once", "retry", "one_of"}, key)
}

// made passes a law on, or reports why there is none.
func (r *reader) made(n *yaml.Node, u unit, field string) func(dist.Law, error) dist.Law {
	return func(law dist.Law, err error) dist.Law {
		if err == nil {
			return law
		}
		label := ""
		if u.per {
			label = "reckoned in seconds"
		}
		r.Wrong("FL0501", n, field, "there is no such law: "+err.Error(), label, "")
		return nil
	}
}

// changed applies what stands beside a law: times, plus, at_most, in this order.
func (r *reader) changed(law dist.Law, n *yaml.Node, u unit, field string) dist.Law {
	for _, c := range []struct {
		key  string
		read func(string) (float64, bool)
		with func(float64, dist.Law) (dist.Law, error)
	}{{"times", parseNumber, dist.Scaled}, {"plus", u.read, dist.Shifted}, {"at_most", u.read, dist.AtMost}} {
		e := sheet.Get(n, c.key)
		if v, ok := c.read(sheet.Plain(e.Val)); ok && law != nil {
			law = r.made(e.Val, u, sheet.Child(field, c.key))(c.with(v, law))
		}
	}
	return law
}

// read makes a law from its parameters.
func (l *lawReader) read(name string, n *yaml.Node) (dist.Law, error) {
	switch name {
	case "constant":
		return dist.Constant(l.value(n))
	case "uniform":
		return l.if2(dist.Uniform, n, "from", "to")
	case "triangular":
		from, mode, to := l.at(n, "from"), l.at(n, "mode"), l.at(n, "to")
		if l.ok {
			return dist.Triangular(from, mode, to)
		}
	case "exponential":
		if mean := l.value(n); l.ok {
			return dist.Exponential(mean)
		}
	case "erlang":
		if mean := l.at(n, "mean"); l.ok {
			return dist.Erlang(whole(sheet.Get(n, "phases").Val, 0), mean)
		}
	case "gamma", "lognormal", "normal":
		return l.moments(func(mean, sd float64) (dist.Law, error) { return dist.Fit(name, mean, sd) }, n)
	case "weibull":
		return l.weibull(n)
	case "hyperexponential":
		return l.hyperexponential(n)
	case "phase_type":
		return l.phaseType(n)
	case "pareto":
		shape, least := l.number(sheet.Get(n, "shape").Val), l.at(n, "least")
		if l.ok {
			return dist.Pareto(shape, least)
		}
	case "empirical":
		if values := l.values(n); l.ok {
			return dist.Empirical(values)
		}
	case "mixture":
		return l.mixture(n)
	case "fit":
		return l.fit(n)
	}
	return nil, nil
}

// value reads a number of the law.
func (l *lawReader) value(n *yaml.Node) float64 {
	v, ok := l.unit.read(sheet.Plain(n))
	l.ok = l.ok && ok
	return v
}

func (l *lawReader) at(n *yaml.Node, key string) float64 { return l.value(sheet.Get(n, key).Val) }

// number reads a plain number, whatever the unit.
func (l *lawReader) number(n *yaml.Node) float64 {
	v, ok := parseNumber(sheet.Plain(n))
	l.ok = l.ok && ok
	return v
}

func (l *lawReader) if2(law func(a, b float64) (dist.Law, error), n *yaml.Node, first, second string) (dist.Law, error) {
	a, b := l.at(n, first), l.at(n, second)
	if !l.ok {
		return nil, nil
	}
	return law(a, b)
}

// moments makes a law from a mean and a standard deviation, which may be a percentage of it.
func (l *lawReader) moments(law func(mean, sd float64) (dist.Law, error), n *yaml.Node) (dist.Law, error) {
	mean, sd := l.at(n, "mean"), sheet.Get(n, "sd").Val
	spread, of := parseShare(sheet.Plain(sd))
	if spread *= mean; !of {
		spread = l.value(sd)
	}
	if !l.ok {
		return nil, nil
	}
	return law(mean, spread)
}

func (l *lawReader) weibull(n *yaml.Node) (dist.Law, error) {
	mean, shape := sheet.Get(n, "mean"), sheet.Get(n, "shape")
	switch {
	case mean.Key != nil && shape.Key != nil:
		l.ok = false
		l.Wrong("FL0104", shape.Key, l.field, "`mean` and `shape` say the same in two ways", "",
			"write mean and sd, or shape and scale")
	case mean.Key != nil:
		return l.moments(dist.Weibull, n)
	case shape.Key == nil && n.Kind == yaml.MappingNode:
		l.ok = false
		l.Wrong("FL0102", n, l.field, "nothing says which Weibull law", "", "write mean and sd, or shape and scale")
	default:
		k, scale := l.number(shape.Val), l.at(n, "scale")
		if l.ok {
			return dist.WeibullShape(k, scale)
		}
	}
	return nil, nil
}

func (l *lawReader) hyperexponential(n *yaml.Node) (dist.Law, error) {
	if n.Kind == yaml.MappingNode {
		return l.moments(dist.HyperexponentialFit, n)
	}
	var parts []dist.Part
	sum := 0.0
	for _, e := range sheet.Items(n) {
		part := dist.Part{Weight: l.share(sheet.Get(e, "share").Val), Mean: l.at(e, "mean")}
		sum += part.Weight
		parts = append(parts, part)
	}
	if !l.ok || !l.whole(n, sum) {
		return nil, nil
	}
	return dist.Hyperexponential(parts)
}

func (l *lawReader) share(n *yaml.Node) float64 {
	v, ok := parseShare(sheet.Plain(n))
	l.ok = l.ok && ok
	return v
}

// whole reports parts that are not the whole.
func (l *lawReader) whole(n *yaml.Node, sum float64) bool {
	before := len(l.Faults)
	l.sumsToOne(n, sum, l.field, "the shares of the parts")
	l.ok = l.ok && len(l.Faults) == before
	return l.ok
}

func (l *lawReader) mixture(n *yaml.Node) (dist.Law, error) {
	var weights []float64
	var laws []dist.Law
	sum := 0.0
	for i, e := range sheet.Items(n) {
		weights = append(weights, l.share(sheet.Get(e, "share").Val))
		law := l.law(sheet.Get(e, "law").Val, l.unit, sheet.Element(l.field, i)+".law")
		l.ok = l.ok && law != nil
		laws, sum = append(laws, law), sum+weights[i]
	}
	if !l.ok || !l.whole(n, sum) {
		return nil, nil
	}
	return dist.Mixture(weights, laws)
}

func (l *lawReader) phaseType(n *yaml.Node) (dist.Law, error) {
	var start []float64
	var rates [][]float64
	per := 1.0
	if l.per {
		per = perHour[sheet.Str(sheet.Get(n, "per").Val)] / 3600
		l.ok = l.ok && per > 0
	}
	for _, e := range sheet.Items(sheet.Get(n, "start").Val) {
		start = append(start, l.share(e))
	}
	for _, line := range sheet.Items(sheet.Get(n, "rates").Val) {
		var row []float64
		for _, e := range sheet.Items(line) {
			row = append(row, l.number(e)*per)
		}
		rates = append(rates, row)
	}
	if !l.ok {
		return nil, nil
	}
	return dist.PhaseType(start, rates)
}

func (l *lawReader) fit(n *yaml.Node) (dist.Law, error) {
	name := sheet.Str(sheet.Get(n, "law").Val)
	mean, sd, values := sheet.Get(n, "mean"), sheet.Get(n, "sd"), sheet.Get(n, "values")
	switch {
	case !slices.Contains(fitNames, name):
		l.ok = false
	case values.Key != nil && mean.Key != nil:
		l.ok = false
		l.Wrong("FL0104", values.Key, l.field, "`mean` and `values` say the same in two ways", "", "take one of the two out")
	case values.Key != nil:
		if list := l.values(values.Val); l.ok {
			return dist.FitValues(name, list)
		}
	case mean.Key == nil && n.Kind == yaml.MappingNode:
		l.ok = false
		l.Wrong("FL0102", n, l.field, "nothing says what is fitted", "", "write mean and sd, or values")
	case sd.Key == nil:
		if m := l.value(mean.Val); l.ok {
			return dist.Fit(name, m, 0)
		}
	default:
		return l.moments(func(mean, sd float64) (dist.Law, error) { return dist.Fit(name, mean, sd) }, n)
	}
	return nil, nil
}

// values reads a list of values, or a file with one in each line. There a time may be a number of seconds; empty lines
// and lines that begin with # are skipped.
func (l *lawReader) values(n *yaml.Node) (list []float64) {
	for _, e := range sheet.Items(n) {
		list = append(list, l.value(e))
	}
	path := sheet.Str(n)
	if path == "" {
		l.ok = l.ok && n.Kind == yaml.SequenceNode
		return list
	}
	src, ok := l.file(n, path, l.field)
	l.ok = l.ok && ok
	for i, line := range strings.Split(string(src), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || !l.ok {
			continue
		}
		v, ok := parseNumber(line)
		if !ok {
			v, ok = l.unit.read(line)
		}
		if !ok {
			l.ok = false
			l.Wrong("FL0504", n, l.field, fmt.Sprintf("%s:%d: `%s` is no value", path, i+1, line), "",
				"write one number in each line")
		}
		list = append(list, v)
	}
	return list
}

// file reads a file that this one names.
func (r *reader) file(n *yaml.Node, path, field string) ([]byte, bool) {
	if r.open == nil {
		r.Wrong("FL0500", n, field, "`"+path+"` cannot be read here: this file stands alone", "", "")
		return nil, false
	}
	src, err := r.open(path)
	if err != nil {
		r.Wrong("FL0500", n, field, "cannot read `"+path+"`: "+reason(err), "", "a path is meant from the folder of this file on")
		return nil, false
	}
	return src, true
}
