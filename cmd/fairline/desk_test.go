package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// TestHandOnIsRead reads what an agent types.
func TestHandOnIsRead(t *testing.T) {
	for line, want := range map[string]string{
		"snooze":                           `{"why":"snooze"}`,
		"callback 2h ring after lunch":     `{"for":"2h0m0s","reason":"ring after lunch","why":"callback"}`,
		"no-answer rang out":               `{"reason":"rang out","why":"no-answer"}`,
		"boredom":                          `h: want why, one of callback, snooze, customer, no-answer`,
		"":                                 `h: want why, one of callback, snooze, customer, no-answer`,
		"callback snooze":                  `{"reason":"snooze","why":"callback"}`,
		"t to=ben":                         `{"to":"ben"}`,
		"t needs=PT,legal to=ben x to=eva": `{"needs":["PT","legal"],"reason":"x to=eva","to":"ben"}`,
		"t needs= line=sales":              `{"line":"sales","needs":[]}`,
		"t":                                `{}`,
		"t a=b":                            `{"reason":"a=b"}`,
	} {
		var got any
		var err error
		if rest, transfer := strings.CutPrefix(line, "t"); transfer {
			got = transferred(strings.Fields(rest))
		} else {
			got, err = held(strings.Fields(line))
		}
		text, _ := json.Marshal(got)
		if err != nil {
			text = []byte(err.Error())
		}
		if string(text) != want {
			t.Errorf("%q is %s, want %s", line, text, want)
		}
	}
}

// TestSupervisorsName takes what the system says where that can be a name in a subject.
func TestSupervisorsName(t *testing.T) {
	for user, want := range map[string]string{"mia": "mia", "": "desk", "mia@home": "desk", "m.a": "desk"} {
		if got := supervisor(user); got != want {
			t.Errorf("user %q acts as %q, want %q", user, got, want)
		}
	}
}

// TestDelaysAreSaid says what a move costs, and when that is not known.
func TestDelaysAreSaid(t *testing.T) {
	var b strings.Builder
	m := deskDone{More: true, Delayed: []deskDelayed{
		{Ticket: 1, ID: "a", Class: "everyone", Arrived: "2026-11-22T09:00:00Z", ByMS: 240_000},
		{Ticket: 2, ID: "b", Class: "danger", Arrived: "2026-11-22T09:01:00Z"}}}
	if err := printDelays(&b, &m, time.UTC); err != nil {
		t.Fatal(err)
	}
	if err := printDelays(&b, &deskDone{}, time.UTC); err != nil {
		t.Fatal(err)
	}
	want := `It would delay 2 tickets, and others behind them:
  #1 a (everyone, arrived 09:00:00) by about 4:00
  #2 b (danger, arrived 09:01:00) by one start
It would delay nobody.
`
	if b.String() != want {
		t.Errorf("%s\nwant\n%s", b.String(), want)
	}
}

// TestAgentSaysWhatItHears reads each message that the line sends to an agent.
func TestAgentSaysWhatItHears(t *testing.T) {
	var out strings.Builder
	a := &agent{name: "ana", conn: &lineConn{line: "main"}, out: &out, offers: map[uint64]*agentOffer{7: {Offer: 7, working: true}}}
	for _, m := range []struct{ what, text string }{
		{"put-aside", `{"offer":7}`},
		{"offered", `{"offer":8,"attempt":1,"adapter":"pbx","id":"36468","channel":"phone","arrived":"x","deadline":"y"}`},
		{"withdrawn", `{"offer":8,"why":"left"}`},
		{"withdrawn", `{"offer":8,"why":"left"}`},
		{"taken-up", `{"offer":7}`},
		{"withdrawn", `{"offer":7,"why":"held"}`},
		{"on-break", `{"why":"2 offers missed in a row"}`},
	} {
		if err := a.hear(t.Context(), &nats.Msg{Subject: a.subject(m.what), Data: []byte(m.text)}); err != nil {
			t.Errorf("%s: %v", m.what, err)
		}
	}
	want := `offer 7 is put aside for somebody who is live
offer 8: phone 36468 of pbx, arrived x, answer by y
offer 8 is withdrawn: left
offer 7 is taken up again
offer 7 is withdrawn: held
on break: 2 offers missed in a row
`
	if out.String() != want || len(a.offers) != 0 {
		t.Errorf("said:\n%s\nwant:\n%s\noffers %v, want none", out.String(), want, a.offers)
	}
}

// TestDenialsAreHeard hands on the first denial, and no other fault.
func TestDenialsAreHeard(t *testing.T) {
	denied := make(chan error, 1)
	hear := hearDenials(denied)
	hear(nil, nil, errors.New("slow consumer"))
	hear(nil, nil, fmt.Errorf("%w: fl.desk", nats.ErrPermissionViolation))
	hear(nil, nil, nats.ErrPermissionViolation)
	if len(denied) != 1 || !errors.Is(<-denied, nats.ErrPermissionViolation) {
		t.Error("want the first denial, and it alone")
	}
}
