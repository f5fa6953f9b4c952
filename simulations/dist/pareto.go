package dist

import (
	"fmt"
	"math"
)

// Pareto returns the classic Pareto law: numbers of at least least, above x with probability (least/x)^shape. Both are positive.
// The mean is +Inf where the shape is 1 or less, the standard deviation where it is 2 or less. A shape below 0.1 is refused: its
// numbers would be too large for a float64.
func Pareto(shape, least float64) (Law, error) {
	if !(shape >= 0.1) || math.IsInf(shape, 1) {
		return nil, fmt.Errorf("the shape of a Pareto law must be 0.1 or more, not %s", number(shape))
	}
	if err := positive("the least number of a Pareto law", least); err != nil {
		return nil, err
	}
	return pareto{shape, least}, nil
}

type pareto struct{ shape, least float64 }

func (p pareto) Quantile(u float64) float64 { return p.least * math.Exp(-math.Log1p(-u)/p.shape) }

func (p pareto) Mean() float64 {
	if p.shape <= 1 {
		return math.Inf(1)
	}
	return p.shape * p.least / (p.shape - 1)
}

func (p pareto) SD() float64 {
	if p.shape <= 2 {
		return math.Inf(1)
	}
	return p.least / (p.shape - 1) * math.Sqrt(p.shape/(p.shape-2))
}

func (p pareto) CDF(x float64) float64 {
	if x <= p.least {
		return 0
	}
	return -math.Expm1(p.shape * math.Log(p.least/x))
}

func (p pareto) survival(x float64) float64 { return math.Pow(p.least/max(x, p.least), p.shape) }

func (p pareto) String() string {
	return fmt.Sprintf("pareto, shape %s, least %s", number(p.shape), number(p.least))
}
