package measure

import (
	"fmt"

	"fairline/engine"
)

// A Shape says what tickets are told apart by, and when and how it is measured. It is read-only once New has it.
type Shape struct {
	Channels, Classes, Sources []string
	Cohorts                    []string // at most CohortsMax named sets of tickets, they may overlap
	Groups                     []string // of agents
	Agents                     []Agent  // numbered by position
	Nodes                      []Node   // of the policy in preorder: what overtakings are attributed to
	Begins, Ends               engine.Instant
	Period                     engine.Duration   // 0: one period
	Targets                    []engine.Duration // by channel: in time if the wait is not longer; 0: none
	ByClass                    []engine.Duration // by class, where the class has a target of its own; 0: the channel's
	Short                      engine.Duration   // who leaves within it is a short abandon
	Variant                    Variant           // the service level shown as "service-level"
	Exact                      bool              // keep every wait: exact order statistics, in memory that grows with the tickets
	Pairs                      bool              // the run calls Pair for every overtaken ticket
}

// CohortsMax is how many cohorts there may be: a ticket has a bit for each.
const CohortsMax = 32

// PeriodsMax is how many periods there may be.
const PeriodsMax = 10_000

// An Agent is one who serves.
type Agent struct {
	Name  string
	Group int // index into Shape.Groups
	Most  int // tickets at once, wrap-up included; 0: not known, and not checked
}

// A Node is a group of the policy that orders its members.
type Node struct {
	Name   string
	Guards []string // its protections, in file order
	// Reasoned says for each class whether the policy gives a reason when a ticket of it goes ahead here: one of the class or
	// of the group. A class beyond its end has none.
	Reasoned []bool
}

// check panics where a shape contradicts itself: that is a mistake of the program, not of a file.
func (s *Shape) check() {
	must := func(ok bool, format string, args ...any) {
		if !ok {
			panic("measure: " + fmt.Sprintf(format, args...))
		}
	}
	must(len(s.Channels) > 0 && len(s.Classes) > 0 && len(s.Sources) > 0, "a shape needs a channel, a class and a source")
	must(len(s.Cohorts) <= CohortsMax, "%d cohorts: at most %d", len(s.Cohorts), CohortsMax)
	must(len(s.Channels) <= 256 && len(s.Sources) <= 256, "%d channels, %d sources: a ticket has a byte for each",
		len(s.Channels), len(s.Sources))
	must(s.Ends > s.Begins, "measured from %d until %d: nothing lies between", s.Begins, s.Ends)
	must(s.Period >= 0 && s.Short >= 0, "a negative span")
	must(s.periods() <= PeriodsMax, "%d periods: at most %d; take longer ones", s.periods(), PeriodsMax)
	must(s.Variant < variants, "no service level %d", s.Variant)
	for i, a := range s.Agents {
		must(a.Group >= 0 && a.Group < len(s.Groups), "agent %d (%s) is of group %d of %d", i, a.Name, a.Group, len(s.Groups))
	}
}

func (s *Shape) periods() int64 {
	if s.Period == 0 {
		return 1
	}
	return (int64(s.Ends-s.Begins) + int64(s.Period) - 1) / int64(s.Period)
}

// target returns within which wait t is in time; 0: it has no target.
func (s *Shape) target(t *Ticket) engine.Duration {
	if int(t.Class) < len(s.ByClass) && s.ByClass[t.Class] > 0 {
		return s.ByClass[t.Class]
	}
	if int(t.Channel) < len(s.Targets) {
		return s.Targets[t.Channel]
	}
	return 0
}

func (n *Node) reasoned(class uint16) bool { return int(class) < len(n.Reasoned) && n.Reasoned[class] }
