package worst

import "fmt"

// A Part is how much of a wait: Num/Den. The zero Part is all of it.
type Part struct{ Num, Den int64 }

// String is the part in lowest terms, such as 3/4.
func (p Part) String() string {
	d := divisor(p.Num, p.Den)
	return fmt.Sprintf("%d/%d", p.Num/d, p.Den/d)
}

// partMax bounds the numbers of a part, so that they can be multiplied by a weight.
const partMax = 1 << 31

// times is a part of a part. Where its numbers become too great it is rounded down.
func (p Part) times(num, den int64) Part {
	q := Part{p.Num * num, p.Den * den}
	if p.Den == 0 {
		q = Part{num, den}
	}
	d := divisor(q.Num, q.Den)
	q.Num, q.Den = q.Num/d, q.Den/d
	for q.Den > partMax {
		q.Num, q.Den = q.Num/2, (q.Den+1)/2
	}
	return q
}

// whole reports whether it is all of the wait, or more.
func (p Part) whole() bool { return p.Num >= p.Den }

// rest is what is left of the wait.
func (p Part) rest() Part { return Part{p.Den - p.Num, p.Den} }

// less reports whether p is less than q.
func (p Part) less(q Part) bool {
	if p.Den == 0 || q.Den == 0 {
		return q.Den == 0 && !p.whole()
	}
	return p.Num*q.Den < q.Num*p.Den
}

// divisor is the greatest that a and b have in common, or 1.
func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, 1)
}
