package vault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// An Export is everything that the vault has of one customer: what a person may ask for. The tickets are in the journal, under
// each of the keys.
type Export struct {
	Key        string    `json:"key"`
	Gone       []string  `json:"gone,omitempty"` // the keys of those that became part of this one
	Made       time.Time `json:"made"`
	Identities []Known   `json:"identities"`
	Said       []Saying  `json:"said,omitempty"`
	Contacts   []Contact `json:"contacts,omitempty"` // the latest first
}

// Export returns what the vault has of a customer, or ErrUnknown. Find gives the key of an identity.
func (v *Vault) Export(ctx context.Context, key string) (Export, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	p, err := v.root(ctx, key)
	if err != nil {
		return Export{}, fmt.Errorf("export a customer: %w", err)
	}
	contacts, err := v.allContacts(ctx, p)
	if err != nil {
		return Export{}, fmt.Errorf("export a customer: %w", err)
	}
	return Export{Key: p.key, Gone: p.rec.Gone, Made: p.rec.Made, Identities: p.rec.Identities, Said: p.rec.Said,
		Contacts: contacts}, nil
}

// An Erased is the receipt of an erasure. It has no name in it; the site keeps it.
type Erased struct {
	Keys []string // of the customer and of those that became part of it: the journal has them still
	By   string
	At   time.Time
}

// Erase forgets a customer: data keys, identities, contacts, and those that became part of it. ErrUnknown where there is none.
// Once it has begun nobody finds the customer any more; if it fails half-way, Mend or the same call again goes on. What a crash
// left between two steps could have something of the customer too, so it mends first where nobody did since. Find gives the key
// of an identity.
func (v *Vault) Erase(ctx context.Context, key, by string) (Erased, error) {
	if err := checkSaid(by, HowAgent); err != nil {
		return Erased{}, err
	}
	e := Erased{By: by, At: now()}
	if v.torn.Load() {
		begun := v.begun(ctx, key)
		if _, err := v.Mend(ctx); err != nil {
			return Erased{}, fmt.Errorf("erase a customer: %w", err)
		}
		if e.Keys = begun; begun != nil {
			return e, nil
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	keys, err := v.erase(ctx, key)
	v.tear(err)
	if err != nil {
		return Erased{}, fmt.Errorf("erase a customer: %w", err)
	}
	e.Keys = keys
	return e, nil
}

// begun returns the keys of a customer whose erasure was interrupted, nil of any other.
func (v *Vault) begun(ctx context.Context, key string) []string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if !rowToken.MatchString(key) {
		return nil
	}
	p, err := v.read(ctx, key)
	if err != nil || !p.rec.Erasing {
		return nil
	}
	return p.keys()
}

// keys are all that a customer has in the journal.
func (p *person) keys() []string { return append([]string{p.key}, p.rec.Gone...) }

// erase marks a customer as one who is being erased, and wipes it.
func (v *Vault) erase(ctx context.Context, key string) ([]string, error) {
	p, err := v.root(ctx, key)
	if err != nil {
		return nil, err
	}
	p.rec.Erasing = true
	if err := v.write(ctx, p); err != nil {
		return nil, err
	}
	return p.keys(), v.wipe(ctx, p)
}

// wipe removes all rows of a customer that is being erased: its own come last, because they say which the others are.
func (v *Vault) wipe(ctx context.Context, p *person) error {
	keys := p.keys()
	for _, k := range p.rec.Identities {
		for _, hash := range v.keys.Hash {
			row := identityRow(hash, k.identity())
			key, rev, err := v.mapped(ctx, hash, row)
			if err == nil && slices.Contains(keys, key) {
				err = v.store.Erase(ctx, row, rev)
			}
			if err != nil && !errors.Is(err, ErrUnknown) {
				return err
			}
		}
	}
	slices.Reverse(keys)
	for _, key := range keys {
		if err := v.drop(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
