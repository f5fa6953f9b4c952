package theory

import "fmt"

// Skills is the N model: pool A serves the first class, pool B serves both. A ticket of the first class takes an agent of A where
// one is free. All handling times have one exponential law.
type Skills struct {
	First, Second float64 // arrival rates
	Service       float64 // µ
	PoolA, PoolB  int     // agents
	BPrefers      int     // the class that an agent of B takes where both wait: 1 or 2
}

// SkillsSteady is an N model in its steady state.
type SkillsSteady struct {
	First       float64 `json:"first"`        // E[W]
	Second      float64 `json:"second"`       //
	FirstDelay  float64 `json:"first_delay"`  // P(W > 0)
	SecondDelay float64 `json:"second_delay"` //
	BusyA       float64 `json:"busy_a"`       // part of their time that agents of A serve
	BusyB       float64 `json:"busy_b"`       //
}

// Steady solves the chain of the busy agents of A with the first queue (x), and those of B with the second (y).
func (k Skills) Steady() (SkillsSteady, error) {
	var none SkillsSteady
	if err := k.check(); err != nil {
		return none, err
	}
	states := plane{marks: 1, inner: func(x, y int) bool { return x <= k.PoolA || y >= k.PoolB }, moves: k.moves}
	states.gains = func(q point) []float64 {
		full := q.y >= k.PoolB
		return []float64{
			float64(max(0, q.x-k.PoolA)), float64(max(0, q.y-k.PoolB)), one(full && q.x >= k.PoolA), one(full),
			float64(min(q.x, k.PoolA)) / float64(k.PoolA), float64(min(q.y, k.PoolB)) / float64(k.PoolB),
		}
	}
	got, err := states.means()
	if err != nil {
		return none, err
	}
	return SkillsSteady{
		First: got[0] / k.First, Second: got[1] / k.Second, FirstDelay: got[2], SecondDelay: got[3], BusyA: got[4], BusyB: got[5],
	}, nil
}

func (k Skills) moves(q point, to func(point, float64)) {
	a, b := min(q.x, k.PoolA), min(q.y, k.PoolB)
	waits1, waits2 := q.x > k.PoolA, q.y > k.PoolB
	if q.x >= k.PoolA && q.y < k.PoolB {
		to(point{x: q.x, y: q.y + 1}, k.First)
	} else {
		to(point{x: q.x + 1, y: q.y}, k.First)
	}
	to(point{x: q.x, y: q.y + 1}, k.Second)
	if a > 0 {
		to(point{x: q.x - 1, y: q.y}, float64(a)*k.Service)
	}
	if b == 0 {
		return
	}
	if waits1 && (k.BPrefers == 1 || !waits2) {
		to(point{x: q.x - 1, y: q.y}, float64(b)*k.Service)
	} else {
		to(point{x: q.x, y: q.y - 1}, float64(b)*k.Service)
	}
}

func (k Skills) check() error {
	names := []string{"the arrival rate of class 1", "the arrival rate of class 2", "the service rate"}
	if err := positive(names, k.First, k.Second, k.Service); err != nil {
		return err
	}
	for _, n := range []int{k.PoolA, k.PoolB} {
		if err := countAgents(n); err != nil {
			return err
		}
	}
	if k.BPrefers != 1 && k.BPrefers != 2 {
		return fmt.Errorf("pool B prefers class %d: want 1 or 2", k.BPrefers)
	}
	a, b := float64(k.PoolA)*k.Service, float64(k.PoolB)*k.Service
	left := b // for the second class, while some of it always wait
	if k.BPrefers == 1 {
		// The first class then is alone with A and, once A is full, all of B.
		free, term := 1.0, 1.0
		for x := k.PoolA; x > 0; x-- {
			term *= float64(x) * k.Service / k.First
			free += term
		}
		ratio := k.First / (a + b)
		left = b * free / (free + ratio/max(1e-300, 1-ratio))
	}
	if k.First+k.Second >= a+b || k.Second >= left {
		return fmt.Errorf("%d and %d agents: %w", k.PoolA, k.PoolB, ErrUnstable)
	}
	return nil
}
