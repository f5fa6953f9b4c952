package vault

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// IdentityLenMax bounds the bytes of an identity.
const IdentityLenMax = 256

// ErrRaw says that an identity is not in its canonical form, or is none. The text never repeats it.
var ErrRaw = errors.New("not a canonical identity")

// An Identity is a name that a customer has in a channel. It does not show itself: printed it is its kind.
type Identity struct {
	Kind string // tel, mail, or a platform's name
	Name string // E.164, a lower-case address, or the platform's stable account id
	// Verified says that a channel vouches for it in what was just said. It matters to Link alone.
	Verified bool
}

// String is the kind, not the name: identities must not stand in a log.
func (id Identity) String() string { return id.Kind + ":…" }

// GoString is the same.
func (id Identity) GoString() string { return id.String() }

// customerKind is the kind of the labels of an import file.
const customerKind = "customer"

var (
	kindForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	telForm  = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	mailForm = regexp.MustCompile(`^[^@<>()\[\]:;,\\"]+@[a-z0-9][a-z0-9.-]*$`)
)

// nobody are what channels say where they do not know who it is. A contact from nobody has no customer.
var nobody = []string{"anonymous", "unknown", "restricted", "private", "unavailable", "withheld"}

// check refuses what is obviously raw. Making identities canonical is up to the adapters: this finds those who forgot.
func (id Identity) check() error {
	wrong := func(want string) error {
		return fmt.Errorf("identity of kind %q: want %s: %w", id.Kind, want, ErrRaw)
	}
	switch {
	case !kindForm.MatchString(id.Kind):
		return fmt.Errorf("kind of an identity: want 1 to 32 of a-z 0-9 -, and a letter first: %w", ErrRaw)
	case id.Name == "" || len(id.Name) > IdentityLenMax || !utf8.ValidString(id.Name):
		return wrong(fmt.Sprintf("1 to %d bytes of UTF-8", IdentityLenMax))
	case strings.ContainsFunc(id.Name, unicode.IsControl) || id.Kind != customerKind && strings.ContainsFunc(id.Name, unicode.IsSpace):
		return wrong("no space and no control character")
	case id.Kind == "tel" && !telForm.MatchString(id.Name):
		return wrong("E.164: + and 7 to 15 digits, without spaces; an emergency number or an internal one is no identity")
	case id.Kind == "mail" && (!mailForm.MatchString(id.Name) || strings.ToLower(id.Name) != id.Name || len(id.Name) > 254):
		return wrong("a bare lower-case address with an ASCII domain, without a name and brackets")
	case strings.HasPrefix(id.Name, "@"):
		return wrong("the platform's stable account id, not a handle that may change hands")
	}
	for _, word := range nobody {
		if strings.EqualFold(id.Name, word) || id.Kind == "mail" && id.Name == word+"@"+word+".invalid" {
			return wrong("somebody; leave the customer out of the contact where nobody is known")
		}
	}
	return nil
}

// same reports whether two are one identity.
func (id Identity) same(other Identity) bool { return id.Kind == other.Kind && id.Name == other.Name }
