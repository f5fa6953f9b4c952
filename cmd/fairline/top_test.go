package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fairline/adapters/host"
)

// topStory is the line of the demo at 09:05:30, with somebody under an offer.
func topStory() snapshot {
	day := time.Date(2026, 4, 13, 9, 5, 30, 0, time.UTC)
	row := func(id uint64, who, channel, class string, waited time.Duration, place int) topRow {
		return topRow{Ticket: id, ID: who, Adapter: "pbx", Channel: channel, Class: class, State: "waiting", Place: place,
			Arrived: day.Add(-waited).Format(time.RFC3339Nano), WaitedMS: waited.Milliseconds()}
	}
	rings := row(102, "lind", "phone", "everyone", 5*time.Minute, 0)
	rings.State, rings.Agent = "offered", "ben"
	rows := []topRow{rings,
		row(103, "costa", "phone", "everyone", 270*time.Second, 2),
		row(104, "m_ito", "social", "everyone", 250*time.Second, 3),
		row(107, "\x1b[2Jlarry", "social", "everyone", 2*time.Minute, 4),
		row(108, "weiss", "phone", "life-safety", 30*time.Second, 1)}
	rows[1].Slips, rows[1].Why = 1, "overtaken by #101 wolf: Danger to life or health  weekday:28@afee31"
	rows[3].Idle = idleWhys["skill"]
	rows[2].Expect = &expect{P50MS: 61_000, P90MS: 125_000}
	live := 0.67
	foresee(rows)
	return snapshot{Schema: "fairline.top/1", At: day.Format(time.RFC3339Nano), Line: "main", Policy: "weekday@afee31", Uptime: "3h12m0s",
		Waiting: 6, Offered: 1, InService: 2, Held: 1, Overtakings: 1, States: map[string]int{"busy": 2, "available": 1}, Rows: rows, More: 2,
		Levels: []topLevel{{"phone", &live, "80/60"}, {"email", nil, "90/14400"}},
		Entries: []host.LedgerEntry{{Entry: 1, At: day.Format(time.RFC3339Nano), Ticket: &host.Who{Ticket: 101, ID: "wolf"}, Class: "life-safety",
			Agent: "ana", Rows: []host.LedgerRow{{Class: "everyone", Channel: "phone", Count: 1, Reason: "Danger to life or health",
				Rule: &host.Rule{Text: "weekday:28@afee31"}}}}},
		Agents: []topAgent{{Agent: "ana", State: "busy", Since: day.Format(time.RFC3339Nano), Offers: []topOffer{{Offer: 1, Ticket: 101, State: "working"}}}}}
}

// TestTopFrame holds every page to testdata/top.golden.
func TestTopFrame(t *testing.T) {
	const golden = "testdata/top.golden"
	s := topStory()
	now := time.Date(2026, 4, 13, 9, 5, 42, 0, time.UTC)
	var b bytes.Buffer
	for _, page := range []struct {
		name string
		view topView
	}{
		{"once", topView{}},
		{"live", topView{live: true, width: 80, height: 24}},
		{"no room", topView{live: true, width: 40, height: 8}},
		{"by wait", topView{live: true, width: 120, sort: 1}},
		{"by expectation", topView{width: 120, sort: 2}},
		{"by overtakings", topView{width: 120, sort: 3}},
		{"filter", topView{live: true, width: 120, filter: "SOCIAL"}},
		{"typing", topView{live: true, width: 120, filter: "so", typing: true}},
		{"overtakings", topView{live: true, width: 120, show: ledgerView}},
		{"agents, paused", topView{live: true, width: 120, show: agentsView, paused: true}},
		{"help", topView{live: true, width: 100, help: true}},
		{"no answer", topView{live: true, width: 100, height: 6, trouble: "nobody serves a line\non this bus", answered: now.Add(-12 * time.Second)}},
	} {
		page.view.zone = time.UTC
		fmt.Fprintf(&b, "--- %s\n%s\n", page.name, strings.Join(page.view.frame(s, now), "\n"))
	}
	empty := topView{zone: time.UTC, live: true}
	fmt.Fprintf(&b, "--- empty\n%s\n", strings.Join(empty.frame(snapshot{}, now), "\n"))
	if *rewrite {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || b.String() != string(want) {
		t.Errorf("%v\n%s", err, b.String())
	}
}

// TestTopFitsTheTerminal draws each page at each size: nothing wider, nothing higher, nothing that a terminal obeys.
func TestTopFitsTheTerminal(t *testing.T) {
	s := topStory()
	for width := 1; width < 130; width += 3 {
		for height := 5; height < 30; height++ {
			for show := range allViews {
				v := topView{zone: time.UTC, live: true, width: width, height: height, show: show}
				lines := v.frame(s, time.Time{})
				if len(lines) > height {
					t.Fatalf("%d x %d, view %d: %d lines", width, height, show, len(lines))
				}
				for _, line := range lines {
					if n := len([]rune(line)); n > width || strings.ContainsAny(line, "\x1b\n") {
						t.Fatalf("%d x %d, view %d: %q has %d columns", width, height, show, line, n)
					}
				}
			}
		}
	}
}

// TestTopFollowsKeys types into a screen whose line dies and comes back, on a clock of its own.
func TestTopFollowsKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lockedBuffer
		var mu sync.Mutex // guards asked and dead: the clock of a bubble wakes without saying so to the race detector
		var asked []views
		var dead error
		screen := &topScreen{out: &out, every: time.Second, zone: time.UTC, size: func() (int, int) { return 100, 20 },
			take: func(_ context.Context, v views) (snapshot, error) {
				mu.Lock()
				defer mu.Unlock()
				asked = append(asked, v)
				return topStory(), dead
			}}
		keys := make(chan byte)
		done := make(chan error, 1)
		go func() { done <- screen.run(t.Context(), keys) }()
		step := func(what string, wait time.Duration, typed string, want ...string) {
			t.Helper()
			out.Reset()
			for _, k := range []byte(typed) {
				keys <- k
			}
			time.Sleep(wait)
			synctest.Wait()
			frames := strings.Split(out.String(), "\x1b[H")
			for _, text := range want {
				not, absent := strings.CutPrefix(text, "!")
				if last := frames[len(frames)-1]; strings.Contains(last, not) == absent {
					t.Errorf("%s: want %q in\n%s", what, text, last)
				}
			}
		}
		step("a second passes", time.Second+1, "", "PLACE", "live", "costa")
		step("agents", 0, "a", "AGENT", "!PLACE")
		step("overtakings", 0, "o", "WENT AHEAD")
		step("line by wait", 0, "ls", "[s]ort waited", "PLACE")
		step("filter", 0, "/larx\x7fry\r", "[/]filter larry", "!costa")
		step("filter off", 0, "/x\x1b", "costa", "[/]filter  [p]ause")
		step("help", 0, "?", "this help")
		step("help off", 0, "?", "!this help")
		die := func(err error) {
			mu.Lock()
			defer mu.Unlock()
			dead = err
		}
		mu.Lock()
		n := len(asked)
		mu.Unlock()
		step("paused", 3*time.Second, "p", "paused")
		mu.Lock()
		if len(asked) != n {
			t.Errorf("a paused screen asked %d times", len(asked)-n)
		}
		mu.Unlock()
		die(errors.New("gone fishing"))
		step("no answer", 2*time.Second, "p", "NO ANSWER", "gone fishing", "costa")
		die(nil)
		step("answers again", time.Second, "", "!NO ANSWER", "live")
		keys <- 'q'
		if err := <-done; err != nil {
			t.Error(err)
		}
		if want := (views{agentsView: true}); fmt.Sprint(asked[2]) != fmt.Sprint(want) {
			t.Errorf("for the agents' page %v was asked, want %v", asked[2], want)
		}
	})
}

// TestReadLevels reads what /metrics has.
func TestReadLevels(t *testing.T) {
	list := readLevels(strings.NewReader(`# HELP fairline_service_level_live x
fairline_service_level_live{channel="phone",line="main"} 0.875
fairline_service_level_live{channel="email",line="main"} NaN
fairline_service_level_target{channel="phone",line="main",within="60"} 0.8
fairline_service_level_target{channel="email",line="main",within="14400"} 0.9
`))
	if got, want := levelsText(list), "phone 87.5% (80/60)  email — (90/14400)"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
