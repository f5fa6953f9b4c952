package host

import (
	"errors"
	"slices"

	"fairline/engine"
)

// What requests do: each method reads a request, gives one command to the engine, and says what to answer.

func (h *Host) arrive(r *request) (answer, *Refusal) {
	m := &r.message
	in := Input{
		Command: engine.Command{Kind: engine.Arrive, Key: engine.KeyOf(r.subject.who, m.id), Facts: &engine.Facts{}},
		Texts:   []string{r.subject.who, m.id, m.ref, m.customer},
	}
	words, refusal := h.rules.facts(m, in.Command.Facts)
	if refusal != nil {
		// A repeat is a repeat, even where a policy adopted since then would not take the ticket any more.
		if t := h.book.TicketOf(r.subject.who, m.id); t != nil {
			return t.again(in.Command.Key), nil
		}
		return answer{}, refusal
	}
	in.Texts = append(in.Texts, words...)
	_, err := h.do(&in)
	if duplicate, ok := errors.AsType[*engine.DuplicateError](err); ok {
		return h.book.Ticket(duplicate.Ticket).again(in.Command.Key), nil
	}
	if err != nil {
		return answer{}, h.refusal(err)
	}
	t := h.book.TicketOf(r.subject.who, m.id)
	return answer{ticket: t.Number, joined: t.Head}, nil
}

// again answers the repeat of a contact as the first time.
func (t *Ticket) again(key engine.Key) answer {
	a := answer{duplicate: true, ticket: t.Number, joined: t.Head, seq: t.Seq}
	for _, as := range t.aliases {
		if as.key == key {
			a.seq = as.seq
		}
	}
	return a
}

// theirs finds the ticket that a request's adapter means.
func (h *Host) theirs(r *request) (*Ticket, *Refusal) {
	t := h.book.TicketOf(r.subject.who, r.message.id)
	if t == nil {
		return nil, refuse(Unknown, "id: adapter %s has no ticket %s", r.subject.who, shown(r.message.id))
	}
	return t, nil
}

func (h *Host) change(r *request) (answer, *Refusal) {
	t, refusal := h.theirs(r)
	if refusal != nil {
		return answer{}, refusal
	}
	if t.End != 0 {
		return answer{}, refuse(Misplaced, "ticket %d: is %s, want one that waits", t.Number, endName(t.End))
	}
	var facts engine.Facts
	h.engine.Facts(t.Number, &facts)
	words, refusal := h.rules.change(&r.message, &facts)
	if refusal != nil {
		return answer{}, refusal
	}
	in := Input{Command: engine.Command{Kind: engine.Change, Ticket: t.Number, Facts: &facts}, Texts: words}
	if _, err := h.do(&in); err != nil {
		return answer{}, h.refusal(err)
	}
	return answer{ticket: t.Number}, nil
}

func (h *Host) leave(r *request) (answer, *Refusal) {
	t, refusal := h.theirs(r)
	switch {
	case refusal != nil:
		return answer{}, refusal
	case t.End == engine.Abandoned:
		return answer{ticket: t.Number, duplicate: true, seq: t.EndSeq}, nil
	case t.End != 0:
		return answer{}, refuse(Misplaced, "ticket %d: was %s, want one that waits", t.Number, endName(t.End))
	}
	in := Input{Command: engine.Command{Kind: engine.Leave, Ticket: t.Number, Reason: engine.WordOf(r.message.reason)},
		Texts: textOf(r.message.reason)}
	if _, err := h.do(&in); err != nil {
		return answer{}, h.refusal(err)
	}
	return answer{ticket: t.Number}, nil
}

func (h *Host) signIn(r *request) (answer, *Refusal) {
	profile, refusal := h.rules.profile(&r.message)
	if refusal != nil {
		return answer{}, refusal
	}
	a, refusal := h.agentDo(r, engine.Command{Kind: engine.SignIn, Profile: profile},
		append([]string{r.subject.who}, r.message.skills...))
	if refusal != nil {
		return a, refusal
	}
	a, refusal = h.agentDo(r, engine.Command{Kind: engine.Lease, Wrap: r.message.lease}, nil)
	if refusal == nil {
		h.leases.set(engine.WordOf(r.subject.who), r.message.lease, h.turn.at)
	}
	return a, refusal
}

// renew says that the agent is there. Every other request of an agent says so too: see decide.
func (h *Host) renew(r *request) (answer, *Refusal) {
	if h.leases.length(engine.WordOf(r.subject.who)) == 0 {
		return answer{}, refuse(Unknown, "agent %s has no lease: sign in with one", r.subject.who)
	}
	return answer{}, nil
}

// signOut answers whoever is off duty already that it is so.
func (h *Host) signOut(r *request) (answer, *Refusal) {
	a, refusal := h.agentDo(r, engine.Command{Kind: engine.SignOut}, nil)
	if refusal != nil && refusal.Code == Unknown && h.book.Agent(engine.WordOf(r.subject.who)) != "" {
		return answer{}, nil
	}
	return a, refusal
}

func (h *Host) takeBreak(r *request) (answer, *Refusal) {
	code := r.message.reason
	return h.agentDo(r, engine.Command{Kind: engine.Break, Reason: engine.WordOf(code)}, textOf(code))
}

func (h *Host) ready(r *request) (answer, *Refusal) {
	return h.agentDo(r, engine.Command{Kind: engine.Ready}, nil)
}

// accept answers whoever accepts again as the first time.
func (h *Host) accept(r *request) (answer, *Refusal) {
	a, refusal := h.agentDo(r, engine.Command{Kind: engine.Accept, Offer: r.message.offer}, nil)
	if t := h.book.startOf(engine.WordOf(r.subject.who), r.message.offer); t != nil {
		return answer{offer: t.Start.Offer, seq: t.Start.Seq}, nil
	}
	return a, refusal
}

func (h *Host) decline(r *request) (answer, *Refusal) {
	reason := r.message.reason
	return h.agentDo(r, engine.Command{Kind: engine.Decline, Offer: r.message.offer, Reason: engine.WordOf(reason)},
		textOf(reason))
}

// finish answers whoever finishes again as the first time.
func (h *Host) finish(r *request) (answer, *Refusal) {
	a, refusal := h.agentDo(r, engine.Command{Kind: engine.Finish, Offer: r.message.offer, Wrap: r.message.wrap}, nil)
	if t := h.book.startOf(engine.WordOf(r.subject.who), r.message.offer); t != nil && t.End == engine.Served {
		return answer{offer: t.Start.Offer, seq: t.EndSeq}, nil
	}
	return a, refusal
}

// agentDo gives a command of the agent who stands in the subject.
func (h *Host) agentDo(r *request, c engine.Command, texts []string) (answer, *Refusal) {
	c.Agent = engine.WordOf(r.subject.who)
	if _, err := h.do(&Input{Command: c, Texts: texts}); err != nil {
		return answer{}, h.refusal(err)
	}
	return answer{offer: c.Offer}, nil
}

// textOf is the text of a Word, as an input keeps it.
func textOf(text string) []string {
	if text == "" {
		return nil
	}
	return []string{text}
}

// wordsOf gives the Words of names, in their order and without repeats.
func wordsOf(names []string) []engine.Word {
	var words []engine.Word
	for _, name := range names {
		words = append(words, engine.WordOf(name))
	}
	slices.Sort(words)
	return slices.Compact(words)
}
