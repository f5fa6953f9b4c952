package host

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fairline/engine"
	"fairline/engine/journal"
)

// twoAttributes is a policy whose rules read two attributes of three.
const twoAttributes = `fairline: 1
policy: two
attributes:
  topic: {type: string, else: none}
  grade: {type: int, min: 0, max: 9}
  name:  {type: string, else: none}
never: [name]
channels:
  phone: {takes: agent, offer: 20s}
  fax:   {takes: 1 of 2, offer: 20s}
classes:
  - name: first
    when: ticket.topic == "fire" && has(ticket.grade) && ticket.grade > 3
    reason: It burns
  - name: rest
order: {strict: [first, rest]}
`

func withPolicy(src string) func(*Config) {
	return func(cfg *Config) { cfg.PolicyFile, cfg.PolicySource = "two.yaml", []byte(src) }
}

// TestUnreadTextsLeaveNoTrace looks for texts in the journal that the policy does not read: they must not
// be there, because nobody can take them out again.
func TestUnreadTextsLeaveNoTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := journal.NewMemory()
		s := startSite(t, memory, withPolicy(twoAttributes))
		s.send("fl.in.main.pbx.ticket", `{"id":"1","source":"/in/source","data":{"channel":"phone","matter":"my matter","needs":["PS"],
			"attributes":{"topic":"fire","name":"Rosa Dias","secret":"a secret"},"customer":"k7","ref":"crm/1"}}`)
		s.send("fl.in.main.pbx.change", `{"id":"1","data":{"attributes":{"topic":"smoke","name":"Rosa D","secret":"2nd"}}}`)
		s.close()
		all := bytes.Join(framesOf(t, memory), nil)
		for _, text := range []string{"fire", "smoke", "PS", "k7", "crm/1", "pbx"} {
			if !bytes.Contains(all, []byte(text)) {
				t.Errorf("%q is not in the journal, and a reader needs it", text)
			}
		}
		for _, text := range []string{"Rosa", "a secret", "2nd", "my matter", "/in/source"} {
			if bytes.Contains(all, []byte(text)) {
				t.Errorf("%q is in the journal", text)
			}
		}
	})
}

// TestChangeKeepsTheRest changes one attribute after the other, also behind a restart.
func TestChangeKeepsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := journal.NewMemory()
		s := startSite(t, memory, withPolicy(twoAttributes))
		class := func() string {
			_, after, _ := strings.Cut(s.send("fl.ask.main.ticket", `{"ticket":1}`), `"class":"`)
			name, _, _ := strings.Cut(after, `"`)
			return name
		}
		steps := []struct{ payload, want string }{
			{`{"topic":"fire"}`, "rest"},
			{`{"grade":5}`, "first"},
			{`{"grade":10}`, "rest"}, // no value that the policy has: as if absent
			{`{"grade":4}`, "first"},
			{`{}`, "first"},
			{`{"topic":"water"}`, "rest"},
			{`{"topic":"fire"}`, "first"},
		}
		s.send("fl.in.main.pbx.ticket", `{"id":"1","data":{"channel":"phone"}}`)
		for i, step := range steps {
			if i == 3 {
				s.close()
				memory = memory.Reopen()
				s = startSite(t, memory, withPolicy(twoAttributes))
			}
			answer := s.send("fl.in.main.pbx.change", `{"id":"1","data":{"attributes":`+step.payload+`}}`)
			if got := class(); got != step.want {
				t.Errorf("after %s (%s): class %s, want %s", step.payload, answer, got, step.want)
			}
		}
		s.close()
	})
}

// TestRepeatUnderAnotherPolicy repeats a ticket that the policy of today would refuse.
func TestRepeatUnderAnotherPolicy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := journal.NewMemory()
		ticket := `{"id":"1","data":{"channel":"phone","attributes":{"grade":5}}}`
		s := startSite(t, memory, withPolicy(twoAttributes))
		first := s.send("fl.in.main.pbx.ticket", ticket)
		s.close()
		today := strings.NewReplacer("grade: {type: int, min: 0, max: 9}", "grade: {type: string}",
			"ticket.grade > 3", `ticket.grade == "high"`).Replace(twoAttributes)
		s = startSite(t, memory.Reopen(), withPolicy(today))
		want := strings.Replace(first, `"ticket"`, `"duplicate":true,"ticket"`, 1)
		if got := s.send("fl.in.main.pbx.ticket", ticket); got != want {
			t.Errorf("repeat: %s, want %s", got, want)
		}
		if got := s.send("fl.in.main.pbx.ticket", strings.Replace(ticket, `"1"`, `"2"`, 1)); !strings.Contains(got, `"code":400`) {
			t.Errorf("a new one: %s, want 400", got)
		}
		s.close()
	})
}

// TestReplayForgets starts behind the end of an ended ticket's seven days.
func TestReplayForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := journal.NewMemory()
		s := startSite(t, memory, nil)
		s.send("fl.in.main.pbx.ticket", `{"id":"1","data":{"channel":"phone"}}`)
		s.send("fl.in.main.pbx.leave", `{"id":"1"}`)
		s.pass(8 * 24 * time.Hour)
		s.send("fl.agent.main.ana.sign-in", "")
		s.close()
		h := newSite(t, memory.Reopen(), nil).host
		if err := h.replay(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(h.book.tickets) != 0 || len(h.book.keys) != 0 || len(h.book.ended) != 0 {
			t.Errorf("the book of the next host has %d tickets, %d keys, %d ended; want none",
				len(h.book.tickets), len(h.book.keys), len(h.book.ended))
		}
	})
}

// TestManyExpireAtOnce lets more offers expire at one instant than a frame holds. The request that comes
// with them is neither lost nor served before them.
func TestManyExpireAtOnce(t *testing.T) {
	const agents = 6000
	hands := &hands{wall: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)}
	memory := journal.NewMemory()
	h := newSite(t, memory, hands.set).host
	if err := h.replay(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := h.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	answers := 0
	do := func(subject, payload string) {
		t.Helper()
		r, refusal := h.read(subject, []byte(payload))
		if refusal != nil {
			t.Fatal(refusal)
		}
		r.respond = func(b []byte) {
			answers++
			if strings.Contains(string(b), "error") {
				t.Errorf("%s %s: %s", subject, payload, b)
			}
		}
		for next := r; next != nil; next = h.carried {
			h.carried = nil
			if err := h.runTurn(t.Context(), next); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range agents {
		do(fmt.Sprintf("fl.agent.main.a%d.sign-in", i), "")
		do("fl.in.main.pbx.ticket", fmt.Sprintf(`{"id":"%d","data":{"channel":"phone"}}`, i))
	}
	before := h.chain.Head.Seq
	hands.tick(20 * time.Second)
	do("fl.in.main.pbx.ticket", `{"id":"late","data":{"channel":"phone"}}`)
	if answers != 2*agents+1 || h.chain.Head.Seq < before+2 {
		t.Errorf("%d answers, %d frames for the last request; want %d, and several", answers, h.chain.Head.Seq-before, 2*agents+1)
	}
	if due := h.engine.Due(); due != 0 && due <= engine.Instant(hands.wall.UnixNano()) {
		t.Error("something is still due")
	}
}
