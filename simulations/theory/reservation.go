package theory

import "fmt"

// Reserved is what befalls two classes where agents are kept free for the first.
type Reserved struct {
	First       float64 `json:"first"`        // E[W]
	Second      float64 `json:"second"`       //
	FirstDelay  float64 `json:"first_delay"`  // P(W > 0)
	SecondDelay float64 `json:"second_delay"` //
	Busy        float64 `json:"busy"`         // mean number of busy agents
}

// Reserve returns what befalls the classes where the first has priority, and the second may start only while fewer than cutoff
// agents are busy: c − cutoff agents are reserved (Schaack & Larson 1986). It solves the chain of the busy agents with
// the first queue (x) and the second queue (y, which is empty while fewer than cutoff are busy).
func (p Pair) Reserve(cutoff int) (Reserved, error) {
	var none Reserved
	if _, err := p.steady(); err != nil {
		return none, err
	}
	if err := positive([]string{"the arrival rate of class 0", "the arrival rate of class 1"}, p.First, p.Second); err != nil {
		return none, err
	}
	if cutoff < 1 || cutoff > p.Agents {
		return none, fmt.Errorf("the second class may start while fewer than %d agents are busy: want 1 to %d", cutoff, p.Agents)
	}
	// While some of the second class always wait, one starts at each end of a service that finds only cutoff agents busy.
	sum, term := 1.0, 1.0
	for x := cutoff + 1; term > 1e-18*sum; x++ {
		term *= p.First / (p.Service * float64(min(x, p.Agents)))
		sum += term
	}
	if p.Second >= float64(cutoff)*p.Service/sum {
		return none, fmt.Errorf("%d agents of %d for the second class: %w", cutoff, p.Agents, ErrUnstable)
	}
	states := plane{marks: 1, inner: func(x, y int) bool { return y == 0 || x >= cutoff }}
	states.moves = func(q point, to func(point, float64)) {
		to(point{x: q.x + 1, y: q.y}, p.First)
		if q.x < cutoff {
			to(point{x: q.x + 1, y: q.y}, p.Second)
		} else {
			to(point{x: q.x, y: q.y + 1}, p.Second)
		}
		done := p.Service * float64(min(q.x, p.Agents))
		if q.x == cutoff && q.y > 0 {
			to(point{x: q.x, y: q.y - 1}, done)
		} else if q.x > 0 {
			to(point{x: q.x - 1, y: q.y}, done)
		}
	}
	states.gains = func(q point) []float64 {
		return []float64{float64(max(0, q.x-p.Agents)), float64(q.y), one(q.x >= p.Agents), one(q.x >= cutoff), float64(min(q.x, p.Agents))}
	}
	got, err := states.means()
	if err != nil {
		return none, err
	}
	return Reserved{First: got[0] / p.First, Second: got[1] / p.Second, FirstDelay: got[2], SecondDelay: got[3], Busy: got[4]}, nil
}
