package dist

import (
	"fmt"
	"math"
)

// Uniform returns the law of a number anywhere from low to high alike; 0 <= low < high.
func Uniform(low, high float64) (Law, error) {
	if err := ends("a uniform law", low, high); err != nil {
		return nil, err
	}
	return uniform{low, high}, nil
}

// ends returns an error where low and high are not the ends of a law.
func ends(law string, low, high float64) error {
	if err := notNegative("the low end of "+law, low); err != nil {
		return err
	}
	if !(high > low) || math.IsInf(high, 1) {
		return fmt.Errorf("the high end of %s must be above its low end %s, not %s", law, number(low), number(high))
	}
	return nil
}

type uniform struct{ low, high float64 }

func (l uniform) Quantile(u float64) float64 { return l.low + u*(l.high-l.low) }
func (l uniform) Mean() float64              { return l.low + (l.high-l.low)/2 }
func (l uniform) SD() float64                { return (l.high - l.low) / math.Sqrt(12) }
func (l uniform) CDF(x float64) float64      { return min(max((x-l.low)/(l.high-l.low), 0), 1) }

func (l uniform) String() string {
	return fmt.Sprintf("uniform, low %s, high %s", number(l.low), number(l.high))
}

// Triangular returns the law whose density rises in a straight line from low to mode and falls in one to high;
// 0 <= low <= mode <= high and low < high.
func Triangular(low, mode, high float64) (Law, error) {
	if err := ends("a triangular law", low, high); err != nil {
		return nil, err
	}
	if !(low <= mode && mode <= high) {
		return nil, fmt.Errorf("the mode of a triangular law must be from its low end %s to its high end %s, not %s",
			number(low), number(high), number(mode))
	}
	return triangular{low, mode, high}, nil
}

type triangular struct{ low, mode, high float64 }

func (l triangular) Quantile(u float64) float64 {
	width, rise := l.high-l.low, l.mode-l.low
	if u*width < rise {
		return l.low + math.Sqrt(u*width*rise)
	}
	return l.high - math.Sqrt((1-u)*width*(l.high-l.mode))
}

func (l triangular) Mean() float64 { return l.low + (l.mode-l.low+l.high-l.low)/3 }

func (l triangular) SD() float64 {
	a, b := l.mode-l.low, l.high-l.low
	return math.Sqrt((a*a - a*b + b*b) / 18)
}

func (l triangular) CDF(x float64) float64 {
	width := l.high - l.low
	switch {
	case x <= l.low:
		return 0
	case x >= l.high:
		return 1
	case x < l.mode:
		return (x - l.low) * (x - l.low) / width / (l.mode - l.low)
	}
	return 1 - (l.high-x)*(l.high-x)/width/(l.high-l.mode)
}

func (l triangular) String() string {
	return fmt.Sprintf("triangular, low %s, mode %s, high %s", number(l.low), number(l.mode), number(l.high))
}
