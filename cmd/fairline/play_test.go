package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"fairline/adapters/player"
	"fairline/simulations/recorded"
)

const playExcerpt = "../../simulations/recorded/testdata/1999-03-04.tsv"

func TestPlayWantsOneDay(t *testing.T) {
	for args, want := range map[string]string{
		"../../simulations/recorded/testdata/quirks.tsv": "choose one with --day",
		playExcerpt + " --day 1999-03-05":                "none of 265 rows",
		playExcerpt + " --day 4.3.1999":                  "want one like 1999-03-04",
		"missing.tsv":                                    "missing.tsv",
		playExcerpt + " --nats nats://127.0.0.1:1":       "connect to nats://127.0.0.1:1",
	} {
		cmd := playCommand()
		cmd.SetArgs(strings.Fields(args))
		cmd.SetErr(&bytes.Buffer{})
		if err := cmd.ExecuteContext(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("play %s: %v, want an error with %q", args, err, want)
		}
	}
}

// TestPlayedIsRecorded holds what is played against what was recorded.
func TestPlayedIsRecorded(t *testing.T) {
	log, err := recorded.Open(playExcerpt, "1999-03-04")
	if err != nil {
		t.Fatal(err)
	}
	stay := 0
	for i, c := range playedCalls(log.Calls) {
		from := log.Calls[i]
		if c.Arrives != from.Arrived || c.Service != from.Service || c.Needs[0] != string(from.Type) ||
			c.Attributes["priority"] != from.Priority || c.Waited != from.Wait {
			t.Errorf("call %s is played as %+v, recorded as %+v", c.ID, c, from)
		}
		if c.Stays {
			stay++
		} else if c.Patience != from.Wait || c.Recorded != player.HungUp {
			t.Errorf("call %s hangs up after %v, recorded %v", c.ID, c.Patience, from.Wait)
		}
	}
	if stay != log.Report.Served {
		t.Errorf("%d calls stay, want the %d that were served", stay, log.Report.Served)
	}
	staff := recorded.Infer(log.Calls, recorded.Gap)
	shifts := 0
	for _, a := range playedAgents(staff.Agents) {
		shifts += len(a.Shifts)
	}
	if shifts != staff.Shifts {
		t.Errorf("%d shifts are played, want %d", shifts, staff.Shifts)
	}
}

func TestPlayPrints(t *testing.T) {
	r := playResult{Speed: 600, Log: recorded.Report{Rows: 7, Kept: 4, Served: 3, HungUp: 1,
		LeftOut: map[recorded.Reason]int{recorded.Phantom: 3}}}
	r.Played.All = player.Stats{Offered: 4, Served: 3, HungUp: 1, Slips: 5, Wait: player.Waits{Mean: 61 * time.Second}}
	r.Played.Classes = []player.Stats{r.Played.All}
	r.Before.Tickets.Overtakings, r.After.Tickets.Overtakings = 10, 15
	var b bytes.Buffer
	if err := r.print(&b, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Rows read", "phantom", "of whom 3 were served and 1 hung up", "61 s",
		"5 overtakings", "Every one of 4 calls ended exactly once."} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, &b)
		}
	}
	r.Played.Open = []player.CallID{"x-1"}
	b.Reset()
	if err := r.print(&b, false); err != nil || strings.Contains(b.String(), "exactly once") {
		t.Errorf("a play with an open call prints, %v:\n%s", err, &b)
	}
}
