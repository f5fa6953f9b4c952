package policy

import (
	"slices"

	"fairline/engine"
	"fairline/policy/rule"
)

const textType = rule.Text

// An asker works out the needs in force of a ticket at a time since they were set.
type asker struct {
	skills   []askedSkill
	known    int // slot of the attribute with an agent's name, -1: none
	knownFor engine.Duration
}

// An askedSkill is one entry of `skills`, compiled.
type askedSkill struct {
	of    []bool // by class
	slot  int    // of the attribute that names the skill, -1: it is fixed
	after []engine.Duration
	word  []engine.Word           // by step, of a fixed skill; 0: nothing
	value []map[int64]engine.Word // by step and value of the attribute
}

// askFunc compiles `skills` and `agents.known`; nil when neither asks for anything.
func (m *model) askFunc() func(*engine.Facts, engine.ClassID, int) engine.Duration {
	if len(m.asks) == 0 && m.known == nil {
		return nil
	}
	a := &asker{known: -1, knownFor: m.knownFor}
	if m.known != nil {
		a.known = m.slot(m.known.name)
	}
	for _, s := range m.asks {
		a.skills = append(a.skills, m.askedSkill(s))
	}
	return a.ask
}

func (m *model) askedSkill(s *asked) askedSkill {
	out := askedSkill{slot: -1}
	for _, c := range m.classes {
		out.of = append(out.of, s.asksOf(c))
	}
	if s.from != nil {
		out.slot = m.slot(s.from.name)
	}
	for _, step := range s.steps {
		out.after = append(out.after, step.after)
		values := map[int64]engine.Word{}
		for _, name := range s.names() {
			if step.level > 0 {
				w := engine.WordOf(Skill(name.skill, step.level))
				values[name.value] = w
				m.says(Skill(name.skill, step.level))
			}
		}
		out.value, out.word = append(out.value, values), append(out.word, values[0])
	}
	return out
}

// A skillName is a skill that an entry can ask for, with the value of the attribute that asks for it.
type skillName struct {
	value int64
	skill string
}

func (s *asked) names() []skillName {
	if s.from == nil {
		return []skillName{{0, s.need}}
	}
	var all []skillName
	for _, v := range s.from.field.Values {
		all = append(all, skillName{int64(engine.WordOf(v)), s.need + ":" + v})
	}
	return all
}

// ask is engine.Policy.Ask. The times of all entries that ask something of the ticket are its steps.
func (a *asker) ask(f *engine.Facts, c engine.ClassID, step int) engine.Duration {
	only := a.agent(f)
	at := engine.Duration(0)
	for range step {
		next := a.next(f, c, only, at)
		if next == engine.None {
			break
		}
		at = next
	}
	for i := range a.skills {
		if w := a.skills[i].at(f, c, at); w != 0 {
			addNeed(f, w)
		}
	}
	if only != 0 && at < a.knownFor {
		f.Only = only
	}
	return a.next(f, c, only, at)
}

// agent is the agent whom a ticket knows, 0: none.
func (a *asker) agent(f *engine.Facts) engine.AgentID {
	if a.known < 0 || f.Has&(1<<a.known) == 0 {
		return 0
	}
	return engine.AgentID(f.Attrs[a.known])
}

// next is the first time after at when something changes for the ticket.
func (a *asker) next(f *engine.Facts, c engine.ClassID, only engine.AgentID, at engine.Duration) engine.Duration {
	next := engine.Duration(engine.None)
	if only != 0 && at < a.knownFor {
		next = a.knownFor
	}
	for i := range a.skills {
		s := &a.skills[i]
		if j, _ := slices.BinarySearch(s.after, at+1); j < len(s.after) && s.at(f, c, 0) != 0 {
			next = min(next, s.after[j])
		}
	}
	return next
}

// at is the skill that the entry asks of a ticket at a time; 0: none.
func (s *askedSkill) at(f *engine.Facts, c engine.ClassID, at engine.Duration) engine.Word {
	if !s.of[c] {
		return 0
	}
	i, found := slices.BinarySearch(s.after, at)
	if !found {
		i--
	}
	if s.slot < 0 {
		return s.word[i]
	}
	if f.Has&(1<<s.slot) == 0 {
		return 0
	}
	return s.value[i][f.Attrs[s.slot]]
}

// addNeed enters a need that the policy adds, unless the ticket has it. Needs stay sorted, so that equal sets are equal.
func addNeed(f *engine.Facts, w engine.Word) {
	n := int(f.NeedsLen)
	i, found := slices.BinarySearch(f.Needs[:n], w)
	if found || n == engine.NeedsMax {
		return
	}
	copy(f.Needs[i+1:n+1], f.Needs[i:n])
	f.Needs[i] = w
	low := f.Given & (1<<i - 1)
	f.Given = low | 1<<i | (f.Given&^(1<<i-1))<<1
	f.NeedsLen++
}
