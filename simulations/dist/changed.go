package dist

import (
	"errors"
	"fmt"
	"math"
)

// errMissing says that a law to be changed is nil.
var errMissing = errors.New("the law to be changed is missing")

// Shifted returns the law of a number of the law plus by, which is 0 or more.
func Shifted(by float64, law Law) (Law, error) {
	if law == nil {
		return nil, errMissing
	}
	if err := notNegative("what a law is shifted by", by); err != nil {
		return nil, err
	}
	return shifted{law, by}, nil
}

type shifted struct {
	law Law
	by  float64
}

func (s shifted) Quantile(u float64) float64 { return s.by + s.law.Quantile(u) }
func (s shifted) Mean() float64              { return s.by + s.law.Mean() }
func (s shifted) SD() float64                { return s.law.SD() }
func (s shifted) CDF(x float64) float64      { return CDF(s.law, x-s.by) }
func (s shifted) survival(x float64) float64 { return survival(s.law, x-s.by) }
func (s shifted) String() string             { return fmt.Sprintf("shifted by %s, (%v)", number(s.by), s.law) }

// Scaled returns the law of a number of the law times the factor, which is positive.
func Scaled(factor float64, law Law) (Law, error) {
	if law == nil {
		return nil, errMissing
	}
	if err := positive("what a law is scaled by", factor); err != nil {
		return nil, err
	}
	return scaled{law, factor}, nil
}

type scaled struct {
	law    Law
	factor float64
}

func (s scaled) Quantile(u float64) float64 { return s.factor * s.law.Quantile(u) }
func (s scaled) Mean() float64              { return s.factor * s.law.Mean() }
func (s scaled) SD() float64                { return s.factor * s.law.SD() }
func (s scaled) CDF(x float64) float64      { return CDF(s.law, x/s.factor) }
func (s scaled) survival(x float64) float64 { return survival(s.law, x/s.factor) }
func (s scaled) String() string             { return fmt.Sprintf("scaled by %s, (%v)", number(s.factor), s.law) }

// AtMost returns the law of a number of the law, or of the limit where that is less: numbers above the limit, 0 or more, become the
// limit. They are not drawn again. Mean and SD are found by integration once, with a relative error below 1e-8.
func AtMost(limit float64, law Law) (Law, error) {
	if law == nil {
		return nil, errMissing
	}
	if err := notNegative("the limit of a law", limit); err != nil {
		return nil, err
	}
	a := atMost{law: law, limit: limit}
	a.mean = expect(a, func(x float64) float64 { return x })
	a.sd = math.Sqrt(expect(a, func(x float64) float64 { return (x - a.mean) * (x - a.mean) }))
	return a, nil
}

type atMost struct {
	law             Law
	limit, mean, sd float64
}

func (a atMost) Quantile(u float64) float64 { return min(a.limit, a.law.Quantile(u)) }
func (a atMost) Mean() float64              { return a.mean }
func (a atMost) SD() float64                { return a.sd }
func (a atMost) String() string             { return fmt.Sprintf("at most %s, (%v)", number(a.limit), a.law) }

func (a atMost) CDF(x float64) float64 {
	if x >= a.limit {
		return 1
	}
	return CDF(a.law, x)
}

func (a atMost) survival(x float64) float64 {
	if x >= a.limit {
		return 0
	}
	return survival(a.law, x)
}
