package scenario

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
)

func (r *reader) readWaiting() {
	for i, n := range sheet.Items(r.val("waiting")) {
		st := Start{Number: whole(sheet.Get(n, "number").Val, 1), Age: span(sheet.Get(n, "age").Val)}
		if at := sheet.Get(n, "customers").Val; sheet.Str(at) != "" {
			st.Source = r.sourceNamed(at, sheet.Element("waiting", i)+".customers")
		}
		r.s.Waiting = append(r.s.Waiting, st)
	}
}

// checkNeeds holds the values of `need` against those that tickets have.
func (r *reader) checkNeeds() {
	all, numbers := r.s.values("need")
	for i, n := range sheet.Items(r.val("need")) {
		if v := sheet.Plain(n); v != "" && !numbers && !slices.Contains(all, v) {
			r.Wrong("FL0121", n, sheet.Element("need", i), "the attribute `need` is never `"+v+"`", "", sheet.DidYouMean(v, all))
		}
	}
}

// readTargets reads the targets by channel. A channel on which nobody comes is a slip.
func (r *reader) readTargets() {
	for _, e := range sheet.Entries(r.val("targets")) {
		field := "targets." + e.Key.Value
		if !slices.Contains(r.s.Channels, e.Key.Value) {
			r.Wrong("FL0120", e.Key, field, "nobody comes on a channel `"+e.Key.Value+"`", "",
				sheet.DidYouMean(e.Key.Value, r.s.Channels))
		}
		if r.s.Targets == nil {
			r.s.Targets = map[string]engine.Duration{}
		}
		r.s.Targets[e.Key.Value] = span(e.Val)
	}
}

func (r *reader) readCohorts() {
	for _, e := range sheet.Entries(r.val("cohorts")) {
		c, field := Cohort{Name: e.Key.Value}, "cohorts."+e.Key.Value
		for i, n := range sheet.Items(sheet.Get(e.Val, "customers").Val) {
			if sheet.Str(n) != "" {
				c.Sources = append(c.Sources, r.sourceNamed(n, sheet.Element(field+".customers", i)))
			}
		}
		c.Channels = r.known(sheet.Get(e.Val, "channels").Val, field+".channels", "channel", r.s.Channels)
		c.Actions = r.known(sheet.Get(e.Val, "actions").Val, field+".actions", "action", r.s.actions())
		for _, w := range sheet.Entries(sheet.Get(e.Val, "where").Val) {
			r.readWhere(&c, w, field+".where."+w.Key.Value)
		}
		r.s.Cohorts = append(r.s.Cohorts, c)
	}
}

// known reads a list of names of one kind.
func (r *reader) known(n *yaml.Node, field, what string, all []string) (names []string) {
	for i, e := range sheet.Items(n) {
		name := sheet.Str(e)
		if name != "" && !slices.Contains(all, name) {
			r.Wrong("FL0120", e, sheet.Element(field, i), "no "+what+" is called `"+name+"`", "", sheet.DidYouMean(name, all))
		}
		names = append(names, name)
	}
	return names
}

func (s *Scenario) actions() (names []string) {
	for _, src := range s.Sources {
		for _, a := range src.Actions {
			names = append(names, a.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// readWhere reads the condition on an attribute.
func (r *reader) readWhere(c *Cohort, e sheet.Entry, field string) {
	c.Attribute = e.Key.Value
	if all := r.s.attributes(); !slices.Contains(all, c.Attribute) {
		r.Wrong("FL0120", e.Key, field, "no ticket carries an attribute `"+c.Attribute+"`", "", sheet.DidYouMean(c.Attribute, all))
		return
	}
	number := func(key string) *int64 {
		v, ok := sheet.ParseWhole(sheet.Plain(sheet.Get(e.Val, key).Val))
		if !ok {
			return nil
		}
		return &v
	}
	c.AtLeast, c.AtMost = number("at_least"), number("at_most")
	values := sheet.Items(e.Val)
	if sheet.Plain(e.Val) != "" {
		values = []*yaml.Node{e.Val}
	}
	all, numbers := r.s.values(c.Attribute)
	for _, n := range values {
		v := sheet.Plain(n)
		if v != "" && !numbers && !slices.Contains(all, v) {
			r.Wrong("FL0121", n, field, "`"+c.Attribute+"` is never `"+v+"`", "", sheet.DidYouMean(v, all))
		}
		c.Values = append(c.Values, v)
	}
	switch {
	case e.Val.Kind == yaml.MappingNode && c.AtLeast == nil && c.AtMost == nil && len(sheet.Entries(e.Val)) == 0:
		r.Wrong("FL0102", e.Val, field, "nothing says which numbers", "", "write {at_least: 10000}, {at_most: 50}, or both")
	case c.AtLeast != nil && c.AtMost != nil && *c.AtLeast > *c.AtMost:
		r.Wrong("FL0106", sheet.Get(e.Val, "at_most").Val, field+".at_most", "no number lies between the two", "",
			"write `at_most` above `at_least`")
	}
}

// values are all values that tickets may have of an attribute, sorted; numbers where a law draws them.
func (s *Scenario) values(attribute string) (all []string, numbers bool) {
	add := func(v string, there bool) {
		if there && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	for i := range s.Sources {
		src := &s.Sources[i]
		for _, a := range src.Attributes {
			numbers = numbers || a.Name == attribute && a.Law != nil
			for _, v := range a.Values {
				add(v.Value, a.Name == attribute)
			}
		}
		for _, a := range src.Actions {
			v, there := a.Set[attribute]
			add(v, there)
			v, there = a.AlsoSet[attribute]
			add(v, there)
		}
		for v := range src.Arrivals.traced()[attribute] {
			add(v, true)
		}
	}
	slices.Sort(all)
	return all, numbers
}
