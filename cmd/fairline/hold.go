package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"fairline/adapters/channel"
	"fairline/policy"
)

// A holder is an adapter with mappings, which are held to the policy in force: what its `never` forbids cannot come in by them.
type holder interface {
	Under(p *policy.Policy) (adopt func(), err error)
}

// fits reports why the adapters in this process cannot live with a policy.
func (d *daemon) fits(p *policy.Policy) error {
	var errs []error
	for i, a := range d.running {
		if h, ok := a.(holder); ok {
			if _, err := h.Under(p); err != nil {
				errs = append(errs, fmt.Errorf("channel %s: a mapping does not fit this policy: %w", d.channels.names()[i], err))
			}
		}
	}
	return errors.Join(errs...)
}

// holdMappings puts the mappings under each policy that is adopted while the line is served. It was asked before, see fits.
func (d *daemon) holdMappings(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-d.held:
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-d.changed:
		}
		if err := d.hold(d.running...); err != nil {
			d.log.Error("the mappings go on under the policy before this one", "err", err)
		}
	}
}

// hold puts mappings under the policy in force.
func (d *daemon) hold(list ...adapter) error {
	p := d.adopted.Load()
	for _, a := range list {
		h, ok := a.(holder)
		if !ok || p == nil {
			continue
		}
		adopt, err := h.Under(p)
		if err != nil {
			return fmt.Errorf("a mapping does not fit the policy %s: %w", p.Engine.Name, err)
		}
		adopt()
	}
	return nil
}

// A policyFile is the policy in force, as an adapter apart is told.
type policyFile struct {
	File   string `json:"file"`
	Source string `json:"source"`
}

// lookAfter is how often an adapter apart asks whether there is another policy.
const lookAfter = 5 * time.Second

// A distant holder runs an adapter apart while its mappings fit the policy in force. While they do not, or the line cannot be asked, it
// rests: who sends webhooks comes again, and streams wait.
type distant struct {
	adapter adapter
	holder  holder
	ask     func(context.Context) (policyFile, error)
	every   time.Duration
	log     *slog.Logger
	source  string // of the policy that it is held to
}

// run runs the adapter until ctx ends, or it fails.
func (d *distant) run(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := d.look(ctx); err != nil {
			until := "its mappings fit the policy in force"
			if errors.Is(err, errNotAsked) {
				until = "the line says which policy is in force"
			}
			d.log.Error("the channel rests until "+until, "err", err)
			channel.Rest(ctx, d.every)
			continue
		}
		if err := d.runWhileFit(ctx); err != nil {
			return err
		}
	}
	return nil
}

// runWhileFit ends when ctx does, the adapter fails, or there is a policy that the mappings do not fit.
func (d *distant) runWhileFit(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- d.adapter.Run(ctx) }()
	tick := time.NewTicker(d.every)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-tick.C:
		}
		if err := d.look(ctx); err != nil && !errors.Is(err, errNotAsked) {
			stop()
		}
	}
}

// errNotAsked says that the line did not say which policy is in force: the last one holds.
var errNotAsked = errors.New("the line does not say which policy is in force")

// look asks for the policy, and puts the mappings under it where it is another.
func (d *distant) look(ctx context.Context) error {
	file, err := d.ask(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotAsked, err)
	}
	if d.source == file.Source {
		return nil
	}
	p, faults := policy.Parse(file.File, []byte(file.Source))
	if p == nil {
		return fmt.Errorf("the policy in force is none for this program: %w", faults.Err())
	}
	adopt, err := d.holder.Under(p)
	if err != nil {
		return err
	}
	adopt()
	d.source = file.Source
	return nil
}
