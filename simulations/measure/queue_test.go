package measure

import (
	"math/rand/v2"
	"testing"
)

// TestQueueCountsEarlierOnes compares the ring with a plain list, while some stay so long that it must grow.
func TestQueueCountsEarlierOnes(t *testing.T) {
	type one struct{ here, gone, started bool }
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 3 {
		q, list, started := newQueue(), []one{}, int64(0)
		q.reset()
		for n := range int64([]int{3_000, 12_000, 20_000}[round]) {
			if got := q.enter(); got != n {
				t.Fatalf("rank %d of ticket %d", got, n)
			}
			list = append(list, one{here: true})
			k := (n - 64) ^ 13 // each once, not long ago
			if round > 0 {
				k = n - int64(r.IntN(min(int(n)+1, []int{0, 5000, 20_000}[round])))
			}
			if k < 0 || !list[k].here || round > 0 && (r.IntN(8) == 0 || k%9001 == 5 && n < 19_000) {
				continue
			}
			list[k].started = r.IntN(5) > 0
			var earlier, gone int64
			check := round == 0 && n > 100 && k%64 < 32 || n%16 == 0 // others cost too much
			for i := int64(0); i < k && check; i++ {
				if list[i].here {
					earlier++
				}
				if list[i].gone {
					gone++
				}
			}
			if list[k].started {
				if got, want := q.start(k), started-(k-gone); check && got != want {
					t.Fatalf("round %d: ticket %d started at shift %d, want %d", round, k, got, want)
				}
				started++
			}
			if got := q.leave(k, list[k].started); check && got != earlier {
				t.Fatalf("round %d: %d tickets before %d, want %d", round, got, k, earlier)
			}
			list[k].here, list[k].gone = false, !list[k].started
		}
		if round == 0 && len(q.here.words) != queueWords {
			t.Errorf("%d words for %d tickets of which few are there at once", len(q.here.words), len(list))
		}
	}
}
