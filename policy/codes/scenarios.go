package codes

// scenarios are the codes about scenarios and experiments.
var scenarios = []Text{
	{Code: "FL0500", Of: Experiment, Title: "a file that is named cannot be read",
		Means: "A scenario names its traces, an experiment its scenarios and policies, by paths that begin in the folder of the file itself,\n" +
			"so that a folder of them can be moved and sent. Policies that the program ships go by their names alone.",
		Before: "scenarios: [busy.yaml]\n", After: "scenarios: [day.yaml]\n"},
	{Code: "FL0501", Of: Scenario, Title: "there is no such law",
		Means: "Not every law can have every mean and standard deviation: a hyperexponential one spreads more than an exponential one, a\n" +
			"uniform one less. A law that came near would answer another question than the file asks. A busyness has mean 1, so that\n" +
			"the rates go on to say how many come.",
		Before: "customers:\n  calls: {channel: phone, arrivals: {poisson: 31 per hour}, handling: {hyperexponential: {mean: 5m, sd: 50%}}}\n",
		After:  "customers:\n  calls: {channel: phone, arrivals: {poisson: 31 per hour}, handling: {gamma: {mean: 5m, sd: 50%}}}\n"},
	{Code: "FL0502", Of: Scenario, Title: "the parts are not the whole",
		Means: "Values of an attribute, parts of a mixture and actions of a customer each sum to 100%. Where they do not, the rest would go\n" +
			"to one of them silently, mostly the last, and a class of 2% becomes one of 12%.",
		Before: "customers:\n  calls: {channel: phone, arrivals: {poisson: 31 per hour}, handling: 5m, attributes: {need: {one_of: {medical: 2%, other: 88%}}}}\n",
		After:  "customers:\n  calls: {channel: phone, arrivals: {poisson: 31 per hour}, handling: 5m, attributes: {need: {one_of: {medical: 2%, other: 98%}}}}\n"},
	{Code: "FL0503", Of: Scenario, Title: "a time that does not fit",
		Means: "A shift that begins when the scenario is over serves nobody; a period that does not divide the length leaves a last one that\n" +
			"looks quiet because it is short; times that are out of order are mostly a slip of the clock.",
		Before: "agents:\n  desk: {agents: {0h: 3, 5h: 6, 4h: 2}}\n", After: "agents:\n  desk: {agents: {0h: 3, 4h: 2, 5h: 6}}\n"},
	{Code: "FL0504", Of: Scenario, Title: "a row of a trace, or a value in a file, cannot be read",
		Means: "A trace is played as it was recorded, so a row that is skipped or guessed would change every wait behind it. The number is\n" +
			"that of the line in the file, the header counted.",
		Before: "customers:\n  calls: {channel: phone, arrivals: {trace: unsorted.csv}, handling: 5m}\n",
		After:  "customers:\n  calls: {channel: phone, arrivals: {trace: calls.csv}, handling: 5m}\n"},
	{Code: "FL0505", Of: Scenario, Title: "no agent has a skill that tickets need",
		Means:  "Such tickets would wait until the scenario ends, under every policy, and make each of them look bad alike.",
		Before: "customers:\n  calls: {channel: phone, arrivals: {poisson: 31 per hour}, handling: 5m, skills: {german: 20%}}\n",
		After: "customers:\n  calls: {channel: phone, arrivals: {poisson: 31 per hour}, handling: 5m, skills: {german: 20%}}\n" +
			"agents:\n  desk: {agents: 3, skills: [german]}\n"},
	{Code: "FL0506", Of: Experiment, Title: "a scenario and a policy do not fit",
		Means: "The policy has no such channel, so it would refuse the tickets; or an attribute takes other values in the two files, so the\n" +
			"policy would read `else` where the scenario means an emergency. An attribute that the policy does not declare is a warning:\n" +
			"a baseline may well know nothing of it.",
		Before: "scenarios: [fax.yaml]\n", After: "scenarios: [day.yaml]\n"},
	{Code: "FL0507", Of: Experiment, Title: "a file that is named has faults of its own",
		Means:  "The experiment cannot run. Only the first fault is told here, with its line; a check of that file by itself draws them all.",
		Before: "policies: [broken.yaml]\n", After: "policies: [weekday]\n"},
	{Code: "FL0508", Of: Experiment, Title: "a metric or a bound that cannot be read",
		Means: "A threshold decides whether a run has passed. A bound without its unit could be met or missed by a factor of sixty, and\n" +
			"nobody would see why.",
		Before: "thresholds: [wait <= 60]\n", After: "thresholds: [wait <= 60s]\n"},
}
