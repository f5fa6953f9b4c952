package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// answerMax is how long a request waits for its answer where ctx sets no earlier end.
const answerMax = 10 * time.Second

// A Bus is a line over NATS, for one adapter. It implements Line and Agents.
type Bus struct {
	conn          *nats.Conn
	line, adapter string
}

var (
	_ Line   = (*Bus)(nil)
	_ Agents = (*Bus)(nil)
)

// NewBus returns the line of a name, as the adapter of a name. Both are tokens of a-z A-Z 0-9 _ -.
func NewBus(conn *nats.Conn, line, adapter string) *Bus {
	return &Bus{conn: conn, line: line, adapter: adapter}
}

// message is the envelope of docs/bus.md.
type message struct {
	ID   string `json:"id"`
	Data any    `json:"data,omitempty"`
}

type contactData struct {
	Line       string         `json:"line,omitempty"`
	Channel    string         `json:"channel,omitempty"`
	Customer   string         `json:"customer,omitempty"`
	Verified   *bool          `json:"verified,omitempty"`
	Matter     string         `json:"matter,omitempty"`
	Arrived    *time.Time     `json:"arrived,omitempty"`
	NotBefore  *time.Time     `json:"not_before,omitempty"`
	Due        *time.Time     `json:"due,omitempty"`
	Needs      []string       `json:"needs,omitempty"`
	Attributes map[string]any `json:"attributes,omitempty"`
	Origin     string         `json:"origin,omitempty"`
	Ref        string         `json:"ref,omitempty"`
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// Encode is the message by which a contact is handed to a line: for doors that are not a Line.
func Encode(line string, c Contact) []byte {
	d := contactData{Line: line, Channel: c.Channel, Customer: c.Customer, Matter: c.Matter, Arrived: instant(c.Arrived),
		NotBefore: instant(c.NotBefore), Due: instant(c.Due), Needs: c.Needs, Attributes: c.Attributes, Ref: c.Ref}
	if c.Customer != "" && c.Unverified {
		no := false
		d.Verified = &no
	}
	if c.Overheard {
		d.Origin = "overheard"
	}
	return encode(message{ID: c.ID, Data: d})
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // attributes are texts, numbers and truths
	}
	return text
}

// Arrive hands in a contact.
func (b *Bus) Arrive(ctx context.Context, c Contact) (Ack, error) {
	return b.tell(ctx, "ticket", Encode(b.line, c))
}

// Change tells more of a contact that waits.
func (b *Bus) Change(ctx context.Context, id string, c Change) (Ack, error) {
	return b.tell(ctx, "change", encode(message{ID: id, Data: contactData{Needs: c.Needs, Due: instant(c.Due), Attributes: c.Attributes}}))
}

// Leave says that the customer gives a contact up.
func (b *Bus) Leave(ctx context.Context, id, reason string) error {
	_, err := b.tell(ctx, "leave", encode(message{ID: id, Data: map[string]string{"reason": reason}}))
	return err
}

// answer is what a line answers, as far as adapters read it.
type answer struct {
	Stream    string `json:"stream"`
	Seq       uint64 `json:"seq"`
	Ticket    uint64 `json:"ticket"`
	Joined    uint64 `json:"joined"`
	Duplicate bool   `json:"duplicate"`
	Error     *struct {
		Code        int    `json:"code"`
		Description string `json:"description"`
	} `json:"error"`
}

func (b *Bus) tell(ctx context.Context, verb string, payload []byte) (Ack, error) {
	a, _, err := b.ask(ctx, "fl.in."+b.line+"."+b.adapter+"."+verb, payload)
	return Ack{Ticket: a.Ticket, Joined: a.Joined, Duplicate: a.Duplicate, Seq: a.Seq}, err
}

// ask sends a request, and reads the answer.
func (b *Bus) ask(ctx context.Context, subject string, payload []byte) (a answer, text []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerMax)
	defer cancel()
	m, err := b.conn.RequestWithContext(ctx, subject, payload)
	if errors.Is(err, nats.ErrNoResponders) {
		return a, nil, &Refusal{Code: 503, Description: "nobody serves line " + b.line}
	}
	if err != nil {
		return a, nil, fmt.Errorf("ask %s: %w", subject, err)
	}
	if err := json.Unmarshal(m.Data, &a); err != nil {
		return a, nil, fmt.Errorf("ask %s: the answer cannot be read: %w", subject, err)
	}
	if a.Error != nil {
		return a, nil, &Refusal{Code: a.Error.Code, Description: a.Error.Description}
	}
	return a, m.Data, nil
}

// Standing asks where a contact stands.
func (b *Bus) Standing(ctx context.Context, id string) (s Standing, err error) {
	_, text, err := b.ask(ctx, "fl.ask."+b.line+".place", encode(map[string]string{"adapter": b.adapter, "id": id}))
	if err != nil {
		return s, err
	}
	var a struct {
		Place  int    `json:"place"`
		Of     int    `json:"of"`
		Text   string `json:"text"`
		Expect *struct {
			P50MS int64 `json:"p50_ms"`
			P90MS int64 `json:"p90_ms"`
		} `json:"expect"`
	}
	if err := json.Unmarshal(text, &a); err != nil {
		return s, fmt.Errorf("ask where %s stands: the answer cannot be read: %w", id, err)
	}
	s = Standing{Place: a.Place, Waiting: a.Of, Text: a.Text}
	if a.Expect != nil {
		s.Known, s.P50, s.P90 = true, time.Duration(a.Expect.P50MS)*time.Millisecond, time.Duration(a.Expect.P90MS)*time.Millisecond
	}
	return s, nil
}

// ReadNotice reads what a line said on a subject fl.out.ADAPTER.LINE.KIND.
func ReadNotice(subject string, payload []byte) (n Notice, err error) {
	tokens := strings.Split(subject, ".")
	if len(tokens) != 5 || tokens[0] != "fl" || tokens[1] != "out" {
		return n, fmt.Errorf("%q is no subject of a notice", subject)
	}
	if err := json.Unmarshal(payload, &n); err != nil {
		return n, fmt.Errorf("the notice on %s cannot be read: %w", subject, err)
	}
	n.Line, n.Kind = tokens[3], Kind(tokens[4])
	return n, nil
}
