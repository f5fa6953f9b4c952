package trial

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"fairline/engine"
	"fairline/policy/outline"
)

func number(v int64) Value {
	s := strconv.FormatInt(v, 10)
	return Value{json.Number(s), s}
}

func (j *judge) agentID(name string) engine.AgentID { return engine.WordOf(name) }

// because says in one line which part of the policy made a decision, and where that stands.
func (j *judge) because(d *decision) (text, where string) {
	o := &d.offer
	n := &j.suite.tree.Nodes[o.Node]
	if o.Guard >= 0 {
		p := n.Protections[o.Guard]
		return fmt.Sprintf("%s of %s: %s has the right to be next", p.Key, n.Name, j.stage.ids[o.Ticket]), j.suite.tree.Place(p.Line)
	}
	text = fmt.Sprintf("%s orders by %s", n.Name, n.Order.Name())
	if n.Attribute != "" {
		text += ": " + n.Attribute
	}
	if n.By != "" {
		text += " by " + n.By
	}
	won, lost := j.key(n, o.KeyWon), j.key(n, o.KeyLost)
	switch {
	case o.Rival == 0:
	case won+lost == "":
		text += fmt.Sprintf("   (%s before %s)", j.stage.ids[o.Ticket], j.stage.ids[o.Rival])
	default:
		text += fmt.Sprintf("   (%s: %s, %s: %s)", j.stage.ids[o.Ticket], won, j.stage.ids[o.Rival], lost)
	}
	return text, j.suite.tree.Place(n.Line)
}

// key shows what an order compared; empty: nothing that says anything.
func (j *judge) key(n *outline.Node, key int64) string {
	clock := j.suite.tree.Policy.Engine.Clock
	switch o := n.Order.(type) {
	case engine.Strict:
		if key >= 0 && int(key) < len(n.Members) {
			return j.suite.tree.MemberName(n.Members[key])
		}
	case engine.Greatest:
		if -key < -1<<62 {
			return "none"
		}
		return strconv.FormatInt(-key, 10)
	case engine.HeadStart, engine.Due:
		if clock == nil {
			return moment(j.test, engine.Instant(key))
		}
		return moment(j.test, clock.When(engine.Duration(key))) // a reading of the open clock
	case engine.Accumulate:
		return "counts as " + outline.Say(engine.Duration(-key)/engine.Second*engine.Second)
	case engine.Cost:
		return strconv.FormatFloat(-float64(key)/float64(o.Per), 'g', 4, 64)
	case engine.WaitingMix:
		return fmt.Sprintf("%+.1f", -float64(key)/100)
	case engine.LastIn:
		return moment(j.test, engine.Instant(-key))
	case engine.Draw, engine.Share:
		return ""
	case engine.Arrival:
		return moment(j.test, engine.Instant(key))
	}
	return strconv.FormatInt(key, 10)
}

// moment shows an instant: of the day of the test by its time alone.
func moment(t *Test, i engine.Instant) string {
	if d := i.Sub(t.At); d < engine.Day/2 && d > -engine.Day/2 {
		return t.clock(i)
	}
	return time.Unix(0, int64(i)).UTC().Format(time.RFC3339)
}

// story says what a decision was, for those who want to see the tests that pass.
func (j *judge) story(d decision) string {
	var b strings.Builder
	b.WriteString(j.stage.ids[d.offer.Ticket])
	for _, a := range j.test.Agents {
		if j.agentID(a.Name) == d.offer.Agent {
			b.WriteString(" to " + a.Name)
		}
	}
	if len(d.rows) > 0 {
		fmt.Fprintf(&b, ", %s", j.reasons(&d))
	}
	text, where := j.because(&d)
	fmt.Fprintf(&b, "; %s   %s", text, where)
	return b.String()
}
