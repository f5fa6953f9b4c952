package codes

// form are the codes about YAML, keys, units and limits.
var form = []Text{
	{Code: "FL0100", Title: "the file cannot be read as YAML",
		Means: "The form of the file is broken at this place, so nothing behind it can be trusted. Mostly a bracket or a quote is not\n" +
			"closed, a tab stands where blanks are wanted, or an expression begins with a sign that means something in YAML.",
		Before: "order: {strict: [gold, everyone}\n", After: "order: {strict: [gold, everyone]}\n"},
	{Code: "FL0101", Title: "the file has a newer format than this program reads",
		Means: "A program that guesses at keys that it does not know would serve by other rules than the file says. So it refuses the\n" +
			"file instead.",
		Before: "fairline: 2\n", After: "fairline: 1\n"},
	{Code: "FL0102", Title: "something that must be there is missing",
		Means: "Nothing is filled in silently: a missing timezone would be this machine's, a missing `takes` would let somebody hold\n" +
			"seven calls at once.",
		Before: "channels:\n  phone: {target: 80% within 60s}\n", After: "channels:\n  phone: {takes: agent, target: 80% within 60s}\n"},
	{Code: "FL0103", Title: "a duration without a unit, or no duration",
		Means: "`20` may be seconds, minutes or hours, and each router that users come from means another. A duration is a whole number\n" +
			"with s, m, h, d or w; `m` is minutes, always.",
		Before: "channels:\n  phone: {takes: agent, offer: 20}\n", After: "channels:\n  phone: {takes: agent, offer: 20s}\n"},
	{Code: "FL0104", Title: "the value has another form than is wanted here",
		Means: "A text stands where a number is wanted, one value where a list is, a key where it has no meaning. YAML would often turn\n" +
			"it into something near: `break_after: 2.0` is no whole number, and reading it as one would be a guess.",
		Before: "agents: {break_after: two}\n", After: "agents: {break_after: 2}\n"},
	{Code: "FL0105", Title: "a name that cannot be used",
		Means: "Names of classes and groups are unique in the file, because a ledger entry has only the name. Words of the format, such\n" +
			"as `others`, and built-in fields, such as `channel`, already mean something.",
		Before: "classes:\n  - {name: others}\norder: arrival\n", After: "classes:\n  - {name: everyone}\norder: arrival\n"},
	{Code: "FL0106", Title: "out of range, or more than there may be",
		Means: "Every list, depth and number has a limit, so that no file can make a decision slow or a counter run over. Some limits\n" +
			"are limits of sense: an offer of 0s can be accepted by nobody.",
		Before: "channels:\n  phone: {takes: agent, offer: 0s}\n", After: "channels:\n  phone: {takes: agent, offer: 20s}\n"},
	{Code: "FL0110", Title: "YAML would silently cut this expression",
		Means: "An unquoted `!` begins a tag and ` #` a comment. `when: !ticket.vip` would be an empty `when`: a rule for one kind of\n" +
			"ticket becomes a rule for everybody, and nothing looks wrong.",
		Before: "classes:\n  - {name: plain, when: !ticket.vip, reason: r}\n  - {name: everyone}\norder: {arrival: [plain, everyone]}\nattributes: {vip: {type: bool, else: false}}\n",
		After:  "classes:\n  - {name: plain, when: '!ticket.vip', reason: r}\n  - {name: everyone}\norder: {arrival: [plain, everyone]}\nattributes: {vip: {type: bool, else: false}}\n"},
	{Code: "FL0111", Title: "nothing stands here",
		Means: "A key without a value is read as if the key were not there, which is the opposite of what whoever wrote the key wanted:\n" +
			"a class whose `when` is empty takes every ticket.",
		Before: "description:\n", After: "description: By arrival, a baseline.\n"},
	{Code: "FL0112", Title: "written twice, or in a way that different programs read differently",
		Means: "Of a key that stands twice one value is lost, and which one depends on the program. Anchors, aliases, merge keys, second\n" +
			"documents and numbers with a leading zero are refused for the same reason: 010 is ten for some and eight for others.",
		Before: "agents: {break_after: 2, break_after: 3}\n", After: "agents: {break_after: 3}\n"},
	{Code: "FL0113", Title: "a day is ambiguous on the open clock",
		Means: "Where waits count only while the line is open, a day may be 24 hours or one shift: `first_after: 1d` would be anything\n" +
			"from one working day to three.",
		Before: "timezone: Europe/Vienna\nhours: {mon-fri: 08:00-20:00}\nprotect:\n  - first_after: 1d\n    except: [gold]\n",
		After:  "timezone: Europe/Vienna\nhours: {mon-fri: 08:00-20:00}\nprotect:\n  - first_after: 12h\n    except: [gold]\n"},
	{Code: "FL0190", Title: "part of the format, but not of this version",
		Means: "The file can be checked, and cannot be served by this program: it would have to serve by another rule than the one that\n" +
			"stands there. `fairline policy test` refuses it too.",
		Before: "attributes: {plan: {one_of: [gold, none], else: none}, tags: {type: list}}\n",
		After:  "attributes: {plan: {one_of: [gold, none], else: none}, tag: {one_of: [late, none], else: none}}\n"},
}
