package dist

import "math"

// A twoTailed law knows both of its tails, the short one without loss of digits.
type twoTailed interface {
	CDF(x float64) float64
	survival(x float64) float64 // 1 - CDF(x)
}

// An inverse is the quantile function of a law that has a distribution function but no formula for its quantiles.
//
// Between the outermost strata of u it is a table of polynomials of degree 5 that pass through six points (F(x), x) each; an
// interval is halved until, between the points, F of the polynomial is within tolerance of u and the polynomial rises (Derflinger,
// Hörmann and Leydold 2010, with halving in the place of their step control). An interval that cannot be interpolated is halved
// until it is as short as makes no difference: in u at a kink or a gap of the law, in x at an atom. In the outermost strata the
// equation is solved each time. A table has some hundred rows of 64 bytes; a draw costs two look-ups and a polynomial.
type inverse struct {
	law         twoTailed
	least, most float64 // where the table begins and ends, as numbers of the law
	rows        []row
	guide       []int32 // the first row that may hold u, by floor(u * len(guide))
}

// A row is the polynomial c[0] + c[1]*s + ... in s = (u-from)*per, where s runs from 0 to 1.
type row struct {
	from, per float64
	c         [6]float64
}

const (
	stratum   = 1.0 / 4096 // of u at each end that is solved, not tabled
	tolerance = 1e-11      // of the table, in u
	rowsMax   = 20_000     // more are no table: a law of thousands of kinks is solved for each u
)

// newInverse returns the quantile function of the law, whose numbers are about as large as scale.
func newInverse(law twoTailed, scale float64) *inverse {
	v := &inverse{law: law}
	v.most = v.above(stratum, 0, scale)
	v.least = v.below(stratum, v.most)
	v.fill(v.least, v.most, law.CDF(v.least), law.CDF(v.most))
	if len(v.rows) > rowsMax {
		v.rows = nil
		return v
	}
	if len(v.rows) == 0 { // one atom
		v.rows = []row{{c: [6]float64{v.most}}}
	}
	v.guide = make([]int32, len(v.rows))
	i := 0
	for k := range v.guide {
		for i+1 < len(v.rows) && v.rows[i+1].from <= float64(k)/float64(len(v.guide)) {
			i++
		}
		v.guide[k] = int32(i)
	}
	return v
}

func (v *inverse) quantile(u float64) float64 {
	if u < stratum {
		return v.below(u, v.least)
	}
	if 1-u < stratum {
		return v.above(1-u, v.most, v.most)
	}
	if v.rows == nil {
		return v.between(u)
	}
	i := int(v.guide[int(u*float64(len(v.guide)))])
	for i+1 < len(v.rows) && v.rows[i+1].from <= u {
		i++
	}
	r := &v.rows[i]
	return r.at((u - r.from) * r.per)
}

// at returns the value of the polynomial, never outside its interval.
func (r *row) at(s float64) float64 {
	s = min(max(s, 0), 1)
	return r.c[0] + s*(r.c[1]+s*(r.c[2]+s*(r.c[3]+s*(r.c[4]+s*r.c[5]))))
}

// below returns the quantile of u in the left tail, no more than high. There a distribution function is about a power of x: both
// sides are taken as logarithms.
func (v *inverse) below(u, high float64) float64 {
	if high == 0 {
		return 0
	}
	f := func(y float64) float64 { return math.Log(v.law.CDF(math.Exp(y)) / u) }
	top := math.Log(high)
	if !(f(top) >= 0) { // a last bit at the border
		return high
	}
	low := top - 1
	for d := 2.0; f(low) >= 0; d *= 2 {
		if low < -745 {
			return 0
		}
		top, low = low, low-d
	}
	x := math.Exp(root(finite(f), low, top))
	const rounding = 0x1p-40 // of a logarithm of up to 745
	return min(high, least(func(x float64) bool { return v.law.CDF(x) >= u }, x-x*rounding, x+x*rounding))
}

// above returns the quantile whose survival is p in the right tail, no less than low. There a survival function is about
// exponential in x: its logarithm is taken. step is where the search begins.
func (v *inverse) above(p, low, step float64) float64 {
	f := func(x float64) float64 { return math.Log(p / v.law.survival(x)) }
	if f(low) >= 0 {
		return low
	}
	high := low + step
	for f(high) < 0 {
		step *= 2
		if low, high = high, high+step; math.IsInf(high, 1) {
			return math.MaxFloat64
		}
	}
	return root(finite(f), low, high)
}

// between returns the quantile of u that lies in the middle, where there is no table.
func (v *inverse) between(u float64) float64 {
	f := func(x float64) float64 { return v.law.CDF(x) - u }
	if f(v.least) >= 0 {
		return v.least
	}
	return root(f, v.least, v.most)
}

// finite keeps the infinities of a logarithm of 0 out of interpolation.
func finite(f func(float64) float64) func(float64) float64 {
	return func(x float64) float64 { return min(max(f(x), -1e4), 1e4) }
}

// fill appends rows from x = a, where the CDF is ua, to x = b, where it is ub.
func (v *inverse) fill(a, b, ua, ub float64) {
	if !(ub > ua) || len(v.rows) > rowsMax {
		return
	}
	if ub-ua <= tolerance { // a kink, or numbers that hardly ever are
		per := 1 / (ub - ua)
		v.rows = append(v.rows, row{from: ua, per: per, c: [6]float64{a, b - a}})
		return
	}
	middle := a + (b-a)/2
	if b > 4*a {
		middle = math.Sqrt(max(a, b*1e-30)) * math.Sqrt(b)
	} else if r, ok := v.interpolate(a, b, ua, ub); ok {
		v.rows = append(v.rows, r)
		return
	}
	if middle <= a || middle >= b || b < 1e-300 { // an atom: there is no number between
		v.rows = append(v.rows, row{from: ua, c: [6]float64{b}})
		return
	}
	um := v.law.CDF(middle)
	v.fill(a, middle, ua, um)
	v.fill(middle, b, um, ub)
}

// lobatto are the six points in (0, 1) through which a polynomial passes: the extremes of a Chebyshev polynomial.
var lobatto = [6]float64{0, 0.09549150281252627, 0.34549150281252627, 0.6545084971874737, 0.9045084971874737, 1}

// interpolate returns the polynomial through six points of the interval, and whether it is good enough.
func (v *inverse) interpolate(a, b, ua, ub float64) (r row, ok bool) {
	var s, d [6]float64
	r = row{from: ua, per: 1 / (ub - ua)}
	for i, at := range lobatto {
		d[i] = a + at*(b-a)
		s[i] = (v.law.CDF(d[i]) - ua) * r.per
		if i > 0 && !(s[i] > s[i-1]) {
			return r, false
		}
	}
	s[0], d[0], s[5], d[5] = 0, a, 1, b
	for j := 1; j < 6; j++ { // divided differences
		for i := 5; i >= j; i-- {
			d[i] = (d[i] - d[i-1]) / (s[i] - s[i-j])
		}
	}
	for i := 5; i >= 0; i-- { // from Newton's form to powers of s
		for j := 5; j > 0; j-- {
			r.c[j] = r.c[j-1] - s[i]*r.c[j]
		}
		r.c[0] = d[i] - s[i]*r.c[0]
	}
	last := a
	for i := range 40 {
		x := r.at((float64(i) + 0.5) / 40)
		if x < last || x > b {
			return r, false
		}
		last = x
	}
	for i := 1; i < 6; i++ { // not in the middle: the steps of a lattice have middles that are on steps
		at := s[i-1] + (math.Sqrt2-1)*(s[i]-s[i-1])
		if math.Abs(v.law.CDF(r.at(at))-(ua+at*(ub-ua))) > tolerance {
			return r, false
		}
	}
	return r, true
}
