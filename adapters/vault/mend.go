package vault

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Mended is what Mend found.
type Mended struct {
	Removed   int // rows that led nowhere
	Completed int // links
	Erased    int // customers whose erasure was interrupted
}

// Mend completes what a crash left between two steps, and removes what leads nowhere. It reads every row, and is for the start
// and for a quiet hour; the vault works meanwhile.
func (v *Vault) Mend(ctx context.Context) (m Mended, err error) {
	v.torn.Store(false) // first: what is torn meanwhile is for the next time
	defer func() { v.tear(err) }()
	for _, pass := range []struct {
		prefix string
		mend   func(context.Context, string, *Mended) error
	}{
		{identityPrefix, v.mendIdentity},
		{personPrefix, v.mendPerson},
		{dataPrefix, v.mendData},
		{contactPrefix, v.mendContacts},
		{perhapsPrefix, v.mendContacts},
	} {
		rows, err := v.names(ctx, pass.prefix)
		if err != nil {
			return m, fmt.Errorf("mend vault: %w", err)
		}
		for _, row := range rows {
			if err := v.mendRow(ctx, row, &m, pass.mend); err != nil {
				return m, fmt.Errorf("mend vault: %w", err)
			}
		}
	}
	return m, nil
}

// mendRow mends one row while nobody else is about.
func (v *Vault) mendRow(ctx context.Context, row string, m *Mended, mend func(context.Context, string, *Mended) error) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return mend(ctx, row, m)
}

// mendIdentity removes a row that leads to nobody who has the identity.
func (v *Vault) mendIdentity(ctx context.Context, row string, m *Mended) error {
	id, _, _ := strings.Cut(strings.TrimPrefix(row, identityPrefix), ".")
	for _, hash := range v.keys.Hash {
		if hash.ID != id {
			continue
		}
		key, rev, err := v.mapped(ctx, hash, row)
		if err != nil {
			return ignoreUnknown(err)
		}
		p, err := v.root(ctx, key)
		if ignoreUnknown(err) != nil {
			return err
		}
		if err == nil {
			for _, k := range p.rec.Identities {
				if identityRow(hash, k.identity()) == row {
					return nil
				}
			}
		}
		m.Removed++
		return v.store.Erase(ctx, row, rev)
	}
	return nil
}

func ignoreUnknown(err error) error {
	if errors.Is(err, ErrUnknown) {
		return nil
	}
	return err
}

// mendPerson goes on with what was begun with a customer.
func (v *Vault) mendPerson(ctx context.Context, row string, m *Mended) error {
	key := strings.TrimPrefix(row, personPrefix)
	p, err := v.read(ctx, key)
	switch {
	case errors.Is(err, ErrUnknown):
		m.Removed++
		return v.drop(ctx, key)
	case err != nil:
		return err
	case p.rec.Erasing:
		m.Erased++
		return v.wipe(ctx, p)
	case p.rec.Into != "":
		return nil
	}
	for _, gone := range p.rec.Gone {
		q, err := v.read(ctx, gone)
		if err != nil {
			return ignoreUnknown(err)
		}
		if q.rec.Into != p.key {
			m.Completed++
			if err := v.fold(ctx, q, p.key); err != nil {
				return err
			}
		}
	}
	return v.mendIdentities(ctx, p, m)
}

// mendIdentities takes from a customer the identities that do not lead to it: they were on their way when a crash came, and
// whoever brought them was not told that it was done. With none left it was never there for anybody.
func (v *Vault) mendIdentities(ctx context.Context, p *person, m *Mended) error {
	var kept []Known
	for _, k := range p.rec.Identities {
		q, err := v.lookUp(ctx, k.identity())
		if ignoreUnknown(err) != nil {
			return err
		}
		if err == nil && q.key == p.key {
			kept = append(kept, k)
		}
	}
	if len(kept) == len(p.rec.Identities) {
		return nil
	}
	m.Removed++
	p.rec.Identities = kept
	if len(kept) == 0 && len(p.rec.Gone) == 0 {
		return v.drop(ctx, p.key)
	}
	return v.write(ctx, p)
}

// mendData removes the data key of a customer without a row.
func (v *Vault) mendData(ctx context.Context, row string, m *Mended) error {
	key := row[strings.LastIndexByte(row, '.')+1:]
	_, _, err := v.store.Get(ctx, personPrefix+key)
	if errors.Is(err, ErrNoRow) {
		m.Removed++
		return v.drop(ctx, key)
	}
	return err
}

// mendContacts removes contacts of nobody.
func (v *Vault) mendContacts(ctx context.Context, row string, m *Mended) error {
	key := row[strings.LastIndexByte(row, '.')+1:]
	_, err := v.dataKey(ctx, key)
	if errors.Is(err, ErrUnknown) {
		m.Removed++
		return v.store.Erase(ctx, row, 0)
	}
	return err
}
