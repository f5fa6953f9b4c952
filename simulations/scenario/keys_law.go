package scenario

import (
	"fairline/policy/sheet"
)

// A unit is what the numbers of a law are: times, or plain numbers.
type unit struct {
	amount, spread *sheet.Shape
	read           func(string) (float64, bool)
	per            bool // rates of phases need a unit of time
}

var (
	inTime  = unit{amount: aTime, spread: aTimeSpread, read: parseTime, per: true}
	inPlain = unit{amount: aNumber, spread: aNumberSpread, read: parseNumber}

	timeLaw  = lawShape("time-law", "a law, such as 5m or {lognormal: {mean: 5m, sd: 4m}}", inTime)
	plainLaw = lawShape("number-law", "a law, such as 3 or {gamma: {mean: 3, sd: 2}}", inPlain)

	aTime = &sheet.Shape{Kind: sheet.Own, Check: checkTime, Form: `^([0-9]+(\.[0-9]+)?([wdhms]|ms))+$`,
		Wanted: "a time such as 90s or 4.5m"}
	aTimeSpread = &sheet.Shape{Kind: sheet.Own, Check: checkSpread(checkTime), Form: `^([0-9]+(\.[0-9]+)?(%|[wdhms]|ms))+$`,
		Wanted: "a time such as 4m, or 80% of the mean"}
	aNumber       = &sheet.Shape{Kind: sheet.Own, Check: checkNumber, JSON: []string{"number"}, Wanted: "a number"}
	aNumberSpread = &sheet.Shape{Kind: sheet.Own, Check: checkSpread(checkNumber), JSON: []string{"number", "string"},
		Wanted: "a number, or 20% of the mean"}
)

// lawNames are the keys of which a law has one.
var lawNames = []string{"constant", "uniform", "triangular", "exponential", "erlang", "gamma", "normal", "lognormal", "weibull",
	"hyperexponential", "phase_type", "pareto", "empirical", "mixture", "fit"}

// fitNames are the laws that `fit` can find.
var fitNames = []string{"constant", "exponential", "erlang", "gamma", "lognormal", "weibull", "hyperexponential", "normal",
	"uniform", "empirical"}

func record(wanted string, keys ...sheet.Key) *sheet.Shape {
	return &sheet.Shape{Kind: sheet.Record, Wanted: wanted, Keys: keys}
}

func listOf(elem *sheet.Shape, wanted string, max int) *sheet.Shape {
	return &sheet.Shape{Kind: sheet.List, Elem: elem, Wanted: wanted, Max: max}
}

func oneOf(wanted string, alts ...*sheet.Shape) *sheet.Shape {
	return &sheet.Shape{Kind: sheet.Choice, Alts: alts, Wanted: wanted}
}

// lawShape is the shape of a law: a value that is always the same, or one of the laws with its parameters.
func lawShape(def, wanted string, u unit) *sheet.Shape {
	sh := &sheet.Shape{Kind: sheet.Choice, Def: def, Wanted: wanted}
	sh.Alts = []*sheet.Shape{u.amount, record(wanted, lawKeys(u, sh)...)}
	return sh
}

// lawKeys are the keys of a law. Whole is the shape of all laws of the unit, which a mixture is made of.
func lawKeys(u unit, whole *sheet.Shape) []sheet.Key {
	moments := record("{mean: ..., sd: ...}",
		sheet.Must("mean", u.amount, "The mean."),
		sheet.Must("sd", u.spread, "The standard deviation, or a percentage of the mean."))
	values := oneOf("a list of values, or a file with one in each line", listOf(u.amount, "a list of values", 100_000), aText)
	phases := []sheet.Key{
		sheet.Must("start", listOf(aShare, "a list of percentages", 100), "The probability of each phase to be the first."),
		sheet.Must("rates", listOf(listOf(aNumber, "a list of numbers", 100), "a list of lists", 100),
			"The rate from each phase, a row, to each: a generator, whose diagonal is negative; what is missing to 0 ends it.")}
	if u.per {
		phases = append(phases, sheet.Must("per", oneWord("second", "minute", "hour"), "The unit of time of the rates."))
	}
	return []sheet.Key{
		sheet.May("constant", u.amount, "Always this. The value alone means the same."),
		sheet.May("uniform", record("{from: ..., to: ...}", sheet.Must("from", u.amount, "The least."),
			sheet.Must("to", u.amount, "The greatest.")), "Any value between two, alike likely."),
		sheet.May("triangular", record("{from: ..., mode: ..., to: ...}", sheet.Must("from", u.amount, "The least."),
			sheet.Must("mode", u.amount, "The likeliest."), sheet.Must("to", u.amount, "The greatest.")),
			"Between two values, the likeliest in between."),
		sheet.May("exponential", u.amount, "Without memory, of this mean."),
		sheet.May("erlang", record("{phases: 3, mean: ...}",
			sheet.Must("phases", &sheet.Shape{Kind: sheet.Whole, Lo: 1, Hi: 1_000_000, Wanted: "a whole number"},
				"Exponential phases one after the other."),
			sheet.Must("mean", u.amount, "The mean of all phases together.")), "The sum of exponential phases."),
		sheet.May("gamma", moments, "By mean and standard deviation."),
		sheet.May("normal", moments, "Cut off at 0; by mean and standard deviation after the cut."),
		sheet.May("lognormal", moments, "By mean and standard deviation."),
		sheet.May("weibull", record("{mean: ..., sd: ...} or {shape: ..., scale: ...}", sheet.May("mean", u.amount, "The mean."),
			sheet.Must("sd", u.spread, "The standard deviation, or a percentage of the mean.").Beside("mean"),
			sheet.May("shape", aNumber, "The shape."),
			sheet.Must("scale", u.amount, "The scale.").Beside("shape")), "By mean and standard deviation, or by shape and scale."),
		sheet.May("hyperexponential", oneOf("{mean: ..., sd: ...} or a list of {share: ..., mean: ...}", moments,
			listOf(record("{share: 30%, mean: ...}", sheet.Must("share", aShare, "How likely it is."),
				sheet.Must("mean", u.amount, "Its mean.")), "a list of parts", 64)),
			"One of several exponential laws: as a list, or of two with balanced means, by mean and standard deviation."),
		sheet.May("phase_type", record("{start: [...], rates: [...]}", phases...), "The time until a Markov chain ends."),
		sheet.May("pareto", record("{shape: 2.5, least: ...}",
			sheet.Must("shape", aNumber, "The shape: up to 1 there is no mean, up to 2 no variance."),
			sheet.Must("least", u.amount, "The least value.")), "A heavy tail that begins at a least value."),
		sheet.May("empirical", values, "One of these values, alike likely."),
		sheet.May("mixture", listOf(record("{share: 30%, law: ...}", sheet.Must("share", aShare, "How likely it is."),
			sheet.Must("law", whole, "The law.")), "a list of parts", 64), "One of several laws."),
		sheet.May("fit", record("{law: gamma, mean: ..., sd: ...} or {law: gamma, values: ...}",
			sheet.Must("law", oneWord(fitNames...), "The law that is fitted."),
			sheet.May("mean", u.amount, "The mean."),
			sheet.May("sd", u.spread, "The standard deviation, or a percentage of the mean.").Beside("mean"),
			sheet.May("values", values, "The values whose mean and standard deviation it gets.")),
			"A law by its moments, or by those of values."),
		sheet.May("times", aNumber, "Each value is multiplied with this."),
		sheet.May("plus", u.amount, "This is added to each value, after `times`."),
		sheet.May("at_most", u.amount, "Greater values become this, after `plus`."),
	}
}

// spanShape is a law of a time with what may make it another for some: a law and more keys.
func spanShape(def, wanted string, more ...sheet.Key) *sheet.Shape {
	sh := oneOf(wanted, aTime, record(wanted, append(lawKeys(inTime, timeLaw), append([]sheet.Key{
		sheet.May("factor", aNumber, "-1 to 1: how it goes with the customer's hidden factor, as in attributes. Default 0: on its own."),
		sheet.May("by_period", timesTable(timeLaw, "laws by time"), "The law of those who arrive from a time on."),
	}, more...)...)...))
	sh.Def = def
	return sh
}
