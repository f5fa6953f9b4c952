package social

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"time"

	"github.com/coder/websocket"

	"fairline/policy/mapping"
)

// recentMax is how many events are remembered, to know those that a rewind brings again.
const recentMax = 50_000

// aheadMax is how far in the future an event may say it is and still move the position.
const aheadMax = time.Minute

// A jetstream follows Bluesky's posts.
type jetstream struct {
	*account
	server Bluesky
	file   ledger
	at     cursor
	recent recent
}

// A cursor is how far a stream has been heard, in microseconds since 1970.
type cursor struct {
	Cursor int64 `json:"cursor"`
}

// follow follows the stream until ctx ends, over as many connections as it takes.
func (j *jetstream) follow(ctx context.Context) error {
	if err := j.file.load(&j.at); err != nil {
		return err
	}
	cfg := &j.adapter.cfg
	if j.at.Cursor == 0 { // what is written from now on is ours, also while the first connection is made
		j.at.Cursor = cfg.Now().UnixMicro()
	}
	again := again{least: cfg.AgainMin, most: cfg.AgainMax}
	for ctx.Err() == nil {
		began := time.Now()
		err := j.connection(ctx)
		j.save(true)
		if ctx.Err() != nil {
			return nil
		}
		if time.Since(began) >= cfg.AgainMax {
			again.reset()
		}
		j.tally.Count(func(s *Stats) { s.Failures++ })
		j.adapter.log.Warn("a stream ended", "account", j.name, "error", plain(err))
		again.wait(ctx, err)
	}
	return nil
}

func (j *jetstream) save(atOnce bool) {
	if err := j.file.save(j.at, j.adapter.cfg.Now(), atOnce); err != nil {
		j.adapter.log.Error("a position cannot be kept: posts may come twice", "account", j.name, "error", err)
	}
}

// connection opens the stream some seconds before its position, and hears it until it ends.
func (j *jetstream) connection(ctx context.Context) error {
	cfg := &j.adapter.cfg
	query := url.Values{"wantedCollections": {"app.bsky.feed.post"}, "maxMessageSizeBytes": {strconv.Itoa(cfg.EventMax)},
		"cursor": {strconv.FormatInt(max(1, j.at.Cursor-j.server.Rewind.Microseconds()), 10)}}
	dial, cancel := context.WithTimeout(ctx, cfg.AnswerMax)
	defer cancel()
	c, r, err := websocket.Dial(dial, j.server.Server+"?"+query.Encode(), &websocket.DialOptions{HTTPClient: j.adapter.client})
	if err != nil {
		if r != nil {
			return errors.Join(answered(r, cfg.Now()), err)
		}
		return err
	}
	defer func() { _ = c.CloseNow() }() // it is over, whatever it says
	c.SetReadLimit(-1)                  // read has a bound of its own
	j.tally.Count(func(s *Stats) { s.Connects++ })
	j.streams.Add(1)
	defer j.streams.Add(-1)
	for {
		raw, err := j.read(ctx, c)
		switch {
		case errors.Is(err, errLarge):
			j.tally.Count(func(s *Stats) { s.TooLarge++ })
			continue
		case err != nil:
			return fmt.Errorf("the stream ended: %w", err)
		}
		if err := j.event(ctx, raw); err != nil {
			return err
		}
	}
}

// read is the next message. One that is too large is read to its end and thrown away.
func (j *jetstream) read(ctx context.Context, c *websocket.Conn) ([]byte, error) {
	idleMax := j.adapter.cfg.IdleMax
	ctx, cancel := context.WithTimeoutCause(ctx, idleMax, silent(idleMax))
	defer cancel()
	_, r, err := c.Reader(ctx)
	var raw []byte
	if err == nil {
		raw, err = io.ReadAll(io.LimitReader(r, int64(j.adapter.cfg.EventMax)))
	}
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return nil, err
	}
	if n, err := io.Copy(io.Discard, r); n > 0 || err != nil {
		return nil, errors.Join(errLarge, err)
	}
	return raw, nil
}

// event takes one event, and moves the position on.
func (j *jetstream) event(ctx context.Context, raw []byte) error {
	if !j.recent.add(sha256.Sum256(raw)) {
		j.tally.Count(func(s *Stats) { s.Repeats++ })
		return nil
	}
	body, err := mapping.Decode(raw)
	if err != nil {
		j.tally.Count(func(s *Stats) { s.Malformed++ })
		return nil
	}
	if err := j.take(ctx, "", j.us, body, raw); err != nil {
		return err
	}
	object, _ := body.(map[string]any)
	at, _ := object["time_us"].(int64)
	if at > j.at.Cursor && at <= j.adapter.cfg.Now().Add(aheadMax).UnixMicro() {
		j.at.Cursor = at
		j.save(false)
	}
	return nil
}

// A recent remembers the last events by their hashes.
type recent struct {
	known map[[32]byte]struct{}
	order [][32]byte
	next  int
}

// add notes an event, and is false where it is known.
func (r *recent) add(sum [32]byte) bool {
	if r.known == nil {
		r.known = map[[32]byte]struct{}{}
	}
	if _, ok := r.known[sum]; ok {
		return false
	}
	r.known[sum] = struct{}{}
	if len(r.order) < recentMax {
		r.order = append(r.order, sum)
		return true
	}
	delete(r.known, r.order[r.next])
	r.order[r.next] = sum
	r.next = (r.next + 1) % recentMax
	return true
}
