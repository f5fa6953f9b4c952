package vault

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// attemptsMax bounds how often a step is tried anew because somebody else changed the row.
const attemptsMax = 64

// By whom and how an identity came to a customer.
const (
	HowSeen     = "seen"     // it was there with the first contact
	HowImport   = "import"   // a file
	HowAPI      = "api"      // another program of the site
	HowAgent    = "agent"    // an agent's word
	HowCustomer = "customer" // the customer's, verified at both ends
)

var rowToken = regexp.MustCompile(`^[a-zA-Z0-9]+$`)

// A Vault knows who is which customer. Its methods may be called by any goroutine; see the package comment for what they
// promise together. They log nothing, and no error has an identity in it.
type Vault struct {
	store Store
	keys  Keys
	// mu is held for writing by who changes which identities are whose, so that nobody sees half of it.
	mu sync.RWMutex
	// torn says that an operation may have ended between two steps: before this start, or when the store failed.
	torn atomic.Bool
}

// tear notes that an operation may have ended between two steps.
func (v *Vault) tear(err error) {
	for _, refused := range []error{nil, ErrUnknown, ErrAlone, ErrLimit} {
		if errors.Is(err, refused) {
			return
		}
	}
	v.torn.Store(true)
}

// Open returns the vault on a store. It refuses with ErrKeys where keys are missing with which the store was written: with
// others every customer would be a stranger.
func Open(ctx context.Context, store Store, keys Keys) (*Vault, error) {
	if err := keys.check(); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	v := &Vault{store: store, keys: keys}
	if err := v.checkKeys(ctx); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	v.torn.Store(true)
	return v, nil
}

// checkKeys compares the keys with those that the store knows, and then tells it of new ones.
func (v *Vault) checkKeys(ctx context.Context) error {
	rows, err := v.names(ctx, checkPrefix)
	if err != nil {
		return err
	}
	news := map[string]Key{}
	for use, keys := range map[string][]Key{siteUse: v.keys.Site, hashUse: v.keys.Hash} {
		for _, key := range keys {
			row := checkRow(use, key.ID)
			rows = slices.DeleteFunc(rows, func(name string) bool { return name == row })
			value, _, err := v.store.Get(ctx, row)
			switch {
			case errors.Is(err, ErrNoRow):
				news[row] = key
				continue
			case err == nil:
				_, err = unseal(key.Secret, row, value)
			}
			if errors.Is(err, ErrSealed) {
				return fmt.Errorf("%s key %s is %w", use, key.ID, ErrOtherKeys)
			}
			if err != nil {
				return err
			}
		}
	}
	if len(rows) > 0 {
		return fmt.Errorf("the %s key is missing, with which rows were written: put it back behind the first, or rotate before "+
			"removing a key: %w", strings.Replace(strings.TrimPrefix(rows[0], checkPrefix), ".", " ", 1), ErrKeys)
	}
	for row, key := range news {
		if _, err := v.store.Put(ctx, row, seal(key.Secret, row, nil), 0); err != nil {
			return err
		}
	}
	return nil
}

func checkRow(use, id string) string { return checkPrefix + use + "." + id }

// Person returns the key of the customer with an identity, made if there is none. kind and identity are as an adapter knows
// them, canonical: ErrRaw otherwise. verified says that the channel vouches for it; if it does not, nothing that the vault has
// of a customer changes, and the caller marks the contact as unverified. It reads three rows, or four; a new customer costs
// three writes.
func (v *Vault) Person(ctx context.Context, kind, identity string, verified bool) (key string, err error) {
	id := Identity{Kind: kind, Name: identity, Verified: verified}
	if err := id.check(); err != nil {
		return "", err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	p, err := v.personOf(ctx, id)
	v.tear(err)
	if err != nil {
		return "", fmt.Errorf("find a customer by %s: %w", kind, err)
	}
	return p.key, nil
}

// Find returns the key of the customer with an identity, or ErrUnknown.
func (v *Vault) Find(ctx context.Context, id Identity) (key string, err error) {
	if err := id.check(); err != nil {
		return "", err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	p, err := v.lookUp(ctx, id)
	if err != nil {
		return "", fmt.Errorf("find a customer by %s: %w", id.Kind, err)
	}
	return p.key, nil
}

// personOf finds or makes.
func (v *Vault) personOf(ctx context.Context, id Identity) (p *person, err error) {
	for range attemptsMax {
		p, err = v.lookUp(ctx, id)
		switch {
		case errors.Is(err, ErrUnknown):
			p, err = v.make(ctx, Known{Kind: id.Kind, Name: id.Name, Verified: id.Verified, How: HowSeen, At: now()})
		case err == nil && id.Verified:
			err = v.vouch(ctx, p, id)
		}
		if !errors.Is(err, ErrConflict) {
			return p, err
		}
	}
	return nil, err
}

// lookUp finds the customer who has an identity. A row that leads to one who does not have it counts for nothing.
func (v *Vault) lookUp(ctx context.Context, id Identity) (*person, error) {
	for _, hash := range v.keys.Hash {
		key, _, err := v.mapped(ctx, hash, identityRow(hash, id))
		if err == nil {
			var p *person
			if p, err = v.root(ctx, key); err == nil && p.rec.find(id) != nil {
				return p, nil
			}
		}
		if err != nil && !errors.Is(err, ErrUnknown) {
			return nil, err
		}
	}
	return nil, ErrUnknown
}

// mapped reads the row of an identity.
func (v *Vault) mapped(ctx context.Context, hash Key, row string) (key string, rev uint64, err error) {
	value, rev, err := v.store.Get(ctx, row)
	if errors.Is(err, ErrNoRow) {
		return "", 0, ErrUnknown
	}
	if err != nil {
		return "", 0, err
	}
	plain, err := unseal(hash.mapKey(), row, value)
	return string(plain), rev, err
}

// vouch notes that a channel has vouched for an identity.
func (v *Vault) vouch(ctx context.Context, p *person, id Identity) error {
	known := p.rec.find(id)
	if known == nil || known.Verified {
		return nil
	}
	known.Verified = true
	return v.write(ctx, p)
}

// make makes a customer with an identity that no other has: its data key, its row, and the row of the identity, in this order.
// Where another process of this vault was faster, ErrConflict: it is taken back.
func (v *Vault) make(ctx context.Context, k Known) (*person, error) {
	p, err := v.begin(ctx, record{Made: now(), Identities: []Known{k}})
	if err != nil {
		return nil, err
	}
	if err = v.lead(ctx, k.identity(), p.key); errors.Is(err, ErrConflict) {
		return nil, errors.Join(err, v.drop(ctx, p.key))
	}
	return p, err
}

// begin stores a customer to whom no identity leads yet.
func (v *Vault) begin(ctx context.Context, rec record) (*person, error) {
	p := &person{key: rand.Text(), rec: rec}
	rand.Read(p.data[:]) // never fails: crypto/rand
	site := v.keys.Site[0]
	row := dataPrefix + site.ID + "." + p.key
	if _, err := v.store.Put(ctx, row, seal(site.Secret, row, p.data[:]), 0); err != nil {
		return nil, err
	}
	return p, v.write(ctx, p)
}

// lead makes the row that leads from an identity to a customer. A row in its way that leads to somebody who does not have the
// identity is erased first; one that leads to somebody who does is ErrConflict.
func (v *Vault) lead(ctx context.Context, id Identity, key string) error {
	for _, hash := range v.keys.Hash {
		row := identityRow(hash, id)
		old, rev, err := v.mapped(ctx, hash, row)
		if errors.Is(err, ErrUnknown) {
			continue
		}
		if err != nil {
			return err
		}
		switch p, err := v.root(ctx, old); {
		case err == nil && p.rec.find(id) != nil:
			return ErrConflict
		case err != nil && !errors.Is(err, ErrUnknown):
			return err
		}
		if err := v.store.Erase(ctx, row, rev); err != nil {
			return err
		}
	}
	hash := v.keys.Hash[0]
	row := identityRow(hash, id)
	_, err := v.store.Put(ctx, row, seal(hash.mapKey(), row, []byte(key)), 0)
	return err
}

// drop removes the rows of a customer; the data key first, for without it the rest is noise.
func (v *Vault) drop(ctx context.Context, key string) error {
	for _, site := range v.keys.Site {
		if err := v.store.Erase(ctx, dataPrefix+site.ID+"."+key, 0); err != nil {
			return err
		}
	}
	for _, prefix := range []string{contactPrefix, perhapsPrefix, personPrefix} {
		if err := v.store.Erase(ctx, prefix+key, 0); err != nil {
			return err
		}
	}
	return nil
}

// now is the time as rows have it.
func now() time.Time { return time.Now().UTC().Round(0) }
