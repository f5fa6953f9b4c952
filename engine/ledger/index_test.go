package ledger

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"fairline/engine"
)

// TestIndexBeginsAnywhere reads the entries of a random history from a random one on, from where the index says, and
// compares them with all; and lets a watch begin at the arrival of a ticket.
func TestIndexBeginsAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all Book
		x := Index{stride: 1, stretch: 5, stops: []Stop{{From: 1, At: 1}}}
		var frames [][]engine.Event
		var want []string
		asking := false
		var arrived []uint64 // frame, by ticket
		l := newLine(t, func(ev *engine.Event) {
			frame := uint64(len(frames))
			if frame == 0 || !asking && rapid.IntRange(0, 2).Draw(t, "frame") == 0 {
				frames = append(frames, nil)
				frame++
			}
			asking = ev.Kind == engine.Pulled // the decision follows in the same frame
			k := copied(ev)
			frames[frame-1] = append(frames[frame-1], k)
			all.Frame = frame
			x.Add(frame, ev)
			if ev.Kind == engine.Arrived {
				arrived = append(arrived, frame)
			}
			if e, ok := all.Add(ev); ok {
				want = append(want, shown(e))
			}
		})
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			l.step(t)
		}
		if n := len(want); n > 0 {
			from := Number(rapid.IntRange(1, n).Draw(t, "from"))
			stop := x.Find(from)
			if stop.Number >= from {
				t.Fatalf("Find(%d) = %+v", from, stop)
			}
			w, at := x.Watch(stop.From)
			if got := read(w, frames, at, stop); fmt.Sprint(got) != fmt.Sprint(want[stop.Number:]) {
				t.Fatalf("from %+v\n%v\nwant\n%v", stop, got, want[stop.Number:])
			}
		}
		if n := len(arrived); n > 0 {
			frame := arrived[rapid.IntRange(0, n-1).Draw(t, "ticket")]
			stop := x.FindFrame(frame)
			if stop.At > frame {
				t.Fatalf("FindFrame(%d) = %+v", frame, stop)
			}
			w, at := x.Watch(stop.From)
			if got := read(w, frames, at, stop); fmt.Sprint(got) != fmt.Sprint(want[stop.Number:]) {
				t.Fatalf("from %+v\n%v\nwant\n%v", stop, got, want[stop.Number:])
			}
		}
	})
}

// read gives the frames from at on to a watch and returns the entries behind a stop.
func read(w *Watch, frames [][]engine.Event, at uint64, stop Stop) (got []string) {
	for seq := at; seq <= uint64(len(frames)); seq++ {
		w.Book().Frame = seq
		if seq == stop.At {
			w.Book().Skip(stop.Number)
		}
		for i := range frames[seq-1] {
			if e, _ := w.Add(&frames[seq-1][i]); e != nil && seq >= stop.At {
				got = append(got, shown(e))
			}
		}
	}
	return got
}

func shown(e *Entry) string {
	k := *e
	k.Policy = nil
	return fmt.Sprintf("%+v %s\n", k, e.PolicyName())
}
