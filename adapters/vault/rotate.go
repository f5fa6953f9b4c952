package vault

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Rewrap wraps every data key, and seals contents of nobody's, with the first site key, and returns how many it had to. When it returns without an error no row
// needs the other site keys any more: they may go from the key file. The vault works meanwhile.
func (v *Vault) Rewrap(ctx context.Context) (n int, err error) {
	for _, old := range v.keys.Site[1:] {
		for _, prefix := range []string{dataPrefix, nobodysPrefix} {
			done, err := v.rewrapAll(ctx, prefix, old)
			n += done
			if err != nil {
				return n, fmt.Errorf("rewrap: %w", err)
			}
		}
		if err := v.store.Erase(ctx, checkRow(siteUse, old.ID), 0); err != nil {
			return n, fmt.Errorf("rewrap: %w", err)
		}
	}
	return n, nil
}

// rewrapAll does it for the rows of a kind that an old site key seals.
func (v *Vault) rewrapAll(ctx context.Context, prefix string, old Key) (n int, err error) {
	rows, err := v.names(ctx, prefix+old.ID+".")
	if err != nil {
		return 0, err
	}
	for _, row := range rows {
		if err := v.rewrap(ctx, old, prefix, row); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// rewrap stores a row under the new site key, and then erases it under the old one.
func (v *Vault) rewrap(ctx context.Context, old Key, prefix, row string) error {
	first := v.keys.Site[0]
	v.mu.Lock()
	defer v.mu.Unlock()
	value, rev, err := v.store.Get(ctx, row)
	if errors.Is(err, ErrNoRow) {
		return nil // erased meanwhile
	}
	if err != nil {
		return err
	}
	to := prefix + first.ID + strings.TrimPrefix(row, prefix+old.ID)
	if len(value) > 0 { // else it is a content that was forgotten
		data, err := unseal(old.Secret, row, value)
		if err != nil {
			return err
		}
		value = seal(first.Secret, to, data)
	}
	if _, err := v.store.Put(ctx, to, value, 0); err != nil && !errors.Is(err, ErrConflict) {
		return err
	}
	return v.store.Erase(ctx, row, rev)
}

// Rehash gives every identity its row under the first hash key, and returns how many it had to. When it returns without an
// error no row needs the other hash keys any more: they may go from the key file. It mends first. The vault works meanwhile.
func (v *Vault) Rehash(ctx context.Context) (n int, err error) {
	if _, err := v.Mend(ctx); err != nil {
		return 0, fmt.Errorf("rehash: %w", err)
	}
	rows, err := v.names(ctx, personPrefix)
	if err != nil {
		return 0, fmt.Errorf("rehash: %w", err)
	}
	for _, row := range rows {
		moved, err := v.rehash(ctx, strings.TrimPrefix(row, personPrefix))
		if err != nil {
			return n, fmt.Errorf("rehash: %w", err)
		}
		n += moved
	}
	for _, old := range v.keys.Hash[1:] {
		left, err := v.names(ctx, identityPrefix+old.ID+".")
		if err == nil && len(left) > 0 {
			err = fmt.Errorf("%d rows under hash key %s are left: call it again", len(left), old.ID)
		}
		if err == nil {
			err = v.store.Erase(ctx, checkRow(hashUse, old.ID), 0)
		}
		if err != nil {
			return n, fmt.Errorf("rehash: %w", err)
		}
	}
	return n, nil
}

// rehash moves the identities of one customer.
func (v *Vault) rehash(ctx context.Context, key string) (n int, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	p, err := v.root(ctx, key)
	if errors.Is(err, ErrUnknown) {
		return 0, nil // erased meanwhile
	}
	if err != nil || p.key != key {
		return 0, err
	}
	first := v.keys.Hash[0]
	for _, k := range p.rec.Identities {
		for _, old := range v.keys.Hash[1:] {
			row := identityRow(old, k.identity())
			leads, rev, err := v.mapped(ctx, old, row)
			if errors.Is(err, ErrUnknown) {
				continue
			}
			if err != nil {
				return n, err
			}
			to := identityRow(first, k.identity())
			_, err = v.store.Put(ctx, to, seal(first.mapKey(), to, []byte(leads)), 0)
			if err != nil && !errors.Is(err, ErrConflict) {
				return n, err
			}
			if err := v.store.Erase(ctx, row, rev); err != nil {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

// names lists rows.
func (v *Vault) names(ctx context.Context, prefix string) (list []string, err error) {
	err = v.store.Names(ctx, prefix, func(name string) error {
		list = append(list, name)
		return nil
	})
	return list, err
}
