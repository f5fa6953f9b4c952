package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

const topLong = `Show the line as it is served next: totals, and a row for each ticket in the order of service, with its place, how long it
waits, how often it was overtaken, and why it is where it is. The order is what one agent with all skills would take
now; with several agents and skills it may come otherwise.

  l line   o overtakings   a agents   s next order of the rows   / filter   p pause   ? help   q quit

Without a terminal it prints once and ends.`

// topFlags are what `fairline top` is told.
type topFlags struct {
	bus   busFlags
	once  bool
	every time.Duration
	limit int
}

// topCommand returns `fairline top`.
func topCommand() *cobra.Command {
	var f topFlags
	cmd := &cobra.Command{
		Use:     "top",
		Short:   "The line, live: who is next, and why",
		Long:    topLong,
		Example: "  fairline top\n  fairline top --once\n  fairline top --once --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return top(cmd, f) },
	}
	flags := cmd.Flags()
	f.bus.register(flags)
	flags.BoolVar(&f.once, "once", false, "print once and end")
	flags.DurationVar(&f.every, "every", time.Second, "how often to ask the line, at least 1s")
	flags.IntVar(&f.limit, "limit", 100, "how many tickets, agents and entries to ask for, at most 1000")
	return cmd
}

func top(cmd *cobra.Command, f topFlags) error {
	if f.every < time.Second || f.limit < 1 || f.limit > 1000 {
		return fmt.Errorf("top --every %v --limit %d: want at least 1s, and 1 to 1000", f.every, f.limit)
	}
	conn, err := f.bus.dial("top")
	if err != nil {
		return err
	}
	defer conn.Close()
	p := &picture{conn: conn, limit: f.limit, http: f.bus.pages()}
	out, isFile := cmd.OutOrStdout().(*os.File)
	in, isFileToo := cmd.InOrStdin().(*os.File)
	if f.once || f.bus.json || !isFile || !isFileToo || !onTerminal(out) || !onTerminal(in) {
		return topOnce(cmd.Context(), cmd.OutOrStdout(), p, f.bus.json)
	}
	resized := make(chan os.Signal, 1)
	signal.Notify(resized, syscall.SIGWINCH)
	defer signal.Stop(resized)
	return onRawTerminal(cmd.Context(), in, out, func(ctx context.Context) error {
		t := &topScreen{out: out, every: f.every, take: p.take, color: colored(out), zone: time.Local, resized: resized,
			size: func() (int, int) { return terminalSize(out) }}
		return t.run(ctx, readKeys(ctx, in))
	})
}

// pages is where the daemon on the store has its metrics; empty where that is not known.
func (f *busFlags) pages() string {
	cfg, err := f.config.load()
	if err != nil || f.nats != "" {
		return ""
	}
	r, err := readRunning(cfg.Store)
	if err != nil {
		return ""
	}
	return r.HTTP
}

// topOnce prints what there is now.
func topOnce(ctx context.Context, out io.Writer, p *picture, asJSON bool) error {
	s, err := p.take(ctx, allViews)
	if err != nil {
		return refused(err)
	}
	if asJSON {
		return writeJSON(out, s)
	}
	v := topView{zone: time.Local}
	for _, line := range v.frame(s, time.Now()) {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// Terminal sequences: another screen and back, the cursor away and back.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l"
	leaveScreen = "\x1b[?25h\x1b[?1049l"
)

// onRawTerminal runs what reads single keys, and gives the terminal back as it was: when that ends, and when a signal does
// end it. A hang-up is such a signal, so that whoever looks at the terminal afterwards finds it whole.
func onRawTerminal(ctx context.Context, in, out *os.File, run func(context.Context) error) (err error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGHUP)
	defer stop()
	was, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return fmt.Errorf("read keys: %w", err)
	}
	defer func() {
		_, _ = io.WriteString(out, leaveScreen) // whoever took the terminal away needs nothing back
		if back := term.Restore(int(in.Fd()), was); err == nil {
			err = back
		}
	}()
	if _, err := io.WriteString(out, enterScreen); err != nil {
		return err
	}
	return run(ctx)
}

// terminalSize is how many columns and rows there are.
func terminalSize(out *os.File) (width, height int) {
	width, height, err := term.GetSize(int(out.Fd()))
	if err != nil || width < 1 || height < 1 {
		return 80, 24
	}
	return width, height
}

// readKeys hands over what is typed, byte by byte. Its goroutine ends with the input or, since a read of a terminal does
// not return, with the process.
func readKeys(ctx context.Context, in io.Reader) <-chan byte {
	keys := make(chan byte)
	go func() {
		defer close(keys)
		buf := make([]byte, 64)
		for {
			n, err := in.Read(buf)
			for _, b := range buf[:n] {
				select {
				case keys <- b:
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	return keys
}
