package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// errQuit says that the agent wants to go.
var errQuit = errors.New("quit")

// handHelp are the commands in one line.
const handHelp = "a accept, d decline, f finish, h hold, t hand on, p pull, c contacts, k known as, b break, r ready, q sign out"

// declineMax bounds how long a script waits for an offer to decline: nobody waits for work that is not wanted.
const declineMax = answerMax

// serveByHand follows lines that are typed, or read from a script, until one of them says q, the input or the time of
// --for ends, or ctx does; then it signs out.
func (a *agent) serveByHand(ctx context.Context, in io.Reader, narration io.Writer) error {
	patient := !onTerminal(in)
	if !patient {
		fmt.Fprintln(narration, handHelp)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if a.flags.last > 0 {
		defer time.AfterFunc(a.flags.last, stop).Stop()
	}
	lines := readLines(ctx, in)
	held := "" // a line that waits for an offer
	patience := time.NewTimer(declineMax)
	defer patience.Stop()
	for {
		var err error
		next, enough := lines, false
		if held != "" {
			next = nil
		}
		select {
		case <-ctx.Done():
			err = errQuit
		case <-a.again:
			err = a.backByHand(ctx)
		case m := <-a.messages:
			err = a.hear(ctx, m)
		case <-a.beat:
			err = a.renew(ctx)
		case <-patience.C:
			enough = strings.HasPrefix(held, "d")
		case line, more := <-next:
			held = line
			patience.Reset(declineMax)
			if !more {
				err = errQuit
			}
		}
		if err == nil && held != "" && (!patient || enough || a.possible(held)) {
			err, held = a.follow(ctx, held), ""
		}
		switch {
		case errors.Is(err, errQuit):
			return a.order(context.WithoutCancel(ctx), "sign-out", "")
		case err != nil:
			return err
		}
	}
}

// readLines hands over the lines of the input, without those that are empty. Its goroutine ends with the input or,
// where a read never returns, with the process.
func readLines(ctx context.Context, in io.Reader) <-chan string {
	lines := make(chan string)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(in); s.Scan(); {
			if line := strings.TrimSpace(s.Text()); line != "" {
				select {
				case lines <- line:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return lines
}

// backByHand signs in again after a lost connection. While the line is not served yet it tries again.
func (a *agent) backByHand(ctx context.Context) error {
	if err := a.signIn(ctx); err != nil {
		time.AfterFunc(retryAfter, a.reconnected)
	}
	return nil
}

// possible reports whether there is an offer that a line can be about. Work to finish does not come by waiting.
func (a *agent) possible(line string) bool {
	switch line[0] {
	case 'a', 'd':
		return a.first(false) != nil
	}
	return true
}

// follow does what a line says.
func (a *agent) follow(ctx context.Context, line string) error {
	words := strings.Fields(line)
	rest := words[1:]
	switch words[0] {
	case "q":
		return errQuit
	case "b":
		return a.order(ctx, "break", strings.Join(rest, " "))
	case "r":
		return a.order(ctx, "ready", "")
	case "p":
		return a.pull(ctx, rest)
	case "c":
		return a.read(ctx, rest)
	case "k":
		return a.know(ctx, rest)
	case "h", "t":
		return a.handOn(ctx, words[0], rest)
	case "a", "d", "f":
		o, rest, err := a.meant(words[0] == "f", rest)
		if err != nil {
			return a.say(agentEvent{Event: "mistake", Why: err.Error()}, "%v", err)
		}
		switch words[0] {
		case "a":
			return a.answer(ctx, "accept", o, nil)
		case "d":
			return a.answer(ctx, "decline", o, map[string]any{"reason": strings.Join(rest, " ")})
		}
		return a.finish(ctx, o)
	}
	return a.say(agentEvent{Event: "mistake", Why: "unknown command " + words[0]},
		"unknown command %s: %s", words[0], handHelp)
}

// meant finds the offer that a line is about: the one whose number it says, or the oldest.
func (a *agent) meant(working bool, rest []string) (*agentOffer, []string, error) {
	if len(rest) > 0 {
		if id, err := strconv.ParseUint(rest[0], 10, 64); err == nil {
			if o := a.offers[id]; o != nil && o.working == working {
				return o, rest[1:], nil
			}
			return nil, nil, fmt.Errorf("no such offer: %d", id)
		}
	}
	o := a.first(working)
	switch {
	case o == nil && working:
		return nil, nil, errors.New("nothing is in hand")
	case o == nil:
		return nil, nil, errors.New("no offer rings")
	}
	return o, rest, nil
}
