package social

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"fairline/adapters/channel"
)

// laterMax bounds the time that a server may name.
const laterMax = 10 * time.Minute

// An again is the time between two tries: doubled each time, from half to the whole of it at random.
type again struct {
	least, most time.Duration
	tries       int
}

// wait waits before the next try, at least as long as the failure asks for. It is false when ctx ended.
func (a *again) wait(ctx context.Context, failure error) bool {
	d := a.most
	if a.tries < 30 {
		d = min(d, a.least<<a.tries)
	}
	a.tries++
	d = d/2 + rand.N(d/2+1)
	if s, ok := errors.AsType[*statusError](failure); ok {
		d = max(d, s.later)
	}
	return channel.Rest(ctx, d)
}

// reset begins anew, after something went well.
func (a *again) reset() { a.tries = 0 }

// A statusError is an answer of a server that is not what was asked for.
type statusError struct {
	code  int
	later time.Duration // that the server wants to be left alone for
}

func (s *statusError) Error() string {
	hint := map[int]string{http.StatusUnauthorized: ": the token is not valid", http.StatusForbidden: ": the token does not allow it",
		http.StatusTooManyRequests: ": too many requests"}[s.code]
	return fmt.Sprintf("the server answers %d%s", s.code, hint)
}

// answered is the failure of a response, nil for 200.
func answered(r *http.Response, now time.Time) error {
	if r.StatusCode == http.StatusOK {
		return nil
	}
	s := &statusError{code: r.StatusCode}
	for _, text := range []string{r.Header.Get("Retry-After"), r.Header.Get("X-RateLimit-Reset")} {
		if seconds, err := strconv.Atoi(text); err == nil && seconds > 0 {
			s.later = time.Duration(min(seconds, int(laterMax/time.Second))) * time.Second
		}
		if at, err := time.Parse(time.RFC3339, text); err == nil && r.StatusCode == http.StatusTooManyRequests {
			s.later = min(max(s.later, at.Sub(now)), laterMax)
		}
	}
	return s
}
