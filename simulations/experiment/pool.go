package experiment

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// each calls do for 0 to n-1, in rising order of their beginnings, on so many workers at once; do is told which worker it is. The
// first error raises stop and ends it, and so does the end of ctx, whose cause is returned: what has begun is waited for.
func each(ctx context.Context, workers, n int, stop *atomic.Bool, do func(worker, i int) error) error {
	defer context.AfterFunc(ctx, func() { stop.Store(true) })()
	var next atomic.Int64
	var group errgroup.Group
	for w := range min(workers, n) {
		group.Go(func() error {
			for !stop.Load() {
				i := int(next.Add(1)) - 1
				if i >= n {
					return nil
				}
				if err := do(w, i); err != nil {
					stop.Store(true)
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return context.Cause(ctx)
}
