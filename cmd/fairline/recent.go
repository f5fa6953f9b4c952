package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"fairline/adapters/vault"
)

// customerSubject is where an agent asks what is known of an offer's customer, and says who it is. Nobody keeps what passes there.
const customerSubject = "fl.customer."

// Limits of an answer.
const (
	recentMax      = 20        // earlier contacts
	recentBytesMax = 512 << 10 // contents together; what is beyond comes without
	recentFor      = 5 * time.Second
	recentsMax     = 64 // answered at once
)

// A recentQuestion names an offer that the agent has, and the contact that it is of.
type recentQuestion struct {
	Offer   uint64 `json:"offer"`
	Adapter string `json:"adapter"`
	ID      string `json:"id"`
	// Other is an identity of the customer, by the agent's word; of link alone.
	Other *vault.Identity `json:"other,omitempty"`
}

// A recentAnswer is what the agent may know of an offer's customer.
type recentAnswer struct {
	Schema string `json:"schema"`
	Offer  uint64 `json:"offer"`
	Ticket uint64 `json:"ticket"`
	// Perhaps says that nobody checked who it is: the earlier contacts are perhaps somebody else's, and come without contents.
	Perhaps  bool            `json:"perhaps,omitempty"`
	Contacts []recentContact `json:"contacts,omitempty"` // of this ticket, the earliest first
	Earlier  []recentContact `json:"earlier,omitempty"`  // the customer's others, the latest first
	Error    *refusal        `json:"error,omitempty"`
}

// A recentContact is one call, mail, message or post.
type recentContact struct {
	vault.Contact
	Content json.RawMessage `json:"content,omitempty"` // what was written, where the vault keeps it
}

// A recorder answers agents of a line from its tickets and the vault.
type recorder struct {
	line  *lineConn
	vault *vault.Vault
}

// answerRecent answers agents. Who asks for an offer that is not theirs is told nothing.
func answerRecent(conn *nats.Conn, line string, v *vault.Vault) (*nats.Subscription, error) {
	r := recorder{&lineConn{Conn: conn, line: line}, v}
	return conn.Subscribe(customerSubject+line+".*.*", sideBySide(recentsMax, func(m *nats.Msg) {
		ctx, cancel := context.WithTimeout(context.Background(), recentFor)
		defer cancel()
		agent, verb, _ := strings.Cut(strings.TrimPrefix(m.Subject, customerSubject+line+"."), ".")
		a := recentAnswer{Schema: "fairline.recent/1"}
		if err := r.answer(ctx, agent, verb, m.Data, &a); err != nil {
			a = recentAnswer{Schema: a.Schema, Error: refusalOf(err)}
		}
		text, _ := json.Marshal(a)
		_ = m.Respond(text) // who asked and is gone asks again
	}))
}

// refusalOf is an error as whoever asked is told. The vault's errors have nobody's name in them.
func refusalOf(err error) *refusal {
	if r, ok := errors.AsType[*refusal](err); ok {
		return r
	}
	return &refusal{Code: http.StatusServiceUnavailable, ErrCode: 60503, Description: err.Error()}
}

func (r recorder) answer(ctx context.Context, agent, verb string, payload []byte, a *recentAnswer) error {
	var q recentQuestion
	if err := json.Unmarshal(payload, &q); err != nil {
		return &refusal{Code: http.StatusBadRequest, ErrCode: 60400, Description: "payload: want offer, adapter and id"}
	}
	t, err := r.offered(ctx, agent, q)
	if err != nil {
		return err
	}
	a.Offer, a.Ticket, a.Perhaps = q.Offer, t.Ticket, t.Unverified
	switch verb {
	case "recent":
		return r.recent(ctx, t, a)
	case "link":
		return r.link(ctx, t, agent, q.Other)
	}
	return &refusal{Code: http.StatusNotFound, ErrCode: 60404, Description: "want recent or link"}
}

// offered is the ticket of an offer that the agent has.
func (r recorder) offered(ctx context.Context, agent string, q recentQuestion) (t shownTicket, err error) {
	t, err = r.ticket(ctx, map[string]any{"adapter": q.Adapter, "id": q.ID})
	if err == nil && t.Joined != 0 {
		t, err = r.ticket(ctx, map[string]any{"ticket": t.Joined})
	}
	if err == nil && (t.Offer != q.Offer || t.Agent != agent) {
		err = &refusal{Code: http.StatusGone, ErrCode: 60410, Description: "agent " + agent + " does not have this offer"}
	}
	return t, err
}

// link takes an agent's word for it that the customer of a ticket has another identity. Where nobody checked who the customer is
// the word would be about the one who is named, and it is a supervisor's.
func (r recorder) link(ctx context.Context, t shownTicket, agent string, other *vault.Identity) error {
	switch {
	case other == nil:
		return &refusal{Code: http.StatusBadRequest, ErrCode: 60400, Description: "payload: other: want a kind and a name"}
	case t.Customer == "" || t.Unverified:
		return &refusal{Code: http.StatusForbidden, ErrCode: 60403,
			Description: "nobody checked who this customer is: a supervisor can link by both identities"}
	}
	_, err := r.vault.LinkTo(ctx, t.Customer, *other, agent, vault.HowAgent)
	return err
}

// recent fills in a ticket's contacts and its customer's.
func (r recorder) recent(ctx context.Context, t shownTicket, a *recentAnswer) (err error) {
	if a.Contacts, err = r.contacts(ctx, t); err != nil {
		return err
	}
	if a.Earlier, err = r.earlier(ctx, t, a.Contacts); err != nil {
		return err
	}
	left := recentBytesMax
	if err := r.fill(ctx, a.Contacts, &left, true); err != nil || a.Perhaps {
		return err
	}
	return r.fill(ctx, a.Earlier, &left, false)
}

func (r recorder) ticket(ctx context.Context, which map[string]any) (t shownTicket, err error) {
	return t, r.line.ask(ctx, "fl.ask."+r.line.line+".ticket", which, &t)
}

// contacts are those of a ticket, its own first.
func (r recorder) contacts(ctx context.Context, t shownTicket) (list []recentContact, err error) {
	all := []shownTicket{t}
	for _, number := range t.Contacts {
		one, err := r.ticket(ctx, map[string]any{"ticket": number})
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	for _, one := range all {
		at, err := time.Parse(time.RFC3339Nano, one.Arrived)
		if err != nil {
			return nil, err
		}
		list = append(list, recentContact{Contact: vault.Contact{Channel: one.Channel, At: at, Ref: one.Ref, Unverified: one.Unverified,
			Source: vault.Source{Adapter: one.Adapter, ID: one.ID}}})
	}
	slices.SortStableFunc(list, func(a, b recentContact) int { return a.At.Compare(b.At) })
	return list, nil
}

// earlier are the contacts of a ticket's customer that are none of the ticket's.
func (r recorder) earlier(ctx context.Context, t shownTicket, these []recentContact) ([]recentContact, error) {
	list := []recentContact{}
	if t.Customer == "" {
		return list, nil
	}
	recent, err := r.vault.Recent(ctx, t.Customer, recentMax+len(these))
	if err != nil && !errors.Is(err, vault.ErrUnknown) { // erased, or a key that an adapter of its own made
		return nil, err
	}
	for _, c := range recent {
		ours := slices.ContainsFunc(these, func(one recentContact) bool { return one.Source == c.Source })
		if !ours && len(list) < recentMax {
			list = append(list, recentContact{Contact: c})
		}
	}
	return list, nil
}

// fill adds contents, as far as there is room; unverified: of contacts that are perhaps somebody else's too.
func (r recorder) fill(ctx context.Context, list []recentContact, left *int, unverified bool) error {
	for i := range list {
		if list[i].Unverified && !unverified {
			continue
		}
		content, err := r.vault.Content(ctx, list[i].Source)
		switch {
		case errors.Is(err, vault.ErrUnknown) || len(content) > *left || !json.Valid(content):
			continue
		case err != nil:
			return err
		}
		*left -= len(content)
		list[i].Content = content
	}
	return nil
}
