package story

import (
	"time"

	"fairline/engine"
)

// SqueakyWheel is the story of `fairline demo`: twenty minutes of a Monday, ten tickets, two agents. docs/demo.md
// works the waits out by hand.
func SqueakyWheel() *Story {
	const s, m = engine.Second, engine.Minute
	return &Story{
		Title: "the squeaky wheel",
		Opens: engine.Instant(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).UnixNano()),
		Agents: []Agent{
			{Name: "Ana"},
			{Name: "Ben"},
		},
		Tickets: []Ticket{
			{ID: "101", Name: "Okafor", Channel: "phone", About: "new address", Arrives: -40 * s, Handling: 6 * m},
			{ID: "102", Name: "Lind", Channel: "phone", About: "a bill paid twice", Arrives: -20 * s, Handling: 8 * m},
			{ID: "103", Name: "Costa", Channel: "phone", About: "no dial tone", Arrives: 1 * m, Handling: 5 * m},
			{ID: "104", Name: "@m_ito", Channel: "social", About: "parcel lost (private message)",
				Arrives: 1*m + 20*s, Handling: 4*m + 30*s},
			{ID: "105", Name: "Novak", Channel: "phone", About: "contract end", Arrives: 1*m + 45*s, Handling: 3 * m},
			{ID: "106", Name: "Haddad", Channel: "email", About: "wrong invoice", Arrives: 2*m + 10*s, Handling: 5 * m},
			{ID: "107", Name: "@loud_larry", Channel: "social", About: `"WORST COMPANY EVER"`,
				Arrives: 3*m + 30*s, Handling: 3 * m, Attributes: map[string]any{"reach": 212_000, "sentiment": -94}},
			{ID: "108", Name: "Weiss", Channel: "phone", About: "oxygen machine has no power",
				Arrives: 5 * m, Handling: 4 * m, Attributes: map[string]any{"need": "medical"}},
			{ID: "109", Name: "Silva", Channel: "phone", About: "slow line", Arrives: 6*m + 35*s, Handling: 3 * m},
			{ID: "110", Name: "Brandt", Channel: "email", About: "change of name", Arrives: 7 * m, Handling: 3 * m},
		},
	}
}
