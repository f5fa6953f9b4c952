package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"fairline/adapters/channel"
	"fairline/adapters/metrics"
	"fairline/adapters/natsbus"
)

// adapterCommand returns `fairline adapter`.
func adapterCommand() *cobra.Command {
	var o remote
	var verbose bool
	cmd := &cobra.Command{
		Use:   "adapter NAME",
		Short: "Run one channel apart from the daemon",
		Long: `Run one channel apart from the daemon: phone, email, webhook or social, as the channels file says. It speaks with the line over NATS, with
a key that may hand in contacts under its own name, ask where they stand and hear of them, and nothing else. The daemon must name it in
` + "`adapters`" + ` of its configuration, and makes the key: adapter-NAME.nk among the keys of its store. Who is which customer the
daemon knows; the channel asks it. Mappings are held to the policy in force: while they do not fit it, the channel rests.`,
		Example: "  fairline adapter email --channels channels.yaml --nats nats://127.0.0.1:4222 --key ~/.local/state/fairline/keys/adapter-email.nk",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			level := slog.LevelWarn
			if verbose {
				level = slog.LevelDebug
			}
			log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))
			return o.run(cmd.Context(), args[0], log)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.file, "channels", "channels.yaml", "file of the channels")
	f.StringVar(&o.nats, "nats", nats.DefaultURL, "where the daemon's NATS is")
	f.StringVar(&o.key, "key", "", "file with the adapter's key")
	f.StringVar(&o.line, "line", "main", "name of the line")
	f.StringVar(&o.http, "http", none, "loopback address for metrics and health, such as 127.0.0.1:7778")
	f.BoolVarP(&verbose, "verbose", "v", false, "log everything")
	return cmd
}

// A remote is a channel that runs apart from the daemon.
type remote struct {
	file            string // of the channels
	nats, key, line string
	http            string // none: no metrics
}

// run runs it until ctx ends.
func (o remote) run(ctx context.Context, name string, log *slog.Logger) error {
	c, err := readChannels(o.file, nil)
	if err == nil {
		err = c.check(o.file, []string{name})
	}
	if err != nil {
		return err
	}
	conn, err := o.connect(name, log)
	if err != nil {
		return err
	}
	defer conn.Close()
	daemon := asking{conn, name}
	a, err := c.open(name, channel.NewBus(conn, o.line, name), daemon, log)
	if err != nil {
		return fmt.Errorf("channel %s of %s: %w", name, o.file, err)
	}
	g, ctx := errgroup.WithContext(ctx)
	if o.http != none {
		look := func() []metrics.Adapter { return []metrics.Adapter{measured(name, a)} }
		server, err := metrics.Listen(o.http, metrics.Adapters(look), func() bool { return a.Ready() == nil }, log)
		if err != nil {
			return err
		}
		g.Go(func() error { return server.Run(ctx) })
	}
	g.Go(func() error {
		if h, ok := a.(holder); ok {
			return (&distant{adapter: a, holder: h, ask: daemon.policy, every: lookAfter, log: log}).run(ctx)
		}
		return a.Run(ctx)
	})
	return g.Wait()
}

// connect connects with the adapter's key.
func (o remote) connect(name string, log *slog.Logger) (*nats.Conn, error) {
	options := []nats.Option{nats.Name("fairline adapter " + name), nats.MaxReconnects(-1), nats.CustomInboxPrefix(natsbus.AdapterInbox(name)),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if errors.Is(err, nats.ErrPermissionViolation) {
				err = fmt.Errorf("%w; %s", err, whichKey(name))
			}
			log.Error("the bus refuses", "err", err)
		})}
	if o.key != "" {
		option, err := nats.NkeyOptionFromSeed(o.key)
		if err != nil {
			return nil, fmt.Errorf("key of adapter %s: %w; %s", name, err, whichKey(name))
		}
		options = append(options, option)
	}
	conn, err := nats.Connect(o.nats, options...)
	if errors.Is(err, nats.ErrAuthorization) {
		err = fmt.Errorf("%w; %s", err, whichKey(name))
	}
	if err != nil {
		return nil, fmt.Errorf("connect adapter %s to %s: %w", name, o.nats, err)
	}
	return conn, nil
}

// whichKey says which key an adapter needs, and whence it comes.
func whichKey(name string) string {
	return "give with --key the file adapter-" + name + ".nk among the keys of the daemon's store; it is made where `adapters` names " + name
}
