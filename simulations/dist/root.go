package dist

import "math"

// root returns the least number where f, which does not decrease, is not below 0; f(low) < 0 <= f(high). f may jump: the number is
// right to the last bit. It mixes inverse quadratic interpolation with bisection (Chandrupatla 1997) and takes about 12 evaluations
// where f is smooth.
func root(f func(float64) float64, low, high float64) float64 {
	a, b := low, high // the newest point and the other end of the bracket
	fa, fb := f(a), f(b)
	c, fc := a, fa // the point before
	t := 0.5
	for range 200 {
		x := a + t*(b-a)
		fx := f(x)
		if (fx < 0) == (fa < 0) {
			c, fc = a, fa
		} else {
			c, fc = b, fb
			b, fb = a, fa
		}
		a, fa = x, fx
		short := 2*eps*math.Abs(a) + math.SmallestNonzeroFloat64
		t = short / math.Abs(b-a)
		if t > 0.5 || fa == 0 {
			break
		}
		t = min(max(step(a, b, c, fa, fb, fc), t), 1-t)
	}
	if fa == 0 {
		return a
	}
	return least(func(x float64) bool { return f(x) >= 0 }, min(a, b), max(a, b))
}

// least returns the least number from low to high that has reached, which high has, to the last bit.
func least(reached func(x float64) bool, low, high float64) float64 {
	for {
		middle := low + (high-low)/2
		if middle <= low || middle >= high {
			return high
		}
		if reached(middle) {
			high = middle
		} else {
			low = middle
		}
	}
}

// eps is the distance from 1 to the next number.
const eps = 0x1p-52

// step returns how far from a towards b the next point lies: where the inverse parabola through three points meets 0 if it is
// safe there, the middle if not.
func step(a, b, c, fa, fb, fc float64) float64 {
	xi, phi := (a-b)/(c-b), (fa-fb)/(fc-fb)
	if phi*phi < xi && (1-phi)*(1-phi) < 1-xi {
		return fa/(fb-fa)*fc/(fb-fc) + (c-a)/(b-a)*fa/(fc-fa)*fb/(fc-fb)
	}
	return 0.5
}
