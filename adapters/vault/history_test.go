package vault_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fairline/adapters/vault"
)

// A model is the dumbest vault that can be right: who has which identity, which keys are whose, and their contacts.
type model struct {
	owner    map[vault.Identity]int // without Verified
	keys     map[string]int         // every key ever told
	contacts map[int][]vault.Contact
	last     int
}

func newModel() *model {
	return &model{owner: map[vault.Identity]int{}, keys: map[string]int{}, contacts: map[int][]vault.Contact{}}
}

func (m *model) clone() *model {
	c := newModel()
	c.last = m.last
	for k, v := range m.owner {
		c.owner[k] = v
	}
	for k, v := range m.keys {
		c.keys[k] = v
	}
	for k, v := range m.contacts {
		c.contacts[k] = slices.Clone(v)
	}
	return c
}

// of returns whose an identity is, made if it is nobody's.
func (m *model) of(id vault.Identity) int {
	if m.owner[id] == 0 {
		m.last++
		m.owner[id] = m.last
	}
	return m.owner[id]
}

func (m *model) link(a, b vault.Identity) {
	p, q := m.of(a), m.of(b)
	if p == q {
		return
	}
	for id, who := range m.owner {
		if who == q {
			m.owner[id] = p
		}
	}
	for key, who := range m.keys {
		if who == q {
			m.keys[key] = p
		}
	}
	m.contacts[p] = append(m.contacts[p], m.contacts[q]...)
	delete(m.contacts, q)
}

func (m *model) count(who int) (n int) {
	for _, w := range m.owner {
		if w == who {
			n++
		}
	}
	return n
}

func (m *model) unlink(id vault.Identity) bool {
	if m.owner[id] == 0 || m.count(m.owner[id]) == 1 {
		return false
	}
	delete(m.owner, id)
	m.of(id)
	return true
}

func (m *model) erase(who int) {
	for id, w := range m.owner {
		if w == who {
			delete(m.owner, id)
		}
	}
	for key, w := range m.keys {
		if w == who {
			m.keys[key] = -1
		}
	}
	delete(m.contacts, who)
}

// compare says where a vault differs from the model, "" nowhere. It learns keys that it did not know.
func (m *model) compare(ctx context.Context, v *vault.Vault) string {
	names := map[string]int{}
	for _, id := range identities {
		key, err := v.Find(ctx, id)
		if who := m.owner[id]; who == 0 != errors.Is(err, vault.ErrUnknown) || who != 0 && err != nil {
			return fmt.Sprintf("%s belongs to %d, Find = %v", id.Name, who, err)
		} else if who != 0 {
			if other, ok := names[key]; ok && other != who {
				return fmt.Sprintf("%s is %d's and has the key of %d", id.Name, who, other)
			}
			if known, ok := m.keys[key]; ok && known != who {
				return fmt.Sprintf("%s is %d's, its key was %d's", id.Name, who, known)
			}
			names[key], m.keys[key] = who, who
		}
	}
	for key, who := range m.keys {
		list, err := v.Recent(ctx, key, 1000)
		if who < 0 {
			if !errors.Is(err, vault.ErrUnknown) {
				return fmt.Sprintf("an erased key: %v", err)
			}
			continue
		}
		if err != nil || len(list) != len(m.contacts[who]) {
			return fmt.Sprintf("%d has %d contacts, Recent = %d, %v", who, len(m.contacts[who]), len(list), err)
		}
		for _, c := range m.contacts[who] {
			if !slices.Contains(list, c) {
				return fmt.Sprintf("%d lacks the contact %v", who, c)
			}
		}
	}
	return ""
}

// identities are all that occur in histories.
var identities = []vault.Identity{tel(1), tel(2), tel(3), mail(1), mail(2), mail(3), {Kind: "bluesky", Name: "did:plc:abc"}}

// A history is a vault with its model.
type history struct {
	store vault.Store
	keys  vault.Keys
	v     *vault.Vault
	m     *model
	steps int
}

// A step is what a history does next.
type step struct {
	what     int
	a, b     vault.Identity
	verified bool
}

const stepKinds = 7

// do does a step to the vault, and returns what must be done to the model where it worked.
func (h *history) do(ctx context.Context, s step) (func(m *model), error) {
	switch s.what {
	case 0, 1:
		key, err := h.v.Person(ctx, s.a.Kind, s.a.Name, s.verified)
		return func(m *model) { m.keys[key] = m.of(s.a) }, err
	case 2:
		_, err := h.v.Link(ctx, s.a, s.b, "ana", vault.HowAgent)
		return func(m *model) { m.link(s.a, s.b) }, err
	case 3:
		_, err := h.v.Unlink(ctx, s.a, "ana")
		if errors.Is(err, vault.ErrUnknown) || errors.Is(err, vault.ErrAlone) {
			return func(m *model) {
				if m.unlink(s.a) {
					m.owner[s.a] = -7 // refused what it should have done
				}
			}, nil
		}
		return func(m *model) { m.unlink(s.a) }, err
	case 4:
		key, err := h.v.Find(ctx, s.a)
		if err == nil {
			_, err = h.v.Erase(ctx, key, "dpo")
		}
		return func(m *model) {
			if who := m.owner[s.a]; who != 0 {
				m.erase(who)
			}
		}, ignore(err, vault.ErrUnknown)
	case 5:
		key, err := h.v.Find(ctx, s.a)
		if err != nil {
			return func(*model) {}, ignore(err, vault.ErrUnknown)
		}
		c := contact(h.steps, !s.verified)
		err = h.v.Seen(ctx, key, c)
		return func(m *model) { m.contacts[m.owner[s.a]] = append(m.contacts[m.owner[s.a]], c) }, err
	default:
		return func(*model) {}, h.rotate(ctx, s.verified)
	}
}

func ignore(err, target error) error {
	if errors.Is(err, target) {
		return nil
	}
	return err
}

// rotate brings new keys, moves everything to them, and forgets the old ones.
func (h *history) rotate(ctx context.Context, site bool) (err error) {
	next := vault.NewKey(fmt.Sprintf("r%d", h.steps))
	keys := h.keys
	if site {
		keys.Site = append([]vault.Key{next}, keys.Site...)
	} else {
		keys.Hash = append([]vault.Key{next}, keys.Hash...)
	}
	h.keys = keys
	if h.v, err = vault.Open(ctx, h.store, keys); err != nil {
		return err
	}
	if _, err = h.v.Rewrap(ctx); err != nil {
		return err
	}
	if _, err = h.v.Rehash(ctx); err != nil {
		return err
	}
	h.keys = vault.Keys{Site: keys.Site[:1], Hash: keys.Hash[:1]}
	h.v, err = vault.Open(ctx, h.store, h.keys)
	return err
}

func drawStep(t *rapid.T) step {
	return step{what: rapid.IntRange(0, stepKinds-1).Draw(t, "what"), a: rapid.SampledFrom(identities).Draw(t, "a"),
		b: rapid.SampledFrom(identities).Draw(t, "b"), verified: rapid.Bool().Draw(t, "verified")}
}

// TestHistories holds random histories against the model; behind each nothing is left but what tells the keys.
func TestHistories(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ctx := context.Background()
		h := &history{store: vault.NewMemory(), keys: siteKeys(), m: newModel()}
		var err error
		if h.v, err = vault.Open(ctx, h.store, h.keys); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			h.steps++
			s := drawStep(t)
			done, err := h.do(ctx, s)
			if err != nil {
				t.Fatalf("step %+v = %v", s, err)
			}
			done(h.m)
			if diff := h.m.compare(ctx, h.v); diff != "" {
				t.Fatalf("behind %+v: %s", s, diff)
			}
		}
		if left := eraseAll(ctx, h.v, h.store); left != "" {
			t.Fatal(left)
		}
	})
}

// somebody reports whether anybody is known.
func somebody(ctx context.Context, v *vault.Vault) bool {
	return slices.ContainsFunc(identities, func(id vault.Identity) bool {
		_, err := v.Find(ctx, id)
		return err == nil
	})
}

// eraseAll erases everybody, and says what is left.
func eraseAll(ctx context.Context, v *vault.Vault, store vault.Store) string {
	for _, id := range identities {
		key, err := v.Find(ctx, id)
		if err == nil {
			_, err = v.Erase(ctx, key, "dpo")
		}
		if ignore(err, vault.ErrUnknown) != nil {
			return fmt.Sprintf("erase %s: %v", id.Name, err)
		}
	}
	for _, prefix := range []string{"k.", "i.", "p.", "c.", "q."} {
		var left []string
		if err := store.Names(ctx, prefix, func(name string) error { left = append(left, name); return nil }); err != nil || len(left) > 0 {
			return fmt.Sprintf("behind the erasure of everybody: %q, %v", left, err)
		}
	}
	return ""
}

// errCrash is what a torn store answers.
var errCrash = errors.New("the machine is gone")

// A torn store fails from its n-th write on: the first of these is done all the same where half is set.
type torn struct {
	vault.Store
	n    int
	half bool
}

func (s *torn) write(do func() error) error {
	s.n--
	if s.n < 0 && !(s.n == -1 && s.half) {
		return errCrash
	}
	err := do()
	if s.n < 0 {
		return errCrash
	}
	return err
}

func (s *torn) Put(ctx context.Context, name string, value []byte, behind uint64) (rev uint64, err error) {
	err = s.write(func() error { rev, err = s.Store.Put(ctx, name, value, behind); return err })
	return rev, err
}

func (s *torn) Erase(ctx context.Context, name string, rev uint64) error {
	return s.write(func() error { return s.Store.Erase(ctx, name, rev) })
}

// TestCrashes ends a random history between any two steps of its last operation, and starts again: everything is as before the
// operation, or as behind it; erasing everybody leaves nothing, whether somebody mended before or not.
func TestCrashes(t *testing.T) {
	for what := 1; what < stepKinds; what++ {
		crashed := 0
		rapid.Check(t, func(t *rapid.T) {
			if crash(t, what) {
				crashed++
			}
		})
		if crashed == 0 {
			t.Errorf("no history crashed in an operation of kind %d", what)
		}
	}
}

// crash is one history whose last operation is of a kind; it reports whether that crashed.
func crash(t *rapid.T, what int) bool {
	ctx := context.Background()
	memory := vault.NewMemory()
	broken := &torn{Store: memory, n: 1 << 30}
	h := &history{store: broken, keys: siteKeys(), m: newModel()}
	var err error
	if h.v, err = vault.Open(ctx, h.store, h.keys); err != nil {
		t.Fatal(err)
	}
	for range rapid.IntRange(0, 8).Draw(t, "steps") {
		h.steps++
		done, err := h.do(ctx, drawStep(t))
		if err != nil {
			t.Fatal(err)
		}
		done(h.m)
	}
	h.m.compare(ctx, h.v) // to learn the keys
	before := h.m.clone()
	between := before.clone()
	h.steps++
	s := drawStep(t)
	s.what = what
	if what == 2 && before.owner[s.a] == 0 && before.owner[s.b] == 0 {
		between.of(s.b) // of two strangers one is known
	}
	if what == 3 && before.count(before.owner[s.a]) > 1 {
		delete(between.owner, s.a) // taken from its customer, and nobody's until the next contact
	}
	broken.n, broken.half = rapid.IntRange(0, 9).Draw(t, "writes"), rapid.Bool().Draw(t, "half")
	done, err := h.do(ctx, s)
	if ignore(err, errCrash) != nil {
		t.Fatalf("step %+v = %v", s, err)
	}
	done(h.m)
	delete(h.m.keys, "") // of a Person that did not say it
	allowed := []*model{h.m}
	if err != nil {
		allowed = append(allowed, before, between)
	}
	again, openErr := vault.Open(ctx, memory, h.keys)
	if openErr != nil {
		t.Fatal(openErr)
	}
	wantOneOf(ctx, t, again, "behind", allowed)
	if rapid.Bool().Draw(t, "mend") {
		if _, err := again.Mend(ctx); err != nil {
			t.Fatal(err)
		}
		wantOneOf(ctx, t, again, "mended behind", allowed)
		if m, err := again.Mend(ctx); err != nil || m != (vault.Mended{}) {
			t.Fatalf("Mend again = %+v, %v; want nothing to do", m, err)
		}
	} else if !somebody(ctx, again) { // nobody is there whose erasure would mend first
		if _, err := again.Mend(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if left := eraseAll(ctx, again, memory); left != "" {
		t.Fatal(left)
	}
	return err != nil
}

// wantOneOf wants a vault to be as one of the models is.
func wantOneOf(ctx context.Context, t *rapid.T, v *vault.Vault, when string, allowed []*model) {
	var diffs []string
	for _, m := range allowed {
		diff := m.clone().compare(ctx, v)
		if diff == "" {
			return
		}
		diffs = append(diffs, diff)
	}
	t.Fatalf("%s the operation it is in no state that is allowed: %q", when, diffs)
}

// TestTheRecordIsTheTruth takes an identity from a customer and crashes before its row is gone: the row counts for nothing.
func TestTheRecordIsTheTruth(t *testing.T) {
	memory, keys := vault.NewMemory(), siteKeys()
	broken := &torn{Store: memory, n: 1 << 30}
	v := open(t, broken, keys)
	old := link(t, v, tel(1), mail(1)).Key
	broken.n = 3 // the new customer's two rows, and the old one's
	if _, err := v.Unlink(t.Context(), mail(1), "ana"); !errors.Is(err, errCrash) {
		t.Fatalf("Unlink = %v", err)
	}
	v = open(t, memory, keys)
	if key, err := v.Find(t.Context(), mail(1)); !errors.Is(err, vault.ErrUnknown) {
		t.Errorf("Find = %q, %v; want nobody", key, err)
	}
	if _, err := v.Unlink(t.Context(), mail(1), "ana"); !errors.Is(err, vault.ErrUnknown) {
		t.Errorf("Unlink again = %v", err)
	}
	if key := person(t, v, mail(1), true); key == old {
		t.Error("it is the old customer's again")
	}
	if person(t, v, tel(1), true) != old {
		t.Error("the old customer is gone")
	}
}

// A race is a store on which somebody else is faster: before the first row of an identity is put, what other does happens.
type race struct {
	vault.Store
	other func()
}

func (s *race) Put(ctx context.Context, name string, value []byte, behind uint64) (uint64, error) {
	if other := s.other; name[:2] == "i." && other != nil {
		s.other = nil
		other()
	}
	return s.Store.Put(ctx, name, value, behind)
}

// TestTwoMakeOneCustomer has two find that nobody has a number: one customer is made, and nothing is left of the other.
func TestTwoMakeOneCustomer(t *testing.T) {
	memory, keys := vault.NewMemory(), siteKeys()
	first := open(t, memory, keys)
	var winner string
	second := open(t, &race{Store: memory, other: func() { winner = person(t, first, tel(1), false) }}, keys)
	if key := person(t, second, tel(1), true); key != winner || winner == "" {
		t.Errorf("one is told %s, the other %s", winner, key)
	}
	if !export(t, first, winner).Identities[0].Verified {
		t.Error("what the channel vouched for is lost")
	}
	for _, prefix := range []string{"k.", "p.", "i."} {
		n := 0
		if err := memory.Names(t.Context(), prefix, func(string) error { n++; return nil }); err != nil || n != 1 {
			t.Errorf("%d rows %s are there, %v; want one", n, prefix, err)
		}
	}
}

// TestALinkThatBreaksOffShowsNobodyAnothersContacts: between the two steps of a link both are still customers by themselves.
func TestALinkThatBreaksOffShowsNobodyAnothersContacts(t *testing.T) {
	memory, keys := vault.NewMemory(), siteKeys()
	v := open(t, memory, keys)
	var people [2]string
	for i := range people {
		people[i] = person(t, v, tel(i), true)
		if err := v.Seen(t.Context(), people[i], contact(i+1, false)); err != nil {
			t.Fatal(err)
		}
	}
	broken := open(t, &torn{Store: memory, half: true}, keys)
	if _, err := broken.Link(t.Context(), tel(0), tel(1), "ana", vault.HowAgent); !errors.Is(err, errCrash) {
		t.Fatalf("the link did not break off: %v", err)
	}
	v = open(t, memory, keys)
	recent := func(want int) {
		t.Helper()
		for _, key := range people {
			if list, err := v.Recent(t.Context(), key, 10); err != nil || len(list) != want {
				t.Errorf("%d contacts, %v; want %d", len(list), err, want)
			}
		}
	}
	recent(1)
	if _, err := v.Mend(t.Context()); err != nil {
		t.Fatal(err)
	}
	recent(2) // the link is completed
}
