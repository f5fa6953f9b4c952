package experiment

import "fairline/simulations/scenario"

// A Verdict says whether a threshold of the experiment holds under an arm.
type Verdict struct {
	Threshold scenario.Threshold
	Arm       int
	Value     float64
	Known     bool // false: there is no value, and nothing passed
	Passed    bool
}

// Verdicts holds each arm to the thresholds of the experiment: the value itself, not its interval, is compared with the bound.
func (r *Results) Verdicts() (list []Verdict) {
	for _, t := range r.Experiment.Thresholds {
		key, ok := r.Key(t.Metric)
		for i := range r.Arms {
			if t.Policy != "" && t.Policy != r.Arms[i].Policy {
				continue
			}
			v := Verdict{Threshold: t, Arm: i}
			if ok {
				e := r.Estimate(i, key)
				v.Value, v.Known = e.Value, e.Known
			}
			v.Passed = v.Known && holds(v.Value, t.Op, t.Bound)
			list = append(list, v)
		}
	}
	return list
}

func holds(value float64, op string, bound float64) bool {
	switch op {
	case "<":
		return value < bound
	case "<=":
		return value <= bound
	case "==":
		return value == bound
	case ">=":
		return value >= bound
	case ">":
		return value > bound
	}
	return false
}
