package metrics

import (
	"math"

	"fairline/engine"
)

// The window of the service level: buckets of a minute each.
const (
	windowMinutes = 30
	windowBucket  = engine.Minute
)

// A level are the counts of the service level.
type level struct {
	answered, inTime, abandoned, short int
}

// A window is a level over the last 30 minutes.
type window struct {
	buckets [windowMinutes]level
	minute  int64 // of the newest bucket
}

// at gives the bucket of an instant, which is not before any other that was asked for.
func (w *window) at(now engine.Instant) *level {
	w.advance(now)
	return &w.buckets[w.minute%windowMinutes]
}

// advance empties the buckets of the minutes since the newest.
func (w *window) advance(now engine.Instant) {
	minute := int64(now) / int64(windowBucket)
	for m := max(w.minute+1, minute-windowMinutes+1); m <= minute; m++ {
		w.buckets[m%windowMinutes] = level{}
	}
	w.minute = max(w.minute, minute)
}

func (w *window) answered(now engine.Instant, inTime bool) {
	b := w.at(now)
	b.answered++
	if inTime {
		b.inTime++
	}
}

func (w *window) abandoned(now engine.Instant, short bool) {
	b := w.at(now)
	b.abandoned++
	if short {
		b.short++
	}
}

// sum adds the buckets up.
func (w *window) sum(now engine.Instant) level {
	w.advance(now)
	var s level
	for _, b := range w.buckets {
		s.answered += b.answered
		s.inTime += b.inTime
		s.abandoned += b.abandoned
		s.short += b.short
	}
	return s
}

// live is A_T / (A + B - B_s + W_T), or NaN when nothing counts.
func (l level) live(overdue int) float64 {
	of := l.answered + l.abandoned - l.short + overdue
	if of == 0 {
		return math.NaN()
	}
	return float64(l.inTime) / float64(of)
}
