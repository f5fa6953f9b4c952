package vault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode"
)

// byLenMax bounds the name of who says something.
const byLenMax = 64

var (
	// ErrSaid says that a link or its opposite does not say who said it, or how.
	ErrSaid = errors.New("want who says so, at most 64 characters, and how: import, api, agent or customer")
	// ErrOneSided says that a customer's word has only one end that a channel vouches for: anybody can say whose number it is.
	ErrOneSided = errors.New("a customer's own word links what channels vouch for at both ends; have an agent say it, or let " +
		"the customer write from there too")
	// ErrAlone says that there is nothing to take apart.
	ErrAlone = errors.New("the customer has no other identity")
)

// A Linked is what became of a link.
type Linked struct {
	Key string // the customer that has both
	// Gone is the key of the customer that became part of it, "" if there was none. Whoever asks for it gets Key's; what was
	// journalled under it stays there, and Export says that both are one.
	Gone string
}

// Link says that two identities are one customer's: by whom, a name or a pseudonym of the site, and how, HowImport, HowAPI,
// HowAgent or HowCustomer. Unknown identities become known. Where they were two customers the one that was there first stays,
// with all that both had. A repeat changes nothing. ErrOneSided, ErrSaid, ErrRaw, ErrLimit: nothing was changed.
func (v *Vault) Link(ctx context.Context, a, b Identity, by, how string) (Linked, error) {
	if err := errors.Join(a.check(), b.check(), checkSaid(by, how)); err != nil {
		return Linked{}, err
	}
	if how == HowCustomer && !(a.Verified && b.Verified) {
		return Linked{}, fmt.Errorf("link %s and %s: %w", a.Kind, b.Kind, ErrOneSided)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	l, err := v.link(ctx, a, b, Saying{At: now(), By: by, How: how, What: "link " + a.Kind + " " + b.Kind})
	v.tear(err)
	if err != nil {
		return Linked{}, fmt.Errorf("link %s and %s: %w", a.Kind, b.Kind, err)
	}
	return l, nil
}

// LinkTo says that an identity is that of the customer with a key, as Link does. ErrUnknown where there is no such customer.
func (v *Vault) LinkTo(ctx context.Context, key string, id Identity, by, how string) (Linked, error) {
	err := errors.Join(id.check(), checkSaid(by, how))
	if err == nil && how == HowCustomer {
		err = ErrOneSided
	}
	if err != nil {
		return Linked{}, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	p, err := v.root(ctx, key)
	var l Linked
	if err == nil {
		l, err = v.join(ctx, p, id, Saying{At: now(), By: by, How: how, What: "link " + id.Kind})
	}
	v.tear(err)
	if err != nil {
		return Linked{}, fmt.Errorf("link %s: %w", id.Kind, err)
	}
	return l, nil
}

func checkSaid(by, how string) error {
	if by == "" || len(by) > byLenMax || slices.ContainsFunc([]rune(by), unicode.IsControl) ||
		!slices.Contains([]string{HowImport, HowAPI, HowAgent, HowCustomer}, how) {
		return ErrSaid
	}
	return nil
}

func (v *Vault) link(ctx context.Context, a, b Identity, said Saying) (Linked, error) {
	p, err := v.lookUp(ctx, a)
	if errors.Is(err, ErrUnknown) {
		if a.same(b) {
			p, err = v.make(ctx, known(a, said))
			return linked(p, err)
		}
		a, b = b, a // the one that may be there first
		if p, err = v.lookUp(ctx, a); errors.Is(err, ErrUnknown) {
			p, err = v.make(ctx, known(a, said))
		}
	}
	if err != nil {
		return Linked{}, err
	}
	return v.join(ctx, p, b, said)
}

// join gives a customer another identity, with the customer that has it.
func (v *Vault) join(ctx context.Context, p *person, b Identity, said Saying) (Linked, error) {
	if p.rec.find(b) != nil {
		return Linked{Key: p.key}, nil
	}
	q, err := v.lookUp(ctx, b)
	switch {
	case errors.Is(err, ErrUnknown):
		return v.add(ctx, p, b, said)
	case err != nil:
		return Linked{}, err
	case q.older(p):
		p, q = q, p
	}
	return v.merge(ctx, p, q, said)
}

func known(id Identity, said Saying) Known {
	return Known{Kind: id.Kind, Name: id.Name, How: said.How, By: said.By, At: said.At}
}

func linked(p *person, err error) (Linked, error) {
	if err != nil {
		return Linked{}, err
	}
	return Linked{Key: p.key}, nil
}

// add gives a customer an identity that nobody has.
func (v *Vault) add(ctx context.Context, p *person, id Identity, said Saying) (Linked, error) {
	if len(p.rec.Identities) >= IdentitiesMax {
		return Linked{}, ErrLimit
	}
	p.rec.Identities = append(p.rec.Identities, known(id, said))
	p.rec.say(said)
	if err := v.write(ctx, p); err != nil {
		return Linked{}, err
	}
	return Linked{Key: p.key}, v.lead(ctx, id, p.key)
}

// merge makes q part of p: first p has all that q has, then q leads to p. Between the two steps q goes on by itself, and p
// knows whom it is to take in.
func (v *Vault) merge(ctx context.Context, p, q *person, said Saying) (Linked, error) {
	for _, k := range q.rec.Identities {
		if p.rec.find(k.identity()) == nil {
			p.rec.Identities = append(p.rec.Identities, k)
		}
	}
	for _, key := range append([]string{q.key}, q.rec.Gone...) {
		if !slices.Contains(p.rec.Gone, key) {
			p.rec.Gone = append(p.rec.Gone, key)
		}
	}
	if len(p.rec.Identities) > IdentitiesMax || len(p.rec.Gone) > GoneMax {
		return Linked{}, ErrLimit
	}
	p.rec.say(append(q.rec.Said, said)...)
	if err := v.write(ctx, p); err != nil {
		return Linked{}, err
	}
	return Linked{Key: p.key, Gone: q.key}, v.fold(ctx, q, p.key)
}

// fold has a customer lead to another and be nothing else.
func (v *Vault) fold(ctx context.Context, q *person, into string) error {
	q.rec = record{Made: q.rec.Made, Into: into}
	return v.write(ctx, q)
}

// Unlink takes an identity from its customer: it becomes one of its own, whose key is returned. Contacts stay where they are:
// which of them came by it nobody kept. ErrAlone where it is the only identity, ErrUnknown where nobody has it.
func (v *Vault) Unlink(ctx context.Context, id Identity, by string) (key string, err error) {
	if err := errors.Join(id.check(), checkSaid(by, HowAgent)); err != nil {
		return "", err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	q, err := v.unlink(ctx, id, Saying{At: now(), By: by, How: HowAgent, What: "unlink " + id.Kind})
	v.tear(err)
	if err != nil {
		return "", fmt.Errorf("unlink %s: %w", id.Kind, err)
	}
	return q.key, nil
}

// unlink stores the new customer, then takes the identity from the old one, then has it lead to the new one.
func (v *Vault) unlink(ctx context.Context, id Identity, said Saying) (*person, error) {
	p, err := v.lookUp(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(p.rec.Identities) == 1 {
		return nil, ErrAlone
	}
	k := *p.rec.find(id)
	k.How, k.By, k.At = said.How, said.By, said.At
	q, err := v.begin(ctx, record{Made: said.At, Identities: []Known{k}, Said: []Saying{said}})
	if err != nil {
		return nil, err
	}
	p.rec.Identities = slices.DeleteFunc(p.rec.Identities, func(k Known) bool { return k.identity().same(id) })
	p.rec.say(said)
	if err := v.write(ctx, p); err != nil {
		return nil, err
	}
	return q, v.lead(ctx, id, q.key)
}
