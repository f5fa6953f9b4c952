package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"

	"fairline/adapters/channel"
	"fairline/adapters/natsbus"
	"fairline/policy"
)

// adapterCommand returns `fairline adapter`.
func adapterCommand() *cobra.Command {
	var channels, url, creds, line, against string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "adapter NAME",
		Short: "Run one channel apart from the daemon",
		Long: `Run one channel apart from the daemon: phone, email, webhook or social, as the channels file says. It speaks with the line over NATS, with
a key that may hand in contacts under its own name, ask where they stand and hear of them, and nothing else. The daemon must name it in
` + "`adapters`" + ` of its configuration, and makes the key: adapter-NAME.nk among the keys of its store. Who is which customer the
daemon knows; the channel asks it.`,
		Example: "  fairline adapter email --channels channels.yaml --nats nats://127.0.0.1:4222 --key ~/.local/state/fairline/keys/adapter-email.nk",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			level := slog.LevelWarn
			if verbose {
				level = slog.LevelDebug
			}
			log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))
			var p *policy.Policy
			if against != "" {
				var err error
				if p, err = loadPolicy(cmd.ErrOrStderr(), against); err != nil {
					return err
				}
			}
			return runApart(cmd.Context(), args[0], channels, url, creds, line, p, log)
		},
	}
	f := cmd.Flags()
	f.StringVar(&channels, "channels", "channels.yaml", "file of the channels")
	f.StringVar(&url, "nats", nats.DefaultURL, "where the daemon's NATS is")
	f.StringVar(&creds, "key", "", "file with the adapter's key")
	f.StringVar(&line, "line", "main", "name of the line")
	f.StringVar(&against, "policy", "", "hold mappings to this policy: its `never`, channels and attributes")
	f.BoolVarP(&verbose, "verbose", "v", false, "log everything")
	return cmd
}

// runApart runs an adapter until ctx ends.
func runApart(ctx context.Context, name, file, url, key, line string, p *policy.Policy, log *slog.Logger) error {
	c, err := readChannels(file, p)
	if err != nil {
		return err
	}
	options := []nats.Option{nats.Name("fairline adapter " + name), nats.MaxReconnects(-1), nats.CustomInboxPrefix(natsbus.AdapterInbox(name))}
	if key != "" {
		option, err := nats.NkeyOptionFromSeed(key)
		if err != nil {
			return fmt.Errorf("key of adapter %s: %w", name, err)
		}
		options = append(options, option)
	}
	conn, err := nats.Connect(url, options...)
	if err != nil {
		return fmt.Errorf("connect adapter %s to %s: %w", name, url, err)
	}
	defer conn.Close()
	a, err := c.open(name, channel.NewBus(conn, line, name), asking{conn, name}, log)
	if err != nil {
		return fmt.Errorf("channel %s of %s: %w", name, file, err)
	}
	return a.Run(ctx)
}
