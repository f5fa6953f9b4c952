package engine

import (
	"fmt"
	"runtime"
	"testing"
)

// benchPolicy is an order over so many classes, one channel that fills an agent.
func benchPolicy(name string, classes int) *Policy {
	p := &Policy{Name: name, Attrs: []string{"class"}, Channels: []Channel{{Name: "phone", Takes: 1}},
		Classify: func(f *Facts) ClassID { return ClassID(f.Attrs[0]) }}
	p.Hash[0] = 1
	var members []Member
	for c := range classes {
		p.Classes = append(p.Classes, Class{Name: fmt.Sprint("c", c), Reason: "R"})
		members = append(members, Member{Class: ClassID(c)})
	}
	span := func(unit Duration) (d []Duration) {
		for c := range classes {
			d = append(d, Duration(classes-c)*unit)
		}
		return d
	}
	p.Root = &Node{Name: "line", Members: members}
	switch name {
	case "arrival":
		p.Root.Order = Arrival{}
	case "head_start":
		p.Root.Order = HeadStart{Credit: span(100 * Second)}
	case "due":
		p.Root.Order = Due{Target: span(100 * Second)}
	case "strict":
		p.Root.Order = Strict{}
	case "strict_bounded":
		p.Root.Order = Strict{}
		p.Root.Protect = []Protection{{Kind: OvertakenAtMost, Limit: fill(classes, 20)}}
	case "greatest":
		p.Root.Order = Greatest{By: 1}
		p.Values = func(f *Facts, v *[ValuesMax]int64) { v[0] = int64(uint64(f.Arrived) * 0x9E3779B97F4A7C15 >> 40) }
	case "accumulate":
		p.Root.Order = Accumulate{Rate: falling(classes)}
	case "draw":
		p.Root.Order = Draw{Weight: falling(classes), Seed: 1}
	case "waiting_mix":
		percent := fill(classes, int64(100/classes))
		percent[0] += int64(100 % classes)
		p.Root.Order = WaitingMix{Percent: percent}
	case "cost":
		p.Root.Order = Cost{Weight: falling(classes), Power: make([]int, classes), Per: Minute}
		for c := range classes {
			p.Root.Order.(Cost).Power[c] = 2
		}
	case "last_in":
		p.Root.Order = LastIn{}
	case "share":
		p.Root.Order = Share{Weight: falling(classes)}
	case "share_customer":
		p.Root.Order = Share{Customer: true, Unknown: UnknownAlone}
	case "strict_remembered":
		p.Root.Order = Strict{}
		p.Root.Protect = []Protection{{Kind: Budget, Every: 4}, {Kind: MinShare, Over: Minute, Parts: []Part{{Name: "last", Classes: []ClassID{ClassID(classes - 1)}, Percent: 10}}}}
	case "nested":
		half := classes / 2
		desk := &Node{Name: "desk", Order: Due{Target: span(100 * Second)[half:]}, Members: members[half:],
			Protect: []Protection{{Kind: FirstAfter, Limit: fill(classes, int64(Hour))}}}
		p.Root = &Node{Name: "line", Order: HeadStart{Credit: span(50 * Second)[:half+1]},
			Members: append(members[:half:half], Member{Group: desk}),
			Protect: []Protection{{Kind: OvertakenAtMost, Limit: fill(classes, 50)}}}
	}
	return p
}

func fill(n int, v int64) (list []int64) {
	for range n {
		list = append(list, v)
	}
	return list
}

// falling are the numbers from n down to 1.
func falling(n int) (list []int64) {
	for i := range n {
		list = append(list, int64(n-i))
	}
	return list
}

// A benchLine is a line with a steady number of tickets waiting and one agent.
type benchLine struct {
	e     *Engine
	facts []Facts
	now   Instant
	n     int
	keys  bool
	offer OfferID
	agent AgentID

	customers int // 0: nobody is known
}

func newBenchLine(tb testing.TB, p *Policy, sets, waiting int) *benchLine {
	b := &benchLine{e: New(), now: Instant(Hour), agent: WordOf("ana")}
	if o, ok := p.Root.Order.(Share); ok && o.Customer {
		b.customers = 1000
	}
	words := []Word{WordOf("a"), WordOf("b"), WordOf("c"), WordOf("d")}
	for c := range p.Classes {
		for s := range sets {
			f := Facts{Has: 1}
			f.Attrs[0] = int64(c)
			if s > 0 {
				f.Needs[0], f.NeedsLen = words[s], 1
			}
			b.facts = append(b.facts, f)
		}
	}
	b.do(tb, Command{Kind: Adopt, Policy: p})
	for range waiting {
		b.arrive(tb)
	}
	profile := &Profile{Skills: words, Takes: p.Takes()}
	profile.Skills = append([]Word(nil), words...)
	sortWords(profile.Skills)
	b.do(tb, Command{Kind: SignIn, Agent: b.agent, Profile: profile})
	return b
}

func sortWords(w []Word) {
	for i := range w {
		for j := i; j > 0 && w[j] < w[j-1]; j-- {
			w[j], w[j-1] = w[j-1], w[j]
		}
	}
}

func (b *benchLine) do(tb testing.TB, c Command) {
	c.At = b.now
	events, err := b.e.Do(c)
	if err != nil {
		tb.Fatal(err)
	}
	for i := range events {
		if events[i].Kind == Offered {
			b.offer = events[i].Offer
		}
	}
}

func (b *benchLine) arrive(tb testing.TB) {
	b.now += Instant(50 * Millisecond)
	b.n++
	c := Command{Kind: Arrive, Facts: &b.facts[b.n*7919%len(b.facts)]}
	if b.customers > 0 {
		c.Facts.Customer = Word(1 + b.n*31%b.customers)
	}
	if b.keys {
		c.Key = Key{byte(b.n), byte(b.n >> 8), byte(b.n >> 16), byte(b.n >> 24), byte(b.n >> 32), 1}
	}
	b.do(tb, c)
}

// cycle is one ticket: it arrives, the oldest offer is accepted and finished, and the next one is offered.
func (b *benchLine) cycle(tb testing.TB) {
	b.arrive(tb)
	o := b.offer
	b.do(tb, Command{Kind: Accept, Agent: b.agent, Offer: o})
	b.do(tb, Command{Kind: Finish, Agent: b.agent, Offer: o})
}

var benchOrders = []string{"arrival", "head_start", "due", "strict", "strict_bounded", "greatest", "nested",
	"accumulate", "draw", "waiting_mix", "cost", "last_in", "share", "share_customer", "strict_remembered"}

// BenchmarkTicket measures a whole ticket: arrive, offer, accept and finish, with the ledger and all counters on. The
// floor to reach is 1,000 ns at 10,000 waiting, and at a million (ten places short of the limit) at most three times the
// figure at 1,000.
func BenchmarkTicket(b *testing.B) {
	for _, order := range benchOrders {
		for _, waiting := range []int{1_000, 10_000, 100_000, 999_990} {
			b.Run(fmt.Sprintf("order=%s/waiting=%d", order, waiting), func(b *testing.B) {
				line := newBenchLine(b, benchPolicy(order, 16), 4, waiting)
				b.ReportAllocs()
				for b.Loop() {
					line.cycle(b)
				}
				b.ReportMetric(float64(line.e.Counts().Overtakings)/float64(b.N), "overtaken/op")
			})
		}
	}
}

// BenchmarkLimit is what the bare order of a line costs: who comes is pushed on a heap of keys, and the least is popped.
// No engine can be faster than the part of it that does this.
func BenchmarkLimit(b *testing.B) {
	for _, waiting := range []int{10, 1_000, 10_000, 100_000, 999_990} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			var h bareHeap
			key := int64(0)
			push := func() {
				key++
				h.push(bareEntry{key: key + key*7919%16*int64(waiting), id: uint32(key)})
			}
			for range waiting {
				push()
			}
			b.ReportAllocs()
			for b.Loop() {
				push()
				h.pop()
			}
		})
	}
}

// A bareHeap is a heap of entries with four children each.
type bareHeap []bareEntry

type bareEntry struct {
	key int64
	id  uint32
}

func (h *bareHeap) push(x bareEntry) {
	*h = append(*h, x)
	s := *h
	i := len(s) - 1
	for ; i > 0 && x.key < s[(i-1)/4].key; i = (i - 1) / 4 {
		s[i] = s[(i-1)/4]
	}
	s[i] = x
}

func (h *bareHeap) pop() bareEntry {
	s := *h
	least, x := s[0], s[len(s)-1]
	s = s[:len(s)-1]
	*h = s
	i := 0
	for 4*i+1 < len(s) {
		c := 4*i + 1
		for k := c + 1; k < min(c+4, len(s)); k++ {
			if s[k].key < s[c].key {
				c = k
			}
		}
		if x.key <= s[c].key {
			break
		}
		s[i], i = s[c], c
	}
	s[i] = x
	return least
}

// BenchmarkSmall is what a simulator needs: two classes, one set of skills, ten waiting.
func BenchmarkSmall(b *testing.B) {
	for _, order := range []string{"arrival", "strict"} {
		b.Run("order="+order, func(b *testing.B) {
			line := newBenchLine(b, benchPolicy(order, 2), 1, 10)
			b.ReportAllocs()
			for b.Loop() {
				line.cycle(b)
			}
		})
	}
}

// BenchmarkMemory reports the bytes that a waiting ticket takes, all indexes included, with the Key of the outside
// remembered.
func BenchmarkMemory(b *testing.B) {
	for _, waiting := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			for b.Loop() {
				before := heap()
				line := newBenchLine(b, benchPolicy("head_start", 16), 4, 0)
				line.do(b, Command{Kind: SignOut, Agent: line.agent})
				line.keys = true
				for range waiting {
					line.arrive(b)
				}
				b.ReportMetric(float64(heap()-before)/float64(waiting), "bytes/ticket")
				runtime.KeepAlive(line)
			}
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestNoAllocation holds the steady state of a line to no allocation at all.
func TestNoAllocation(t *testing.T) {
	for _, order := range benchOrders {
		line := newBenchLine(t, benchPolicy(order, 16), 4, 1000)
		for range 5000 {
			line.cycle(t)
		}
		if n := testing.AllocsPerRun(20000, func() { line.cycle(t) }); n != 0 {
			t.Errorf("%s: %v allocations for a ticket, want none", order, n)
		}
	}
}

// BenchmarkAdopt measures the one turn in which a policy is adopted while so many wait, and ten offers ring to agents who
// passed many.
func BenchmarkAdopt(b *testing.B) {
	for _, waiting := range []int{1000, 10_000, 100_000, 999_980} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			line := newBenchLine(b, benchPolicy("greatest", 16), 4, waiting)
			for i := range 10 {
				line.do(b, Command{Kind: SignIn, Agent: WordOf(fmt.Sprint("agent", i)), Profile: &Profile{Takes: [ChannelsMax]uint8{1}}})
			}
			names := []string{"nested", "greatest"}
			for n := 0; b.Loop(); n++ {
				p := benchPolicy(names[n%2], 16)
				p.Hash[1] = byte(n % 2)
				line.do(b, Command{Kind: Adopt, Policy: p})
			}
		})
	}
}
