package statistics

import "testing"

func TestEnough(t *testing.T) {
	at := func(value, half float64, n int) Estimate {
		return Estimate{Value: value, Half: half, N: n, Known: true, Defined: true}
	}
	for _, c := range []struct {
		name            string
		e               Estimate
		relative, floor float64
		want            bool
	}{
		{"within a tenth", at(110, 10, 10), 0.1, 0, true},
		{"just not", at(110, 10.01, 10), 0.1, 0, false},
		{"a tenth of the value, which may be too large itself", at(100, 10, 10), 0.1, 0, false},
		{"negative", at(-110, 10, 10), 0.1, 0, true},
		{"near 0, with a floor", at(0.001, 0.5, 10), 0.1, 0.5, true},
		{"near 0, without", at(0.001, 0.5, 10), 0.1, 0.1, false},
		{"too few", at(110, 0, 9), 0.1, 1, false},
		{"no interval", Estimate{Value: 110, N: 20, Known: true}, 0.1, 1, false},
	} {
		if got := Enough(c.e, c.relative, c.floor); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestChecksGrowByAFifth(t *testing.T) {
	want := []int{10, 12, 15, 18, 22, 27, 33, 40, 48, 58, 70, 84, 101}
	n := 0
	for i, w := range want {
		if n = NextCheck(n); n != w {
			t.Fatalf("check %d at %d, want %d", i, n, w)
		}
	}
	if n := NextCheck(9); n != 11 {
		t.Errorf("after 9: %d, want 11", n)
	}
}
