package theory

import (
	"fmt"
	"math"
)

// RAQFM, the resource allocation queueing fairness measure (Raz, Levy & Avi-Itzhak 2004): every ticket present is owed an equal
// part of the service, min(c, N)/N. The discrimination D of a ticket is what it got less what it was owed; its mean over all
// tickets is 0, and the unfairness of the system is E[D²].
//
// In each step a tagged ticket gets its rate r of service above what it is owed for an exponential time with the total rate q of
// what can happen. With E and F the mean and the mean square of D from here on, and averages over what happens next,
// E = r/q + E', F = 2r²/q² + (2r/q)E' + F'.

// moments are the mean and the mean square of what a ticket's discrimination still becomes.
type moments struct{ mean, square float64 }

// add puts in those of a part p of the tickets.
func (m *moments) add(p float64, of moments) {
	m.mean += p * of.mean
	m.square += p * of.square
}

// step returns the moments before a step, from those after it, averaged.
func step(r, q float64, next moments) moments {
	return moments{r/q + next.mean, 2*r*r/(q*q) + 2*r/q*next.mean + next.square}
}

// A rung is one state of a ladder: the rates to the rung above and below, the rate and the moments, times that rate, of what leaves
// the ladder there, and the rate of service above what is owed.
type rung struct {
	up, down, out float64
	then          moments // averaged over out, times out
	r             float64
}

// climb solves the moments on a ladder, of which the top rung has no way up and the bottom rung none down.
func climb(rungs []rung) []moments {
	means, squares := make([]float64, len(rungs)), make([]float64, len(rungs))
	for i, g := range rungs {
		means[i] = g.r + g.then.mean
	}
	thomas(rungs, means)
	for i, g := range rungs {
		q := g.up + g.down + g.out
		next := g.then.mean
		if g.up > 0 {
			next += g.up * means[i+1]
		}
		if g.down > 0 {
			next += g.down * means[i-1]
		}
		squares[i] = 2*g.r*g.r/q + 2*g.r/q*next + g.then.square
	}
	thomas(rungs, squares)
	all := make([]moments, len(rungs))
	for i := range all {
		all[i] = moments{means[i], squares[i]}
	}
	return all
}

// thomas solves (up + down + out)·v_i − up·v_{i+1} − down·v_{i−1} = b_i in place of b.
func thomas(rungs []rung, b []float64) {
	factor := make([]float64, len(rungs))
	for i, g := range rungs {
		pivot := g.up + g.down + g.out
		if i > 0 {
			pivot -= g.down * factor[i-1]
			b[i] += g.down * b[i-1]
		}
		factor[i] = g.up / pivot
		b[i] /= pivot
	}
	for i := len(b) - 2; i >= 0; i-- {
		b[i] += factor[i] * b[i+1]
	}
}

// A Discipline is an order of service for which Unfairness is known.
type Discipline int

// The disciplines.
const (
	FirstCome         Discipline = iota // FCFS, of one agent or several
	AtRandom                            // ROS, of one agent
	LastCome                            // LCFS that does not interrupt, of one agent
	LastComePreempts                    // LCFS that interrupts a service and resumes it later, of one agent
	reachMax          = 20_000          // the longest queue that Unfairness looks at
	unfairnessEpsilon = 40.0            // the queue is cut off where it is reached with e to minus this
)

// Unfairness returns E[D²] of RAQFM for M/M/1 under a discipline, and for M/M/c under FirstCome, by first-step recursions. The unit
// is that of service squared: µ² times it has none.
func (q Queue) Unfairness(d Discipline) (float64, error) {
	m, err := q.discrimination(d)
	return m.square, err
}

// discrimination returns the moments of D over all tickets.
func (q Queue) discrimination(d Discipline) (moments, error) {
	s, err := q.Steady()
	if err != nil {
		return moments{}, err
	}
	if d != FirstCome && q.Agents != 1 {
		return moments{}, fmt.Errorf("the unfairness with %d agents is known for first come, first served alone: ask for that, or for one agent", q.Agents)
	}
	reach := 60 + int(unfairnessEpsilon/-math.Log(s.Occupancy))
	if reach > reachMax {
		return moments{}, fmt.Errorf("an occupancy of %.6g: the queue is too long to compute its unfairness: add agents", s.Occupancy)
	}
	// What one ticket finds: n others, so many that all agents are busy with probability C, and then geometric.
	found := make([]float64, reach+q.Agents)
	for n := q.Agents - 1; n >= 0; n-- {
		found[n] = s.Delay * (1 - s.Occupancy) / s.Occupancy
		if n < q.Agents-1 {
			found[n] = found[n+1] * float64(n+1) / q.Load()
		}
	}
	for n := q.Agents; n < len(found); n++ {
		found[n] = found[n-1] * s.Occupancy
	}
	switch d {
	case FirstCome:
		return q.unfairFirstCome(found), nil
	case AtRandom:
		return q.unfairAtRandom(found), nil
	case LastCome, LastComePreempts:
		return q.unfairLastCome(found, d == LastComePreempts), nil
	}
	return moments{}, fmt.Errorf("discipline %d is not known", d)
}

// owed is what each of n tickets is owed of the agents.
func (q Queue) owed(n int) float64 { return min(float64(q.Agents), float64(n)) / float64(n) }

// inService returns the moments of a ticket that is served beside k others, for k below n.
func (q Queue) inService(n int) []moments {
	rungs := make([]rung, n)
	for k := range rungs {
		rungs[k] = rung{
			up: q.Arrivals, out: q.Service, r: 1 - q.owed(k+1),
			down: q.Service * float64(min(k+1, q.Agents)-1),
		}
	}
	rungs[n-1].up = 0
	return climb(rungs)
}

// unfairFirstCome goes through the tickets ahead, from none up; b are behind.
func (q Queue) unfairFirstCome(found []float64) (sum moments) {
	n := 2*len(found) + 100
	served := q.inService(n + q.Agents)
	for k := 0; k < q.Agents; k++ {
		sum.add(found[k], served[k])
	}
	last := make([]moments, n) // with one ahead fewer, and b behind
	for b := range last {
		last[b] = served[q.Agents-1+b]
	}
	rate := q.Arrivals + q.rate()
	for a := q.Agents; a < len(found); a++ {
		// Above the top nothing arrives, which hardly any ticket sees.
		top := n - 1
		next := step(-q.owed(a+1+top), q.rate(), last[top])
		last[top] = next
		for b := top - 1; b >= 0; b-- {
			mix := moments{
				(q.Arrivals*next.mean + q.rate()*last[b].mean) / rate,
				(q.Arrivals*next.square + q.rate()*last[b].square) / rate,
			}
			next = step(-q.owed(a+1+b), rate, mix)
			last[b] = next
		}
		sum.add(found[a], last[0])
	}
	return sum
}

// unfairAtRandom has a ticket wait beside k others, one of them served, and be drawn with probability 1/k when that one leaves.
func (q Queue) unfairAtRandom(found []float64) (sum moments) {
	n := 2*len(found) + 100
	served := q.inService(n)
	rungs := make([]rung, n-1) // rung i has k = i + 1
	for i := range rungs {
		k := float64(i + 1)
		drawn := q.Service / k
		rungs[i] = rung{
			up: q.Arrivals, down: q.Service - drawn, out: drawn, r: -1 / (k + 1),
			then: moments{drawn * served[i].mean, drawn * served[i].square},
		}
	}
	rungs[0].down, rungs[len(rungs)-1].up = 0, 0
	waiting := climb(rungs)
	sum.add(found[0], served[0])
	for k := 1; k < len(found); k++ {
		sum.add(found[k], waiting[k-1])
	}
	return sum
}

// unfairLastCome has a ticket with b older ones that it never waits for, and a that must go before it: the one in service and all that
// arrive later.
func (q Queue) unfairLastCome(found []float64, preempts bool) (sum moments) {
	n := len(found) + 100
	served := q.inService(2*n + len(found))
	rungs := make([]rung, n)
	for others := range found {
		if !preempts && others == 0 {
			sum.add(found[0], served[0])
			continue
		}
		older := others // each is interrupted, or waits longer
		if !preempts {
			older-- // one is in service, and goes before
		}
		for i := range rungs {
			ahead := i + 1
			if preempts {
				ahead = i
			}
			rungs[i] = rung{up: q.Arrivals, down: q.Service, r: -1 / float64(older+ahead+1)}
		}
		// On the bottom rung either the ticket itself is served, to its end, or the one that it waits for.
		bottom := &rungs[0]
		bottom.down, bottom.out = 0, q.Service
		if preempts {
			bottom.r++
		} else {
			bottom.then = moments{q.Service * served[older].mean, q.Service * served[older].square}
		}
		rungs[n-1].up = 0
		sum.add(found[others], climb(rungs)[0])
	}
	return sum
}

// Discrimination returns the mean RAQFM discrimination of two classes under strict priority of the first, for one agent:
// E[D_k] = 1/µ − E[N_k/N]/λ_k, by Little's law for N_k/N (Raz, Avi-Itzhak & Levy 2004). λ_1 E[D_1] + λ_2 E[D_2] = 0.
func (p Pair) Discrimination() (first, second float64, err error) {
	s, err := p.steady()
	if err != nil {
		return 0, 0, err
	}
	if p.Agents != 1 {
		return 0, 0, fmt.Errorf("the discrimination of classes with %d agents is not known: ask for one agent", p.Agents)
	}
	if err := positive([]string{"the arrival rate of class 0", "the arrival rate of class 1"}, p.First, p.Second); err != nil {
		return 0, 0, err
	}
	// While somebody is served: x and y of each class wait, and z is the class in service.
	states := plane{marks: 2, moves: func(q point, to func(point, float64)) {
		to(point{q.x + 1, q.y, q.z}, p.First)
		to(point{q.x, q.y + 1, q.z}, p.Second)
		switch {
		case q.x > 0:
			to(point{q.x - 1, q.y, 0}, p.Service)
		case q.y > 0:
			to(point{q.x, q.y - 1, 1}, p.Service)
		default: // and then the next to arrive is served
			to(point{0, 0, 0}, p.Service*p.First/(p.First+p.Second))
			to(point{0, 0, 1}, p.Service*p.Second/(p.First+p.Second))
		}
	}, gains: func(q point) []float64 {
		n := float64(q.x + q.y + 1)
		return []float64{(float64(q.x) + one(q.z == 0)) / n, (float64(q.y) + one(q.z == 1)) / n}
	}}
	parts, err := states.means()
	if err != nil {
		return 0, 0, err
	}
	return 1/p.Service - s.Occupancy*parts[0]/p.First, 1/p.Service - s.Occupancy*parts[1]/p.Second, nil
}
