package channel

import "context"

// ContentMax bounds the bytes of a content.
const ContentMax = 512 << 10

// Contents keep what customers wrote, for channels whose platforms do not keep it: package vault, or who asks it. id is the
// contact's.
type Contents interface {
	// Keep keeps a content of at most ContentMax bytes, sealed for the customer with a key; empty: of nobody's. What is kept
	// already stays.
	Keep(ctx context.Context, customer, id string, content []byte) error
	// Content returns what is kept; nil: nothing.
	Content(ctx context.Context, id string) ([]byte, error)
	// Forget removes one for good: it is not kept again. What is not kept is no error, and may be kept later.
	Forget(ctx context.Context, id string) error
	// Drop removes one, which may be kept again.
	Drop(ctx context.Context, id string) error
}
