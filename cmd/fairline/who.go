package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"fairline/adapters/channel"
	"fairline/adapters/vault"
	"fairline/policy"
)

// Customers say who is which customer, and keep what they wrote; see package vault.
type customers interface {
	channel.People
	Seen(ctx context.Context, key string, c vault.Contact) error
	Keep(ctx context.Context, customer string, of vault.Source, content []byte) error
	Content(ctx context.Context, of vault.Source) ([]byte, error)
	Forget(ctx context.Context, of vault.Source) error
	Drop(ctx context.Context, of vault.Source) error
}

// canonical are the vault's customers, as adapters ask for them: what is none of its identities is nobody's. It would be none the next
// time too, and the contact waits for a place.
type canonical struct{ *vault.Vault }

// Person is as channel.People says.
func (c canonical) Person(ctx context.Context, kind, identity string, verified bool) (string, error) {
	key, err := c.Vault.Person(ctx, kind, identity, verified)
	if errors.Is(err, vault.ErrRaw) {
		return "", nil
	}
	return key, err
}

// sideBySide handles up to n messages at once.
func sideBySide(n int, handle nats.MsgHandler) nats.MsgHandler {
	places := make(chan struct{}, n)
	return func(m *nats.Msg) {
		places <- struct{}{}
		go func() {
			defer func() { <-places }()
			handle(m)
		}()
	}
}

// contents are those of an adapter's contacts.
type contents struct {
	customers customers
	adapter   string
}

// Keep is as channel.Contents says.
func (c contents) Keep(ctx context.Context, customer, id string, content []byte) error {
	return c.customers.Keep(ctx, customer, vault.Source{Adapter: c.adapter, ID: id}, content)
}

// Content is as channel.Contents says.
func (c contents) Content(ctx context.Context, id string) ([]byte, error) {
	text, err := c.customers.Content(ctx, vault.Source{Adapter: c.adapter, ID: id})
	if errors.Is(err, vault.ErrUnknown) {
		return nil, nil
	}
	return text, err
}

// Forget is as channel.Contents says.
func (c contents) Forget(ctx context.Context, id string) error {
	return c.customers.Forget(ctx, vault.Source{Adapter: c.adapter, ID: id})
}

// Drop is as channel.Contents says.
func (c contents) Drop(ctx context.Context, id string) error {
	return c.customers.Drop(ctx, vault.Source{Adapter: c.adapter, ID: id})
}

// whoSubject is where an adapter apart asks the daemon; nobody keeps what passes there.
const whoSubject = "fl.who."

// A question is what an adapter asks or tells: one of its fields is set.
type question struct {
	Person *askedPerson  `json:"person,omitempty"`
	Seen   *seenContact  `json:"seen,omitempty"`
	Keep   *keptContent  `json:"keep,omitempty"`
	Policy bool          `json:"policy,omitempty"` // which policy is in force
	Read   *vault.Source `json:"read,omitempty"`
	Forget *vault.Source `json:"forget,omitempty"`
	Drop   *vault.Source `json:"drop,omitempty"`
}

type askedPerson struct {
	Kind     string `json:"kind"`
	Identity string `json:"identity"`
	Verified bool   `json:"verified,omitempty"`
}

type seenContact struct {
	Customer string        `json:"customer"`
	Contact  vault.Contact `json:"contact"`
}

type keptContent struct {
	Customer string `json:"customer,omitempty"`
	ID       string `json:"id"`
	Content  []byte `json:"content"`
}

type whoAnswer struct {
	Key     string      `json:"key,omitempty"`
	Content []byte      `json:"content,omitempty"`
	Policy  *policyFile `json:"policy,omitempty"`
	Error   string      `json:"error,omitempty"`
}

// asking are the customers, as an adapter apart asks the daemon for them.
type asking struct {
	conn *nats.Conn
	name string
}

func (a asking) ask(ctx context.Context, q question) (answer whoAnswer, err error) {
	text, err := json.Marshal(q)
	if err != nil {
		return answer, err
	}
	ctx, cancel := context.WithTimeout(ctx, answerMax)
	defer cancel()
	m, err := a.conn.RequestWithContext(ctx, whoSubject+a.name, text)
	if err != nil {
		return answer, fmt.Errorf("ask the daemon: %w", err)
	}
	if err := json.Unmarshal(m.Data, &answer); err != nil {
		return answer, fmt.Errorf("ask the daemon: %w", err)
	}
	if answer.Error != "" {
		return answer, errors.New(answer.Error)
	}
	return answer, nil
}

// Person asks for the key of a customer.
func (a asking) Person(ctx context.Context, kind, identity string, verified bool) (string, error) {
	answer, err := a.ask(ctx, question{Person: &askedPerson{kind, identity, verified}})
	return answer.Key, err
}

// Seen tells of a contact.
func (a asking) Seen(ctx context.Context, key string, c vault.Contact) error {
	_, err := a.ask(ctx, question{Seen: &seenContact{key, c}})
	return err
}

// Keep has a content kept.
func (a asking) Keep(ctx context.Context, customer string, of vault.Source, content []byte) error {
	_, err := a.ask(ctx, question{Keep: &keptContent{customer, of.ID, content}})
	return err
}

// Content reads a content; nil: nothing is kept.
func (a asking) Content(ctx context.Context, of vault.Source) ([]byte, error) {
	answer, err := a.ask(ctx, question{Read: &of})
	return answer.Content, err
}

// Forget has a content removed for good.
func (a asking) Forget(ctx context.Context, of vault.Source) error {
	_, err := a.ask(ctx, question{Forget: &of})
	return err
}

// Drop has a content removed.
func (a asking) Drop(ctx context.Context, of vault.Source) error {
	_, err := a.ask(ctx, question{Drop: &of})
	return err
}

// policy asks which policy is in force.
func (a asking) policy(ctx context.Context) (policyFile, error) {
	answer, err := a.ask(ctx, question{Policy: true})
	if err == nil && answer.Policy == nil {
		err = errors.New("no policy is in force yet")
	}
	if err != nil {
		return policyFile{}, err
	}
	return *answer.Policy, nil
}

// answerWho answers adapters apart, each by itself: what one asks for delays no other. Whose contact it is says the subject, which the
// adapter's key allows it: it cannot speak of another's.
func answerWho(conn *nats.Conn, names []string, who customers, inForce func() *policy.Policy) error {
	var errs []error
	for _, name := range names {
		_, err := conn.Subscribe(whoSubject+name, func(m *nats.Msg) { answerOne(m, name, who, inForce()) })
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func answerOne(m *nats.Msg, name string, who customers, p *policy.Policy) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var q question
	var a whoAnswer
	err := json.Unmarshal(m.Data, &q)
	switch {
	case err != nil:
	case !q.Policy:
		a, err = q.answer(ctx, who, name)
	case p != nil:
		a.Policy = &policyFile{p.File, string(p.Source)}
	}
	if err != nil {
		a = whoAnswer{Error: err.Error()} // the vault's errors have no identity and no text in them
	}
	text, _ := json.Marshal(a)
	_ = m.Respond(text) // who asked and is gone asks again
}

func (q question) answer(ctx context.Context, who customers, adapter string) (a whoAnswer, err error) {
	switch {
	case q.Person != nil:
		a.Key, err = who.Person(ctx, q.Person.Kind, q.Person.Identity, q.Person.Verified)
	case q.Seen != nil:
		q.Seen.Contact.Adapter = adapter
		err = who.Seen(ctx, q.Seen.Customer, q.Seen.Contact)
	case q.Keep != nil:
		err = who.Keep(ctx, q.Keep.Customer, vault.Source{Adapter: adapter, ID: q.Keep.ID}, q.Keep.Content)
	case q.Read != nil:
		a.Content, err = contents{who, adapter}.Content(ctx, q.Read.ID)
	case q.Forget != nil:
		err = who.Forget(ctx, vault.Source{Adapter: adapter, ID: q.Forget.ID})
	case q.Drop != nil:
		err = who.Drop(ctx, vault.Source{Adapter: adapter, ID: q.Drop.ID})
	default:
		err = errors.New("nothing is asked")
	}
	return a, err
}
