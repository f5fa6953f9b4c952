package measure

// ByShare is a kind of groups: where such a share of the customers takes an action.
const ByShare = "share"

// StrictLine returns the metrics of a day against the same day in strict order of arrival. Package whatif measures them, where an
// experiment asks for it, for all, by channel and by cohort.
func StrictLine() []Metric {
	const source = "the same customers and agents in strict order of arrival"
	return []Metric{
		{Name: "strict-delay", Unit: "s", Better: Less, Pool: Ratio, Source: source,
			Formula: "sum of (start - start in the strict line) / tickets started in both"},
		{Name: "strict-later", Unit: "%", Better: Less, Pool: Ratio, Source: source,
			Formula: "tickets started later than in the strict line / tickets started in both"},
		{Name: "strict-worst", Unit: "s", Better: Less, Pool: Maximum, Source: source,
			Formula: "greatest (start - start in the strict line) of a ticket"},
	}
}

// Premium returns the metrics of what an action gains single customers. Package whatif measures them, where an experiment asks
// for it, by share.
func Premium() []Metric {
	const source = "switching gain by a counterfactual re-run with common random numbers"
	return []Metric{
		{Name: "premium", Unit: "s", Better: Less, Pool: Ratio, Source: source,
			Formula: "sum of (wait of the customer - wait of the same customer with the action) / customers flipped, where the share in the group takes it"},
		{Name: "regret", Unit: "s", Better: Less, Pool: Ratio, Source: source,
			Formula: "premium less what the action costs a customer in the mean: what honesty loses; below 0 it loses nothing"},
	}
}
