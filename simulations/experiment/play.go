package experiment

import (
	"context"
	"fmt"

	"fairline/engine"
	"fairline/simulations/measure"
	"fairline/simulations/run"
)

// A player plays replications of one arm for one worker.
type player struct {
	*run.Player
	arm    *arm
	extras []Extra
}

// player returns the player of an arm for a worker, who is the only one to use it.
func (s *study) player(worker int, a *arm) (*player, error) {
	if s.workers[worker] == nil {
		s.workers[worker] = map[int]*player{}
	}
	if p := s.workers[worker][a.number]; p != nil {
		return p, nil
	}
	p := &player{Player: a.model.Player(), arm: a}
	for _, make := range s.options.Extras {
		e, err := make(&s.experiment, a.model, a.armName())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.name(), err)
		}
		if e != nil {
			p.extras = append(p.extras, e)
		}
	}
	s.workers[worker][a.number] = p
	return p, nil
}

// run plays all that is wanted, and more as long as it is not enough.
func (s *study) run(ctx context.Context) error {
	for {
		grown := false
		for _, c := range s.cells {
			grown = s.grow(c) || grown
		}
		if !grown {
			break
		}
		if err := s.round(ctx); err != nil {
			return err
		}
	}
	for _, c := range s.cells {
		s.conclude(c)
	}
	return nil
}

// A job is a replication of an arm to be played.
type job struct {
	arm         *arm
	replication int
}

// round plays what is wanted and not done: replication by replication, so that what is there early is of all arms.
func (s *study) round(ctx context.Context) error {
	if s.progress.Pilot {
		s.progress = Progress{}
	}
	jobs, most := []job{}, 0
	for _, c := range s.cells {
		most = max(most, c.want)
		for _, a := range c.arms {
			for len(a.facts) < c.want && !a.out {
				a.facts = append(a.facts, nil)
			}
		}
	}
	for r := range most {
		for _, a := range s.arms {
			switch j := (job{a, r}); {
			case r >= len(a.facts) || a.facts[r] != nil:
			case s.finished(j):
				s.progress.Done++
				s.progress.Resumed++
			default:
				jobs = append(jobs, j)
			}
		}
	}
	s.progress.Total = s.progress.Done + len(jobs)
	s.tell()
	return each(ctx, s.options.Workers, len(jobs), &s.stop, func(worker, i int) error {
		facts, err := s.play(worker, jobs[i])
		if err != nil || facts == nil {
			return err
		}
		return s.done(jobs[i], facts)
	})
}

// finished takes over a replication that an earlier run had finished.
func (s *study) finished(j job) bool {
	r, ok := s.before[[2]int{j.arm.number, j.replication}]
	if !ok || r.rows != s.partsSize(j) {
		return false
	}
	j.arm.facts[j.replication] = r.facts
	return true
}

// done keeps a finished replication.
func (s *study) done(j job, facts []measure.Fact) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.journal != nil {
		if err := s.journal.append(record{j.arm.number, j.replication, s.partsSize(j), facts}); err != nil {
			return err
		}
	}
	j.arm.facts[j.replication] = facts
	s.progress.Done++
	s.tell()
	return nil
}

// piloted tells of a pilot run that is over.
func (s *study) piloted(total int) {
	s.progress.Pilot, s.progress.Total = true, total
	s.progress.Done++
	s.tell()
}

func (s *study) tell() {
	if s.options.Progress != nil {
		s.options.Progress(s.progress)
	}
}

// play plays one replication; no facts: it was stopped on the way.
func (s *study) play(worker int, j job) (facts []measure.Fact, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", j.arm.name(), err)
		}
	}()
	p, err := s.player(worker, j.arm)
	if err != nil {
		return nil, err
	}
	what := run.Play{Replication: uint64(j.replication), Watch: run.Watch{Stop: s.stop.Load}}
	for _, e := range p.extras {
		if err := e.Begin(what.Replication, s.stop.Load); err != nil {
			return nil, err
		}
	}
	rows, err := s.rows(p, j)
	if err != nil {
		return nil, err
	}
	rows.watch(&what.Watch)
	p.watch(&what.Watch)
	err = p.Play(what)
	if err2 := rows.close(); err == nil {
		err = err2
	}
	if err != nil || s.stop.Load() {
		return nil, err
	}
	facts = p.Measure().Facts(make([]measure.Fact, 0, len(j.arm.keys)))
	for _, e := range p.extras {
		if facts, err = e.Facts(facts); err != nil {
			return nil, err
		}
	}
	if s.stop.Load() { // an extra may have been stopped
		return nil, nil
	}
	if len(facts) != len(j.arm.keys) {
		return nil, fmt.Errorf("replication %d: %d facts for %d keys", j.replication, len(facts), len(j.arm.keys))
	}
	return facts, nil
}

// watch has the extras told of what ends.
func (p *player) watch(w *run.Watch) {
	if len(p.extras) == 0 {
		return
	}
	ended := w.Ended
	w.Ended = func(now engine.Instant, t *measure.Ticket) {
		for _, e := range p.extras {
			e.Ended(now, t)
		}
		if ended != nil {
			ended(now, t)
		}
	}
}

// results puts together what all arms came to.
func (s *study) results() *Results {
	r := &Results{Experiment: &s.experiment, Metrics: s.metrics}
	at := map[measure.Key]int{}
	for _, a := range s.arms {
		for _, k := range a.keys {
			if _, known := at[k]; !known && !byPeriod(k) {
				at[k] = len(r.Keys)
				r.Keys = append(r.Keys, k)
			}
		}
	}
	for _, a := range s.arms {
		out := a.Arm
		out.Facts = make([][]measure.Fact, len(a.facts))
		for i, facts := range a.facts {
			out.Facts[i] = make([]measure.Fact, len(r.Keys))
			for k, f := range facts {
				if to, ok := at[a.keys[k]]; ok {
					out.Facts[i][to] = f
				}
			}
		}
		r.Arms = append(r.Arms, out)
		r.Intervals = append(r.Intervals, s.intervals(a)...)
	}
	for _, c := range s.cells {
		if c.kn != nil {
			r.Selections = append(r.Selections, c.selection(&s.experiment))
		}
	}
	return r
}

// intervals sums the facts by period of an arm.
func (s *study) intervals(a *arm) (list []Interval) {
	for k, key := range a.keys {
		if !byPeriod(key) {
			continue
		}
		n := periodOf(key)
		begins := engine.Duration(n)*a.scenario.Period + a.Warmup
		x := Interval{Arm: a.number, Key: key, Period: n, Begins: begins, Replications: len(a.facts)}
		fact := func(i int) measure.Fact { return a.facts[i][k] }
		pool := metricOf(s.metrics, key.Metric).Pool
		x.Estimate = estimate(&s.experiment, pool, len(a.facts), fact)
		for i := range a.facts {
			f := fact(i)
			x.Sum.Num, x.Sum.Den = x.Sum.Num+f.Num, x.Sum.Den+f.Den
		}
		if pool == measure.Maximum && x.Estimate.Known {
			x.Sum = measure.Fact{Num: x.Estimate.Value, Den: 1}
		}
		list = append(list, x)
	}
	return list
}
