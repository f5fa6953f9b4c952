package vault

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Limits of contacts.
const (
	// ContactsMax is how many contacts of a customer are kept, the last by their time; of those that are perhaps the
	// customer's as many beside.
	ContactsMax = 100
	// RefLenMax bounds the bytes of a contact's Ref, and of its channel's name.
	RefLenMax = 1024
)

// ErrContact says that a contact is not one.
var ErrContact = errors.New("want a channel and a time, and a ref of at most 1024 bytes")

// A Contact is what an agent may be shown of an earlier contact: where and when, and where its content is.
type Contact struct {
	Channel string    `json:"channel"`
	Source            // its adapter and id, by which its content is found
	At      time.Time `json:"at"`
	Ref     string    `json:"ref,omitempty"`
	Matter  uint64    `json:"matter,omitempty"` // a hash of what it was about; 0: not known
	// Unverified says that no channel vouched for who it was: it is perhaps the customer's.
	Unverified bool `json:"unverified,omitempty"`
}

// same reports whether two are one contact, told twice.
func (c Contact) same(d Contact) bool {
	return c.Channel == d.Channel && c.Ref == d.Ref && c.At.Equal(d.At) && c.Source == d.Source && c.Unverified == d.Unverified
}

func (c Contact) prefix() string {
	if c.Unverified {
		return perhapsPrefix
	}
	return contactPrefix
}

// Seen keeps a contact of a customer. A repeat changes nothing. ErrUnknown where the customer was erased meanwhile.
func (v *Vault) Seen(ctx context.Context, key string, c Contact) error {
	if c.Channel == "" || c.At.IsZero() || len(c.Ref) > RefLenMax || len(c.Channel) > RefLenMax {
		return fmt.Errorf("keep a contact: %w", ErrContact)
	}
	c.At = c.At.UTC().Truncate(time.Millisecond)
	v.mu.RLock()
	defer v.mu.RUnlock()
	var err error
	for range attemptsMax {
		if err = v.keep(ctx, key, c); !errors.Is(err, ErrConflict) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("keep a contact: %w", err)
	}
	return nil
}

func (v *Vault) keep(ctx context.Context, key string, c Contact) error {
	p, err := v.root(ctx, key)
	if err != nil {
		return err
	}
	row := c.prefix() + p.key
	list, rev, err := v.contacts(ctx, p.data, row)
	if err != nil || slices.ContainsFunc(list, c.same) {
		return err
	}
	list = append(list, c)
	slices.SortStableFunc(list, func(a, b Contact) int { return a.At.Compare(b.At) })
	plain, err := json.Marshal(list[max(0, len(list)-ContactsMax):])
	if err != nil {
		return fmt.Errorf("contact: %w", ErrContact) // a time outside the years that JSON has
	}
	_, err = v.store.Put(ctx, row, seal(p.data, row, plain), rev)
	return err
}

// contacts reads one list of contacts, the earliest first.
func (v *Vault) contacts(ctx context.Context, data [secretLen]byte, row string) (list []Contact, rev uint64, err error) {
	value, rev, err := v.store.Get(ctx, row)
	if errors.Is(err, ErrNoRow) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	plain, err := unseal(data, row, value)
	if err != nil {
		return nil, 0, err
	}
	if err := json.Unmarshal(plain, &list); err != nil {
		return nil, 0, fmt.Errorf("customer's contacts: %w", ErrSealed)
	}
	return list, rev, nil
}

// Recent returns a customer's last contacts across all channels, at most limit of them, the latest first. Those that are
// Unverified are perhaps the customer's. Where the contact that is offered is itself unverified, all are to be shown as
// perhaps.
func (v *Vault) Recent(ctx context.Context, key string, limit int) ([]Contact, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	p, err := v.root(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("recent contacts: %w", err)
	}
	list, err := v.allContacts(ctx, p)
	if err != nil {
		return nil, fmt.Errorf("recent contacts: %w", err)
	}
	return list[:min(len(list), max(0, limit))], nil
}

// allContacts reads what is kept of a customer and of those that became part of it. Between the two steps of a link the other goes
// on by itself, and its contacts are its own.
func (v *Vault) allContacts(ctx context.Context, p *person) (all []Contact, err error) {
	for _, key := range p.keys() {
		data := p.data
		if key != p.key {
			q, err := v.root(ctx, key)
			if errors.Is(err, ErrUnknown) || err == nil && q.key != p.key {
				continue
			}
			if err == nil {
				data, err = v.dataKey(ctx, key)
			}
			if err != nil {
				return nil, err
			}
		}
		for _, prefix := range []string{contactPrefix, perhapsPrefix} {
			list, _, err := v.contacts(ctx, data, prefix+key)
			if err != nil {
				return nil, err
			}
			for _, c := range list {
				if !slices.ContainsFunc(all, c.same) {
					all = append(all, c)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Contact) int { return b.At.Compare(a.At) })
	return all, nil
}
