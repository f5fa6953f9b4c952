package theory

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mathext"
)

// TestErlangALikeItsChain compares with the plain birth and death chain, and with the law of patience as one of many.
func TestErlangALikeItsChain(t *testing.T) {
	for _, q := range []Impatient{
		{Queue{48, 1, 50}, 0.5}, {Queue{0.9, 1, 1}, 0.3}, {Queue{12, 1, 10}, 1}, {Queue{30, 1, 10}, 0.2}, {Queue{5, 1, 10}, 4}, {Queue{9, 1, 10}, 1e-3},
	} {
		name, s := fmt.Sprint(q), must(q.Steady())
		sum, p, delay, length := 1.0, 1.0, 0.0, 0.0
		for k := 1; k < 4000; k++ {
			over := max(0, k-q.Agents)
			p *= q.Arrivals / (float64(min(k, q.Agents))*q.Service + float64(over)*q.Patience)
			sum += p
			if k >= q.Agents {
				delay += p
				length += float64(over) * p
			}
		}
		near(t, name+": delay", s.Delay, delay/sum, 1e-12)
		near(t, name+": length", s.Length, length/sum, 1e-12)
		near(t, name+": hang up", s.Abandoned, q.Patience*s.Length/q.Arrivals, 1e-12)
		near(t, name+": waits", s.Mean, (1-s.Abandoned)*s.MeanServed+s.Abandoned*s.MeanAbandoned, 1e-12)
		near(t, name+": occupancy", s.Occupancy, q.Arrivals*(1-s.Abandoned)/q.rate(), 1e-12)
		near(t, name+": at once", s.ServedWithin(0), 1-s.Delay, 1e-13)
		near(t, name+": in the end", s.ServedWithin(1e6), 1-s.Abandoned, 1e-12)
		near(t, name+": offered", s.OfferedBeyond(0), s.Delay, 1e-13)
		g := must(Patience{q.Queue, Exponential{1 / q.Patience}}.Steady())
		near(t, name+": law: hang up", g.Abandoned, s.Abandoned, 1e-12)
		near(t, name+": law: offered", g.OfferedDelay, s.Delay, 1e-12)
		near(t, name+": law: mean", g.Mean, s.Mean, 1e-12)
		near(t, name+": law: served", g.MeanServed, s.MeanServed, 1e-12)
		for _, at := range []float64{0.01, 0.3, 2} {
			near(t, name+": law: within", g.ServedWithin(at), s.ServedWithin(at), 1e-12)
		}
	}
}

// TestErlangAGreat wants numbers where factorials and gamma functions would overflow, and its limits.
func TestErlangAGreat(t *testing.T) {
	s := must(Impatient{Queue{9950, 1, 10_000}, 0.5}.Steady())
	near(t, "n = 10,000", s.Delay, 0.357915, 1e-6)
	for _, q := range []Impatient{
		{Queue{30_000, 1, 30_000}, 0.01}, {Queue{40_000, 1, 20_000}, 1}, {Queue{1, 1, 5000}, 1}, {Queue{2e4, 1, 10}, 1}, {Queue{8, 1, 10}, 1e7},
		{Queue{3000, 1, 100}, 1e-3},
	} {
		name, s := fmt.Sprint(q), must(q.Steady())
		for what, v := range map[string]float64{
			"delay": s.Delay, "hang up": s.Abandoned, "occupancy": s.Occupancy, "within": s.ServedWithin(0.1), "offered": s.OfferedBeyond(1),
			"late": s.OfferedBeyond(1000), "beyond": s.WaitBeyond(0.3),
		} {
			if err := probability(what, math.Max(v, 0)); err != nil || v < 0 {
				t.Errorf("%s: %s is %v", name, what, v)
			}
		}
		near(t, name+": hang up", s.Abandoned, q.Patience*s.Length/q.Arrivals, 1e-11)
		g := must(Patience{q.Queue, Exponential{1 / q.Patience}}.Steady())
		near(t, name+": law: hang up", g.Abandoned, s.Abandoned, 1e-10)
		near(t, name+": law: within", g.ServedWithin(0.1), s.ServedWithin(0.1), 1e-10)
	}
	hardly := must(Impatient{Queue{8, 1, 10}, 1e-9}.Steady())
	patient := must(Queue{8, 1, 10}.Steady())
	near(t, "great patience", hardly.Mean, patient.Mean, 1e-7)
	near(t, "great patience: within", hardly.ServedWithin(0.4), patient.Within(0.4), 1e-7)
	near(t, "no patience", must(Impatient{Queue{8, 1, 10}, 1e13}.Steady()).Abandoned, must(Queue{8, 1, 10}.ErlangB()), 1e-11)
}

// TestLongWaits compares the sums with the incomplete beta function of the library.
func TestLongWaits(t *testing.T) {
	for _, alpha := range []float64{0.01, 0.7, 3, 100, 1234.5, 2e5} {
		for _, decay := range []float64{1e-4, 0.1, 1, 5, 40} {
			for j, v := range longWaits(alpha, decay, 1500) {
				if j%37 == 0 {
					near(t, fmt.Sprint("I of ", alpha, decay, j), v, mathext.RegIncBeta(alpha, float64(j+1), math.Exp(-decay)), 1e-11)
				}
			}
		}
	}
}

// TestStudent compares with one and two degrees of freedom, where the quantile is a short formula, and with many.
func TestStudent(t *testing.T) {
	for _, p := range []float64{0.001, 0.3, 0.95, 0.995} {
		near(t, "one degree", must(StudentQuantile(1, p)), math.Tan(math.Pi*(p-0.5)), 1e-12)
		near(t, "two degrees", must(StudentQuantile(2, p)), (2*p-1)*math.Sqrt(1/(2*p*(1-p))), 1e-12)
		near(t, "many degrees", must(StudentQuantile(1e7, p)), must(NormalQuantile(p)), 1e-5)
	}
	near(t, "nine degrees", must(StudentQuantile(9, 0.995)), 3.2498355415921, 1e-13)
}

// TestFixedHandling compares the roots with Crommelin's chain, and one agent with Pollaczek and Khinchine.
func TestFixedHandling(t *testing.T) {
	for _, q := range []FixedHandling{{0.8, 1, 1}, {9, 1, 10}, {3.5, 2, 9}, {0.1, 1, 2}, {1.5, 1, 2}} {
		a, size := q.Arrivals*q.Handling, 400
		poisson := []float64{math.Exp(-a)}
		for k := 1; k < size; k++ {
			poisson = append(poisson, poisson[k-1]*a/float64(k))
		}
		p := make([]float64, size)
		p[0] = 1
		for range 6000 {
			next := make([]float64, size)
			for n, v := range p {
				for k := 0; k < 60 && max(0, n-q.Agents)+k < size; k++ {
					next[max(0, n-q.Agents)+k] += v * poisson[k]
				}
			}
			change := 0.0
			for n := range p {
				change += math.Abs(p[n] - next[n])
			}
			if p = next; change < 1e-15 {
				break
			}
		}
		delay, length := 1.0, 0.0
		for n, v := range p {
			if n < q.Agents {
				delay -= v
			}
			length += v * float64(max(0, n-q.Agents))
		}
		s := must(q.Steady())
		near(t, fmt.Sprint(q, ": delay"), s.Delay, delay, 1e-11)
		near(t, fmt.Sprint(q, ": mean"), s.Mean, length/q.Arrivals, 1e-10)
		if q.Agents == 1 {
			near(t, "one agent", s.Mean, must(Single{q.Arrivals, Fixed{q.Handling}}.Steady()).Mean, 1e-13)
		}
	}
	half := must(FixedHandling{950, 1, 1000}.Steady())
	markov := must(Queue{950, 1, 1000}.Steady())
	if !(half.Mean > 0 && half.Mean < markov.Mean) {
		t.Errorf("1000 agents: a mean of %v with fixed times and of %v with exponential ones", half.Mean, markov.Mean)
	}
}

// TestLaws compares each law's E[min(X, x)] with the integral of its tail, and its mean with its first moment.
func TestLaws(t *testing.T) {
	for _, l := range []Law{
		Exponential{2}, Fixed{1.5}, Uniform{0.5, 2}, Uniform{0, 2}, Erlang(3, 2), Gamma{0.4, 1}, Lognormal{2, 0.7}, Lognormal{1, 3}, BalancedMeans(2, 9),
	} {
		name := fmt.Sprintf("%T%v", l, l)
		if err := l.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		near(t, name+": mean", l.Upto(math.Inf(1)), l.Moment(1), 1e-12)
		near(t, name+": tail", l.Tail(math.Inf(1)), 0, 0)
		if !(l.Moment(2) >= l.Moment(1)*l.Moment(1)*(1-1e-12) && l.Moment(3)*l.Moment(1) >= l.Moment(2)*l.Moment(2)*(1-1e-12)) {
			t.Errorf("%s: moments %v %v %v", name, l.Moment(1), l.Moment(2), l.Moment(3))
		}
		for _, x := range []float64{0.2, 1, 1.9, 7} {
			ends := []float64{0}
			for _, k := range l.kinks() {
				if k > 0 && k < x {
					ends = append(ends, k)
				}
			}
			near(t, fmt.Sprint(name, ": up to ", x), l.Upto(x), integral(append(ends, x), l.Tail), 1e-9)
		}
	}
}

// TestUnfairnessIsBalanced wants a mean discrimination of 0: what one ticket gets too much another lacks.
func TestUnfairnessIsBalanced(t *testing.T) {
	for _, rho := range []float64{0.1, 0.5, 0.9} {
		last := 0.0
		for _, d := range []Discipline{FirstCome, AtRandom, LastCome, LastComePreempts} {
			m := must(Queue{rho * 2, 2, 1}.discrimination(d))
			near(t, fmt.Sprint("mean at ", rho, " of discipline ", d), m.mean, 0, 1e-13)
			if !(m.square > last) {
				t.Errorf("at %v discipline %d has unfairness %v, the one before %v", rho, d, m.square, last)
			}
			last = m.square
			near(t, "another unit of time", must(Queue{rho, 1, 1}.Unfairness(d)), 4*m.square, 1e-12)
		}
		near(t, fmt.Sprint("mean at ", rho, " of 7"), must(Queue{rho * 7, 1, 7}.discrimination(FirstCome)).mean, 0, 1e-13)
	}
	first, second, err := Pair{0.2, 0.6, 1, 1}.Discrimination()
	near(t, "classes", 0.2*first+0.6*second, 0, 1e-11)
	if err != nil || first < 0 {
		t.Errorf("the urgent get %v, %v", first, err)
	}
}
