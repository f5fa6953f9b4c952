package theory

import "fmt"

// Classes are K classes of tickets that share the same agents. Build them with SharedAgents or OneAgent.
type Classes struct {
	arrivals []float64 // λ_k
	loads    []float64 // ρ_k, the part of all agents' time that class k takes
	total    float64   // ρ
	residual float64   // W_0: the mean time from an arrival to the next end of a service, 0 where it need not wait
	together *Steady   // all classes as one queue, where handling times are exponential and alike; else nil
}

// A Fate is what befalls the tickets of a class in the mean.
type Fate struct {
	Wait  float64 `json:"wait"`  // E[W]
	Slips float64 `json:"slips"` // how many later arrivals start before a ticket of the class
	Skips float64 `json:"skips"` // how many earlier arrivals a ticket of the class starts before
}

// SharedAgents returns classes with one exponential law of handling times: M/M/c. A class may have no arrivals.
func SharedAgents(arrivals []float64, service float64, agents int) (Classes, error) {
	c := Classes{arrivals: arrivals}
	sum := 0.0
	for k, rate := range arrivals {
		if err := notNegative([]string{fmt.Sprintf("the arrival rate of class %d", k)}, rate); err != nil {
			return c, err
		}
		sum += rate
	}
	s, err := Queue{Arrivals: sum, Service: service, Agents: agents}.Steady()
	if err != nil {
		return c, err
	}
	for _, rate := range arrivals {
		c.loads = append(c.loads, rate/s.rate())
	}
	c.together, c.total, c.residual = &s, s.Occupancy, s.Delay/s.rate()
	return c, nil
}

// A Stream is the tickets of a class that has handling times of its own.
type Stream struct {
	Arrivals float64
	Handling Law
}

// OneAgent returns classes of one agent, each with a law of handling times of its own: M/G/1. The laws need two moments.
func OneAgent(streams []Stream) (Classes, error) {
	var c Classes
	for k, s := range streams {
		if err := notNegative([]string{fmt.Sprintf("the arrival rate of class %d", k)}, s.Arrivals); err != nil {
			return c, err
		}
		if err := s.Handling.Check(); err != nil {
			return c, fmt.Errorf("class %d: %w", k, err)
		}
		load := s.Arrivals * s.Handling.Moment(1)
		c.arrivals, c.loads, c.total = append(c.arrivals, s.Arrivals), append(c.loads, load), c.total+load
		c.residual += s.Arrivals * s.Handling.Moment(2) / 2
	}
	if !(c.total > 0) {
		return c, fmt.Errorf("the arrival rates are 0: want one above 0")
	}
	if c.total >= 1 {
		return c, fmt.Errorf("one agent for a load of %.4g: %w", c.total, ErrUnstable)
	}
	return c, nil
}

// FCFS returns the mean wait of every class if classes are not looked at.
func (c Classes) FCFS() float64 { return c.residual / (1 - c.total) }

// fates completes mean waits by who overtakes whom: passed(k, l) is how many arrivals of l, for each in the time that a ticket
// of k waits, start before it. A ticket of l skips as many of k as λ_k/λ_l of those.
func (c Classes) fates(waits []float64, passed func(k, l int) float64) []Fate {
	fates := make([]Fate, len(waits))
	for k, w := range waits {
		fates[k].Wait = w
		for l, rate := range c.arrivals {
			fates[k].Slips += rate * w * passed(k, l)
			fates[l].Skips += c.arrivals[k] * w * passed(k, l)
		}
	}
	return fates
}

// fit returns an error where there is not one value for each class, or one is not at least, or above, 0.
func (c Classes) fit(what string, values []float64, zero bool) error {
	if len(values) != len(c.arrivals) {
		return fmt.Errorf("%d %ss for %d classes: want one each", len(values), what, len(c.arrivals))
	}
	check := positive
	if zero {
		check = notNegative
	}
	for k, v := range values {
		if err := check([]string{fmt.Sprintf("the %s of class %d", what, k)}, v); err != nil {
			return err
		}
	}
	return nil
}
