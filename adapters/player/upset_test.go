package player

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestUpsets has one thing go wrong at a time: the call is served in the end, and once.
func TestUpsets(t *testing.T) {
	const s = time.Second
	for name, tc := range map[string]struct {
		upset Upset
		want  Upsets
		did   string // what the first agent did, in order
	}{
		"vanishes while it rings":  {Upset{Vanishes: Ringing, Away: 20 * s}, Upsets{Vanished: 1, TakenUp: 1}, "sign-in sign-in accept finish"},
		"vanishes at work":         {Upset{Vanishes: Working, Away: 20 * s}, Upsets{Vanished: 1}, "sign-in accept sign-in finish"},
		"vanishes in the wrap-up":  {Upset{Vanishes: Wrapping, Wrap: 5 * s, Away: 20 * s}, Upsets{Vanished: 1}, "sign-in accept finish"},
		"is handed on":             {Upset{Transfer: []string{"NE"}}, Upsets{HandedOn: 1}, "sign-in accept transfer"},
		"is held and called again": {Upset{Callback: 10 * s}, Upsets{Held: 1}, "sign-in accept hold"},
	} {
		t.Run(name, func(t *testing.T) {
			call := stays("a", 1*s, 10*s, "PS")
			call.Upset = tc.upset
			line, config := setUp(t, []Call{call}, []Agent{agent("x", 0, 60*s, "PS"), agent("y", 0, 60*s, "NE")})
			config.Lease = 600 * s
			r := play(t, config)
			if got := ends(r); got != "a served" || r.Upsets != tc.want {
				t.Errorf("ends: %s, upsets %+v; want a served, %+v", got, r.Upsets, tc.want)
			}
			did := slices.DeleteFunc(slices.Clone(line.log), func(s string) bool { return !strings.HasPrefix(s, "x ") || s == "x renew" })
			text := strings.ReplaceAll(strings.Join(did, " "), "x ", "")
			if !strings.HasPrefix(text, tc.did) {
				t.Errorf("the first agent did %q, want first %q", text, tc.did)
			}
			if tc.want.HandedOn > 0 && r.Outcomes[0].Agent != "y" {
				t.Errorf("handed on, and served by %s", r.Outcomes[0].Agent)
			}
		})
	}
}

// TestComesBack has callers hang up and come back in time, and too late.
func TestComesBack(t *testing.T) {
	const s = time.Second
	for _, grace := range []bool{true, false} {
		call := hangs("b", 2*s, 5*s)
		call.Customer, call.Upset = "k", Upset{Back: 5 * s}
		line, config := setUp(t, []Call{stays("a", 0, 30*s), call}, []Agent{agent("x", 0, 90*s)})
		line.grace = grace
		r := play(t, config)
		want, upsets := "a served, b abandoned", Upsets{}
		if grace {
			want, upsets = "a served, b served", Upsets{Back: 1}
		}
		if got := ends(r); got != want || r.Upsets != upsets {
			t.Errorf("with a grace %v: ends %s, upsets %+v; want %s, %+v", grace, got, r.Upsets, want, upsets)
		}
	}
}

// TestWorkIsGoneForWhoComesBackTooLate has the line give back the work of an agent who vanished: the agent is offered another
// call, and takes it.
func TestWorkIsGoneForWhoComesBackTooLate(t *testing.T) {
	const s = time.Second
	call := stays("a", 0, 60*s)
	call.Upset = Upset{Vanishes: Working, Away: 10 * s}
	line, config := setUp(t, []Call{call, stays("b", 10*s, s)}, []Agent{agent("x", 0, 90*s)})
	config.Lease = 600 * s
	signIns := 0
	line.fault = func(_ int, subject string) fault {
		if !strings.HasSuffix(subject, "x.sign-in") {
			return fine
		}
		if signIns++; signIns == 2 {
			a := line.tickets["r1-a"]
			line.agents[0].with, a.agent, a.taken = nil, nil, false
			line.queue = append(line.queue, a)
		}
		return fine
	}
	if got := ends(play(t, config)); got != "a served, b served" || signIns < 2 {
		t.Errorf("ends: %s after %d sign-ins; want a served, b served, 2", got, signIns)
	}
}

// TestLeasesAreRenewed has an agent work for longer than its lease, and the line lose it once.
func TestLeasesAreRenewed(t *testing.T) {
	const s = time.Second
	line, config := setUp(t, []Call{stays("a", 0, 60*s)}, []Agent{agent("x", 0, 90*s)})
	config.Lease = 15 * s
	lost := false
	line.fault = func(n int, _ string) fault {
		if a := line.agents; !lost && len(a) > 0 && a[0].with != nil && a[0].with.taken {
			lost, a[0].on = true, false
		}
		return fine
	}
	r := play(t, config)
	signIns, renewals := 0, 0
	for _, what := range line.log {
		switch what {
		case "x sign-in":
			signIns++
		case "x renew":
			renewals++
		}
	}
	if !lost || signIns != 2 || renewals < 3 || ends(r) != "a served" {
		t.Errorf("lost %v, %d sign-ins, %d renewals, %s; want one loss, 2, at least 3, a served", lost, signIns, renewals, ends(r))
	}
}

// TestUpsetsNeedWhatTheyNeed refuses what cannot be played.
func TestUpsetsNeedWhatTheyNeed(t *testing.T) {
	for name, upset := range map[string]Upset{
		"vanishes without a lease": {Vanishes: Working},
		"wraps up without wrap-up": {Vanishes: Wrapping},
		"comes back as nobody":     {Back: time.Second},
		"handed on to nobody":      {Transfer: []string{"??"}},
	} {
		call := hangs("a", 0, 0)
		call.Upset = upset
		_, config := setUp(t, []Call{call}, []Agent{agent("x", 0, 0)})
		if _, err := Play(t.Context(), config); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: play = %v, want %v", name, err, ErrConfig)
		}
	}
}
