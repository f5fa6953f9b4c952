package theory

import "math"

// bisect returns where f changes its sign between low and high, to the last digit. The signs at the ends must differ.
func bisect(low, high float64, f func(float64) float64) float64 {
	negative := f(low) < 0
	for {
		mid := low + (high-low)/2
		if mid <= low || mid >= high {
			return mid
		}
		if (f(mid) < 0) == negative {
			low = mid
		} else {
			high = mid
		}
	}
}

// trough returns where f, which has one minimum between low and high, is least, to about 1e-9 of the width.
func trough(low, high float64, f func(float64) float64) float64 {
	golden := (math.Sqrt(5) - 1) / 2
	a, b := high-golden*(high-low), low+golden*(high-low)
	fa, fb := f(a), f(b)
	for range 45 {
		if fa < fb {
			high, b, fb = b, a, fa
			a = high - golden*(high-low)
			fa = f(a)
		} else {
			low, a, fa = a, b, fb
			b = low + golden*(high-low)
			fb = f(b)
		}
	}
	return (low + high) / 2
}
