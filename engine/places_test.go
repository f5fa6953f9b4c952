package engine

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// TestPlacesAreThoseOfEach asks a random line for all places at once, and for each place alone.
func TestPlacesAreThoseOfEach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(testPolicies()[0])
		p := h.policies()[rapid.IntRange(0, len(h.policies())-1).Draw(t, "policy")]
		h.m.policy, h.m.tree = p, newTree(p)
		h.do(t, Command{Kind: Adopt, At: Instant(Hour), Policy: p})
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			h.step(t)
		}
		limit := rapid.IntRange(1, PlaceMax+1).Draw(t, "limit")
		order, err := h.e.Places(limit, 0)
		if n := min(limit, h.e.Counts().Waiting); err != nil || len(order) != n {
			t.Fatalf("Places(%d) = %v, %v; want %d places", limit, order, err, n)
		}
		for i, id := range order {
			if s, err := h.e.Place(id, 0); err != nil || s.Place != i+1 {
				t.Fatalf("Places(%d) = %v; but Place(%d) = %+v, %v", limit, order, id, s, err)
			}
		}
	})
}

func TestPlacesRefuse(t *testing.T) {
	e := New()
	if _, err := e.Places(1, 0); !errors.Is(err, ErrNoPolicy) {
		t.Errorf("Places without a policy: %v, want ErrNoPolicy", err)
	}
	if _, err := e.Do(Command{Kind: Adopt, At: Instant(Hour), Policy: testPolicies()[0]}); err != nil {
		t.Fatal(err)
	}
	for range PlaceLineMax + 1 {
		if _, err := e.Do(Command{Kind: Arrive, At: Instant(Hour), Facts: &Facts{}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := e.Places(1, 0); !errors.Is(err, ErrLimit) {
		t.Errorf("Places among %d: %v, want ErrLimit", PlaceLineMax+1, err)
	}
}
