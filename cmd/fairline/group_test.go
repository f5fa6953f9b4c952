package main

import (
	"context"
	"errors"
	"testing"
)

// block is a part that runs until it is told to end.
func block(ctx context.Context) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

func TestGroupStopsWithTheFirst(t *testing.T) {
	broken := errors.New("broken")
	for name, first := range map[string]struct {
		part func(context.Context) error
		want error
	}{
		"an error":        {func(context.Context) error { return broken }, broken},
		"a silent return": {func(context.Context) error { return nil }, errStopped},
	} {
		g := newGroup(t.Context())
		g.run("blocks", g.ctx, block)
		g.run("first", g.ctx, first.part)
		if err := g.wait(); !errors.Is(err, first.want) {
			t.Errorf("%s: %v, want %v", name, err, first.want)
		}
	}
}

func TestGroupEndsCleanly(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	g := newGroup(ctx)
	g.run("one", g.ctx, block)
	g.run("two", g.ctx, block)
	stop()
	if err := g.wait(); err != nil {
		t.Errorf("a group that was told to end: %v", err)
	}
}
