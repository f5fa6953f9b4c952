package scenario

import (
	"math"

	"fairline/policy/sheet"
)

// ReplicationsMax is the greatest number of replications of an experiment.
const ReplicationsMax = 1_000_000

// rowNames are the tables that can be written.
var rowNames = []string{"tickets", "overtakings", "decisions", "agents"}

var (
	aMetric = &sheet.Shape{Kind: sheet.Text, Wanted: "a metric such as wait channel=social"}
	metrics = listOf(aMetric, "a list of metrics", 100)
	someRun = wholeTo(1, ReplicationsMax)
)

var experimentShape = record("an experiment",
	sheet.Must("fairline", aWhole, "Number of the format: 1."),
	sheet.Must("experiment", aName, "Name of the experiment."),
	sheet.May("description", aText, "What is asked, before it is known."),
	sheet.Must("scenarios", listOf(aText, "a list of files", 100), "Scenario files, beside this one."),
	sheet.Must("policies", listOf(oneOf("a file, a shipped policy, or {NAME: FILE}", aText,
		&sheet.Shape{Kind: sheet.Table, Elem: aText, Wanted: "{NAME: FILE}", Max: 1}), "a list of policies", 100),
		"Policies that each scenario is played under: files beside this one, or shipped ones by name. {NAME: FILE} gives it another name in tables."),
	sheet.May("baseline", aText, "The policy that others are compared with. Default: the first."),
	sheet.May("staffing", &sheet.Shape{Kind: sheet.Table, Wanted: "staffings by name", Max: 100,
		Elem: &sheet.Shape{Kind: sheet.Table, Names: sheet.Name, Elem: wholeTo(0, 65536), Wanted: "numbers by group", Max: 256}},
		"How many agents of a group there are in each shift, instead of what the scenario says: {as planned: {}, one less: {desk: 5}}. Default: as it says."),
	sheet.May("seed", &sheet.Shape{Kind: sheet.Whole, Hi: math.MaxInt64, Wanted: "a whole number"},
		"What chance begins with: the same seed gives the same numbers. Default 1."),
	sheet.May("replications", someRun, "How often each policy is played; with `until` at least so often. Default 100, with `until` as few as are enough."),
	sheet.May("until", record("{metric: wait, relative: 1%, at_most: 2000}",
		sheet.Must("metric", aMetric, "The metric that is to be precise under each policy."),
		sheet.May("relative", aShare, "Half of its interval, as a part of its value."),
		sheet.May("absolute", bound, "Half of its interval that is small enough in any case, in the unit of the metric."),
		sheet.Must("at_most", someRun, "Replications after which it stops all the same.")),
		"Replications are added until an interval is small enough."),
	sheet.May("coupling", oneWord("ticket", "slot"),
		"What policies have in common: the work belongs to the ticket (default), or the n-th start takes the n-th time."),
	sheet.May("antithetic", aTruth, "Replications come in pairs, the second with 1-u for each number u of the first. Default false."),
	sheet.May("steady", record("{warmup: auto}",
		sheet.Must("warmup", &sheet.Shape{Kind: sheet.Duration, Words: []string{"auto"},
			Wanted: "auto, or a duration such as 2h"},
			"What happens before counts for nothing. auto: found by MSER-5 in pilot runs."),
		sheet.May("pilot", wholeTo(1, 1000), "Pilot runs for auto. Default 10.")),
		"Long runs in the steady state. Default: days that begin and end as the scenario says."),
	sheet.May("confidence", aShare, "Of all intervals. Default 95%."),
	sheet.May("primary", metrics, "Metrics that were fixed before the run; their comparisons are adjusted for their number."),
	sheet.May("thresholds", listOf(&sheet.Shape{Kind: sheet.Text, Wanted: "such as wait channel=phone <= 60s"},
		"a list of bounds", 100),
		"Bounds that decide the exit code: METRIC [KIND=NAME] <, <=, ==, >= or > BOUND [policy=NAME]."),
	sheet.May("service_level", aText, "The formula of the service level. Default offered-minus-short."),
	sheet.May("strict_line", aTruth, "Each day is played again in strict order of arrival, and the delay against it is told. Default false."),
	sheet.May("game", record("{customers: posts, action: post}",
		sheet.Must("customers", aText, "The customers who weigh."),
		sheet.Must("action", aText, "What they may do instead of the truthful action."),
		sheet.May("rounds", wholeTo(1, 10_000), "Rounds of the search from each end. Default 20."),
		sheet.May("days", someRun, "Replications in a round. Default 20.")),
		"Customers choose among their actions by what it gains them."),
	sheet.May("premium", record("{customers: posts, action: post, shares: [0%, 50%]}",
		sheet.Must("customers", aText, "The customers of whom single ones are flipped."),
		sheet.Must("action", aText, "What they do instead of the truthful action."),
		sheet.May("sample", wholeTo(1, 100_000), "Tickets that are flipped in each replication. Default 5."),
		sheet.May("shares", listOf(aShare, "a list of percentages", 100),
			"The part of the others who do so: where it is measured. Default [0%].")),
		"What an action gains a single customer, all else equal."),
	sheet.May("select", record("{metric: wait, delta: 5s}",
		sheet.Must("metric", aMetric, "The metric by which the best policy is selected."),
		sheet.Must("delta", bound, "A difference that matters, in the unit of the metric."),
		sheet.May("error", aShare, "The probability of a wrong choice. Default 5%."),
		sheet.May("initial", wholeTo(2, 10_000), "Replications of the first stage. Default 20."),
		sheet.May("better", oneWord("larger", "smaller"), "Which values are better, where the metric does not say it.")),
		"Policies that are clearly worse are played no more, until the best is known."),
	sheet.May("rows", listOf(oneWord(rowNames...), "a list of tables", 4),
		"Tables with a row for each fact that are written: tickets, overtakings, decisions, agents. Default: none."),
)

// bound is a number in the unit of a metric: 60s, 80% or 0.5.
var bound = &sheet.Shape{Kind: sheet.Own, Check: checkBound, JSON: []string{"string", "number"},
	Wanted: "a number in the unit of the metric: 60s, 80% or 0.5"}
