package scenario

import (
	"math"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
	"fairline/simulations/dist"
)

func (r *reader) readBusyness() {
	for _, e := range sheet.Entries(r.val("busyness")) {
		field := "busyness." + e.Key.Value
		law := r.law(e.Val, inPlain, field)
		if law != nil && math.Abs(law.Mean()-1) > 1e-6 {
			r.Wrong("FL0501", e.Val, field, "a busyness is 1 in the mean, this is "+showNumber(law.Mean()), "",
				"write `times` beside the law, or another mean: the rates of arrivals say how many come")
		}
		r.s.Busy = append(r.s.Busy, Busyness{Name: e.Key.Value, Law: law})
	}
}

func (r *reader) readCustomers() {
	all := sheet.Entries(r.val("customers"))
	for _, e := range all { // first the names: a retry may be as customers further below
		r.s.Sources = append(r.s.Sources, Source{Name: e.Key.Value, Channel: sheet.Str(sheet.Get(e.Val, "channel").Val), Busy: -1})
	}
	if n := r.val("customers"); n != nil && n.Kind == yaml.MappingNode && len(all) == 0 {
		r.Wrong("FL0102", n, "customers", "somebody has to come", "",
			"write `calls: {channel: phone, arrivals: {poisson: 31 per hour}, handling: 5m}`")
	}
	for i, e := range all {
		r.readSource(&r.s.Sources[i], e.Val, "customers."+e.Key.Value)
	}
	for i := range r.s.Sources {
		r.s.addChannels(&r.s.Sources[i])
	}
}

// addChannels collects the channels on which customers come.
func (s *Scenario) addChannels(src *Source) {
	add := func(name string) {
		if name != "" && !slices.Contains(s.Channels, name) {
			s.Channels = append(s.Channels, name)
		}
	}
	add(src.Channel)
	for _, a := range src.Actions {
		add(a.Channel)
		add(a.Also)
	}
}

func (r *reader) readSource(src *Source, n *yaml.Node, field string) {
	get := func(key string) (*yaml.Node, string) { return sheet.Get(n, key).Val, sheet.Child(field, key) }
	r.note(field+".channel", sheet.Get(n, "channel").Val)
	if at, path := get("busyness"); sheet.Str(at) != "" {
		src.Busy = r.index(at, path, "busyness", len(r.s.Busy), func(i int) string { return r.s.Busy[i].Name })
	}
	at, path := get("arrivals")
	r.readArrivals(&src.Arrivals, at, path)
	at, path = get("batch")
	if src.Batch = r.law(at, inPlain, path); src.Batch != nil && src.Arrivals.Trace != nil {
		r.Wrong("FL0104", at, path, "a trace says when each customer comes, `batch` says how many come with one", "", "take `batch` out, and give each customer a row of the trace")
	}
	at, path = get("handling")
	src.Handling = r.readSpan(at, path, true)
	at, path = get("wrap_up")
	src.Wrap = r.readSpan(at, path, true)
	at, path = get("patience")
	src.Patience = r.readPatience(at, path)
	at, path = get("due")
	src.Due = r.law(at, inTime, path)
	at, path = get("balk")
	r.readBalk(src, at, path)
	at, path = get("attributes")
	r.readAttributes(src, at, path)
	at, path = get("skills")
	for _, e := range sheet.Entries(at) {
		r.note(sheet.Child(path, e.Key.Value), e.Key)
		src.Skills = append(src.Skills, Chance{Skill: e.Key.Value, Probability: share(e.Val)})
	}
	at, _ = get("known")
	src.Known, src.Customers = share(sheet.Get(at, "probability").Val), whole(sheet.Get(at, "of").Val, 0)
	at, path = get("transfer")
	r.readTransfer(src, at, path)
	at, path = get("actions")
	r.readActions(src, at, path)
}

// index finds a name, -1 where there is none; that is a fault.
func (r *reader) index(n *yaml.Node, field, what string, count int, name func(int) string) int {
	var all []string
	for i := range count {
		if all = append(all, name(i)); all[i] == n.Value {
			return i
		}
	}
	r.Wrong("FL0120", n, field, "no "+what+" is called `"+n.Value+"`", "", sheet.DidYouMean(n.Value, all))
	return -1
}

func (r *reader) sourceNamed(n *yaml.Node, field string) int {
	return r.index(n, field, "kind of customers", len(r.s.Sources), func(i int) string { return r.s.Sources[i].Name })
}

// readSpan reads a law of a time with the laws for some.
func (r *reader) readSpan(n *yaml.Node, field string, must bool) Span {
	s := Span{Law: r.lawOr(n, inTime, field, must), Factor: r.factor(sheet.Get(n, "factor").Val, field+".factor")}
	for _, e := range sheet.Entries(sheet.Get(n, "by_group").Val) {
		path := field + ".by_group." + e.Key.Value
		if r.groupNamed(e.Key, path) && s.ByGroup == nil {
			s.ByGroup = map[string]dist.Law{}
		}
		if law := r.law(e.Val, inTime, path); law != nil && s.ByGroup != nil {
			s.ByGroup[e.Key.Value] = law
		}
	}
	r.timed(sheet.Get(n, "by_period").Val, field+".by_period", r.s.Length, func(at engine.Duration, e sheet.Entry, path string) {
		s.Periods = append(s.Periods, PeriodLaw{From: at, Law: r.law(e.Val, inTime, path)})
	})
	return s
}

// groupNamed reports whether there are such agents. It looks into the file: agents are read after customers.
func (r *reader) groupNamed(n *yaml.Node, field string) bool {
	var all []string
	for _, e := range sheet.Entries(r.val("agents")) {
		all = append(all, e.Key.Value)
	}
	if slices.Contains(all, n.Value) {
		return true
	}
	r.Wrong("FL0120", n, field, "no group of agents is called `"+n.Value+"`", "", sheet.DidYouMean(n.Value, all))
	return false
}

func (r *reader) readPatience(n *yaml.Node, field string) Patience {
	p := Patience{Span: r.readSpan(n, field, false), AtOnce: share(sheet.Get(n, "at_once").Val)}
	for i, e := range sheet.Items(sheet.Get(n, "retry").Val) {
		path := sheet.Element(field+".retry", i)
		retry := Retry{Probability: share(sheet.Get(e, "probability").Val),
			After: r.law(sheet.Get(e, "after").Val, inTime, path+".after"),
			Most:  whole(sheet.Get(e, "most").Val, 1)}
		if as := sheet.Get(e, "as").Val; sheet.Str(as) != "" {
			retry.As = r.sourceNamed(as, path+".as")
		}
		p.Retry = append(p.Retry, retry)
	}
	return p
}

func (r *reader) readBalk(src *Source, n *yaml.Node, field string) {
	var last *yaml.Node
	for _, e := range sheet.Entries(n) {
		b := Balk{Waiting: whole(e.Key, -1), Probability: share(e.Val)}
		if b.Waiting < 0 {
			continue
		}
		if last != nil && b.Waiting <= src.Balk[len(src.Balk)-1].Waiting {
			r.Wrong("FL0503", e.Key, sheet.Child(field, e.Key.Value), "`"+e.Key.Value+"` is not above `"+last.Value+"`", "",
				"write the lengths in their order")
			continue
		}
		last, src.Balk = e.Key, append(src.Balk, b)
	}
}

func (r *reader) readAttributes(src *Source, n *yaml.Node, field string) {
	for _, e := range sheet.Entries(n) {
		path := sheet.Child(field, e.Key.Value)
		r.note(path, e.Key)
		a := Attribute{Name: e.Key.Value, Factor: r.factor(sheet.Get(e.Val, "factor").Val, path+".factor")}
		oneOf := sheet.Get(e.Val, "one_of")
		law := slices.IndexFunc(sheet.Entries(e.Val), func(e sheet.Entry) bool { return slices.Contains(lawNames, e.Key.Value) })
		switch {
		case sheet.Plain(e.Val) != "":
			a.Values = []Weighted{{Value: e.Val.Value, Weight: 1}}
			r.note(path+"="+e.Val.Value, e.Val)
		case oneOf.Key != nil && law >= 0:
			r.Wrong("FL0104", oneOf.Key, path, "an attribute has values, or a number by a law", "", "take one of the two out")
		case oneOf.Key != nil:
			a.Values = r.weights(oneOf.Val, path)
		default:
			a.Law = r.law(e.Val, inPlain, path)
		}
		src.Attributes = append(src.Attributes, a)
	}
}

func (r *reader) weights(n *yaml.Node, field string) (all []Weighted) {
	sum := 0.0
	for _, e := range sheet.Entries(n) {
		w := Weighted{Value: e.Key.Value, Weight: share(e.Val)}
		r.note(field+"="+w.Value, e.Key)
		all, sum = append(all, w), sum+w.Weight
	}
	if n.Kind == yaml.MappingNode {
		r.sumsToOne(n, sum, field+".one_of", "the percentages")
	}
	return all
}

func (r *reader) readTransfer(src *Source, n *yaml.Node, field string) {
	if n == nil {
		return
	}
	src.Transfer = Transfer{Probability: share(sheet.Get(n, "probability").Val),
		Handling: r.readSpan(sheet.Get(n, "handling").Val, field+".handling", true)}
	for i, e := range sheet.Items(sheet.Get(n, "skills").Val) {
		r.note(sheet.Element(field+".skills", i), e)
		src.Transfer.Skills = append(src.Transfer.Skills, sheet.Str(e))
	}
}

func (r *reader) readActions(src *Source, n *yaml.Node, field string) {
	sum := 0.0
	for i, e := range sheet.Items(n) {
		path := sheet.Element(field, i)
		a := Action{Name: sheet.Str(sheet.Get(e, "name").Val), Share: share(sheet.Get(e, "share").Val),
			Channel: sheet.Str(sheet.Get(e, "channel").Val),
			Set:     r.settings(sheet.Get(e, "set").Val, path+".set"), Cost: r.law(sheet.Get(e, "cost").Val, inTime, path+".cost")}
		also := sheet.Get(e, "also").Val
		a.Also, a.AlsoSet = sheet.Str(sheet.Get(also, "channel").Val), r.settings(sheet.Get(also, "set").Val, path+".also.set")
		r.note(path+".channel", sheet.Get(e, "channel").Val)
		r.note(path+".also.channel", sheet.Get(also, "channel").Val)
		if slices.ContainsFunc(src.Actions, func(b Action) bool { return b.Name == a.Name }) && a.Name != "" {
			r.Wrong("FL0105", sheet.Get(e, "name").Val, path+".name", "two actions are called `"+a.Name+"`", "",
				"choose another name")
		}
		sum += a.Share
		src.Actions = append(src.Actions, a)
	}
	if len(src.Actions) > 0 {
		r.sumsToOne(n, sum, field, "the shares of the actions")
	}
}

func (r *reader) settings(n *yaml.Node, field string) (set map[string]string) {
	for _, e := range sheet.Entries(n) {
		if set == nil {
			set = map[string]string{}
		}
		set[e.Key.Value] = sheet.Plain(e.Val)
		r.note(sheet.Child(field, e.Key.Value), e.Key)
		r.note(sheet.Child(field, e.Key.Value)+"="+sheet.Plain(e.Val), e.Val)
	}
	return set
}

// split takes "german@2" apart; without a level it is 1.
func split(skill string) (name string, level int) {
	name, after, _ := strings.Cut(skill, "@")
	if after == "" {
		return name, 1
	}
	return name, int(after[0] - '0')
}
