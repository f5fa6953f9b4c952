package phone

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
	"golang.org/x/sync/errgroup"
)

const (
	askersMax = 8               // questions at once
	askMax    = 5 * time.Second // an answer comes within it, or the line is not asked again for as long
)

// tellPlaces tells each caller the place: at once, at least each Tell, and where places have changed at most each TellGap, those
// in front first. It asks the line at most AsksMax times a second.
func (a *Adapter) tellPlaces(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			a.tellDue(ctx, time.Now())
		case <-ctx.Done():
			return
		}
	}
}

// A due call is to hear of its place.
type due struct {
	call  *call
	first bool // Tell is over, or it heard nothing yet
	told  time.Time
	place int
}

// tellDue tells those whose turn it is.
func (a *Adapter) tellDue(ctx context.Context, now time.Time) {
	list := a.due(now)
	group := errgroup.Group{}
	group.SetLimit(askersMax)
	for _, d := range list[:min(len(list), a.cfg.AsksMax)] {
		group.Go(func() error { d.call.tellPlace(ctx, now, d.first); return nil })
	}
	_ = group.Wait()
}

// due lists the calls that are to hear of their place, most urgent first: those that must, by how long they heard nothing, then
// those whose place may have changed, by place. A place that is not known is behind all that are.
func (a *Adapter) due(now time.Time) (list []due) {
	moves := a.moves.Load()
	a.mutex.Lock()
	calls := make([]*call, 0, len(a.calls))
	for _, c := range a.calls {
		calls = append(calls, c)
	}
	a.mutex.Unlock()
	for _, c := range calls {
		c.mutex.Lock()
		silent := now.Sub(c.told)
		d := due{call: c, first: silent >= a.cfg.Tell, told: c.told, place: c.place}
		if c.waiting && (d.first || c.seen != moves && silent >= a.cfg.TellGap) {
			list = append(list, d)
		}
		c.mutex.Unlock()
	}
	slices.SortFunc(list, func(x, y due) int {
		switch {
		case x.first && y.first:
			return x.told.Compare(y.told)
		case x.first:
			return -1
		case y.first:
			return 1
		}
		return cmp.Compare(uint(x.place-1), uint(y.place-1)) // 0 is the largest
	})
	return list
}

// tellPlace asks where a call stands and tells the caller: always when must, else where the words are others than the last.
func (c *call) tellPlace(ctx context.Context, now time.Time, must bool) {
	a := c.phone
	moves := a.moves.Load()
	s, err := a.standing(ctx, c.id)
	if no := (*channel.Refusal)(nil); c.again && errors.As(err, &no) && no.Code == 404 {
		c.box.post(channel.Notice{Kind: channel.Ended, ID: c.id}) // it was over before it was handed in again
		return
	}
	if err != nil && !must {
		return
	}
	phrase := words(s, now.Sub(c.born)) // without an answer the caller hears that the call waits, all the same
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if !c.waiting || !must && phrase == c.phrase {
		c.seen = moves
		return
	}
	if phrase == c.phrase { // a copy of the last one would pass for a retransmission
		phrase += "; still"
	}
	c.phrase, c.told, c.seen, c.place = phrase, now, moves, s.Place
	if c.write(c.response(sip.StatusQueued, phrase)) == nil {
		a.count(func(s *Stats) { s.Told++ })
	}
}

// errSilent says that the line did not answer a moment ago.
var errSilent = errors.New("the line does not answer")

// standing asks the line. While it does not answer it is not asked for everybody: they would all wait for it in vain, and hear
// nothing.
func (a *Adapter) standing(ctx context.Context, id string) (channel.Standing, error) {
	if time.Now().UnixNano() < a.silent.Load() {
		return channel.Standing{}, errSilent
	}
	a.count(func(s *Stats) { s.Asked++ })
	ctx, cancel := context.WithTimeout(ctx, askMax)
	defer cancel()
	s, err := a.line.Standing(ctx, id)
	if no := (*channel.Refusal)(nil); err != nil && !errors.As(err, &no) {
		a.silent.Store(time.Now().Add(askMax).UnixNano())
	}
	return s, err
}

// words are the reason phrase of a 182: "Queued; place 4 of 12; expect 3 to 7 min; waited 2 min". What is not known is left out.
func words(s channel.Standing, waited time.Duration) string {
	text := "Queued"
	if s.Place > 0 {
		text += fmt.Sprintf("; place %d of %d", s.Place, max(s.Place, s.Waiting))
	}
	if s.Known {
		from, to := minutes(s.P50), minutes(s.P90)
		if from == to {
			text += fmt.Sprintf("; expect %d min", from)
		} else {
			text += fmt.Sprintf("; expect %d to %d min", from, to)
		}
	}
	if m := int(waited / time.Minute); m > 0 {
		text += fmt.Sprintf("; waited %d min", m)
	}
	return text
}

// minutes rounds up: nobody is promised less than is expected.
func minutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }
