package theory

import (
	"errors"
	"fmt"
	"math"
)

// StaffWithin returns the least number of agents with P(W ≤ t) ≥ target under FCFS where nobody hangs up (Erlang C), and the
// queue with them. The number in q is not looked at. It costs O(agents).
func (q Queue) StaffWithin(t, target float64) (Steady, error) {
	if err := targets(t, target); err != nil {
		return Steady{}, err
	}
	return q.staff(func(s Steady) bool { return s.Within(t) >= target })
}

// StaffDelay returns the least number of agents with P(W > 0) ≤ delay (Erlang C), and the queue with them.
func (q Queue) StaffDelay(delay float64) (Steady, error) {
	if err := probability("the part that waits", delay); err != nil {
		return Steady{}, err
	}
	return q.staff(func(s Steady) bool { return s.Delay <= delay })
}

// StaffMean returns the least number of agents with E[W] ≤ wait (Erlang C), and the queue with them.
func (q Queue) StaffMean(wait float64) (Steady, error) {
	if err := positive([]string{"the mean wait"}, wait); err != nil {
		return Steady{}, err
	}
	return q.staff(func(s Steady) bool { return s.Mean <= wait })
}

func (q Queue) staff(enough func(Steady) bool) (Steady, error) {
	if err := positive([]string{"the arrival rate", "the service rate"}, q.Arrivals, q.Service); err != nil {
		return Steady{}, err
	}
	if q.Load() >= agentsMax {
		return Steady{}, fmt.Errorf("a load of %.4g: want less than %d", q.Load(), agentsMax)
	}
	return leastSteady(int(q.Load())+1, func(n int) (Steady, bool, error) {
		q.Agents = n
		s, err := q.Steady()
		if errors.Is(err, ErrUnstable) {
			return s, false, nil
		}
		return s, err == nil && enough(s), err
	})
}

// leastSteady returns the solution for the least number, from low, that is enough: more always are, once one is.
func leastSteady[S any](low int, try func(n int) (S, bool, error)) (S, error) {
	step := 1
	high := low
	for {
		s, ok, err := try(high)
		if err != nil {
			return s, err
		}
		if ok {
			break
		}
		low, high, step = high+1, min(agentsMax, high+step), 2*step
		if low > high {
			return s, fmt.Errorf("no number of agents up to %d is enough: ask for less", agentsMax)
		}
	}
	for low < high {
		mid := low + (high-low)/2
		_, ok, err := try(mid)
		if ok {
			high = mid
		} else {
			low = mid + 1
		}
		if err != nil {
			var none S
			return none, err
		}
	}
	s, _, err := try(low)
	return s, err
}

// StaffWithin returns the least number of agents with which a part target of all callers is served after a wait of at most t
// (Erlang A), and the queue with them. It may be below the load: those who hang up need no agent.
func (q Impatient) StaffWithin(t, target float64) (ImpatientSteady, error) {
	if err := targets(t, target); err != nil {
		return ImpatientSteady{}, err
	}
	return q.staff(func(s ImpatientSteady) bool { return s.ServedWithin(t) >= target })
}

// StaffAbandoned returns the least number of agents with which at most a part of the callers hang up (Erlang A), and the queue with
// them.
func (q Impatient) StaffAbandoned(part float64) (ImpatientSteady, error) {
	if err := probability("the part that hangs up", part); err != nil {
		return ImpatientSteady{}, err
	}
	return q.staff(func(s ImpatientSteady) bool { return s.Abandoned <= part })
}

func (q Impatient) staff(enough func(ImpatientSteady) bool) (ImpatientSteady, error) {
	if err := positive([]string{"the arrival rate", "the service rate"}, q.Arrivals, q.Service); err != nil {
		return ImpatientSteady{}, err
	}
	return leastSteady(1, func(n int) (ImpatientSteady, bool, error) {
		q.Agents = n
		s, err := q.Steady()
		return s, err == nil && enough(s), err
	})
}

// targets returns an error where a service level is none: target 1 would need agents without end.
func targets(t, target float64) error {
	if err := notNegative([]string{"the time of the service level"}, t); err != nil {
		return err
	}
	if !(target >= 0 && target < 1) || math.IsInf(t, 1) {
		return fmt.Errorf("the service level is %v: want a part from 0 to below 1", target)
	}
	return nil
}
