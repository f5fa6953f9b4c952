package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"fairline/engine"
	"fairline/simulations/story"
)

// print writes the story for people.
func (d *demoRun) print(out io.Writer) error {
	var b strings.Builder
	d.printHead(&b)
	d.printMoment(&b)
	d.printWaits(&b)
	d.printLedger(&b)
	fmt.Fprintf(&b, "Try your own policy: fairline demo --policy my.yaml     Run a line: fairline serve\n")
	_, err := io.WriteString(out, b.String())
	return err
}

func (d *demoRun) printHead(b *strings.Builder) {
	last := engine.Instant(0)
	for _, r := range []*story.Result{d.loud, d.fair} {
		last = max(last, r.Starts[len(r.Starts)-1].At)
	}
	day := time.Unix(0, int64(d.story.Opens)).UTC().Weekday()
	fmt.Fprintf(b, "%-44s%d tickets, %d agents, %d minutes of a %s\n", "fairline demo · "+d.story.Title,
		len(d.story.Tickets), len(d.story.Agents), last.Sub(d.story.Opens)/engine.Minute, day)
	fmt.Fprintf(b, "Same tickets, same agents, same clock. Only the policy differs.\n\n")
}

// printMoment shows the first decision in which the policies differ.
func (d *demoRun) printMoment(b *strings.Builder) {
	i := story.Parts(d.loud, d.fair)
	if i < 0 {
		fmt.Fprintf(b, "Both policies serve everybody in the same order.\n\n")
		return
	}
	loud, fair := &d.loud.Starts[i], &d.fair.Starts[i]
	fmt.Fprintf(b, "At %s agent %s becomes free. %s waiting:\n\n", story.Clock(loud.At), loud.Agent,
		people(len(loud.Waiting)))
	for row, t := range loud.Waiting {
		of := &d.story.Tickets[t]
		waited := minutes(loud.At.Sub(d.story.Opens.Add(of.Arrives)))
		if row == 0 {
			waited = "waited " + waited
		}
		fmt.Fprintf(b, "  %-4s %-12s %-7s %12s   %s\n", of.ID, of.Name, of.Channel, waited, about(of))
	}
	b.WriteString("\n")
	width := max(len(d.loud.Policy.Name), len(d.fair.Policy.Name))
	for _, side := range []struct {
		r     *story.Result
		start *story.Start
	}{{d.loud, loud}, {d.fair, fair}} {
		of := &d.story.Tickets[side.start.Ticket]
		fmt.Fprintf(b, "  %-*s takes %-15s ahead of %s   accepted reason: %s\n", width+1, side.r.Policy.Name,
			of.ID+" "+of.Name, plural(len(side.start.Passed), "person", "people"), orNone(d.accepted(side.r, side.start)))
	}
	if len(loud.Passed) > 0 && d.accepted(d.loud, loud) == "" {
		own := loud.Passed[0]
		fmt.Fprintf(b, "  %s says %q (%s:%d); no rule of %s does.\n", d.loud.Policy.Name, own.Reason,
			d.loud.File, own.Line, d.fair.Policy.Name)
	}
	b.WriteString("\n")
}

func people(n int) string {
	words := []string{"Nobody is", "One person is", "Two people are", "Three people are", "Four people are",
		"Five people are", "Six people are", "Seven people are", "Eight people are", "Nine people are", "Ten people are"}
	return words[n]
}

func about(t *story.Ticket) string {
	if reach, ok := t.Attributes["reach"].(int); ok {
		return fmt.Sprintf("%s · %s followers", t.About, grouped(int64(reach)))
	}
	return t.About
}

func orNone(reason string) string {
	if reason == "" {
		return "none"
	}
	return reason
}

// printWaits compares the ends: who was mentioned, the mean, and the overtakings.
func (d *demoRun) printWaits(b *strings.Builder) {
	row := func(name, loud, fair, note string) {
		line := fmt.Sprintf("  %-28s %14s %13s", name, loud, fair)
		if note != "" {
			line += "    ← " + note
		}
		b.WriteString(line + "\n")
	}
	row("waited in the end", d.loud.Policy.Name, d.fair.Policy.Name, "")
	loud, fair := d.loud.Waits(), d.fair.Waits()
	for _, t := range d.mentioned() {
		of := &d.story.Tickets[t]
		row("  "+of.ID+" "+of.Name, minutes(loud[t]), minutes(fair[t]), "")
	}
	means, reasons := "", ""
	if d.loud.Mean() < d.fair.Mean() {
		means = "the average prefers the loud policy"
	}
	if d.unaccepted(d.loud) > d.unaccepted(d.fair) {
		reasons = "the ledger does not"
	}
	row("  mean of all "+number(len(loud)), minutes(d.loud.Mean()), minutes(d.fair.Mean()), means)
	row("  overtakings", fmt.Sprint(d.loud.Overtakings), fmt.Sprint(d.fair.Overtakings), "")
	row("    without accepted reason", fmt.Sprint(d.unaccepted(d.loud)), fmt.Sprint(d.unaccepted(d.fair)), reasons)
	b.WriteString("\n")
}

func number(n int) string {
	if words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}; n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n)
}

// mentioned are the tickets that the decisive moment is about: both choices, and who stood first.
func (d *demoRun) mentioned() []int {
	i := story.Parts(d.loud, d.fair)
	if i < 0 {
		return nil
	}
	loud, fair := d.loud.Starts[i], d.fair.Starts[i]
	list := []int{loud.Ticket, fair.Ticket}
	if first := loud.Waiting[0]; first != loud.Ticket && first != fair.Ticket {
		list = append(list, first)
	}
	return list
}

// printLedger lists the overtakings under the judging policy, one line for each pair of its entries.
func (d *demoRun) printLedger(b *strings.Builder) {
	entries := 0
	for _, start := range d.fair.Starts {
		if len(start.Passed) > 0 {
			entries++
		}
	}
	fmt.Fprintf(b, "  ledger of %s (%s, %s; chain of %d frames ok)\n", d.fair.Policy.Name,
		plural(entries, "entry", "entries"), plural(d.fair.Overtakings, "overtaking", "overtakings"), d.fair.Frames)
	entry := 0
	for _, start := range d.fair.Starts {
		if len(start.Passed) > 0 {
			entry++
		}
		for _, pair := range start.Passed {
			over := d.story.Tickets[pair.Ticket].ID
			fmt.Fprintf(b, "    %04d %s  %s over %s  %s  %s:%d   cost to %s  %s\n", entry, story.Clock(start.At),
				d.story.Tickets[start.Ticket].ID, over, pair.Name, d.fair.File, pair.Line, over, signed(d.cost(pair.Ticket)))
		}
	}
	b.WriteString("\n")
}

func signed(d engine.Duration) string {
	if d < 0 {
		return "-" + minutes(-d)
	}
	return "+" + minutes(d)
}
