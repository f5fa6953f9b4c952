package policy_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fairline/engine"
	"fairline/policy"
)

// adopt puts a policy in force in a new engine, which must take whatever Parse gives.
func adopt(t testing.TB, p *policy.Policy) *engine.Engine {
	t.Helper()
	e := engine.New()
	if _, err := e.Do(engine.Command{Kind: engine.Adopt, At: 1, Policy: p.Engine}); err != nil {
		t.Fatalf("the engine refuses what Parse gives: %v\n%s", err, p.Source)
	}
	return e
}

// The bank's rule: a priority customer passes those who came less than 90 s before, and nobody else.
func TestBankRuleInTheEngine(t *testing.T) {
	p, _, err := policy.Load("bank")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		later engine.Duration
		first string
	}{{89 * engine.Second, "priority"}, {91 * engine.Second, "regular"}} {
		e := adopt(t, p)
		at := 1000 * engine.Instant(engine.Second)
		arrive := func(name string, level int, when engine.Instant) engine.TicketID {
			r := p.Ticket(policy.Ticket{Channel: "phone", Arrived: when, Attributes: map[string]any{"priority": level}})
			evs, err := e.Do(engine.Command{Kind: engine.Arrive, At: when, Key: engine.KeyOf("test", name), Facts: &r.Facts})
			if err != nil || r.Err() != nil {
				t.Fatal(err, r.Err())
			}
			return evs[0].Ticket
		}
		regular := arrive("regular", 1, at)
		priority := arrive("priority", 2, at.Add(c.later))
		want := map[string]engine.TicketID{"regular": regular, "priority": priority}[c.first]
		evs, err := e.Do(engine.Command{Kind: engine.SignIn, At: at.Add(200 * engine.Second), Agent: engine.WordOf("ada"),
			Profile: &engine.Profile{Takes: p.Engine.Takes()}})
		if err != nil {
			t.Fatal(err)
		}
		var got engine.TicketID
		for _, ev := range evs {
			if ev.Kind == engine.Offered {
				got = ev.Ticket
			}
		}
		if got != want {
			t.Errorf("priority came %v later: first is ticket %d, want %s (%d)", time.Duration(c.later), got, c.first, want)
		}
	}
}

// mutate changes a few words or lines of a file.
func mutate(r *rand.Rand, src string) string {
	lines := strings.Split(src, "\n")
	for range 1 + r.IntN(4) {
		i, j := r.IntN(len(lines)), r.IntN(len(lines))
		switch r.IntN(6) {
		case 0:
			lines = append(lines[:i:i], lines[min(i+1, len(lines)):]...)
		case 1:
			lines[i], lines[j] = lines[j], lines[i]
		case 2:
			lines[i] = lines[j]
		case 3:
			words := strings.Fields(lines[i])
			if len(words) > 0 {
				lines[i] = strings.Replace(lines[i], words[r.IntN(len(words))], []string{"", "12", "!x", "~", "[a]", "{a: b}", "others", "&a", "*a", "5m", "'", "ä: \"", "reach"}[r.IntN(13)], 1)
			}
		case 4:
			if k := len(lines[i]); k > 0 {
				c := r.IntN(k)
				lines[i] = lines[i][:c] + lines[i][c+1:]
			}
		case 5:
			if k := len(lines[i]); k > 0 {
				c := r.IntN(k)
				lines[i] = lines[i][:c] + string("{}[]:,#&*!|>'\"% \t-0é"[r.IntN(20)]) + lines[i][c:]
			}
		}
		if len(lines) == 0 {
			return ""
		}
	}
	return strings.Join(lines, "\n")
}

// Policies with a few words wrong: no panic, every fault inside the file, the engine takes what Parse gives. With
// FAIRLINE_MUTATIONS=45000 it tries so many instead.
func TestMutatedPolicies(t *testing.T) {
	n := 300
	if s := os.Getenv("FAIRLINE_MUTATIONS"); s != "" {
		if _, err := fmt.Sscan(s, &n); err != nil {
			t.Fatal(err)
		}
	}
	var files []string
	for _, dir := range []string{"shipped", filepath.Join("testdata", "examples"), filepath.Join("testdata", "keys")} {
		found, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	r := rand.New(rand.NewPCG(7, 11))
	slowest, fine := time.Duration(0), 0
	for i := range n {
		src, err := os.ReadFile(files[i%len(files)])
		if err != nil {
			t.Fatal(err)
		}
		text := []byte(mutate(r, string(src)))
		start := time.Now()
		p, faults := policy.Parse("m.yaml", text)
		slowest = max(slowest, time.Since(start))
		inside(t, text, faults)
		if p != nil {
			fine++
			adopt(t, p)
			tryLife(t, p, p.Ticket(policy.Ticket{Channel: p.Engine.Channels[0].Name}).Facts)
		}
	}
	t.Logf("%d files, %d still fine, the slowest took %v", n, fine, slowest)
	if fine == 0 {
		t.Error("no changed file was still a policy: the test says little")
	}
}
