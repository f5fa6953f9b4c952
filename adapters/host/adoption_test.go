package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"fairline/engine"
	"fairline/engine/journal"
)

// kinds is a policy whose first class takes what a rule says.
const kinds = `fairline: 1
policy: kinds
timezone: Europe/Lisbon
hours: {mon-sun: 00:00-24:00}
attributes:
  topic: {one_of: [fire, water, none], else: none}
channels:
  phone: {takes: agent, offer: 20s}
classes:
  - name: first
    when: ticket.topic == "%s"
    reason: It cannot wait
  - name: rest
order: {strict: [first, rest]}
`

// adopt hands a policy in and waits for what comes of it.
func (s *site) adopt(file, src string) (Adoption, error) {
	s.t.Helper()
	type result struct {
		a   Adoption
		err error
	}
	done := make(chan result, 1)
	go func() {
		a, err := s.host.Adopt(context.Background(), file, []byte(src))
		done <- result{a, err}
	}()
	synctest.Wait()
	r := <-done
	return r.a, r.err
}

// TestAdoptCounts adopts a policy while the line runs, and wants to hear whose class it changed; a restart goes on with it.
func TestAdoptCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := journal.NewMemory()
		s := startSite(t, memory, withPolicy(fmt.Sprintf(kinds, "fire")))
		for i, topic := range []string{"fire", "water", "water", "none"} {
			s.send("fl.in.main.pbx.ticket", fmt.Sprintf(`{"id":"%d","data":{"channel":"phone","attributes":{"topic":%q}}}`, i, topic))
		}
		a, err := s.adopt("new.yaml", fmt.Sprintf(kinds, "water"))
		want := []Reclassed{{"rest", "first", 2}, {"first", "rest", 1}}
		if err != nil || !a.Changed || a.Tickets != 4 || fmt.Sprint(a.Moved) != fmt.Sprint(want) || a.Seq == 0 || a.Uncounted {
			t.Errorf("Adopt = %+v, %v; want 4 tickets, moved %v", a, err, want)
		}
		if want := []Replaced{{"first", 2, 0}, {"rest", 0, 1}}; fmt.Sprint(a.Places) != fmt.Sprint(want) {
			t.Errorf("Adopt moved places: %v, want %v", a.Places, want)
		}
		again, err := s.adopt("new.yaml", fmt.Sprintf(kinds, "water"))
		if err != nil || again.Changed || again.Moved != nil || again.Policy != a.Policy {
			t.Errorf("Adopt again = %+v, %v; want it unchanged", again, err)
		}
		in := s.send("fl.ask.main.policy", "")
		if !strings.Contains(in, `"file":"new.yaml"`) || strings.Contains(in, "refused") {
			t.Errorf("policy: %s, want the new file", in)
		}
		s.close()
		s = startSite(t, memory.Reopen(), func(cfg *Config) { cfg.PolicySource = nil })
		if after := s.send("fl.ask.main.policy", ""); after != in {
			t.Errorf("policy after a restart: %s, want %s", after, in)
		}
		s.close()
	})
}

// TestBadFileKeepsThePolicy hands in files with errors, from the configuration's side and from the desk.
func TestBadFileKeepsThePolicy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		s := startSite(t, journal.NewMemory(), func(cfg *Config) {
			withPolicy(fmt.Sprintf(kinds, "fire"))(cfg)
			cfg.NotAdopted = func(file string, err error) { told = append(told, file+" "+err.Error()) }
		})
		good := s.send("fl.ask.main.policy", "")
		bad := strings.Replace(fmt.Sprintf(kinds, "fire"), "takes: agent", "takes: angle", 1) + "colour: red\n"
		_, err := s.adopt("bad.yaml", bad)
		if err == nil || !strings.HasPrefix(err.Error(), "bad.yaml:8:") || !strings.HasSuffix(err.Error(), "and 1 more") {
			t.Errorf("Adopt = %v, want the first place and how many more", err)
		}
		if now := s.send("fl.ask.main.policy", ""); !strings.HasPrefix(now, good[:len(good)-1]) ||
			strings.Count(now, "bad.yaml:") != 2 {
			t.Errorf("policy: %s, want the old one and two faults", now)
		}
		later := strings.Replace(fmt.Sprintf(kinds, "fire"), "attributes:\n", "attributes:\n  tags: {type: list}\n", 1)
		payload, _ := json.Marshal(map[string]string{"file": "later.yaml", "source": later})
		if got := s.send("fl.desk.main.mia.adopt", string(payload)); !strings.Contains(got, `"code":400`) ||
			!strings.Contains(got, "later.yaml:") || !strings.Contains(got, "type: list") {
			t.Errorf("adopt: %s, want it refused by what this version cannot serve", got)
		}
		if status := s.send("fl.ask.main.status", ""); !strings.Contains(status, `"policy_refused":{"file":"later.yaml"`) {
			t.Errorf("status: %s, want the refused file", status)
		}
		if len(told) != 2 || !strings.HasPrefix(told[1], "later.yaml ") {
			t.Errorf("heard of %q, want both files", told)
		}
		payload, _ = json.Marshal(map[string]string{"file": "good.yaml", "source": fmt.Sprintf(kinds, "water")})
		got := s.send("fl.desk.main.mia.adopt", string(payload))
		if !strings.Contains(got, `"changed":true`) {
			t.Errorf("adopt: %s, want it in force", got)
		}
		if now := s.send("fl.ask.main.policy", ""); !strings.Contains(now, `"by":"mia"`) || strings.Contains(now, "refused") {
			t.Errorf("policy: %s, want it by mia and nothing refused", now)
		}
		s.close()
		if _, err := s.adopt("good.yaml", fmt.Sprintf(kinds, "water")); err == nil {
			t.Error("Adopt of a stopped line = nil")
		}
	})
}

// TestAdoptOfADyingLine wants an error, and not for ever nothing, when the frame is not stored.
func TestAdoptOfADyingLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := journal.NewMemory()
		s := startSite(t, memory, nil)
		memory.FailNext(journal.FaultFenced)
		if _, err := s.adopt("new.yaml", fmt.Sprintf(kinds, "fire")); !errors.Is(err, ErrStopped) {
			t.Errorf("Adopt = %v, want %v", err, ErrStopped)
		}
		<-s.done
	})
}

// TestReplayKeepsItsZone replays a journal whose table of local time is another than the program's.
func TestReplayKeepsItsZone(t *testing.T) {
	src := []byte(strings.Replace(fmt.Sprintf(kinds, "fire"), "00:00-24:00", "08:00-20:00", 1))
	own, err := compile("kinds", src, "")
	if err != nil || own.zone == "" {
		t.Fatalf("compile = %v with the zone %q, want a table", err, own.zone)
	}
	other, err := compile("kinds", src, "Europe/Lisbon 7200")
	if err != nil || other.zone != "Europe/Lisbon 7200" {
		t.Fatalf("compile with another table = %v, zone %q", err, other.zone)
	}
	a, b := own.engine().Hours.Spans()[0], other.engine().Hours.Spans()[0]
	if a == b {
		t.Errorf("the first span is %v under both tables, want the table to count", a)
	}
	f := follower{learned: map[[32]byte]*rules{}}
	in := Input{Command: engine.Command{Kind: engine.Adopt, Policy: &engine.Policy{Hash: own.engine().Hash}},
		Texts: []string{"kinds", string(src), other.zone}}
	if err := f.learn(&in); err != nil || f.learned[own.engine().Hash].zone != other.zone {
		t.Errorf("a replay learns the policy with %+v, %v; want the journal's table", f.learned, err)
	}
	if _, err := compile("kinds", src, "Europe/Lisbon x"); err == nil {
		t.Error("compile with a broken table = nil")
	}
}
