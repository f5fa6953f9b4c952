package host

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"fairline/engine"
)

// Limits of lists in requests.
const (
	skillsListMax = 64  // members of skills; each level of a skill counts against engine.SkillsMax
	levelMax      = 5   // of a skill
	ticketsMax    = 500 // members of tickets
)

func readVerified(d *decoder, path string, m *message) { m.unverified = !d.boolean(path) }

func readNeeds(d *decoder, path string, m *message) {
	m.hasNeeds = true
	d.list(path, "a list of texts", engine.NeedsMax, func() {
		name, level := readSkill(d, path)
		m.needs = add(m.needs, atLevel(name, level))
	})
}

// readSkills reads what an agent can do, as a list of names, each with its level behind an @ where it has one, or as an
// object of levels. Whoever has a skill at one level has it at all below.
func readSkills(d *decoder, path string, m *message) {
	if d.next() == '{' {
		d.object(path, skillsListMax, func(name string) {
			level := int(d.whole(joined(path, name), 1, levelMax))
			m.addSkill(d, path, name, level)
		})
		return
	}
	d.list(path, "a list of texts, or an object of levels", skillsListMax, func() {
		name, level := readSkill(d, path)
		m.addSkill(d, path, name, level)
	})
}

// addSkill adds a skill with all levels up to the one given.
func (m *message) addSkill(d *decoder, path, name string, level int) {
	if name == "" {
		d.fail(Malformed, path, "has an empty name, want names of skills")
	}
	for l := 1; l <= level; l++ {
		m.skills = add(m.skills, atLevel(name, l))
	}
	if len(m.skills) > engine.SkillsMax {
		d.fail(TooMuch, path, "has more than %d skills, each level counted", engine.SkillsMax)
	}
}

// readSkill reads the name of a skill and the level behind it, which is 1 where none is.
func readSkill(d *decoder, path string) (string, int) {
	text := d.text(path, TextLenMax)
	if text == "" {
		d.fail(Malformed, path, "has an empty name, want names of skills")
	}
	i := strings.LastIndexByte(text, '@')
	if i <= 0 || strings.Trim(text[i+1:], "0123456789") != "" || i+1 == len(text) {
		return text, 1
	}
	level, err := strconv.Atoi(text[i+1:])
	if err != nil || level < 1 || level > levelMax {
		d.fail(Malformed, path, "has %s, want a level from 1 to %d", shown(text), levelMax)
	}
	return text[:i], level
}

// atLevel is the word for a skill at a level.
func atLevel(name string, level int) string {
	if level <= 1 {
		return name
	}
	return name + "@" + strconv.Itoa(level)
}

// leveled are the texts of skills with the levels below the highest left out.
func leveled(texts []string) []string {
	var list []string
	for _, text := range texts {
		above := false
		name, level := text, 1
		if i := strings.LastIndexByte(text, '@'); i > 0 && i == len(text)-2 {
			name, level = text[:i], int(text[i+1]-'0')
		}
		for l := level + 1; l <= levelMax; l++ {
			above = above || slices.Contains(texts, atLevel(name, l))
		}
		if !above {
			list = append(list, text)
		}
	}
	return list
}

// add appends a text unless it is there.
func add(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

func readTickets(d *decoder, path string, m *message) {
	d.list(path, "a list of tickets' numbers", ticketsMax, func() {
		id := engine.TicketID(d.whole(path, 1, numberMax))
		if !slices.Contains(m.tickets, id) {
			m.tickets = append(m.tickets, id)
		}
	})
}

// holdWhys are the reasons for which somebody may hold a ticket.
var holdWhys = map[string]engine.Cause{
	"callback":  engine.ByCallback,
	"snooze":    engine.BySnooze,
	"customer":  engine.ByCustomer,
	"no-answer": engine.ByNoAnswer,
}

func readHoldWhy(d *decoder, path string, m *message) {
	got := d.text(path, TextLenMax)
	if m.why = holdWhys[got]; m.why == 0 {
		d.fail(Malformed, path, "is %s, want one of %s", shown(got), strings.Join(slices.Sorted(maps.Keys(holdWhys)), ", "))
	}
}

// readSource reads a file's text, which unlike others has lines.
func readSource(d *decoder, path string, m *message) {
	if !d.take('"') {
		d.wrong(path, "a text")
		return
	}
	m.source, _ = d.quoted(path)
	if len(m.source) > PolicyLenMax {
		d.fail(TooMuch, path, "has %d bytes, want at most %d", len(m.source), PolicyLenMax)
	}
	if m.source == "" {
		d.fail(Malformed, path, "is empty, want the text of a policy file")
	}
}
