package codes

// desk is a policy with danger strictly first and a group behind it.
func desk(top, group string) string {
	return "classes:\n  - {name: danger, when: ticket.plan == \"gold\", reason: Danger}\n  - {name: everyone, reason: Their time has come}\n" +
		"order: {strict: [danger, desk]}\n" + top + "groups:\n  desk:\n" + group
}

// order are the codes about the order, about protections, and about what a policy probably does not mean.
var order = []Text{
	{Code: "FL0201", Title: "a class may overtake and gives no reason",
		Means: "The reason is written into the ledger and read by the people who were passed. Who cannot say it in a sentence should\n" +
			"not pass anybody.",
		Before: "classes:\n  - {name: gold, when: ticket.plan == \"gold\"}\n  - {name: everyone}\n",
		After:  "classes:\n  - {name: gold, when: ticket.plan == \"gold\", reason: \"Contract: first answer within 15 min\"}\n  - {name: everyone}\n"},
	{Code: "FL0210", Title: "no place in the order, or two",
		Means:  "Every class stands exactly once in the order. Other routers put a class without a place at the end, or never serve it.",
		Before: "order: {strict: [gold]}\n", After: "order: {strict: [gold, others]}\n"},
	{Code: "FL0211", Title: "a class that nobody gets",
		Means: "The first class whose `when` is true takes the ticket. Behind a broader rule a narrower one never gets anybody; the\n" +
			"message shows a ticket that was meant for it and who takes it.",
		Before: "classes:\n  - {name: everybody, when: ticket.channel != \"fax\" || ticket.plan == \"gold\", reason: r}\n  - {name: gold, when: ticket.plan == \"gold\", reason: Contract}\n  - {name: everyone}\norder: {strict: [everybody, gold, everyone]}\nchannels: {phone: {takes: agent}, email: {takes: 1 of 2}, fax: {takes: agent}}\n",
		After:  "classes:\n  - {name: gold, when: ticket.plan == \"gold\", reason: Contract}\n  - {name: everybody, when: ticket.channel != \"fax\", reason: r}\n  - {name: everyone}\norder: {strict: [gold, everybody, everyone]}\nchannels: {phone: {takes: agent}, email: {takes: 1 of 2}, fax: {takes: agent}}\n"},
	{Code: "FL0212", Title: "a rule that is always or never true",
		Means: "Every kind of ticket was tried that the rules can tell apart. A rule that is always true leaves nothing to the classes\n" +
			"below it; one that is never true is a class without tickets.",
		Before: "classes:\n  - {name: gold, when: ticket.plan == \"gold\" && ticket.plan == \"none\", reason: Contract}\n  - {name: everyone}\n",
		After:  "classes:\n  - {name: gold, when: ticket.plan == \"gold\" && ticket.channel == \"phone\", reason: Contract}\n  - {name: everyone}\n"},
	{Code: "FL0213", Title: "the last class has a rule",
		Means:  "A ticket for which no `when` is true would have no class, and no place. The last class takes whatever is left.",
		Before: "classes:\n  - {name: gold, when: ticket.plan == \"gold\", reason: Contract}\n  - {name: everyone, when: ticket.plan == \"none\"}\n",
		After:  "classes:\n  - {name: gold, when: ticket.plan == \"gold\", reason: Contract}\n  - {name: everyone}\n"},
	{Code: "FL0220", Title: "a protection can hold back the class that is strictly first",
		Means: "Protections win over the order. With `overtaken_at_most: 3` over all, the fourth emergency waits behind an invoice; with\n" +
			"`budget: 1 in 4` the second emergency waits until three others were served in turn. Say with `except` who is\n" +
			"not held back, or with `except: []` that it is meant.",
		Before: "order: {strict: [gold, everyone]}\nprotect:\n  - overtaken_at_most: 3\n",
		After:  "order: {strict: [gold, everyone]}\nprotect:\n  - overtaken_at_most: 3\n    except: [gold]\n"},
	{Code: "FL0221", Title: "first_after is shorter than the target",
		Means: "From that wait on a ticket goes before the order. When mails do so after 45 minutes and are promised 4 hours, then from 45\n" +
			"minutes on every mail goes before every call: on a busy Monday that turned a wait of seconds into one of 40 minutes.",
		Before: desk("", "    order: {due: {phone: 60s, email: 4h}, by: channel}\n    protect:\n      - {first_after: {phone: 20m, email: 45m}, by: channel}\n"),
		After:  desk("", "    order: {due: {phone: 60s, email: 4h}, by: channel}\n    protect:\n      - {first_after: {phone: 20m, email: 8h}, by: channel}\n")},
	{Code: "FL0225", Title: "a limit, and what comes beyond it, do not fit",
		Means: "A limit of 3 in 15 minutes says nothing about the fourth. For a class of danger `next class` puts the fourth victim of one\n" +
			"accident behind everybody. And the next class is the next in the list, which may even go before it.",
		Before: "classes:\n  - {name: gold, when: ticket.plan == \"gold\", reason: Contract, limit: 3 per 15m}\n  - {name: everyone}\n",
		After:  "classes:\n  - {name: gold, when: ticket.plan == \"gold\", reason: Contract, limit: 3 per 15m, beyond: go ahead and alarm}\n  - {name: everyone}\n"},
	{Code: "FL0226", Title: "nothing moves as the date comes near",
		Means: "A rule that compares `ticket.due` is asked once, at the door. A letter with 30 days is not urgent then, and stays so until\n" +
			"the day has passed. `due: own` moves it forward as its date comes near.",
		Before: example("", `has(ticket.due) && ticket.due - ticket.arrived < duration("24h")`),
		After:  example("", "has(ticket.due)") + "    reason: Their time has come\norder: {due: {gold: own, everyone: 4h}}\n"},
	{Code: "FL0227", Title: "the target and the order differ",
		Means: "The target is what reports measure, the time in the order what is served by. When they differ, the line works towards\n" +
			"something else than what is promised.",
		Before: desk("", "    order: {due: {phone: 60s, email: 8h}, by: channel}\n"), After: desk("", "    order: {due: {phone: 60s, email: 4h}, by: channel}\n")},
	{Code: "FL0228", Title: "somebody who holds a receiver waits behind mail by arrival",
		Means: "By arrival a call stands behind every mail that came before it, though nobody looks at a mail box while it waits. `due`\n" +
			"with a time for each channel says how long each may wait. If it is meant, say \"by arrival\" in the description.",
		Before: "description: One line for all.\nclasses:\n  - {name: everyone, reason: Their time has come}\norder: arrival\n",
		After:  "description: One line for all.\nclasses:\n  - {name: everyone, reason: Their time has come}\norder: {due: {phone: 60s, email: 4h}, by: channel}\n"},
	{Code: "FL0229", Title: "a baseline for research is no order for customers",
		Means: "`greatest` serves whoever is loudest or richest, `draw` whoever is lucky, `last_in` whoever came last, and nobody else has\n" +
			"any bound; a share `at: arrival` gives turns to tickets that have gone. They are there to compare with; a description\n" +
			"that says \"baseline\" says so.",
		Before: "description: The order of our best customers.\nattributes: {reach: {type: int, min: 0, else: 0}}\nclasses:\n  - {name: everyone, reason: Many are watching}\norder: {greatest: reach}\n",
		After:  "description: The squeaky wheel, a baseline.\nattributes: {reach: {type: int, min: 0, else: 0}}\nclasses:\n  - {name: everyone, reason: Many are watching}\norder: {greatest: reach}\n"},
	{Code: "FL0230", Title: "relaxing takes from danger what it needs",
		Means: "`relax` lets somebody serve who lacks the skill, rather than let the ticket wait. For a class of danger this can mean that\n" +
			"after two minutes nobody who answers speaks the language, or is a nurse.",
		Before: "skills:\n  - {need: nurse, relax: [{after: 2m, drop: true}]}\n",
		After:  "skills:\n  - {need: nurse, classes: [everyone], relax: [{after: 2m, drop: true}]}\n"},
	{Code: "FL0231", Title: "an offer may ring for longer than the target allows",
		Means: "An agent who has walked away keeps the ticket until the offer expires. When that is longer than the target, one missed\n" +
			"offer misses it.",
		Before: "channels:\n  phone: {takes: agent, offer: 2m, target: 80% within 60s}\n", After: "channels:\n  phone: {takes: agent, offer: 20s, target: 80% within 60s}\n"},
	{Code: "FL0240", Title: "a number is missing that the order counts with",
		Means: "A `due: target` needs a target, a `share` or `min_share` what is charged, a `cost` its unit, a `draw` its seed, and what\n" +
			"is counted in minutes the expected `handling` of each channel. The percentages of a `waiting_mix` sum to 100, those of\n" +
			"a `min_share` to no more. A guess here moves whole classes.",
		Before: "channels: {phone: {takes: agent}}\norder: {due: {gold: target, everyone: 4h}}\n",
		After:  "channels: {phone: {takes: agent, target: 80% within 60s}}\norder: {due: {gold: target, everyone: 4h}}\n"},
	{Code: "FL0241", Title: "waiting_mix shares the waiting, not the service",
		Means: "With `waiting_mix` 70 % means 70 % of those who wait: the longer queue. It is the reverse of `share`, and read the wrong\n" +
			"way it gives the most to those who were meant to get the least.",
		Before: example("", `ticket.plan == "gold"`) + "    reason: Their share\norder: {waiting_mix: {gold: 30%, everyone: 70%}}\n",
		After:  example("", `ticket.plan == "gold"`) + "    reason: Their share\norder: {share: {gold: 7, everyone: 3}, charge: tickets}\n"},
	{Code: "FL0242", Title: "those who share ask for different skills",
		Means: "A weight is kept only among agents who have the skills of all. Where one class asks for a skill that others do not, an\n" +
			"agent without it serves the others alone, and no order can give the first its part of that. When few agents have the\n" +
			"skill, the promised proportion is impossible, and nothing in the file shows it.",
		Before: example("", `ticket.plan == "gold"`) + "    reason: Their share\norder: {share: {gold: 3, everyone: 1}, charge: tickets}\nskills:\n  - {need: nurse, classes: [gold]}\n",
		After:  example("", `ticket.plan == "gold"`) + "    reason: Their share\norder: {share: {gold: 3, everyone: 1}, charge: tickets}\nskills:\n  - {need: nurse}\n"},
	{Code: "FL0250", Title: "a protection that never decides, or two in one entry",
		Means: "Protections are asked from the line inwards, and each list from above. One that an outer one always beats is a promise\n" +
			"that nobody keeps; two in one entry have no order between them.",
		Before: desk("protect:\n  - overtaken_at_most: 3\n    except: [danger]\n", "    order: {due: {phone: 60s, email: 4h}, by: channel}\n    protect:\n      - overtaken_at_most: 5\n"),
		After:  desk("protect:\n  - overtaken_at_most: 8\n    except: [danger]\n", "    order: {due: {phone: 60s, email: 4h}, by: channel}\n    protect:\n      - overtaken_at_most: 5\n")},
	{Code: "FL0310", Title: "no example, or one that gets another class",
		Means: "Examples are run at every check and at every reload, so a change of a rule that moves somebody to another class is seen\n" +
			"before it runs. A class without one has nobody who would notice.",
		Before: "examples:\n  - {ticket: {channel: phone, plan: gold}, class: everyone}\n",
		After:  "examples:\n  - {ticket: {channel: phone, plan: gold}, class: gold}\n  - {ticket: {channel: email}, class: everyone}\n"},
}
