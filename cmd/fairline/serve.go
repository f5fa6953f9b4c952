package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"fairline/adapters/host"
	"fairline/adapters/metrics"
	"fairline/adapters/natsbus"
	"fairline/engine"
	"fairline/policy"
)

const serveLong = `Run a line: the bus and the journal on a disk, a policy, ready for tickets and agents of this machine.

Everything is kept in the store; starting again on it goes on where it ended. Each frame of the journal is synced
before anything leaves. A policy file is put in force whenever it is saved, and at SIGHUP; one with faults is refused, with
their places, and the policy in force goes on. Nothing is reachable from another machine: NATS and HTTP listen on the loopback alone, with keys
in files that only their owner can read. See docs/operations.md.`

// serveCommand returns `fairline serve`.
func serveCommand() *cobra.Command {
	var flags configFlags
	var asJSON, verbose bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run a line, ready for tickets and agents",
		Long:  serveLong,
		Example: `  fairline serve
  fairline serve --policy my.yaml --store ~/lines/trial --listen 127.0.0.1:0 --http none`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := flags.load()
			if err != nil {
				return err
			}
			level := slog.LevelWarn
			if verbose {
				level = slog.LevelDebug
			}
			d := &daemon{cfg: cfg, out: cmd.OutOrStdout(), narration: cmd.ErrOrStderr(), json: asJSON,
				log: slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))}
			return d.serve(cmd.Context())
		},
	}
	flags.register(cmd.Flags(), true)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print where everything is as JSON")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "log everything")
	return cmd
}

// serve runs the daemon until ctx ends.
func (d *daemon) serve(ctx context.Context) (err error) {
	d.changed, d.held = make(chan struct{}, 1), make(chan struct{})
	d.again = make(chan os.Signal, 1)
	signal.Notify(d.again, syscall.SIGHUP)
	defer signal.Stop(d.again)
	refused := d.openPolicy()
	if refused != nil && !d.mayGoOn(refused) {
		return refused
	}
	if d.cfg.Channels != "" {
		if d.channels, err = readChannels(d.cfg.Channels, d.policy); err == nil {
			err = d.channels.check(d.cfg.Channels, d.channels.names())
		}
		if err != nil {
			return err
		}
	}
	if d.bus, err = d.openBus(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.bus.Close()) }()
	d.journal, err = d.bus.OpenJournal(ctx, natsbus.JournalConfig{Generation: 1, BytesMax: int64(d.cfg.DiskMax), Log: d.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.journal.Close()) }()
	if err := d.openAdapters(ctx); err != nil {
		return err
	}
	d.found, _ = d.journal.Last()
	if refused != nil {
		if d.found == 0 {
			return refused
		}
		d.policy = nil
		fmt.Fprintf(d.narration, "%v. The line goes on with the policy that its journal has; the file is watched.\n", refused)
	}
	if d.found == 0 && d.policy == nil {
		if err := d.takePolicy(defaultPolicy); err != nil {
			return err
		}
	}
	d.recorder = metrics.New(d.cfg.Line, d.hasten(time.Now()))
	if err := d.lookAtDisk(); err != nil {
		return err
	}
	if d.host, err = host.New(d.hostConfig()); err != nil {
		return err
	}
	d.recorder.LookWith(d.lookAtLine)
	if err := d.openHTTP(); err != nil {
		return err
	}
	if err := d.openChannels(ctx); err != nil {
		return err
	}
	return d.run(ctx)
}

// mayGoOn reports whether a line that ran before can do without a policy file that has faults: whoever saves a bad file keeps
// the good policy, also when the daemon must start again meanwhile. A file that cannot be read is another matter.
func (d *daemon) mayGoOn(refused error) bool {
	var faulty exitError
	_, err := os.Stat(d.cfg.Store)
	return errors.As(refused, &faulty) && err == nil
}

// openPolicy reads the policy that is asked for. When none is, the journal's goes on: starting again must not change
// the order of a line.
func (d *daemon) openPolicy() error {
	if d.cfg.Policy == "" {
		return nil
	}
	return d.takePolicy(d.cfg.Policy)
}

func (d *daemon) takePolicy(name string) error {
	p, err := loadPolicy(d.narration, name)
	if err != nil {
		return err
	}
	d.policy = p
	if err := p.Serveable(); err != nil {
		return exitError{exitFindings, err}
	}
	return nil
}

func (d *daemon) openBus(ctx context.Context) (*natsbus.Bus, error) {
	listen := d.cfg.Listen
	if listen == none {
		listen = ""
	}
	var err error
	if d.adapters, err = d.allAdapters(); err != nil {
		return nil, err
	}
	bus, err := natsbus.Open(ctx, natsbus.Config{StoreDir: d.cfg.Store, Listen: listen, Log: d.log,
		StoreBytesMax: int64(d.cfg.DiskMax) + natsbus.SideBytesMax, Adapters: d.adapters})
	switch {
	case errors.Is(err, natsbus.ErrStoreInUse):
		if r, readErr := readRunning(d.cfg.Store); readErr == nil {
			return nil, fmt.Errorf("a daemon runs on store %s already, at %s (process %d)", d.cfg.Store, orNone(r.NATS), r.PID)
		}
	case err != nil && listen != "" && taken(listen):
		return nil, fmt.Errorf("%s is taken: choose another address with --listen 127.0.0.1:PORT, a free one with "+
			"--listen 127.0.0.1:0, or none with --listen none", listen)
	}
	return bus, err
}

// openAdapters makes what stands between the line and its channel adapters: what is said to them, and door B.
func (d *daemon) openAdapters(ctx context.Context) (err error) {
	if d.publish, err = d.bus.OpenOut(ctx, 0); err != nil || len(d.adapters) == 0 {
		return err
	}
	d.intake, err = d.bus.OpenIntake(ctx, d.cfg.Line)
	return err
}

// openHTTP takes the address for metrics and health.
func (d *daemon) openHTTP() error {
	if d.cfg.HTTP == none {
		return nil
	}
	var err error
	from := prometheus.Gatherers{d.recorder, metrics.Adapters(d.measureAdapters)}
	d.http, err = metrics.Listen(d.cfg.HTTP, from, d.host.Ready, d.log)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is taken: choose another address with --http 127.0.0.1:PORT, a free one with "+
			"--http 127.0.0.1:0, or none with --http none", d.cfg.HTTP)
	}
	return err
}

// hasten gives the wall's time at the speed of the line.
func (d *daemon) hasten(since time.Time) func() time.Time {
	return func() time.Time { return since.Add(time.Since(since) * time.Duration(max(1, d.cfg.Speed))) }
}

func (d *daemon) hostConfig() host.Config {
	cfg := host.Config{
		Line: d.cfg.Line, Node: "fairline-" + rand.Text()[:13], Generation: 1, Log: d.journal, Publish: d.publish,
		Logger:  d.log,
		Speed:   d.cfg.Speed,
		Refused: func(code host.Code) { d.recorder.Refused(code.String()) },
		Replayed: func(ev *engine.Event) {
			d.recorder.Replay(ev)
			d.expects.hear(*ev)
		},
		Fits:       d.fits,
		NotAdopted: func(string, error) { d.recorder.NotAdopted() },
		Estimate:   d.expects.estimate,
		Promised:   func(p host.Promise) { d.recorder.Promised(p.Kept, p.Off) },
		Adopted: func(p *policy.Policy) {
			d.adopted.Store(p)
			select {
			case d.changed <- struct{}{}:
			default: // it was told, and looks at the last one
			}
			d.recorder.Adopt(p)
		},
		Observe: func(t *host.Turn) {
			d.recorder.Observe(metrics.Turn{Seq: t.Seq, At: t.At, Inputs: t.Inputs, Bytes: t.Bytes, Took: t.Took,
				Waited: t.Waited, Events: t.Events})
			d.expects.hear(t.Events...)
		},
	}
	if d.policy != nil {
		cfg.PolicyFile, cfg.PolicySource = d.policy.File, d.policy.Source
	}
	return cfg
}

// run runs the parts of the daemon. When ctx ends the door is closed first; the rest goes on until what had come
// through it is answered.
func (d *daemon) run(ctx context.Context) error {
	g := newGroup(ctx)
	inner, stopInner := context.WithCancel(context.WithoutCancel(ctx))
	defer stopInner()
	context.AfterFunc(g.ctx, func() {
		if ctx.Err() == nil {
			stopInner() // a part failed: there is nothing to wait for
		}
	})
	g.run("host", inner, d.host.Run)
	g.run("journal", inner, d.journal.Run)
	g.run("disk", g.ctx, d.watchDisk)
	g.run("policy", g.ctx, d.watchPolicy)
	if d.vault != nil {
		g.run("vault", g.ctx, d.mendVault)
	}
	for i, name := range d.channels.names() {
		g.run(name, g.ctx, func(ctx context.Context) error {
			select {
			case <-d.held:
				return d.running[i].Run(ctx)
			case <-ctx.Done():
				return nil
			}
		})
	}
	g.run("mappings", g.ctx, d.holdMappings)
	if d.http != nil {
		g.run("http", g.ctx, d.http.Run)
	}
	g.run("door", g.ctx, func(ctx context.Context) error {
		defer stopInner()
		return d.openDoor(ctx)
	})
	err := g.wait()
	gone := os.Remove(filepath.Join(d.cfg.Store, runningFile))
	if errors.Is(gone, os.ErrNotExist) {
		gone = nil
	}
	return errors.Join(err, d.bus.Conn().FlushTimeout(answerMax), gone)
}

// openDoor waits until the line is served and the mappings fit its policy, says where everything is, and lets messages in until ctx ends.
// It returns when what had come is answered.
func (d *daemon) openDoor(ctx context.Context) error {
	if !d.awaitReady(ctx) {
		return nil
	}
	if err := d.hold(d.running...); err != nil {
		return err
	}
	close(d.held)
	door, err := d.bus.OpenDoor()
	if err != nil {
		return err
	}
	if err := d.announce(); err != nil {
		return err
	}
	taken := d.runIntake(ctx)
	err = door.Run(ctx, d.letIn)
	if err := errors.Join(err, <-taken); err != nil {
		return err
	}
	fmt.Fprintln(d.narration, "Closing the line.")
	answered := make(chan struct{})
	d.host.Handle("fl.ask."+d.cfg.Line+".status", nil, func([]byte) { close(answered) })
	select {
	case <-answered:
	case <-time.After(answerMax):
	}
	return nil
}

// runIntake takes in what comes through door B until ctx ends; the channel says when that is over.
func (d *daemon) runIntake(ctx context.Context) <-chan error {
	done := make(chan error, 1)
	if d.intake == nil {
		done <- nil
		return done
	}
	go func() { done <- d.intake.Run(ctx, d.letIn) }()
	return done
}

// awaitReady waits for the replay; false says that ctx ended before.
func (d *daemon) awaitReady(ctx context.Context) bool {
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for !d.host.Ready() {
		select {
		case <-ctx.Done():
			return false
		case <-look.C:
		}
	}
	return true
}
