package dist

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/gonum/stat"
)

// Empirical returns the law of one of the values, each alike likely; what occurs twice is twice as likely. The values are copied.
// Its String tells how many they are and their moments, not the values.
func Empirical(values []float64) (Law, error) {
	if len(values) == 0 {
		return nil, fmt.Errorf("an empirical law needs a value")
	}
	for i, v := range values {
		if err := notNegative(fmt.Sprintf("value %d of an empirical law", i+1), v); err != nil {
			return nil, err
		}
	}
	sorted := slices.Sorted(slices.Values(values))
	mean, sd := stat.PopMeanStdDev(sorted, nil)
	return &empirical{sorted, mean, sd}, nil
}

// An empirical law has its values in rising order.
type empirical struct {
	values   []float64
	mean, sd float64
}

// Quantile returns the value of rank k, the least with k/n >= u as floats have it; the product u*n may be rounded past a rank.
func (e *empirical) Quantile(u float64) float64 {
	n := float64(len(e.values))
	k := math.Ceil(u * n)
	if (k-1)/n >= u {
		k--
	}
	return e.values[int(min(max(k, 1), n))-1]
}

func (e *empirical) Mean() float64 { return e.mean }
func (e *empirical) SD() float64   { return e.sd }

func (e *empirical) CDF(x float64) float64 {
	above := sort.Search(len(e.values), func(i int) bool { return e.values[i] > x })
	return float64(above) / float64(len(e.values))
}

func (e *empirical) String() string {
	return fmt.Sprintf("empirical, %d values, mean %.6g, sd %.6g", len(e.values), e.mean, e.sd)
}
