package vault

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// ContentMax bounds the bytes of a content.
const ContentMax = 512 << 10

// ErrContent says that a content cannot be kept.
var ErrContent = errors.New("want a contact's adapter and id, and a content of at most 512 KiB")

// A Source is the contact that a content is of, as the line knows it.
type Source struct {
	Adapter string `json:"adapter,omitempty"`
	ID      string `json:"id,omitempty"`
}

// row is the last part of the names of a content's rows. It says nothing that the journal does not say.
func (s Source) row() string {
	sum := sha256.Sum256([]byte("fairline vault content v1\x00" + s.Adapter + "\x00" + s.ID))
	return hex.EncodeToString(sum[:16])
}

// Keep keeps what a contact said, for as long as the store keeps contents. customer is its customer's key, empty: nobody's. What
// is kept already stays. ErrUnknown where the customer was erased meanwhile.
func (v *Vault) Keep(ctx context.Context, customer string, of Source, content []byte) error {
	if of.Adapter == "" || of.ID == "" || len(content) > ContentMax {
		return fmt.Errorf("keep a content: %w", ErrContent)
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	row, value, err := v.sealContent(ctx, customer, of, content)
	if err == nil {
		_, err = v.store.Put(ctx, row, value, 0)
	}
	if err != nil && !errors.Is(err, ErrConflict) {
		return fmt.Errorf("keep a content: %w", err)
	}
	return nil
}

func (v *Vault) sealContent(ctx context.Context, customer string, of Source, content []byte) (row string, value []byte, err error) {
	if customer == "" {
		site := v.keys.Site[0]
		row = nobodysPrefix + site.ID + "." + of.row()
		return row, seal(site.Secret, row, content), nil
	}
	p, err := v.root(ctx, customer)
	if err != nil {
		return "", nil, err
	}
	row = contentPrefix + of.row()
	return row, append([]byte(p.key+"."), seal(p.data, row, content)...), nil
}

// Content returns what a contact said, or ErrUnknown: it is not kept, not any more, or its customer was erased.
func (v *Vault) Content(ctx context.Context, of Source) ([]byte, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	content, err := v.customersContent(ctx, contentPrefix+of.row())
	if errors.Is(err, ErrNoRow) {
		content, err = v.nobodysContent(ctx, of)
	}
	if err != nil {
		return nil, fmt.Errorf("read a content: %w", err)
	}
	return content, nil
}

func (v *Vault) customersContent(ctx context.Context, row string) ([]byte, error) {
	value, _, err := v.store.Get(ctx, row)
	if err != nil {
		return nil, err
	}
	if len(value) == 0 {
		return nil, ErrUnknown // forgotten
	}
	key, sealed, _ := bytes.Cut(value, []byte("."))
	data, err := v.dataKey(ctx, string(key))
	if err != nil {
		return nil, err
	}
	return unseal(data, row, sealed)
}

func (v *Vault) nobodysContent(ctx context.Context, of Source) ([]byte, error) {
	for _, site := range v.keys.Site {
		row := nobodysPrefix + site.ID + "." + of.row()
		value, _, err := v.store.Get(ctx, row)
		if errors.Is(err, ErrNoRow) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(value) == 0 {
			break
		}
		return unseal(site.Secret, row, value)
	}
	return nil, ErrUnknown
}

// Forget removes what a contact said for good, such as a post that its author deleted: platforms say things twice, and it does not
// come back. An empty row says so, as long as contents are kept. What is not kept is no error, and may be kept later.
func (v *Vault) Forget(ctx context.Context, of Source) error {
	return v.eachRow(of, func(row string) error {
		for range attemptsMax {
			value, rev, err := v.store.Get(ctx, row)
			if errors.Is(err, ErrNoRow) || err == nil && len(value) == 0 {
				return nil
			}
			if err == nil {
				err = v.store.Erase(ctx, row, rev)
			}
			if err == nil {
				_, err = v.store.Put(ctx, row, nil, 0)
			}
			if !errors.Is(err, ErrConflict) {
				return err
			}
		}
		return ErrConflict
	})
}

// Drop removes what a contact said; it may be kept again. What is not kept is no error.
func (v *Vault) Drop(ctx context.Context, of Source) error {
	return v.eachRow(of, func(row string) error { return v.store.Erase(ctx, row, 0) })
}

// eachRow does something with each row that may have a content.
func (v *Vault) eachRow(of Source, do func(row string) error) error {
	v.mu.RLock()
	defer v.mu.RUnlock()
	rows := []string{contentPrefix + of.row()}
	for _, site := range v.keys.Site {
		rows = append(rows, nobodysPrefix+site.ID+"."+of.row())
	}
	for _, row := range rows {
		if err := do(row); err != nil {
			return fmt.Errorf("forget a content: %w", err)
		}
	}
	return nil
}
