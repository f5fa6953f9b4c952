package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fairline/adapters/vault"
)

// signOn has an agent sign in, and returns what it is offered.
func (c *channelSite) signOn(conn *lineConn, name string) agentOffer {
	c.Helper()
	sub, err := conn.SubscribeSync("fl.agent.main." + name + ".offered")
	if err != nil {
		c.Fatal(err)
	}
	var done ack
	if err := conn.ask(c.Context(), "fl.agent.main."+name+".sign-in", map[string]any{}, &done); err != nil {
		c.Fatal(err)
	}
	m, err := sub.NextMsg(10 * time.Second)
	if err != nil {
		c.Fatal(err)
	}
	var o agentOffer
	if err := json.Unmarshal(m.Data, &o); err != nil {
		c.Fatal(err)
	}
	return o
}

func (c *channelSite) recent(conn *lineConn, agent string, o agentOffer) (known recentAnswer, err error) {
	return known, conn.ask(c.Context(), "fl.customer.main."+agent+".recent", recentQuestion{Offer: o.Offer, Adapter: o.Adapter, ID: o.ID}, &known)
}

// brief is a list of contacts in a line each.
func brief(list []recentContact) string {
	var lines []string
	for _, c := range list {
		text := ""
		if strings.Contains(string(c.Content), "hello") {
			text = " hello"
		}
		lines = append(lines, fmt.Sprintf("%s of %s%s perhaps=%t", c.Channel, c.Adapter, text, c.Unverified))
	}
	return strings.Join(lines, "; ")
}

// TestAnAgentSeesRecentContacts of the customer who is offered, across channels, with what was written; of nobody else, and
// only while the offer is theirs.
func TestAnAgentSeesRecentContacts(t *testing.T) {
	c, stop := withChannels(t)
	linked := customerRequest{By: "mia", One: &vault.Identity{Kind: "mail", Name: "ana@example.org"}, Other: &vault.Identity{Kind: "tel", Name: "+351210000000"}}
	var who customerAnswer
	if err := connectAs(t, c.s, c.s.Desk).ask(t.Context(), vaultSubject+"link", linked, &who); err != nil || who.Fault != "" {
		t.Fatal(err, who.Fault)
	}
	conn := connectTo(t, c.s)
	c.mail("first", "ana@example.org")
	c.post("m1", "ana@example.org", 3, channelsSecret)
	c.post("m2", "eva@example.org", 3, channelsSecret)
	o := c.signOn(conn, "ben")
	known, err := c.recent(conn, "ben", o)
	if err != nil {
		t.Fatal(err)
	}
	if got := brief(known.Contacts); got != "email of email perhaps=false; chat of webhook hello perhaps=false" {
		t.Errorf("the ticket's contacts: %s", got)
	}
	if len(known.Earlier) != 0 || known.Perhaps {
		t.Errorf("earlier: %+v", known)
	}
	if _, err := c.recent(conn, "eve", o); err == nil || !strings.Contains(err.Error(), "does not have this offer") {
		t.Errorf("another agent: %v", err)
	}
	wrong := o
	wrong.Offer++
	if _, err := c.recent(conn, "ben", wrong); err == nil {
		t.Error("another offer's contacts are shown")
	}
	// The next contact, when this ticket was served: the three of it are earlier ones.
	var done ack
	for _, verb := range []string{"accept", "finish"} {
		if err := conn.ask(t.Context(), "fl.agent.main.ben."+verb, map[string]uint64{"offer": o.Offer}, &done); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.recent(conn, "ben", o); err == nil {
		t.Error("after the end its contacts are still shown")
	}
	c.mail("second", "ana@example.org")
	next := c.signOn(conn, "zoe") // ben has eva's message
	known, err = c.recent(conn, "zoe", next)
	if err != nil || next.Channel != "email" {
		t.Fatal(next, err)
	}
	if got := brief(known.Earlier); got != "chat of webhook hello perhaps=false; email of email perhaps=false" {
		t.Errorf("earlier: %s", got)
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
	assertNowhere(t, c.d.cfg.Store, "ana@example.org", "hello")
}

// TestAForgerHearsNothing: an agent who is offered a contact that nobody checked is shown that the customer of that name wrote
// before, and not what.
func TestAForgerHearsNothing(t *testing.T) {
	c, stop := withChannels(t)
	c.post("m1", "ana@example.org", 3, channelsSecret)
	conn := connectTo(t, c.s)
	o := c.signOn(conn, "ben")
	var done ack
	for _, verb := range []string{"accept", "finish"} {
		if err := conn.ask(t.Context(), "fl.agent.main.ben."+verb, map[string]uint64{"offer": o.Offer}, &done); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.ask(t.Context(), "fl.agent.main.ben.sign-out", map[string]any{}, &done); err != nil {
		t.Fatal(err)
	}
	c.forge("forged", "ana@example.org")
	o = c.signOn(conn, "zoe")
	known, err := c.recent(conn, "zoe", o)
	if err != nil || o.Channel != "email" {
		t.Fatal(o, err)
	}
	if got := brief(known.Earlier); !known.Perhaps || got != "chat of webhook perhaps=false" {
		t.Errorf("%t, earlier: %s", known.Perhaps, got)
	}
	attacker := recentQuestion{Offer: o.Offer, Adapter: o.Adapter, ID: o.ID, Other: &vault.Identity{Kind: "tel", Name: "+351219999999"}}
	var a recentAnswer
	if err := conn.ask(t.Context(), "fl.customer.main.zoe.link", attacker, &a); err == nil || !strings.Contains(err.Error(), "nobody checked") {
		t.Errorf("a forger is given the customer's name: %v", err)
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
}

// TestAnAgentReadsByHand types c at an offer.
func TestAnAgentReadsByHand(t *testing.T) {
	c, stop := withChannels(t)
	c.mail("first", "ana@example.org")
	if code := c.post("m1", "ana@example.org", 3, channelsSecret); code != http.StatusOK {
		t.Fatal(code)
	}
	out := c.typed("ben", "a", "c", "k tel:+351210000000", "k nonsense", "f", "q")
	for _, want := range []string{"the customer is known by tel too", "\"nonsense\" is no identity", "\n  also     chat ", "\"text\": \"hello\"", "its content is spool:"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	var a customerAnswer
	tel := &vault.Identity{Kind: "tel", Name: "+351210000000"}
	if err := connectAs(t, c.s, c.s.Desk).ask(t.Context(), vaultSubject+"export", customerRequest{By: "mia", One: tel}, &a); err != nil || a.Export == nil {
		t.Fatal(a, err)
	}
	if e := a.Export; len(e.Identities) != 2 || e.Said[0].By != "ben" || e.Said[0].How != vault.HowAgent {
		t.Errorf("after the agent's word: %+v", e)
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
}

// typed has an agent type lines, and returns what it is shown.
func (c *channelSite) typed(name string, lines ...string) string {
	c.Helper()
	var out strings.Builder
	cmd := rootCommand()
	cmd.SetArgs([]string{"agent", name, "--nats", c.s.NATS, "--creds", c.s.Creds})
	cmd.SetIn(strings.NewReader(strings.Join(slices.Concat(lines, []string{""}), "\n")))
	cmd.SetOut(&out)
	ctx, cancel := context.WithTimeout(c.Context(), 30*time.Second)
	defer cancel()
	if err := cmd.ExecuteContext(ctx); err != nil {
		c.Fatal(err)
	}
	return out.String()
}

// TestAnAgentHearsNoMore of a customer whose offer went elsewhere: declined, held, given on, or become part of another ticket.
func TestAnAgentHearsNoMore(t *testing.T) {
	c, stop := withChannels(t)
	conn := connectTo(t, c.s)
	desk := connectAs(t, c.s, c.s.Desk)
	var done ack
	say := func(agent, verb string, what any) {
		t.Helper()
		if err := conn.ask(t.Context(), "fl.agent.main."+agent+"."+verb, what, &done); err != nil {
			t.Fatal(verb, err)
		}
	}
	for i, leave := range []func(o agentOffer){
		func(o agentOffer) { say("ben", "decline", map[string]any{"offer": o.Offer, "reason": "no"}) },
		func(o agentOffer) {
			say("ben", "accept", map[string]any{"offer": o.Offer})
			say("ben", "hold", map[string]any{"offer": o.Offer, "why": "customer", "for": "1h", "reason": "no"})
		},
		func(o agentOffer) {
			say("ben", "accept", map[string]any{"offer": o.Offer})
			say("ben", "transfer", map[string]any{"offer": o.Offer, "needs": []string{"PT"}, "reason": "no"})
		},
		func(o agentOffer) {
			if err := desk.ask(t.Context(), "fl.desk.main.mia.close", map[string]any{"adapter": o.Adapter, "id": o.ID, "reason": "no"}, &done); err != nil {
				t.Fatal(err)
			}
		},
	} {
		if code := c.post(fmt.Sprint("m", i), fmt.Sprintf("c%d@example.org", i), 3, channelsSecret); code != http.StatusOK {
			t.Fatal(code)
		}
		o := c.signOn(conn, "ben")
		if _, err := c.recent(conn, "ben", o); err != nil {
			t.Errorf("%d: while it is theirs: %v", i, err)
		}
		leave(o)
		if known, err := c.recent(conn, "ben", o); err == nil {
			t.Errorf("%d: an offer that is not theirs any more: %+v", i, known)
		}
		zero := o
		zero.Offer = 0
		if known, err := c.recent(conn, "ben", zero); err == nil {
			t.Errorf("%d: no offer: %+v", i, known)
		}
		say("ben", "sign-out", map[string]any{})
		if err := desk.ask(t.Context(), "fl.desk.main.mia.close", map[string]any{"adapter": o.Adapter, "id": o.ID, "reason": "no"}, &done); err != nil && i < 3 {
			t.Fatal(i, err)
		}
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
}
