package theory

import "fmt"

// A Pair is two classes that share agents with exponential handling times: M/M/c. The first is the one that is favoured, where
// one is; the second is quiet.
type Pair struct {
	First, Second float64 // λ_1, λ_2; one of them may be 0
	Service       float64 // µ
	Agents        int     // c
}

// Queue returns both classes as one.
func (p Pair) Queue() Queue {
	return Queue{Arrivals: p.First + p.Second, Service: p.Service, Agents: p.Agents}
}

// steady solves the two as one queue.
func (p Pair) steady() (Steady, error) {
	for i, rate := range []float64{p.First, p.Second} {
		if err := notNegative([]string{fmt.Sprintf("the arrival rate of class %d", i)}, rate); err != nil {
			return Steady{}, err
		}
	}
	return p.Queue().Steady()
}

// A Favour is what befalls two classes of which the first is favoured.
type Favour struct {
	First     Fate    `json:"first"`
	Second    Fate    `json:"second"`
	FCFS      float64 `json:"fcfs"`      // E[W] of both if nobody were favoured
	Overtaken float64 `json:"overtaken"` // P(slips ≥ 1) of the second class
	Premium   float64 `json:"premium"`   // W_2 − W_1: what a quiet ticket would gain by being of the first class
}

// favour gives the fates for how often a quiet ticket is passed in the mean. Each passing costs it 1/(cµ), and what one class loses
// the other gains (Kleinrock 1965).
func (p Pair) favour(s Steady, passed, overtaken float64) Favour {
	f := Favour{FCFS: s.Mean, Overtaken: overtaken}
	f.First.Wait, f.Second.Wait = s.Mean, s.Mean+passed/s.rate()
	f.Second.Slips = passed
	if p.First > 0 {
		f.First.Wait -= p.Second / p.First * passed / s.rate()
		f.First.Skips = p.Second / p.First * passed
	}
	f.Premium = f.Second.Wait - f.First.Wait
	return f
}
