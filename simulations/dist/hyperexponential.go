package dist

import (
	"fmt"
	"math"
	"strings"
)

// A Part is one of the exponential laws of a hyperexponential one: its weight beside the others' and its mean, both positive.
type Part struct{ Weight, Mean float64 }

// Hyperexponential returns the law of an exponential number whose mean is one of the parts', each taken with its weight. Weights
// need not sum to 1. Making it costs about a millisecond.
func Hyperexponential(parts []Part) (Law, error) {
	if len(parts) == 0 {
		return nil, fmt.Errorf("a hyperexponential law needs a part: a weight and a mean")
	}
	var texts []string
	for i, p := range parts {
		if err := positive(fmt.Sprintf("the weight of part %d of a hyperexponential law", i+1), p.Weight); err != nil {
			return nil, err
		}
		if err := positive(fmt.Sprintf("the mean of part %d of a hyperexponential law", i+1), p.Mean); err != nil {
			return nil, err
		}
		texts = append(texts, fmt.Sprintf("weight %s mean %s", number(p.Weight), number(p.Mean)))
	}
	return newHyperexponential(parts, "hyperexponential, "+strings.Join(texts, ", "))
}

// HyperexponentialFit returns the hyperexponential law of two parts with the mean and the standard deviation, above the mean and at
// most a thousand times it, of which each part contributes half of the mean: "balanced means" (Tijms 1994, appendix B).
func HyperexponentialFit(mean, sd float64) (Law, error) {
	if err := moments("a hyperexponential law", mean, sd); err != nil {
		return nil, err
	}
	cv := sd / mean
	if !(cv > 1 && cv <= 1000) {
		return nil, fmt.Errorf("the standard deviation of a hyperexponential law must be above its mean %s and at most 1000 times"+
			" as large, not %s", number(mean), number(sd))
	}
	q := math.Sqrt((cv - 1) * (cv + 1) / (cv*cv + 1))
	often := (1 + q) / 2
	seldom := 1 / (cv*cv + 1) / (1 + q) // (1-q)/2 without loss of digits
	return newHyperexponential([]Part{{often, mean / 2 / often}, {seldom, mean / 2 / seldom}},
		fmt.Sprintf("hyperexponential, mean %s, sd %s", number(mean), number(sd)))
}

func newHyperexponential(parts []Part, text string) (Law, error) {
	h := &hyperexponential{text: text}
	sum, square := 0.0, 0.0
	for _, p := range parts {
		sum += p.Weight
	}
	for _, p := range parts {
		p.Weight /= sum
		h.parts = append(h.parts, p)
		h.mean += p.Weight * p.Mean
	}
	for _, p := range h.parts {
		square += p.Weight * (p.Mean*p.Mean + (p.Mean-h.mean)*(p.Mean-h.mean))
	}
	if h.sd = math.Sqrt(square); math.IsInf(h.sd, 1) || math.IsNaN(h.sd) {
		return nil, fmt.Errorf("the means of a hyperexponential law are too large")
	}
	h.inverse = newInverse(h, h.mean)
	return h, nil
}

type hyperexponential struct {
	parts    []Part // weights sum to 1
	mean, sd float64
	inverse  *inverse
	text     string
}

func (h *hyperexponential) Quantile(u float64) float64 { return h.inverse.quantile(u) }
func (h *hyperexponential) Mean() float64              { return h.mean }
func (h *hyperexponential) SD() float64                { return h.sd }
func (h *hyperexponential) String() string             { return h.text }

func (h *hyperexponential) CDF(x float64) (sum float64) {
	for _, p := range h.parts {
		sum -= p.Weight * math.Expm1(-max(x, 0)/p.Mean)
	}
	return sum
}

func (h *hyperexponential) survival(x float64) (sum float64) {
	for _, p := range h.parts {
		sum += p.Weight * math.Exp(-max(x, 0)/p.Mean)
	}
	return sum
}
