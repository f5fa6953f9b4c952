package run

import "fairline/engine"

// An entry is something that is to happen.
type entry struct {
	at  engine.Instant
	seq uint64 // what was put down earlier happens first
	who int32  // a slot, an agent or a source
	aim int32  // what about: of later, a turn
}

func (a entry) before(b entry) bool { return a.at < b.at || a.at == b.at && a.seq < b.seq }

// A calendar is a heap of entries with four children each: the earliest is first.
type calendar []entry

func (c *calendar) push(x entry) {
	*c = append(*c, x)
	s := *c
	i := len(s) - 1
	for i > 0 {
		up := (i - 1) / 4
		if !x.before(s[up]) {
			break
		}
		s[i] = s[up]
		i = up
	}
	s[i] = x
}

func (c *calendar) pop() entry {
	s := *c
	first, last := s[0], s[len(s)-1]
	*c = s[:len(s)-1]
	if len(*c) > 0 {
		c.sink(0, last)
	}
	return first
}

// replace takes the first out and puts x in: cheaper than pop and push.
func (c *calendar) replace(x entry) { c.sink(0, x) }

// sink puts x at i, or below it.
func (c *calendar) sink(i int, x entry) {
	s := *c
	for {
		least := 4*i + 1
		if least >= len(s) {
			break
		}
		for k := least + 1; k < min(4*i+5, len(s)); k++ {
			if s[k].before(s[least]) {
				least = k
			}
		}
		if !s[least].before(x) {
			break
		}
		s[i], i = s[least], least
	}
	s[i] = x
}

// keep drops the entries that keep refuses, and restores the order.
func (c *calendar) keep(keep func(entry) bool) {
	s := (*c)[:0]
	for _, x := range *c {
		if keep(x) {
			s = append(s, x)
		}
	}
	*c = s
	for i := (len(s) - 2) / 4; i >= 0 && len(s) > 1; i-- {
		c.sink(i, s[i])
	}
}
