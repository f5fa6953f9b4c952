package codes

// names are the codes about names and values that there are not.
var names = []Text{
	{Code: "FL0120", Title: "nothing is called that",
		Means:  "A misspelt key is a rule that is not there, and a misspelt class one that nobody is in. Unknown names are never skipped.",
		Before: "order: {strict: [glod, everyone]}\n", After: "order: {strict: [gold, everyone]}\n"},
	{Code: "FL0121", Title: "the field never has this value",
		Means: "A comparison with a value that cannot come is false for ever: the class is there, its reason is there, and no ticket gets\n" +
			"it. A channel that is called `email` is never \"e-mail\".",
		Before: "classes:\n  - {name: gold, when: ticket.plan == \"golden\", reason: Contract}\n  - {name: everyone}\n",
		After:  "classes:\n  - {name: gold, when: ticket.plan == \"gold\", reason: Contract}\n  - {name: everyone}\n"},
	{Code: "FL0122", Title: "a rule reads what a ticket need not carry",
		Means: "Without an `else` an absent number is not 0 and an absent text not \"\". Read as 0, a missing triage level would be an\n" +
			"emergency. Ask has() first, or say with `else` what an absent value stands for.",
		Before: "attributes: {triage: {type: int, min: 1, max: 5}}\nclasses:\n  - {name: gold, when: ticket.triage < 2, reason: Danger}\n  - {name: everyone}\n",
		After:  "attributes: {triage: {type: int, min: 1, max: 5}}\nclasses:\n  - {name: gold, when: has(ticket.triage) && ticket.triage < 2, reason: Danger}\n  - {name: everyone}\n"},
	{Code: "FL0123", Title: "a class takes a ticket that carries nothing",
		Means: "Because of what absent attributes are read as, a ticket that says nothing about itself gets this class. For a class of\n" +
			"danger that means: whoever fills in the least goes first.",
		Before: "attributes: {triage: {type: int, min: 0, max: 5, else: 0}}\nclasses:\n  - {name: gold, when: ticket.triage < 2, reason: Danger}\n  - {name: everyone}\n",
		After:  "attributes: {triage: {type: int, min: 0, max: 5}}\nclasses:\n  - {name: gold, when: has(ticket.triage) && ticket.triage < 2, reason: Danger}\n  - {name: everyone}\n"},
	{Code: "FL0124", Title: "two names differ by one letter",
		Means: "`need` beside the built-in `needs` will be mistyped one day, and both exist, so no program can notice. Choose a name that\n" +
			"nobody can mistake.",
		Before: "attributes: {plan: {one_of: [gold, none], else: none}, chanel: {type: string, else: \"\"}}\n",
		After:  "attributes: {plan: {one_of: [gold, none], else: none}, source: {type: string, else: \"\"}}\n"},
}
