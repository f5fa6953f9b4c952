package engine

import "testing"

// TestCostOfLongWaits holds that steep costs are told apart at waits of hours: 1000 x wait^4 of three hours is far above
// 4 x wait^4 of five.
func TestCostOfLongWaits(t *testing.T) {
	for _, v := range []struct {
		weight, power int64
		per, a, b     Duration // a's wait is dearer
	}{
		{1000, 4, Minute, 3 * Hour, 5 * Hour},
		{300, 3, Second, 2 * Hour, 10 * Hour},
		{1000, 2, Second, 24 * Hour, 100 * Hour},
		{1000, 4, Hour, 200 * Hour, 400 * Hour},
	} {
		p := twoClasses(Cost{Weight: []int64{v.weight, 4}, Power: []int{int(v.power), int(v.power)}, Per: v.per})
		p.Channels[0].Handling = 5 * Minute
		a := newAdopted(t, p, 1)
		a.now = a.now.Add(v.b - v.a)
		f := &Facts{Has: 3}
		a.do(Command{Kind: Arrive, Facts: f})
		a.now = a.now.Add(v.a)
		if got := a.serve(1); got[0] != 0 {
			t.Errorf("%d x wait^%d per %d: class %d is first, want a", v.weight, v.power, v.per/Second, got[0])
		}
	}
}
