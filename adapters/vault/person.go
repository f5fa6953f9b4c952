package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// The kinds of rows; see the package comment.
const (
	dataPrefix     = "k."
	identityPrefix = "i."
	personPrefix   = "p."
	contactPrefix  = "c."
	perhapsPrefix  = "q."
	contentPrefix  = "m."
	nobodysPrefix  = "n."
	checkPrefix    = "check."
)

// Limits of a customer.
const (
	// IdentitiesMax is how many identities one customer may have.
	IdentitiesMax = 64
	// SayingsMax is how many of the last links and unlinks are kept.
	SayingsMax = 64
	// GoneMax is how many other customers may become part of one.
	GoneMax = 64
)

var (
	// ErrUnknown says that there is no such customer: erased, or never there.
	ErrUnknown = errors.New("no such customer")
	// ErrLimit says that a customer has as many identities as one may have.
	ErrLimit = errors.New("a customer has at most 64 identities, and takes in at most 64 others")
)

// A Known is an identity that a customer has.
type Known struct {
	Kind     string    `json:"kind"`
	Name     string    `json:"name"`
	Verified bool      `json:"verified,omitempty"` // a channel vouched for it at least once
	How      string    `json:"how"`                // see How...
	By       string    `json:"by,omitempty"`       // who said so
	At       time.Time `json:"at"`
}

func (k Known) identity() Identity { return Identity{Kind: k.Kind, Name: k.Name} }

// String is the kind, not the name.
func (k Known) String() string { return k.identity().String() }

// A Saying is who said that identities belong together, or do not.
type Saying struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	How  string    `json:"how"`
	What string    `json:"what"` // such as "link tel mail" or "unlink mail": kinds alone
}

// A record is what a p row has.
type record struct {
	Made       time.Time `json:"made"`
	Into       string    `json:"into,omitempty"`    // the customer that this one became part of; the rest is empty then
	Erasing    bool      `json:"erasing,omitempty"` // an erasure has begun: nobody knows this customer any more
	Gone       []string  `json:"gone,omitempty"`    // keys of those that became part of this one
	Identities []Known   `json:"identities,omitempty"`
	Said       []Saying  `json:"said,omitempty"`
}

func (r *record) find(id Identity) *Known {
	for i := range r.Identities {
		if r.Identities[i].identity().same(id) {
			return &r.Identities[i]
		}
	}
	return nil
}

func (r *record) say(s ...Saying) {
	r.Said = append(r.Said, s...)
	slices.SortStableFunc(r.Said, func(a, b Saying) int { return a.At.Compare(b.At) })
	r.Said = r.Said[max(0, len(r.Said)-SayingsMax):]
}

// A person is a customer as read from the store.
type person struct {
	key  string
	data [secretLen]byte // the data key
	rev  uint64          // of the p row
	rec  record
}

// older orders the customers that become one: the first stays.
func (p *person) older(q *person) bool {
	if !p.rec.Made.Equal(q.rec.Made) {
		return p.rec.Made.Before(q.rec.Made)
	}
	return p.key < q.key
}

// dataKey unwraps the data key of a customer.
func (v *Vault) dataKey(ctx context.Context, key string) (data [secretLen]byte, err error) {
	for _, site := range v.keys.Site {
		row := dataPrefix + site.ID + "." + key
		value, _, err := v.store.Get(ctx, row)
		if errors.Is(err, ErrNoRow) {
			continue
		}
		if err != nil {
			return data, err
		}
		plain, err := unseal(site.Secret, row, value)
		if err != nil {
			return data, err
		}
		return [secretLen]byte(plain), nil
	}
	return data, ErrUnknown
}

// read reads one customer, as it stands.
func (v *Vault) read(ctx context.Context, key string) (*person, error) {
	data, err := v.dataKey(ctx, key)
	if err != nil {
		return nil, err
	}
	p := &person{key: key, data: data}
	value, rev, err := v.store.Get(ctx, personPrefix+key)
	if errors.Is(err, ErrNoRow) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, err
	}
	plain, err := unseal(data, personPrefix+key, value)
	if err != nil {
		return nil, err
	}
	p.rev = rev
	if err := json.Unmarshal(plain, &p.rec); err != nil {
		return nil, fmt.Errorf("customer's row: %w", ErrSealed)
	}
	return p, nil
}

// root reads a customer, or the one that it became part of. One that is being erased is unknown.
func (v *Vault) root(ctx context.Context, key string) (*person, error) {
	if key == "" || len(key) > IdentityLenMax || !rowToken.MatchString(key) {
		return nil, ErrUnknown
	}
	for range GoneMax + 1 {
		p, err := v.read(ctx, key)
		switch {
		case err != nil:
			return nil, err
		case p.rec.Erasing:
			return nil, ErrUnknown
		case p.rec.Into == "":
			return p, nil
		}
		key = p.rec.Into
	}
	return nil, fmt.Errorf("customer's rows lead in a circle: %w", ErrSealed)
}

// write stores what has changed of a customer, if nobody else changed it meanwhile.
func (v *Vault) write(ctx context.Context, p *person) error {
	plain, err := json.Marshal(&p.rec)
	if err != nil {
		panic(err) // texts and times
	}
	rev, err := v.store.Put(ctx, personPrefix+p.key, seal(p.data, personPrefix+p.key, plain), p.rev)
	if err == nil {
		p.rev = rev
	}
	return err
}
