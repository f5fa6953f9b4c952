package run

import (
	"math"
	"slices"

	"fairline/engine"
	"fairline/simulations/scenario"
	"fairline/simulations/stream"
)

// A door is where the customers of one source come in, in one replication.
type door struct {
	flow
	next   engine.Instant // when the next one comes; never: nobody does
	seq    uint64         // of that arrival in the calendar
	index  uint64         // customers so far
	batch  int            // who come together with the last one, and are still to come
	drawn  uint64         // candidates drawn so far
	busy   float64        // how much more than usual come today
	times  []engine.Instant
	facts  engine.Facts // filled in for each ticket
	attrs  []stream.Base
	skills []stream.Base
}

// never is an instant that is not reached.
const never = engine.Instant(math.MaxInt64)

const nanosAnHour = float64(engine.Hour)

// open makes the doors ready. Whoever waits already goes through them too.
func (p *Player) open() {
	m := p.model
	for i := range m.sources {
		d, spec := &p.doors[i], m.sources[i].spec
		*d = door{flow: p.flow(spec.Name), busy: 1, facts: m.sources[i].facts, times: d.times[:0], attrs: d.attrs[:0], skills: d.skills[:0]}
		for j := range spec.Attributes {
			d.attrs = append(d.attrs, stream.Of(m.options.Seed, p.replication, spec.Name+"\x00"+spec.Attributes[j].Name, forAttribute))
		}
		for _, c := range spec.Skills {
			d.skills = append(d.skills, stream.Of(m.options.Seed, p.replication, spec.Name+"\x00"+c.Skill, forSkill))
		}
		if spec.Busy >= 0 {
			b := m.Scenario.Busy[spec.Busy]
			d.busy = b.Law.Quantile(p.flip(stream.Of(m.options.Seed, p.replication, b.Name, forBusyness).At(0)))
		}
		if spec.Arrivals.Counts != nil {
			p.count(d, spec.Arrivals.Counts)
		}
	}
}

// first puts down who comes first to each door.
func (p *Player) first() {
	for i := range p.doors {
		p.advance(i, p.model.Scenario.Starts)
	}
}

// count draws when the customers of fixed numbers come: each anywhere in its period.
func (p *Player) count(d *door, counts []scenario.Count) {
	for k, c := range counts {
		to := p.model.Scenario.Length
		if k+1 < len(counts) {
			to = counts[k+1].From
		}
		for range c.Number {
			u := p.u(d.flow[forArrival], uint64(len(d.times)))
			d.times = append(d.times, p.model.Scenario.Starts.Add(c.From+engine.Duration(u*float64(to-c.From))))
		}
	}
	slices.Sort(d.times)
}

// advance puts down when the next customer of a source comes after one at an instant.
func (p *Player) advance(i int, at engine.Instant) {
	d, spec := &p.doors[i], p.model.sources[i].spec
	switch {
	case d.batch > 0:
		d.batch--
		d.next = at
	default:
		d.next = p.draw(d, &spec.Arrivals, at)
		if spec.Batch != nil && d.next != never {
			d.batch = max(1, int(spec.Batch.Quantile(p.u(d.flow[forBatch], d.index))+0.5)) - 1
		}
	}
	if !p.model.options.Steady && d.next >= p.closing {
		d.next = never
	}
	p.seq++
	d.seq = p.seq
}

// draw returns when the next customers come after an instant.
func (p *Player) draw(d *door, a *scenario.Arrivals, at engine.Instant) engine.Instant {
	starts := p.model.Scenario.Starts
	switch {
	case len(a.Rates) == 1:
		return soon(at, -math.Log(1-p.u(d.flow[forArrival], d.index))*nanosAnHour/(a.Rates[0].PerHour*d.busy))
	case a.Rates != nil:
		return p.byRates(d, a.Rates, at.Sub(starts))
	case a.Points != nil:
		to := never
		if last := a.Points[len(a.Points)-1]; last.PerHour == 0 { // and stays so
			to = starts.Add(last.From)
		}
		return p.byThinning(d, at, to, peak(a.Points), func(t engine.Duration) float64 { return rateAt(a.Points, t) })
	case a.Wave != nil:
		w := a.Wave
		return p.byThinning(d, at, never, w.PerHour*(1+w.Swing), func(t engine.Duration) float64 {
			return w.PerHour * (1 + w.Swing*math.Sin(2*math.Pi*float64(t+w.Shift)/float64(w.Every)))
		})
	case a.Interval != nil:
		return soon(at, a.Interval.Quantile(p.u(d.flow[forArrival], d.index))*1e9/d.busy)
	case a.Trace != nil && d.index < uint64(len(a.Trace.Rows)):
		return starts.Add(a.Trace.Rows[d.index].At)
	case a.Counts != nil && d.index < uint64(len(d.times)):
		return d.times[d.index]
	}
	return never
}

// soon is so many nanoseconds after an instant.
func soon(at engine.Instant, nanos float64) engine.Instant {
	if !(nanos < float64(100*365*engine.Day)) {
		return never
	}
	return at.Add(engine.Duration(nanos + 0.5))
}

// byRates inverts the sum of the rates: one number for each customer, however often the rate changes.
func (p *Player) byRates(d *door, rates []scenario.Rate, at engine.Duration) engine.Instant {
	left := -math.Log(1-p.u(d.flow[forArrival], d.index)) / d.busy // in customers expected
	for k := range rates {
		to := engine.Duration(math.MaxInt64)
		if k+1 < len(rates) {
			to = rates[k+1].From
		}
		if to <= at {
			continue
		}
		at = max(at, rates[k].From)
		if more := rates[k].PerHour * float64(to-at) / nanosAnHour; more < left {
			left -= more
			at = to
			continue
		}
		return soon(p.model.Scenario.Starts.Add(at), left*nanosAnHour/rates[k].PerHour)
	}
	return never
}

// byThinning takes candidates at the greatest rate, and keeps each with the rate's part of it (Lewis and Shedler 1979). Nobody
// comes from an instant on.
func (p *Player) byThinning(d *door, at, to engine.Instant, most float64, rate func(engine.Duration) float64) engine.Instant {
	if !p.model.options.Steady {
		to = min(to, p.closing)
	}
	for most > 0 && at < to {
		at = soon(at, -math.Log(1-p.u(d.flow[forArrival], d.drawn))*nanosAnHour/(most*d.busy))
		keep := p.u(d.flow[forKeeping], d.drawn) * most
		d.drawn++
		if at != never && keep < rate(at.Sub(p.model.Scenario.Starts)) {
			return at
		}
	}
	return never
}

func peak(points []scenario.Rate) (most float64) {
	for _, r := range points {
		most = max(most, r.PerHour)
	}
	return most
}

// rateAt is the rate at t on the straight lines between points; before the first and after the last it stays.
func rateAt(points []scenario.Rate, t engine.Duration) float64 {
	for k, r := range points {
		if t < r.From {
			if k == 0 {
				return r.PerHour
			}
			b := points[k-1]
			return b.PerHour + (r.PerHour-b.PerHour)*float64(t-b.From)/float64(r.From-b.From)
		}
	}
	return points[len(points)-1].PerHour
}

// u is the number of a stream at an index, mirrored where the replication is the antithetic one.
func (p *Player) u(b stream.Base, index uint64) float64 { return p.flip(b.At(index)) }

func (p *Player) flip(u float64) float64 {
	if p.mirrored {
		return 1 - u
	}
	return u
}
