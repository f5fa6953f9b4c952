package phone

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
	"github.com/nyaruka/phonenumbers"
)

const (
	numberMax = 40              // characters of a number with its separators; a longer one is none
	personMax = 2 * time.Second // the vault answers within it, or the caller is anonymous
	valueMax  = 256             // bytes of a header's value, as of any text on the bus
)

// contactID names a call on the bus: a hash of what names the call in SIP. The CSeq is in it, so that a caller who is refused and
// tries again within the same call is a new contact, while copies of one request (RFC 3261, 8.2.2.2) are one.
func contactID(req *sip.Request, fromTag string) string {
	sum := sha256.Sum256([]byte(req.CallID().Value() + "\x00" + fromTag + "\x00" + req.CSeq().Value()))
	return hex.EncodeToString(sum[:16])
}

// caller reads who calls: the number in E.164, and whether the network vouches for it. It is empty where the caller wants no name
// (RFC 3323), there is no number, or the number cannot be.
func (a *Adapter) caller(req *sip.Request, peer netip.Addr) (number string, verified bool) {
	if wantsPrivacy(req) {
		return "", false
	}
	if a.believed(peer) {
		for _, h := range req.GetHeaders("P-Asserted-Identity") {
			if number = a.e164(assertedUser(h.Value())); number != "" {
				return number, true
			}
		}
	}
	from := req.From().Address
	if from.Scheme == "tel" {
		return a.e164(from.Raw()), within(peer, a.cfg.Trunks)
	}
	return a.e164(from.User), within(peer, a.cfg.Trunks)
}

// wantsPrivacy says whether the caller asked not to be known.
func wantsPrivacy(req *sip.Request) bool {
	between := func(r rune) bool { return strings.ContainsRune("; ,", r) }
	for _, h := range req.GetHeaders("Privacy") {
		for _, want := range strings.FieldsFunc(strings.ToLower(h.Value()), between) {
			if slices.Contains([]string{"id", "user", "header"}, want) {
				return true
			}
		}
	}
	from := req.From()
	return strings.HasSuffix(strings.ToLower(from.Address.Host), "anonymous.invalid") ||
		slices.Contains([]string{"anonymous", "restricted", "unavailable", "unknown"}, strings.ToLower(from.Address.User))
}

// assertedUser is the user or number in one value of P-Asserted-Identity: "name" <sip:user@host>, <tel:+49...>.
func assertedUser(value string) string {
	if _, inner, found := strings.Cut(value, "<"); found {
		value, _, _ = strings.Cut(inner, ">")
	}
	scheme, rest, _ := strings.Cut(strings.TrimSpace(value), ":")
	if !slices.Contains([]string{"sip", "sips", "tel"}, strings.ToLower(scheme)) {
		return ""
	}
	user, _, _ := strings.Cut(rest, "@")
	return user
}

// e164 is a number as the world writes it, or empty. A number that parses and cannot be, such as +1911, is none.
func (a *Adapter) e164(user string) string {
	user, _, _ = strings.Cut(user, ";")
	user = strings.ReplaceAll(user, "%2B", "+")
	if len(user) > numberMax || strings.Trim(user, "+0123456789-.()") != "" {
		return ""
	}
	n, err := phonenumbers.Parse(user, a.cfg.Region)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return ""
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}

// contact is what the line is told of a call.
func (a *Adapter) contact(ctx context.Context, req *sip.Request, id string, peer netip.Addr) channel.Contact {
	c := channel.Contact{ID: id, Channel: "phone", Arrived: time.Now(), Ref: "call/" + id}
	if number, verified := a.caller(req, peer); number != "" {
		ctx, cancel := context.WithTimeout(ctx, personMax)
		defer cancel()
		key, err := a.people.Person(ctx, "tel", number, verified)
		if err != nil {
			a.log.Warn("person not known: the vault does not answer", "contact", id)
		} else {
			c.Customer, c.Unverified = key, !verified
		}
	}
	switch {
	case c.Customer == "":
		a.count(func(s *Stats) { s.Anonymous++ })
	case !c.Unverified:
		a.count(func(s *Stats) { s.Verified++ })
	}
	believed := a.believed(peer)
	if a.cfg.Matter != "" && believed {
		c.Matter, _ = a.text(req, a.cfg.Matter)
	}
	for _, h := range a.cfg.Attributes {
		value, there := a.text(req, h.Header)
		switch {
		case !there:
		case !believed && !h.Anyone:
			a.count(func(s *Stats) { s.Ignored++ })
		default:
			if c.Attributes == nil {
				c.Attributes = map[string]any{}
			}
			c.Attributes[h.Attribute] = value
		}
	}
	return c
}

// text is a header's value where it is one line of text that the bus takes.
func (a *Adapter) text(req *sip.Request, header string) (value string, there bool) {
	h := req.GetHeader(header)
	if h == nil {
		return "", false
	}
	value = strings.TrimSpace(h.Value())
	if value == "" || len(value) > valueMax || !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
		a.count(func(s *Stats) { s.Ignored++ })
		return "", false
	}
	return value, true
}
