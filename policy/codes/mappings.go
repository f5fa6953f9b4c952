package codes

// entry is a mapping whose only entry makes contacts, with some more lines.
func entry(lines string) string {
	return "events:\n  - name: post\n    channel: email\n    id: /id\n" + lines
}

// mappings are the codes about mapping files.
var mappings = []Text{
	{Code: "FL0600", Of: Mapping, Title: "no JSON pointer",
		Means: "A pointer that is not one finds nothing, and an output without a value is left out in silence: contacts without a customer\n" +
			"or a date. It begins with / and goes down step by step; * stands in `each` only.",
		Before: entry("    arrived: /times//created\n"), After: entry("    arrived: /times/created\n")},
	{Code: "FL0601", Of: Mapping, Title: "the expression cannot be read, or is of another type",
		Means: "An expression that cannot be read would take no event at all. There are no regular expressions in a mapping, and no clock:\n" +
			"what an event becomes depends on the event alone.",
		Before: entry("    when: event.type = \"text\"\n"), After: entry("    when: event.type == \"text\"\n")},
	{Code: "FL0602", Of: Mapping, Title: "it is not said what becomes of the events",
		Means: "Each entry makes contacts (`channel`), ends them (`ends`) or passes events over (`skip`, with the reason). Contacts need an\n" +
			"`id`: a platform sends the same event again until it is answered, and without an id each time would be a new ticket.",
		Before: "events:\n  - {name: post, channel: email}\n", After: "events:\n  - {name: post, channel: email, id: /id}\n"},
	{Code: "FL0603", Of: Mapping, Title: "an entry that no event gets to",
		Means: "Entries are asked from above, and the first that takes an event decides. Below one without `when` the others of the same\n" +
			"`each` are dead, so that a deletion would not be heard, for instance.",
		Before: "events:\n  - {name: post, channel: email, id: /id}\n  - {name: deleted, ends: deleted, id: /id}\n",
		After:  "events:\n  - {name: deleted, when: has(event.deleted), ends: deleted, id: /id}\n  - {name: post, channel: email, id: /id}\n"},
	{Code: "FL0604", Of: Mapping, Title: "a filter of events that are direct",
		Means: "A filter decides which posts that nobody addressed to us become tickets. Whoever addresses us is a customer and is heard;\n" +
			"a filter there would be a way to overlook people, and nothing would show whom.",
		Before: entry("    filter: event.urgent\n"), After: entry("    origin: overheard\n    filter: event.urgent\n")},
	{Code: "FL0605", Of: Mapping, Title: "the policy has no such channel",
		Means:  "The line would refuse every contact of this entry, and the platform would send them again for days.",
		Before: "events:\n  - {name: post, channel: fax, id: /id}\n", After: "events:\n  - {name: post, channel: email, id: /id}\n"},
	{Code: "FL0606", Of: Mapping, Title: "an output is computed from a signal that the policy forbids",
		Means: "`never` holds from the door on: what may not buy or cost a place may not decide who becomes a ticket, what it needs, since\n" +
			"when it waits or when it is due, nor come back under another name. It makes no difference in which direction: who has few\n" +
			"followers may not be passed over, and who has many may not be either.",
		Before: entry("    attributes: {reach: /user/followers_count, loud: event.user.followers_count > 1000}\n"),
		After:  entry("    attributes: {reach: /user/followers_count, loud: event.urgent == true}\n")},
	{Code: "FL0607", Of: Mapping, Title: "a signal is read that the mapping does not declare",
		Means: "Counts of followers, reposts and the like decide over places when nobody looks. Such a signal stands under `attributes` with\n" +
			"a name, so that it can be seen in the file, and forbidden by a policy's `never`.",
		Before: entry("    origin: overheard\n    filter: event.retweet_count > 10\n"),
		After:  entry("    origin: overheard\n    filter: event.retweet_count > 10\n    attributes: {reposts: /retweet_count}\n")},
	{Code: "FL0608", Of: Mapping, Title: "what somebody wrote or is called is no attribute",
		Means: "Contacts are kept in a journal that nothing is ever taken out of, and are shown to people who need not know. What a rule\n" +
			"has to know of a text is asked here, and only the answer goes on.",
		Before: entry("    attributes: {plan: /user/name}\n"), After: entry("    attributes: {plan: /user/plan}\n")},
	{Code: "FL0609", Of: Mapping, Title: "an answer to what was overheard",
		Means: "An answer says that somebody waits, and how long. It goes to the customer alone: never under a public post, and never to\n" +
			"people who did not address us. `reply_to` belongs to private messages.",
		Before: entry("    origin: overheard\n    reply_to: /user/id\n"), After: entry("    reply_to: /user/id\n")},
}
