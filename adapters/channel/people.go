package channel

import "context"

// People says who is which customer: package vault, or who asks it.
type People interface {
	// Person returns the random key of the customer with an identity, made if there is none. kind is "tel" (a number in E.164),
	// "mail" (a lower-case address) or the name of a platform (an account's stable id there). verified says that the channel
	// vouches for it: an attested number, a sender whom DMARC passed, an account behind a verified stream. The key is empty where it
	// is nobody's identity.
	Person(ctx context.Context, kind, identity string, verified bool) (key string, err error)
}
