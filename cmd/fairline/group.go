package main

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"
)

// errStopped says that a part of the daemon returned before it was told to.
var errStopped = errors.New("stopped by itself")

// A group runs the parts of a daemon: the first that returns stops the rest.
type group struct {
	parts *errgroup.Group
	ctx   context.Context // of the parts; ends when ctx of newGroup does, or with the first part
}

func newGroup(ctx context.Context) *group {
	parts, inner := errgroup.WithContext(ctx)
	return &group{parts: parts, ctx: inner}
}

// run starts a part. It must return when ctx ends; until is the context that it is told to end by, which is the
// group's own or one that ends later.
func (g *group) run(name string, until context.Context, part func(context.Context) error) {
	g.parts.Go(func() error {
		err := part(until)
		switch {
		case err != nil && until.Err() != nil && errors.Is(err, context.Cause(until)):
			return nil
		case err != nil:
			return err
		case until.Err() == nil:
			return fmt.Errorf("%s: %w", name, errStopped)
		}
		return nil
	})
}

// wait returns when all parts have, with the first error.
func (g *group) wait() error { return g.parts.Wait() }
