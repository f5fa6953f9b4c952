package codes

// example is a policy whose first class has the given rule.
func example(attributes, when string) string {
	return "attributes:\n  plan: {one_of: [gold, none], else: none}\n" + attributes +
		"classes:\n  - name: gold\n    when: " + when + "\n    reason: Contract\n  - name: everyone\n"
}

// rules are the codes about expressions, and about what they read.
var rules = []Text{
	{Code: "FL0125", Title: "a rule has no clock",
		Means: "A `when` is asked once, when the ticket arrives or changes. A rule that reads the time would be true at the door and\n" +
			"still true a night later. What depends on the clock is an order (`due: own`) or `hours`.",
		Before: example("", "now() > ticket.arrived"), After: example("", `ticket.plan == "gold"`)},
	{Code: "FL0126", Title: "the result could be too large, or is divided by what may be 0",
		Means: "A rule must give an answer for every ticket. An overflow or a division by zero is an error in CEL, and an error in a\n" +
			"rule would silently mean no.",
		Before: example("  points: {type: int, min: 0, max: 100, else: 0}\n  parts: {type: int, min: 0, max: 9, else: 1}\n", "ticket.points / ticket.parts > 10"),
		After:  example("  points: {type: int, min: 0, max: 100, else: 0}\n  parts: {type: int, min: 0, max: 9, else: 1}\n", "ticket.points / 2 > 10")},
	{Code: "FL0127", Title: "not available in a rule",
		Means: "Rules are a small part of CEL: comparisons, and, or, not, sums and has(). Texts can be equal or not and have no parts,\n" +
			"because the line keeps no texts; there are no loops, so every rule ends.",
		Before: example("", `ticket.plan.startsWith("go")`), After: example("", `ticket.plan in ["gold"]`)},
	{Code: "FL0128", Title: "no rule may read this field",
		Means: "Who somebody is, is no reason. What the line may know of a customer is an attribute that somebody declares, so that\n" +
			"it can be seen in the file and forbidden by `never`.",
		Before: example("", `ticket.customer == "c-17"`), After: example("", `ticket.plan == "gold"`)},
	{Code: "FL0130", Title: "the expression cannot be read",
		Means: "A bracket or a quote is not closed, or an operator of another language stands there: `and` is written &&, `=` is\n" +
			"written ==.",
		Before: example("", `ticket.plan = "gold"`), After: example("", `ticket.plan == "gold"`)},
	{Code: "FL0131", Title: "the types do not go together",
		Means: "A number is compared with a text, or a `when` is not true or false. Read generously such a rule is always false, and\n" +
			"nobody would see why.",
		Before: example("", "ticket.plan == 1"), After: example("", `ticket.plan == "gold"`)},
	{Code: "FL0202", Title: "a rule reads a signal that the policy forbids",
		Means: "`never` is a promise to those who wait: this may not buy or cost a place. It holds for what is computed from the signal\n" +
			"too, as far as `from` says so. Take the rule out, or take the promise back, in the open.",
		Before: "never: [spend]\n" + example("  spend: {type: int, min: 0, else: 0}\n", "ticket.spend > 5000"),
		After:  "never: [spend]\n" + example("  spend: {type: int, min: 0, else: 0}\n", `ticket.plan == "gold"`)},
	{Code: "FL0203", Title: "the order, a skill or a join reads a signal that the policy forbids",
		Means: "A place can be bought without any rule: by an order `by` the signal, a skill that it asks for, a known agent, or by being\n" +
			"joined to an older ticket.",
		Before: "never: [reach]\nattributes: {reach: {type: int, min: 0, else: 0}}\nclasses:\n  - {name: everyone, reason: Many are watching}\norder: {greatest: reach}\n",
		After:  "never: [reach]\nattributes: {reach: {type: int, min: 0, else: 0}}\nclasses:\n  - {name: everyone}\norder: arrival\n"},
}
