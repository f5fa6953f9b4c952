package vault_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fairline/adapters/vault"
)

// site is a site's keys, the same in a whole test.
func siteKeys() vault.Keys {
	return vault.Keys{Site: []vault.Key{vault.NewKey("1")}, Hash: []vault.Key{vault.NewKey("1")}}
}

func open(t testing.TB, store vault.Store, keys vault.Keys) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), store, keys)
	if err != nil {
		t.Fatalf("Open = %v", err)
	}
	return v
}

func newVault(t testing.TB) *vault.Vault { return open(t, vault.NewMemory(), siteKeys()) }

func tel(n int) vault.Identity {
	return vault.Identity{Kind: "tel", Name: fmt.Sprintf("+4930123%04d", n)}
}
func mail(n int) vault.Identity {
	return vault.Identity{Kind: "mail", Name: fmt.Sprintf("person.%d@example.org", n)}
}

// person asks for the key of an identity.
func person(t testing.TB, v *vault.Vault, id vault.Identity, verified bool) string {
	t.Helper()
	key, err := v.Person(t.Context(), id.Kind, id.Name, verified)
	if err != nil || key == "" {
		t.Fatalf("Person(%s) = %q, %v", id.Name, key, err)
	}
	return key
}

func link(t testing.TB, v *vault.Vault, a, b vault.Identity) vault.Linked {
	t.Helper()
	l, err := v.Link(t.Context(), a, b, "ana", vault.HowAgent)
	if err != nil {
		t.Fatalf("Link(%s, %s) = %v", a.Name, b.Name, err)
	}
	return l
}

func export(t testing.TB, v *vault.Vault, key string) vault.Export {
	t.Helper()
	e, err := v.Export(t.Context(), key)
	if err != nil {
		t.Fatalf("Export = %v", err)
	}
	return e
}

func seen(t testing.TB, v *vault.Vault, key string, c vault.Contact) {
	t.Helper()
	if err := v.Seen(t.Context(), key, c); err != nil {
		t.Fatalf("Seen = %v", err)
	}
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func contact(n int, unverified bool) vault.Contact {
	return vault.Contact{Channel: "email", At: noon.Add(time.Duration(n) * time.Minute), Ref: fmt.Sprintf("INBOX/%d", n), Matter: uint64(n), Unverified: unverified}
}

func TestAnIdentityIsOneCustomer(t *testing.T) {
	v := newVault(t)
	a := person(t, v, tel(1), true)
	if b := person(t, v, tel(1), true); b != a {
		t.Errorf("the same number is %s and %s", a, b)
	}
	if b := person(t, v, mail(1), true); b == a {
		t.Error("an address joined a number, and nobody said so")
	}
	if b := person(t, v, vault.Identity{Kind: "whatsapp", Name: tel(1).Name}, true); b == a {
		t.Error("the same text of another kind is the same customer")
	}
	if key, err := v.Find(t.Context(), tel(1)); key != a || err != nil {
		t.Errorf("Find = %q, %v", key, err)
	}
	if _, err := v.Find(t.Context(), tel(2)); !errors.Is(err, vault.ErrUnknown) {
		t.Errorf("Find of nobody = %v", err)
	}
}

// TestForged lets somebody with a forged sender do what they can: the customer's row and contacts are as before.
func TestForged(t *testing.T) {
	v := newVault(t)
	victim := person(t, v, mail(1), true)
	link(t, v, mail(1), tel(1))
	for n := range 3 {
		seen(t, v, victim, contact(n, false))
	}
	before := export(t, v, victim)
	for n := range 2 * vault.ContactsMax {
		if key := person(t, v, mail(1), false); key != victim {
			t.Fatalf("an unverified sender is customer %s, want %s beside which agents see it", key, victim)
		}
		seen(t, v, victim, contact(1000+n, true))
	}
	after := export(t, v, victim)
	var sure []vault.Contact
	for _, c := range after.Contacts {
		if !c.Unverified {
			sure = append(sure, c)
		}
	}
	if fmt.Sprint(sure) != fmt.Sprint(before.Contacts) {
		t.Errorf("the customer's contacts are %v, were %v", sure, before.Contacts)
	}
	if got := len(after.Contacts) - len(sure); got != vault.ContactsMax {
		t.Errorf("%d contacts are perhaps the customer's, want at most %d", got, vault.ContactsMax)
	}
	before.Contacts, after.Contacts = nil, nil
	if a, b := marshal(t, before), marshal(t, after); a != b {
		t.Errorf("the customer is\n%s, was\n%s", b, a)
	}
	_, err := v.Link(t.Context(), vault.Identity{Kind: "mail", Name: "forger@example.org", Verified: true}, mail(1), "forger", vault.HowCustomer)
	if !errors.Is(err, vault.ErrOneSided) {
		t.Errorf("a customer's word about somebody else's address = %v, want it refused", err)
	}
	if key := person(t, v, vault.Identity{Kind: "mail", Name: "forger@example.org"}, true); key == victim {
		t.Error("the forger is the victim")
	}
}

// TestClaimedThenVouchedFor says what becomes of somebody who was first only claimed.
func TestClaimedThenVouchedFor(t *testing.T) {
	v := newVault(t)
	key := person(t, v, mail(1), false)
	seen(t, v, key, contact(1, true))
	if again := person(t, v, mail(1), false); again != key {
		t.Errorf("claimed again the customer is %s, was %s", again, key)
	}
	if e := export(t, v, key); e.Identities[0].Verified {
		t.Error("an identity that nobody vouched for is verified")
	}
	if again := person(t, v, mail(1), true); again != key {
		t.Errorf("vouched for the customer is %s, was %s", again, key)
	}
	e := export(t, v, key)
	if !e.Identities[0].Verified || len(e.Contacts) != 1 || !e.Contacts[0].Unverified {
		t.Errorf("%s, want the identity verified, and what was before still perhaps", marshal(t, e))
	}
}

func TestLinks(t *testing.T) {
	v := newVault(t)
	a := person(t, v, tel(1), true)
	b := person(t, v, mail(1), true)
	seen(t, v, a, contact(1, false))
	seen(t, v, b, contact(2, false))
	c := person(t, v, mail(2), true)
	l := link(t, v, mail(1), tel(1))
	if l != (vault.Linked{Key: a, Gone: b}) {
		t.Errorf("Link = %+v, want the first of %s and %s kept", l, a, b)
	}
	if l := link(t, v, mail(2), tel(1)); l.Key == c || l.Gone != c {
		t.Errorf("Link = %+v, want the later customer %s gone", l, c)
	}
	for _, id := range []vault.Identity{tel(1), mail(1), mail(2)} {
		if key := person(t, v, id, true); key != l.Key {
			t.Errorf("%s is customer %s, want %s", id.Name, key, l.Key)
		}
	}
	for _, key := range []string{a, b, c} {
		if list, err := v.Recent(t.Context(), key, 10); err != nil || len(list) != 2 || list[0].Ref != "INBOX/2" {
			t.Errorf("Recent(%s) = %v, %v; want both, the latest first", key, list, err)
		}
	}
	e := export(t, v, c)
	if len(e.Gone) != 2 || len(e.Identities) != 3 || len(e.Said) != 2 || e.Said[0].By != "ana" || e.Said[0].How != vault.HowAgent {
		t.Errorf("Export = %s", marshal(t, e))
	}
	if l := link(t, v, tel(1), mail(2)); l.Gone != "" || len(export(t, v, a).Said) != 2 {
		t.Errorf("a repeat = %+v, and %d sayings", l, len(export(t, v, a).Said))
	}
	own, err := v.Unlink(t.Context(), mail(2), "mia")
	if err != nil || own == l.Key || own == c {
		t.Errorf("Unlink = %q, %v; want a new customer", own, err)
	}
	if key := person(t, v, mail(2), true); key != own {
		t.Errorf("after Unlink the address is %s, want %s", key, own)
	}
	if e := export(t, v, own); len(e.Identities) != 1 || len(e.Contacts) != 0 || e.Said[0].By != "mia" {
		t.Errorf("Export = %s", marshal(t, e))
	}
	if _, err := v.Unlink(t.Context(), mail(2), "mia"); !errors.Is(err, vault.ErrAlone) {
		t.Errorf("Unlink of the only identity = %v", err)
	}
}

func TestLinksToNew(t *testing.T) {
	v := newVault(t)
	known := person(t, v, tel(1), true)
	for _, pair := range [][2]vault.Identity{{tel(1), mail(1)}, {mail(2), tel(1)}, {mail(3), mail(3)}, {mail(4), tel(4)}} {
		l := link(t, v, pair[0], pair[1])
		if a, b := person(t, v, pair[0], true), person(t, v, pair[1], true); a != b || a != l.Key || l.Gone != "" {
			t.Errorf("%s and %s are %s and %s, Link = %+v", pair[0].Name, pair[1].Name, a, b, l)
		}
	}
	if e := export(t, v, known); len(e.Identities) != 3 {
		t.Errorf("Export = %s", marshal(t, e))
	}
	for by, how := range map[string]string{"": vault.HowAgent, "ana": "guess", "a\nb": vault.HowAPI} {
		if _, err := v.Link(t.Context(), tel(1), mail(9), by, how); !errors.Is(err, vault.ErrSaid) {
			t.Errorf("Link by %q how %q = %v", by, how, err)
		}
	}
	for n := range vault.IdentitiesMax + 1 {
		_, err := v.Link(t.Context(), tel(1), mail(100+n), "crm", vault.HowAPI)
		if full := 3+n >= vault.IdentitiesMax; full != errors.Is(err, vault.ErrLimit) {
			t.Fatalf("identity %d = %v", 4+n, err)
		}
	}
	both := vault.Identity{Kind: "bluesky", Name: "did:plc:abc", Verified: true}
	also := vault.Identity{Kind: "mastodon", Name: "https://social.example/users/1", Verified: true}
	if _, err := v.Link(t.Context(), both, also, "self", vault.HowCustomer); err != nil {
		t.Errorf("a customer's word, verified at both ends = %v", err)
	}
}

func TestErased(t *testing.T) {
	v := newVault(t)
	a := person(t, v, tel(1), true)
	b := person(t, v, mail(1), true)
	other := person(t, v, tel(2), true)
	seen(t, v, b, contact(1, false))
	link(t, v, tel(1), mail(1))
	e, err := v.Erase(t.Context(), b, "dpo")
	if slices.Sort(e.Keys); err != nil || e.By != "dpo" || !slices.Equal(e.Keys, sorted(a, b)) {
		t.Errorf("Erase = %+v, %v; want the keys %s and %s", e, err, a, b)
	}
	for _, key := range []string{a, b} {
		_, errRecent := v.Recent(t.Context(), key, 1)
		_, errExport := v.Export(t.Context(), key)
		_, errErase := v.Erase(t.Context(), key, "dpo")
		for _, err := range []error{errRecent, errExport, errErase, v.Seen(t.Context(), key, contact(3, false))} {
			if !errors.Is(err, vault.ErrUnknown) {
				t.Errorf("of an erased customer: %v, want ErrUnknown", err)
			}
		}
	}
	next, last := person(t, v, tel(1), true), person(t, v, mail(1), true)
	if next == last || next == a || next == b || last == a || last == b {
		t.Errorf("the next contacts are %s and %s, want two new customers, neither %s nor %s", next, last, a, b)
	}
	if person(t, v, tel(2), true) != other {
		t.Error("another customer was touched")
	}
	for _, key := range []string{"", "nobody", "p.x", "x>y", strings.Repeat("x", 1000)} {
		if _, err := v.Erase(t.Context(), key, "dpo"); !errors.Is(err, vault.ErrUnknown) {
			t.Errorf("Erase(%.10q) = %v", key, err)
		}
	}
}

func sorted(texts ...string) []string {
	slices.Sort(texts)
	return texts
}

func marshal(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestRawIdentities are refused, and neither the error nor a print has them.
func TestRawIdentities(t *testing.T) {
	v := newVault(t)
	for _, raw := range []vault.Identity{
		{Kind: "tel", Name: "030 1234567"}, {Kind: "tel", Name: "+49 30 1234567"}, {Kind: "tel", Name: "+1911"}, {Kind: "tel", Name: "anonymous"},
		{Kind: "tel", Name: "tel:+49301234567"}, {Kind: "tel", Name: "+4930123456789012"}, {Kind: "tel", Name: "+049301234567"},
		{Kind: "mail", Name: "Ana@Example.org"}, {Kind: "mail", Name: "Ana <ana@example.org>"}, {Kind: "mail", Name: "<ana@example.org>"},
		{Kind: "mail", Name: "mailto:ana@example.org"}, {Kind: "mail", Name: "ana"}, {Kind: "mail", Name: "a@b@c.org"},
		{Kind: "mail", Name: "ana@bücher.example"}, {Kind: "mail", Name: "anonymous@anonymous.invalid"}, {Kind: "mail", Name: ""},
		{Kind: "mastodon", Name: "@ana@social.example"}, {Kind: "x", Name: "12 34"}, {Kind: "x", Name: "a\x00b"}, {Kind: "x", Name: "\xff"},
		{Kind: "x", Name: "unknown"}, {Kind: "X", Name: "secret-1"}, {Kind: "", Name: "secret-1"}, {Kind: "x", Name: strings.Repeat("y", 257)},
	} {
		_, err := v.Person(t.Context(), raw.Kind, raw.Name, true)
		if !errors.Is(err, vault.ErrRaw) {
			t.Errorf("Person(%s, %q) = %v, want ErrRaw", raw.Kind, raw.Name, err)
			continue
		}
		if len(raw.Name) > 3 && raw.Name != "unknown" && strings.Contains(fmt.Sprintf("%v %s %+v %#v", err, raw, raw, raw), raw.Name) {
			t.Errorf("the identity %q stands in %v or in its print", raw.Name, err)
		}
	}
	for _, good := range []vault.Identity{{Kind: "mail", Name: "o'neil+x@mail.example.co.uk"}, {Kind: "tel", Name: "+14155550123"}, {Kind: "telegram", Name: "123456789"}} {
		person(t, v, good, true)
	}
	if text := fmt.Sprintf("%v %+v %#v", siteKeys(), siteKeys(), siteKeys().Site[0]); strings.Contains(text, "[") || len(text) > 100 {
		t.Errorf("keys print themselves: %s", text)
	}
}

// TestManyAtOnce has many ask for the same customers at the same time.
func TestManyAtOnce(t *testing.T) {
	v := newVault(t)
	const hands, customers = 8, 5
	got := make([][customers]string, hands)
	var wg sync.WaitGroup
	for h := range hands {
		wg.Go(func() {
			for n := range customers {
				key, err := v.Person(context.Background(), "tel", tel(n).Name, h%2 == 0)
				if err == nil {
					err = v.Seen(context.Background(), key, contact(h, h%2 == 0))
				}
				if err != nil {
					t.Error(err)
				}
				got[h][n] = key
			}
			if h == 3 {
				if _, err := v.Link(context.Background(), tel(0), tel(1), "ana", vault.HowAgent); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for n := range customers {
		key := person(t, v, tel(n), false)
		if list, err := v.Recent(t.Context(), key, 100); err != nil || len(list) != hands {
			t.Errorf("customer %d has %d contacts, %v; want %d", n, len(list), err, hands)
		}
		for h := 1; n > 1 && h < hands; h++ {
			if got[h][n] != got[0][n] {
				t.Errorf("customer %d is %s and %s", n, got[h][n], got[0][n])
			}
		}
	}
}
