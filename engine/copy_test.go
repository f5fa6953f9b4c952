package engine

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// TestCopyDecidesTheSame copies a line in the middle of a random history, and gives both the same commands from then on.
func TestCopyDecidesTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(testPolicies()).Draw(t, "policy")
		h := newHistory(p)
		h.do(t, Command{Kind: Adopt, At: Instant(Hour), Policy: p})
		for range rapid.IntRange(0, 80).Draw(t, "steps") {
			h.step(t)
		}
		c, aside := copied(t, h.e), copied(t, h.e)
		was := aside.Digest()
		if c.Digest() != h.e.Digest() || c.OrderDigest() != h.e.OrderDigest() || c.Counts() != h.e.Counts() {
			t.Fatalf("the copy has digest %x, want %x", c.Digest(), h.e.Digest())
		}
		for range rapid.IntRange(1, 60).Draw(t, "more steps") {
			at := h.e.now.Add(Duration(rapid.IntRange(0, 20).Draw(t, "later")) * Second)
			for d := h.e.Due(); d != 0 && d <= at; d = h.e.Due() {
				both(t, h, c, Command{Kind: Tick, At: max(d, h.e.now)})
			}
			cmd := h.draw(t, at)
			cmd.Key = Key{}
			both(t, h, c, cmd)
		}
		if aside.Digest() != was {
			t.Fatal("the other copy changed")
		}
	})
}

func copied(t *rapid.T, e *Engine) *Engine {
	c, err := e.Copy()
	if err != nil {
		t.Fatal(err)
	}
	if shared := sharedMemory(e, c); len(shared) > 0 {
		t.Fatalf("the copy shares %q", shared)
	}
	return c
}

// both gives a command to the line of a history and to its copy.
func both(t *rapid.T, h *history, c *Engine, cmd Command) {
	events, refused := c.Do(cmd)
	var want []byte
	for i := range events {
		want = AppendEvent(want, &events[i])
	}
	h.e.out = nil
	h.do(t, cmd)
	var got []byte
	for i := range h.e.out {
		got = AppendEvent(got, &h.e.out[i])
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("after %+v the copy says %+v (%v), the line %+v", cmd, events, refused, h.e.out)
	}
	if c.Digest() != h.e.Digest() || c.OrderDigest() != h.e.OrderDigest() {
		t.Fatalf("after %+v the copy has digest %x, the line %x", cmd, c.Digest(), h.e.Digest())
	}
}

// sharedMemory are the fields by which two engines reach the same memory, but for what is read-only.
func sharedMemory(a, b *Engine) (shared []string) {
	seen := map[uintptr]bool{}
	walk(reflect.ValueOf(a).Elem(), "", map[uintptr]bool{}, func(_ string, p uintptr) { seen[p] = true })
	walk(reflect.ValueOf(b).Elem(), "", map[uintptr]bool{}, func(path string, p uintptr) {
		if seen[p] {
			shared = append(shared, path)
		}
	})
	return shared
}

// walk calls do for every pointer, map and slice that is reached from v.
func walk(v reflect.Value, path string, met map[uintptr]bool, do func(path string, p uintptr)) {
	switch v.Type() {
	case reflect.TypeFor[*Policy](), reflect.TypeFor[*Node](), reflect.TypeFor[*Calendar](), reflect.TypeFor[*Protection](),
		reflect.TypeFor[[]Word](), reflect.TypeFor[Order](), reflect.TypeFor[[]Reserve](), reflect.TypeFor[[]Cap](), reflect.TypeFor[ranking]():
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if v.IsNil() || v.Kind() == reflect.Slice && v.Cap() == 0 || v.Kind() != reflect.Slice && met[v.Pointer()] {
			return
		}
		met[v.Pointer()] = true
		do(path, v.Pointer())
	}
	switch v.Kind() {
	case reflect.Pointer:
		walk(v.Elem(), path, met, do)
	case reflect.Struct:
		for i := range v.NumField() {
			walk(v.Field(i), path+"."+v.Type().Field(i).Name, met, do)
		}
	case reflect.Slice, reflect.Array:
		for i := range min(v.Len(), 100) {
			walk(v.Index(i), fmt.Sprintf("%s[%d]", path, i), met, do)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			walk(v.MapIndex(k), path+"[]", met, do)
		}
	}
}

func TestCopyHasLimits(t *testing.T) {
	e := New()
	if _, err := e.Copy(); !errors.Is(err, ErrNoPolicy) {
		t.Errorf("a line without a policy: %v, want ErrNoPolicy", err)
	}
	mustDo(t, e, Command{Kind: Adopt, At: 1, Policy: testPolicies()[0]})
	for range CopyMax {
		mustDo(t, e, Command{Kind: Arrive, At: 1, Facts: &Facts{}})
	}
	if _, err := e.Copy(); err != nil {
		t.Errorf("a line of %d: %v", CopyMax, err)
	}
	mustDo(t, e, Command{Kind: Arrive, At: 1, Facts: &Facts{}})
	if _, err := e.Copy(); !errors.Is(err, ErrLimit) {
		t.Errorf("a line of one more: %v, want ErrLimit", err)
	}
}

func mustDo(t *testing.T, e *Engine, c Command) {
	t.Helper()
	if _, err := e.Do(c); err != nil {
		t.Fatal(err)
	}
}
