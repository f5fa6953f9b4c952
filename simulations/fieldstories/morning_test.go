package fieldstories

import (
	"fmt"
	"testing"

	"github.com/cockroachdb/datadriven"

	"fairline/engine"
	"fairline/policy"
)

// What comes to a telecom on the morning after (POLICY.md 1): forty agents have work for 31 of them, and the night's.
const (
	deskAgents  = 40
	nightMails  = 300
	mailsByHour = 60
	phonesAHour = 300
)

// opens is eight in Vienna.
const opens = start - engine.Instant(engine.Hour)

// TestMorning plays the day after a night's mails, on either clock: testdata/morning.txt.
func TestMorning(t *testing.T) {
	datadriven.RunTest(t, "testdata/morning.txt", func(t *testing.T, d *datadriven.TestData) string {
		p, said := read(t, "morning.yaml", d.Input)
		if p == nil {
			return said
		}
		var calls, night, mails tally
		late := 0
		for _, v := range serve(t, p, opens, deskAgents, morning(1), func(*visitor) {}) {
			wait := v.start.Sub(max(v.ticket.Arrived, opens))
			switch {
			case v.ticket.Channel == "phone":
				calls.add(wait, v.passed)
				continue
			case v.ticket.Arrived < opens:
				night.add(wait, v.passed)
			default:
				mails.add(wait, v.passed)
			}
			if wait > 4*engine.Hour {
				late++
			}
		}
		claim(t, d, "calls", "the day", calls.worst)
		claim(t, d, "mails", "the day", max(night.worst, mails.worst))
		return fmt.Sprintf("%scalls               %s\nmails of the night  %s\nmails of the day    %s\nmails later than 4 h: %d\n", said, &calls, &night, &mails, late)
	})
}

// morning draws who comes: mails through twelve hours of the night, then calls and mails for eight.
func morning(r chance) (list []visitor) {
	mail := func(at engine.Instant) {
		list = append(list, visitor{ticket: policy.Ticket{Channel: "email", Arrived: at}, work: r.between(3*engine.Minute, 9*engine.Minute)})
	}
	for range nightMails {
		mail(opens.Add(-r.between(engine.Second, 12*engine.Hour)))
	}
	for s := range 8 * 3600 {
		at := opens.Add(engine.Duration(s) * engine.Second)
		if r.below(3600) < phonesAHour {
			list = append(list, visitor{ticket: policy.Ticket{Channel: "phone", Arrived: at}, work: r.between(2*engine.Minute, 8*engine.Minute)})
		}
		if r.below(3600) < mailsByHour {
			mail(at)
		}
	}
	return list
}
