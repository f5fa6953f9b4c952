// Package codes has a longer text for every code that a check of a policy, a scenario, an experiment or a mapping can report: what it
// means, why it is dangerous, and an example before and after. Tests hold that every code has a text, that every text has a code, and
// that each example reports the code before and not after.
package codes

import (
	"slices"
	"strings"
)

// A Text explains a code.
type Text struct {
	Code   string
	Title  string
	Means  string // what it means, and why it is dangerous
	Before string // the part of a file that reports the code
	After  string // the same, mended
	Of     File   // what the examples are parts of
}

// A File is a kind of file that is checked.
type File uint8

// The files.
const (
	Policy File = iota
	Test        // of a policy; examples are whole files
	Scenario
	Experiment
	Mapping // against a policy that has `never: [reach]`, see Forbidding
)

// All returns the texts in the order of their codes.
func All() []Text {
	all := slices.Concat(form, names, rules, order, tests, scenarios, mappings)
	slices.SortFunc(all, func(a, b Text) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// Of returns the text of a code, in capitals or not, and whether there is one.
func Of(code string) (Text, bool) {
	all := All()
	i := slices.IndexFunc(all, func(t Text) bool { return strings.EqualFold(t.Code, code) })
	if i < 0 {
		return Text{}, false
	}
	return all[i], true
}

// A line is a key of a file with what an ordinary one has there.
type line struct{ key, text string }

// frames are what the parts of the examples are parts of.
var frames = map[File][]line{Policy: {
	{"fairline", "fairline: 1\n"},
	{"policy", "policy: example\n"},
	{"description", "description: By arrival, a baseline.\n"},
	{"attributes", "attributes:\n  plan: {one_of: [gold, none], else: none}\n"},
	{"channels", "channels:\n  phone: {takes: agent, handling: 5m, target: 80% within 60s}\n  email: {takes: 1 of 2, handling: 8m, target: 90% within 4h}\n"},
	{"classes", "classes:\n  - name: gold\n    when: ticket.plan == \"gold\"\n    reason: Contract\n  - name: everyone\n"},
	{"order", "order: {strict: [gold, everyone]}\n"},
}, Scenario: {
	{"fairline", "fairline: 1\n"},
	{"scenario", "scenario: example\n"},
	{"length", "length: 10h\n"},
	{"customers", "customers:\n  calls: {channel: phone, arrivals: {poisson: 31 per hour}, handling: 5m}\n"},
	{"agents", "agents:\n  desk: {agents: 3}\n"},
}, Experiment: {
	{"fairline", "fairline: 1\n"},
	{"experiment", "experiment: example\n"},
	{"scenarios", "scenarios: [day.yaml]\n"},
	{"policies", "policies: [weekday]\n"},
}, Mapping: {
	{"fairline", "fairline: 1\n"},
	{"mapping", "mapping: example\n"},
	{"verify", "verify: standard\n"},
	{"events", "events:\n  - {name: post, channel: email, id: /id}\n"},
}}

// Forbidding is the part of a policy that the examples of a Mapping are checked against.
const Forbidding = "attributes:\n  plan: {one_of: [gold, none], else: none}\n  reach: {type: int, min: 0, else: 0}\n  loud: {type: bool, else: false}\nnever: [reach]\n"

// Whole puts a part of a file into a whole one: the keys that the part does not have are those of an ordinary file. The
// ordinary experiment names a scenario day.yaml, which is the ordinary scenario.
func Whole(of File, part string) string {
	var b strings.Builder
	for _, f := range frames[of] {
		if !strings.HasPrefix(part, f.key+":") && !strings.Contains(part, "\n"+f.key+":") {
			b.WriteString(f.text)
		}
	}
	return b.String() + part
}
