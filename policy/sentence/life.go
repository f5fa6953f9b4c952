package sentence

import (
	"fmt"

	"fairline/engine"
	"fairline/policy/outline"
)

// life says what becomes of tickets and agents beside the order.
func (s *speaker) life() {
	s.skills()
	s.agents()
	s.join()
	s.place()
	p := s.policy.Engine
	if p.Attempts > 0 {
		apart := p.Apart
		if apart == 0 {
			apart = 30 * engine.Minute
		}
		s.say(s.at("callback"), "who is called back in vain %s, %s apart, is closed: %q", outline.Count(p.Attempts, "time", "times"), outline.Say(apart), s.tree.Text("callback", "reason"))
	}
	for i := range s.tree.Len("expire") {
		at := fmt.Sprint(i)
		after, _ := outline.Span(s.tree.Text("expire", at, "after"))
		s.say(s.at("expire", at), "a ticket of %s that waited %s ends: %q", outline.And(s.tree.Texts("expire", at, "classes")), outline.Say(after), s.tree.Text("expire", at, "reason"))
	}
	if f := s.policy.Full; f.At > 0 {
		s.say(s.at("full"), "when %d tickets wait, one more is refused: %q", f.At, f.Say)
	}
	for _, name := range s.tree.Attributes() {
		if s.tree.Text("attributes", name, "type") == "list" {
			s.say(s.at("attributes", name), "%s: a list comes with a later version", name)
		}
	}
}

func (s *speaker) skills() {
	for i := range s.tree.Len("skills") {
		at := fmt.Sprint(i)
		line := s.at("skills", at)
		who := "every ticket"
		if classes := s.tree.Texts("skills", at, "classes"); len(classes) > 0 {
			who = "a ticket of " + outline.And(classes)
		}
		what := s.tree.Text("skills", at, "need")
		if from := s.tree.Text("skills", at, "from"); from != "" {
			what = fmt.Sprintf("the %s that its %s names", what, from)
		}
		level := s.tree.Text("skills", at, "level")
		if level != "" {
			level = " at level " + level
		}
		s.say(line, "%s needs an agent with %s%s", who, what, level)
		for j := range s.tree.Len("skills", at, "relax") {
			step := fmt.Sprint(j)
			after, _ := outline.Span(s.tree.Text("skills", at, "relax", step, "after"))
			if l := s.tree.Text("skills", at, "relax", step, "level"); l != "" {
				s.say(line, "after %s, counted from when its needs were set, level %s is enough", s.span(int64(after)), l)
				continue
			}
			s.say(line, "after %s, counted from when its needs were set, it needs no %s any more", s.span(int64(after)), s.tree.Text("skills", at, "need"))
		}
	}
}

func (s *speaker) agents() {
	s.reserve()
	s.choose()
	s.caps()
	if known := s.tree.Text("agents", "known"); known != "" {
		d, ok := outline.Span(s.tree.Text("agents", "known_for"))
		if !ok {
			d = 5 * engine.Minute
		}
		s.say(s.at("agents", "known"), "for %s a ticket waits for the agent that its %s names; then anybody may serve it", s.span(int64(d)), known)
	}
	if n := s.policy.Engine.BreakAfter; n > 0 {
		s.say(s.at("agents", "break_after"), "who lets %s pass in a row is put on a break", outline.Count(n, "offer", "offers"))
	}
	if d := s.policy.Engine.Reconnect; d > 0 {
		s.say(s.at("agents", "reconnect"), "an agent who was cut off keeps the work in hand for %s", outline.Say(d))
	}
}

func (s *speaker) join() {
	if same := s.tree.Texts("join", "same"); len(same) > 0 {
		within := s.policy.Engine.JoinWithin
		if within == 0 {
			within = 30 * engine.Day
		}
		s.say(s.at("join"), "contacts with the same %s within %s are one ticket, served when the first of them is reached", outline.And(same), outline.Say(within))
	}
}

func (s *speaker) place() {
	for _, m := range []struct {
		key  string
		is   engine.Moments
		what string
	}{{"transfer", engine.AtTransfer, "a ticket that is transferred"}, {"callback", engine.AtCallback, "a customer who is called back"},
		{"reopened", engine.AtReopening, "a ticket that is opened again"}} {
		switch {
		case s.policy.Engine.EndOfLine&m.is != 0:
			s.say(s.at("place", m.key), "%s goes to the end of the line", m.what)
		case s.at("place", m.key) > 0:
			s.say(s.at("place", m.key), "%s keeps the place", m.what)
		}
	}
	if d := s.policy.Engine.ReopenedWithin; d > 0 {
		s.say(s.at("place"), "a ticket is opened again when its customer comes back within %s after its end", outline.Say(d))
	}
}
