package experiment

import (
	"context"
	"fmt"
	"time"

	"fairline/engine"
	"fairline/simulations/measure"
	"fairline/simulations/run"
	"fairline/simulations/statistics"
)

// pilotBins is into how many equal parts a pilot run is cut: MSER-5 looks at the mean wait of those who arrive in each. Parts of
// time, and not customers one by one, since all classes then speak of the same beginning, and memory does not grow with the run.
const pilotBins = 2000

// pilotFirst is the number of the first pilot replication: none that counts has it.
const pilotFirst = 1 << 32

// pilotsDefault is how many pilots there are where the experiment does not say.
const pilotsDefault = 5

// A pilot adds up waits by class and by part of the run, in whole nanoseconds: the order of additions does not matter.
type pilot struct {
	from  engine.Instant
	width engine.Duration
	waits [][pilotBins]engine.Duration
	count [][pilotBins]int64
}

func newPilot(m *run.Model) *pilot {
	n := len(m.Shape.Classes)
	width := max(1, (m.Scenario.Length+pilotBins-1)/pilotBins)
	return &pilot{m.Scenario.Starts, width, make([][pilotBins]engine.Duration, n), make([][pilotBins]int64, n)}
}

// ended adds the wait of a ticket: until its start, or as long as it was in the line.
func (p *pilot) ended(now engine.Instant, t *measure.Ticket) {
	bin := int64(t.Arrived-p.from) / int64(p.width)
	if t.Arrived < p.from || bin >= pilotBins || t.Outcome == measure.Blocked || t.Outcome == measure.Balked {
		return
	}
	until := now
	if t.Started != 0 {
		until = t.Started
	}
	p.waits[t.Class][bin] += until.Sub(t.Arrived)
	p.count[t.Class][bin]++
}

func (p *pilot) add(o *pilot) {
	for c := range p.waits {
		for b := range pilotBins {
			p.waits[c][b] += o.waits[c][b]
			p.count[c][b] += o.count[c][b]
		}
	}
}

// settled returns when a class has settled, and whether the run was long enough to tell.
func (p *pilot) settled(class int) (after engine.Duration, ok bool) {
	var series []float64
	var bins []int
	for b, n := range p.count[class] {
		if n > 0 {
			series, bins = append(series, float64(p.waits[class][b])/float64(n)), append(bins, b)
		}
	}
	if len(series) == 0 {
		return 0, true // nobody came: nothing to leave out
	}
	cut, ok, _ := statistics.MSER5(series)
	if cut > 0 {
		after = engine.Duration(bins[cut-1]+1) * p.width
	}
	return after, ok
}

// warmups finds by MSER-5 what is left out of each replication: for each class over the mean of the pilot runs, and then the most
// that any class under any policy of the same scenario and staffing asks for, so that all are measured on the same customers.
func (s *study) warmups(ctx context.Context) error {
	pilots := s.experiment.Steady.Pilot
	if pilots <= 0 {
		pilots = pilotsDefault
	}
	sums := make([]*pilot, len(s.arms))
	for i, a := range s.arms {
		sums[i] = newPilot(a.model)
	}
	err := each(ctx, s.options.Workers, pilots*len(s.arms), &s.stop, func(_, i int) error {
		a, own := s.arms[i%len(s.arms)], newPilot(s.arms[i%len(s.arms)].model)
		what := run.Play{Replication: pilotFirst + uint64(i/len(s.arms)), Watch: run.Watch{Ended: own.ended, Stop: s.stop.Load}}
		if err := a.model.Player().Play(what); err != nil {
			return fmt.Errorf("pilot of %s: %w", a.name(), err)
		}
		s.mutex.Lock()
		defer s.mutex.Unlock()
		sums[i%len(s.arms)].add(own)
		s.piloted(pilots * len(s.arms))
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range s.cells {
		s.settle(c, sums, pilots)
	}
	return nil
}

// settle gives the arms of a cell their warm-up.
func (s *study) settle(c *cell, sums []*pilot, pilots int) {
	var most engine.Duration
	slowest := ""
	for _, a := range c.arms {
		for class, name := range a.model.Shape.Classes {
			after, ok := sums[a.number].settled(class)
			if after > most {
				most, slowest = after, fmt.Sprintf("; class %s under %s takes longest", name, a.Policy)
			}
			if !ok {
				a.Notes = append(a.Notes, fmt.Sprintf("warm-up: run too short to tell for class %s; make `length` longer", name))
			}
		}
	}
	for _, a := range c.arms {
		a.Warmup = most
		a.Notes = append(a.Notes, fmt.Sprintf("warm-up: %s left out, by MSER-5 over %d pilot runs%s",
			time.Duration(most).Round(time.Second), pilots, slowest))
	}
}
