package reference

import (
	"fmt"
	"hash/fnv"
	"math"

	"fairline/engine"
	"fairline/simulations/measure"
	"fairline/simulations/run"
)

// An Effort is how much is played of each world.
type Effort struct {
	Replications int
	Relaxations  float64 // how many relaxation times all replications have together
	Least, Most  float64 // customers of all replications together
	Seed         uint64
}

// warmup is the relaxation times that are left out before the measurement.
const warmup = 6

// A World is a line with the entries that are about it.
type World struct {
	Model   string // of its first entry
	Entries []Entry

	line     line
	readings []reading
}

// A Record is what the replications of a world came to.
type Record struct {
	World     *World
	Customers float64 // that were measured, about

	span  float64 // of the window of a replication, in the unit of the entries
	index map[measure.Key]int
	facts [][]measure.Fact // by replication and key
	waits []*waits         // by replication, where quantiles are asked for
}

// Worlds puts entries together that are about the same line. Those that no run can try are left, each with the reason.
func Worlds(entries []Entry) (worlds []*World, left map[string]string, err error) {
	left = map[string]string{}
	at := map[string][]*World{}
	for _, targeted := range []bool{true, false} {
		for _, e := range entries {
			l, why, err := lineOf(e)
			switch {
			case err != nil:
				return nil, nil, err
			case why != "":
				left[e.ID] = why
				continue
			case (l.within > 0) != targeted:
				continue
			}
			w := fitting(at[l.key()], l.within)
			if w == nil {
				w = &World{Model: e.Model, line: l}
				worlds, at[l.key()] = append(worlds, w), append(at[l.key()], w)
			}
			r, err := reader{&form{Entry: e}, &w.line}.reading()
			if err != nil {
				return nil, nil, err
			}
			w.Entries, w.readings = append(w.Entries, e), append(w.readings, r)
		}
	}
	return worlds, left, nil
}

// fitting finds a world with a target; any will do for an entry without one.
func fitting(worlds []*World, within float64) *World {
	for _, w := range worlds {
		if within == 0 || w.line.within == within {
			return w
		}
	}
	return nil
}

// seed gives each world random numbers of its own, so that what is found of one says nothing about another.
func (w *World) seed(of uint64) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, of, w.line.key(), w.line.within)
	return h.Sum64()
}

// Relaxation is about how many customers come while the line forgets how it began.
func (w *World) Relaxation() (float64, error) {
	rest, err := w.line.relaxation()
	return rest * w.line.rate(), err
}

// Play plays the replications of a world.
func (w *World) Play(e Effort) (*Record, error) {
	rest, err := w.line.relaxation()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.Model, err)
	}
	rate := w.line.rate()
	customers := min(max(e.Relaxations*rest*rate, e.Least), e.Most)
	s, err := w.line.scenario(customers / rate / float64(e.Replications))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.Model, err)
	}
	p, err := w.line.parsed()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.Model, err)
	}
	m, err := run.New(s, p, run.Options{Seed: w.seed(e.Seed), Warmup: nanos(warmup * rest * w.line.unit()), Steady: true})
	if err != nil {
		return nil, err
	}
	player, rec := m.Player(), &Record{World: w, Customers: customers, index: map[measure.Key]int{}}
	rec.span = customers / rate / float64(e.Replications)
	for r := range e.Replications {
		if err := w.replication(m, player, rec, uint64(r)); err != nil {
			return nil, fmt.Errorf("%s: %w", w.Model, err)
		}
	}
	return rec, nil
}

// replication plays one, and keeps what it came to.
func (w *World) replication(m *run.Model, player *run.Player, rec *Record, r uint64) error {
	extra, keys, quantiles, err := w.watchers(m)
	if err != nil {
		return err
	}
	what := run.Play{Replication: r}
	if len(extra) > 0 || quantiles != nil {
		what.Watch.Ended = func(now engine.Instant, t *measure.Ticket) {
			for _, x := range extra {
				x.see(now, t)
			}
			if quantiles != nil {
				quantiles.see(now, t)
			}
		}
	}
	if err := player.Play(what); err != nil {
		return err
	}
	c := player.Measure()
	facts := c.Facts(nil)
	if len(rec.index) == 0 {
		for i, k := range append(c.Keys(), keys...) {
			rec.index[k] = i
		}
	}
	if err := rec.agree(facts, quantiles); err != nil {
		return fmt.Errorf("replication %d: %w", r, err)
	}
	for _, x := range extra {
		facts = append(facts, x.fact())
	}
	rec.facts, rec.waits = append(rec.facts, facts), append(rec.waits, quantiles)
	return nil
}

// watchers are what counts that package measure does not count.
func (w *World) watchers(m *run.Model) (list []watcher, keys []measure.Key, quantiles *waits, err error) {
	for i, r := range w.readings {
		if r.part > 0 {
			quantiles = &waits{}
			continue
		}
		switch r.keys[0].Metric {
		case offeredWait:
			law, err := w.line.kinds[0].patience.make(w.line.unit())
			if err != nil {
				return nil, nil, nil, err
			}
			list = append(list, &weighed{patience: law})
		case busyAt:
			unit, wave := w.line.unit(), w.line.kinds[0].wave
			x := &moments{every: nanos(2 * math.Pi / wave.speed * unit), ends: m.Shape.Ends}
			x.first = m.Scenario.Starts.Add(nanos((&form{Entry: w.Entries[i]}).n("t") * unit))
			if late := m.Shape.Begins.Sub(x.first); late > 0 {
				x.first = x.first.Add((late + x.every - 1) / x.every * x.every)
			}
			list = append(list, x)
		default:
			continue
		}
		keys = append(keys, r.keys[0])
	}
	return list, keys, quantiles, nil
}
