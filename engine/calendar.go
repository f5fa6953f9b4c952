package engine

import "slices"

// A Span is a stretch of time, From included and To not.
type Span struct{ From, To Instant }

// A Calendar says when a line is open, as spans of logical time: zones, clock changes and holidays were worked into them
// when the policy was read, so the engine needs none of that. It is read-only. A nil Calendar is always open.
type Calendar struct {
	spans  []Span
	before []Duration // open time before each span
}

// NewCalendar returns the calendar that is open during the spans, which are in order, not empty, and do not meet: two
// that meet are one. It keeps spans. After the last one it is closed for good.
func NewCalendar(spans []Span) *Calendar {
	c := &Calendar{spans: spans, before: make([]Duration, len(spans))}
	var open Duration
	for i, s := range spans {
		if s.From >= s.To || i > 0 && s.From <= spans[i-1].To {
			panic("engine: the spans of a calendar are not in order")
		}
		c.before[i] = open
		open += s.To.Sub(s.From)
	}
	return c
}

// Spans returns the spans. They belong to the calendar.
func (c *Calendar) Spans() []Span { return c.spans }

// at returns the number of spans that begin at or before t.
func (c *Calendar) at(t Instant) int {
	n, _ := slices.BinarySearchFunc(c.spans, t, func(s Span, t Instant) int {
		if s.From <= t {
			return -1
		}
		return 1
	})
	return n
}

// Open reports whether t is in a span.
func (c *Calendar) Open(t Instant) bool {
	if c == nil {
		return true
	}
	n := c.at(t)
	return n > 0 && t < c.spans[n-1].To
}

// Opened returns the reading of the open clock at t: the open time up to t. It never falls as t rises. It costs
// O(log spans). For a nil Calendar it is t itself, so that only differences mean something.
func (c *Calendar) Opened(t Instant) Duration {
	if c == nil {
		return Duration(t)
	}
	return c.opened(t)
}

func (c *Calendar) opened(t Instant) Duration {
	n := c.at(t)
	if n == 0 {
		return 0
	}
	s := c.spans[n-1]
	return c.before[n-1] + min(t, s.To).Sub(s.From)
}

// When returns the first instant at which the open clock reads d; None when it never does.
func (c *Calendar) When(d Duration) Instant {
	if c == nil {
		return Instant(d)
	}
	n, found := slices.BinarySearch(c.before, d) // found: reached at the end of the span before
	if found && n > 0 {
		return c.spans[n-1].To
	}
	if n == 0 {
		if len(c.spans) == 0 {
			return None
		}
		return c.spans[0].From
	}
	t := c.spans[n-1].From.Add(d - c.before[n-1])
	if t > c.spans[n-1].To {
		return None
	}
	return t
}

// Turn returns the next instant after t at which the calendar opens or closes; None when there is none.
func (c *Calendar) Turn(t Instant) Instant {
	if c == nil {
		return None
	}
	n := c.at(t)
	switch {
	case n > 0 && t < c.spans[n-1].To:
		return c.spans[n-1].To
	case n < len(c.spans):
		return c.spans[n].From
	}
	return None
}
