package dist

import (
	"fmt"
	"math"
	"strings"
)

// Mixture returns the law of a number of one of the laws, each taken with its weight, which is positive; weights need not sum to 1.
// Making it costs some milliseconds, as its distribution function is inverted in a table.
func Mixture(weights []float64, laws []Law) (Law, error) {
	if len(laws) == 0 || len(laws) != len(weights) {
		return nil, fmt.Errorf("a mixture needs as many weights as laws, and one or more, not %d weights and %d laws",
			len(weights), len(laws))
	}
	m := &mixture{}
	sum := 0.0
	for i, w := range weights {
		if err := positive(fmt.Sprintf("weight %d of a mixture", i+1), w); err != nil {
			return nil, err
		}
		if laws[i] == nil {
			return nil, fmt.Errorf("law %d of a mixture is missing", i+1)
		}
		sum += w
	}
	var texts []string
	for i, w := range weights {
		m.parts = append(m.parts, share{w / sum, laws[i]})
		texts = append(texts, fmt.Sprintf("weight %s of (%v)", number(w), laws[i]))
	}
	m.text = "mixture, " + strings.Join(texts, ", ")
	m.mean, m.sd = m.moments()
	scale := m.mean
	if !(scale > 0) || math.IsInf(scale, 1) {
		scale = 1
	}
	m.inverse = newInverse(m, scale)
	return m, nil
}

// A share is a law of a mixture and the probability that a number is one of this law.
type share struct {
	weight float64
	law    Law
}

type mixture struct {
	parts    []share
	mean, sd float64
	inverse  *inverse
	text     string
}

func (m *mixture) moments() (mean, sd float64) {
	for _, p := range m.parts {
		mean += p.weight * p.law.Mean()
	}
	if math.IsInf(mean, 1) {
		return mean, mean
	}
	square := 0.0
	for _, p := range m.parts {
		d := p.law.Mean() - mean
		square += p.weight * (p.law.SD()*p.law.SD() + d*d)
	}
	return mean, math.Sqrt(square)
}

func (m *mixture) Quantile(u float64) float64 { return m.inverse.quantile(u) }
func (m *mixture) Mean() float64              { return m.mean }
func (m *mixture) SD() float64                { return m.sd }
func (m *mixture) String() string             { return m.text }

func (m *mixture) CDF(x float64) (sum float64) {
	for _, p := range m.parts {
		sum += p.weight * CDF(p.law, x)
	}
	return sum
}

func (m *mixture) survival(x float64) (sum float64) {
	for _, p := range m.parts {
		sum += p.weight * survival(p.law, x)
	}
	return sum
}
