package dist

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// PhaseType returns the law of the time until a Markov chain ends. It begins in phase i with probability start[i]; these sum to 1.
// rates[i][j] is the rate from phase i to phase j. rates[i][i] is negative: the rate at which phase i is left, of which what does
// not lead to another phase leads to the end. The end must be reached from each phase. See Neuts 1981, chapter 2.
//
// Making it costs some milliseconds, and more where a phase is fast beside the law: it is refused where the fastest phase is
// thousands of times as fast as the slowest.
func PhaseType(start []float64, rates [][]float64) (Law, error) {
	if err := checkStart(start); err != nil {
		return nil, err
	}
	if err := checkRates(rates, len(start)); err != nil {
		return nil, err
	}
	p := &phaseType{text: phaseText(start, rates)}
	if err := p.solveMoments(start, rates); err != nil {
		return nil, err
	}
	if err := p.uniformize(start, rates); err != nil {
		return nil, err
	}
	p.inverse = newInverse(p, p.mean)
	return p, nil
}

func checkStart(start []float64) error {
	if len(start) == 0 {
		return fmt.Errorf("a phase-type law needs a phase")
	}
	sum := 0.0
	for i, v := range start {
		if err := notNegative(fmt.Sprintf("the probability of a phase-type law to begin in phase %d", i+1), v); err != nil {
			return err
		}
		sum += v
	}
	if math.Abs(sum-1) > 1e-9 {
		return fmt.Errorf("the probabilities of a phase-type law to begin in its phases must sum to 1, not %s", number(sum))
	}
	return nil
}

func checkRates(rates [][]float64, n int) error {
	if len(rates) != n {
		return fmt.Errorf("a phase-type law that begins in one of %d phases needs %d rows of rates, not %d", n, n, len(rates))
	}
	for i, row := range rates {
		if len(row) != n {
			return fmt.Errorf("row %d of the rates of a phase-type law must have %d numbers, not %d", i+1, n, len(row))
		}
		sum := 0.0
		for j, v := range row {
			sum += v
			if i != j {
				what := fmt.Sprintf("the rate of a phase-type law from phase %d to phase %d", i+1, j+1)
				if err := notNegative(what, v); err != nil {
					return err
				}
			}
		}
		if !(row[i] < 0) || math.IsInf(row[i], -1) {
			return fmt.Errorf("rate %d of row %d of a phase-type law, what leaves the phase, must be negative, not %s",
				i+1, i+1, number(row[i]))
		}
		if sum > -row[i]*1e-9 {
			return fmt.Errorf("the rates from phase %d of a phase-type law to others sum to more than what leaves it, %s",
				i+1, number(-row[i]))
		}
	}
	return nil
}

func phaseText(start []float64, rates [][]float64) string {
	row := func(values []float64) string {
		var texts []string
		for _, v := range values {
			texts = append(texts, number(v))
		}
		return strings.Join(texts, " ")
	}
	var rows []string
	for _, r := range rates {
		rows = append(rows, row(r))
	}
	return "phase type, start " + row(start) + ", rates " + strings.Join(rows, "; ")
}

// A phaseType law has its moments and, for its distribution function, what uniformize tells.
type phaseType struct {
	mean, sd float64
	rate     float64   // of the jumps
	alive    []float64 // the probability not to have ended within k jumps
	dead     []float64 // 1 - alive, without loss of digits where that is small
	inverse  *inverse
	text     string
}

func (p *phaseType) Quantile(u float64) float64 { return p.inverse.quantile(u) }
func (p *phaseType) Mean() float64              { return p.mean }
func (p *phaseType) SD() float64                { return p.sd }
func (p *phaseType) String() string             { return p.text }

// solveMoments finds the moments: the times to the end from each phase solve -rates * times = 1.
func (p *phaseType) solveMoments(start []float64, rates [][]float64) error {
	n := len(start)
	a := mat.NewDense(n, n, nil)
	ones := mat.NewVecDense(n, slices.Repeat([]float64{1}, n))
	for i, row := range rates {
		for j, v := range row {
			a.Set(i, j, -v)
		}
	}
	var lu mat.LU
	lu.Factorize(a)
	var one, two mat.VecDense
	if lu.SolveVecTo(&one, false, ones) != nil || lu.SolveVecTo(&two, false, &one) != nil {
		return fmt.Errorf("from some phase of a phase-type law the end is not reached: the rates from each phase must leave" +
			" something for the end, or lead to a phase that does")
	}
	begin := mat.NewVecDense(n, slices.Clone(start))
	p.mean = mat.Dot(begin, &one)
	p.sd = math.Sqrt(2*mat.Dot(begin, &two) - p.mean*p.mean)
	if !(p.mean > 0) || !(p.sd > 0) || math.IsInf(p.sd, 1) {
		return fmt.Errorf("the rates of a phase-type law give it the mean %g and the standard deviation %g", p.mean, p.sd)
	}
	return nil
}

// jumpsMost bounds the table of a phase-type law to two megabytes.
const jumpsMost = 1 << 17

// uniformize takes the chain as one that jumps at one rate, that of its fastest phase, to the same phase too. Jumps in time x are
// of Poisson law: with it alive and dead give the distribution function as a sum of terms of one sign (Jensen 1953).
func (p *phaseType) uniformize(start []float64, rates [][]float64) error {
	n := len(start)
	for i := range n {
		p.rate = max(p.rate, -rates[i][i])
	}
	now, next := slices.Clone(start), make([]float64, n)
	dead := 0.0
	for {
		alive := 0.0
		for _, v := range now {
			alive += v
		}
		p.alive, p.dead = append(p.alive, alive), append(p.dead, dead)
		if alive < 1e-30 {
			return nil
		}
		if len(p.alive) == jumpsMost {
			return fmt.Errorf("the fastest phase of a phase-type law is too fast for its mean %s: make its rate %s smaller",
				number(p.mean), number(p.rate))
		}
		clear(next)
		for i, row := range rates {
			end := 0.0
			for j, v := range row {
				end -= v
				if i == j {
					v += p.rate
				}
				next[j] += now[i] * v / p.rate
			}
			dead += now[i] * max(end, 0) / p.rate
		}
		now, next = next, now
	}
}

func (p *phaseType) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return min(1, p.expect(p.dead, 1, p.rate*x))
}

func (p *phaseType) survival(x float64) float64 {
	if x <= 0 {
		return 1
	}
	return p.expect(p.alive, 0, p.rate*x)
}

// expect returns the expectation of values[N], N of Poisson law with the mean m, and of rest where N is past the values. It sums to
// both sides from the middle until terms no longer matter.
func (p *phaseType) expect(values []float64, rest, m float64) float64 {
	at := func(k int) float64 {
		if k < len(values) {
			return values[k]
		}
		return rest
	}
	if m == 0 {
		return values[0]
	}
	if m > float64(4*len(values)+1000) { // no float64 is as small as the probability that N is within the values
		return rest
	}
	mode := int(m)
	if rest == 0 {
		mode = min(mode, len(values)-1)
	}
	weight := poisson(mode, m)
	sum := weight * at(mode)
	w := weight
	for k := mode; k > 0; k-- {
		w *= float64(k) / m
		term := w * at(k-1)
		sum += term
		if term < sum*1e-18 { // terms rise to one peak and fall
			break
		}
	}
	w = weight
	for k := mode + 1; ; k++ {
		w *= m / float64(k)
		term := w * at(k)
		sum += term
		if k > mode+10 && term <= sum*1e-18 && (sum > 0 || k >= len(values)) {
			return sum
		}
	}
}

// poisson returns the probability of k where the mean is m, with few digits lost for large k and none where m is about k (Loader
// 2000).
func poisson(k int, m float64) float64 {
	n := float64(k)
	if k < 20 {
		return math.Exp(n*math.Log(m)-m) / math.Gamma(n+1)
	}
	stirling := (1./12 - (1./360-(1./1260-1./(1680*n*n))/(n*n))/(n*n)) / n
	return math.Exp(n*math.Log1p((m-n)/n)-(m-n)-stirling) / math.Sqrt(2*math.Pi*n)
}
