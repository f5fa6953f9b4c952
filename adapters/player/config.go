package player

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// Limits of a recording.
const (
	CallsMax  = 1 << 20
	AgentsMax = 10_000
	SpeedMax  = 1e6
)

// A CallID names a call. It is unique in its recording.
type CallID string

// An AgentID names an agent: a token of the bus.
type AgentID string

// A Call is one customer's call as it was recorded. Durations count from midnight of the day recorded.
type Call struct {
	ID         CallID
	Class      string // under which the result counts it; the daemon is not told
	Channel    string
	Needs      []string
	Attributes map[string]any
	Arrives    time.Duration
	Stays      bool          // never hangs up
	Patience   time.Duration // if it does not stay
	Service    time.Duration
	Recorded   End // how it ended then
	Waited     time.Duration
	Customer   string // a key by which the line knows who comes back; may be empty
	Upset      Upset
}

// A Shift is a time on duty. Invariant: From <= To.
type Shift struct {
	From, To time.Duration
}

// An Agent is who serves. Shifts are in order and do not touch.
type Agent struct {
	ID     AgentID
	Skills []string
	Shifts []Shift
}

// A Config says what to play, and to whom. Conn, Line, Adapter, Run and Speed are required.
type Config struct {
	Conn    *nats.Conn // should reconnect for ever; Play neither closes it nor changes its handlers
	Line    string
	Adapter string
	Run     string // makes the tickets' ids unique: the daemon remembers ids for seven days
	Speed   float64
	Calls   []Call
	Agents  []Agent
	Lease   time.Duration // recorded time after which an agent who is not heard of is lost; 0: nobody ever is

	Progress func(Progress) // called at most every 100 ms, from Play's goroutine; may be nil
	Logger   *slog.Logger   // nil discards

	InFlight int           // requests that may be unanswered at once; 0 means 256
	Timeout  time.Duration // until a request is repeated; 0 means 2 s
	Stall    time.Duration // without anything to do or to hear until Play gives up; 0 means 60 s
}

// Progress says how far a play is.
type Progress struct {
	Now                                    time.Duration // recorded time
	Total, Arrived, Waiting, With          int           // With an agent
	Served, HungUp, Other, OnDuty, Retries int
}

// Errors of Play.
var (
	ErrConfig  = errors.New("cannot be played")
	ErrStalled = errors.New("nothing happens any more")
)

// withDefaults returns c with zero values replaced, or says what is wrong with it.
func (c Config) withDefaults() (Config, error) {
	if c.InFlight <= 0 {
		c.InFlight = 256
	}
	if c.Timeout <= 0 {
		c.Timeout = 2 * time.Second
	}
	if c.Stall <= 0 {
		c.Stall = time.Minute
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Progress == nil {
		c.Progress = func(Progress) {}
	}
	return c, c.check()
}

func (c Config) check() error {
	switch {
	case c.Conn == nil:
		return fmt.Errorf("%w: no connection", ErrConfig)
	case !isToken(c.Line) || !isToken(c.Adapter) || !isToken(c.Run):
		return fmt.Errorf("%w: line %q, adapter %q, run %q: want tokens", ErrConfig, c.Line, c.Adapter, c.Run)
	case !(c.Speed > 0) || c.Speed > SpeedMax:
		return fmt.Errorf("%w: speed %v: want more than 0, at most %v", ErrConfig, c.Speed, float64(SpeedMax))
	case len(c.Calls) > CallsMax || len(c.Agents) > AgentsMax:
		return fmt.Errorf("%w: %d calls, %d agents: too many", ErrConfig, len(c.Calls), len(c.Agents))
	}
	calls := map[CallID]bool{}
	for _, call := range c.Calls {
		if calls[call.ID] {
			return fmt.Errorf("%w: call %s is there twice", ErrConfig, call.ID)
		}
		calls[call.ID] = true
		if _, err := json.Marshal(call.Attributes); err != nil {
			return fmt.Errorf("%w: call %s: attributes: %w", ErrConfig, call.ID, err)
		}
		if call.Stays && !ableAny(c.Agents, call.Needs) {
			return fmt.Errorf("%w: call %s stays, but no agent has %v", ErrConfig, call.ID, call.Needs)
		}
		if err := c.checkUpset(call); err != nil {
			return err
		}
	}
	return checkAgents(c.Agents)
}

func checkAgents(agents []Agent) error {
	seen := map[AgentID]bool{}
	for _, a := range agents {
		if seen[a.ID] || !isToken(string(a.ID)) {
			return fmt.Errorf("%w: agent %q is there twice, or is no token", ErrConfig, a.ID)
		}
		seen[a.ID] = true
		for i, s := range a.Shifts {
			if s.From > s.To || i > 0 && s.From <= a.Shifts[i-1].To {
				return fmt.Errorf("%w: shift %d of agent %s is out of order", ErrConfig, i+1, a.ID)
			}
		}
	}
	return nil
}

// isToken reports whether s can be a token of a subject: a-z A-Z 0-9 _ -, at most 64 characters.
func isToken(s string) bool {
	odd := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
	}
	return s != "" && len(s) <= 64 && !strings.ContainsFunc(s, odd)
}
