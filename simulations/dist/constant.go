package dist

// Constant returns the law of a number that is always v, 0 or more.
func Constant(v float64) (Law, error) {
	if err := notNegative("a constant", v); err != nil {
		return nil, err
	}
	return constant(v), nil
}

type constant float64

func (c constant) Quantile(float64) float64 { return float64(c) }
func (c constant) Mean() float64            { return float64(c) }
func (c constant) SD() float64              { return 0 }
func (c constant) String() string           { return "constant " + number(float64(c)) }

func (c constant) CDF(x float64) float64 {
	if x < float64(c) {
		return 0
	}
	return 1
}
