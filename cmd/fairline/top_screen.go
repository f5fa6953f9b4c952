package main

import (
	"context"
	"io"
	"os"
	"strings"
	"time"
)

// lookMax bounds the wait for a line that does not answer: meanwhile no key is followed.
const lookMax = 2 * time.Second

// A topScreen draws the line again and again and follows what is typed.
type topScreen struct {
	out   io.Writer
	every time.Duration
	take  func(context.Context, views) (snapshot, error)
	size  func() (width, height int)
	color bool
	zone  *time.Location

	resized <-chan os.Signal // the terminal has another size

	view topView
	last snapshot
}

// run draws until somebody types q, the keys end, or ctx does. A line that does not answer is shown as it was, with how
// old that is, and asked again.
func (t *topScreen) run(ctx context.Context, keys <-chan byte) error {
	t.view.zone, t.view.live, t.view.color = t.zone, true, t.color
	tick := time.NewTicker(t.every)
	defer tick.Stop()
	t.look(ctx)
	for !t.view.quit && ctx.Err() == nil {
		if err := t.draw(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-t.resized:
		case key, more := <-keys:
			before := t.view.show
			if !more {
				return nil
			}
			if t.view.key(key); t.view.show != before {
				t.look(ctx) // what the other view shows was not asked for
			}
		case <-tick.C:
			if !t.view.paused {
				t.look(ctx)
			}
		}
	}
	return nil
}

// look asks the line. A failure is shown, not returned: the line may come back.
func (t *topScreen) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lookMax)
	defer cancel()
	s, err := t.take(ctx, views{t.view.show: true})
	if err != nil {
		t.view.trouble = err.Error()
		return
	}
	t.last, t.view.trouble, t.view.answered = s, "", time.Now()
}

// draw writes the frame over the one before: line by line, so that nothing flickers.
func (t *topScreen) draw() error {
	t.view.width, t.view.height = t.size()
	lines := t.view.frame(t.last, time.Now())
	_, err := io.WriteString(t.out, "\x1b[H"+strings.Join(lines, "\x1b[K\r\n")+"\x1b[K\x1b[J")
	return err
}

// key follows one key. An escape that begins a sequence, such as an arrow, is the end of a filter too.
func (v *topView) key(b byte) {
	switch {
	case v.typing:
		v.typed(b)
		return
	case b == 3 || b == 4: // Ctrl-C, Ctrl-D
		v.quit = true
	}
	switch b {
	case 'q':
		v.quit = true
	case 'l', 'o', 'a':
		v.show, v.help = viewOf[b], false
	case 's':
		v.sort = (v.sort + 1) % len(sortings)
	case '/':
		v.typing, v.filter = true, ""
	case 'p':
		v.paused = !v.paused
	case '?':
		v.help = !v.help
	}
}

// typed follows a key of a filter.
func (v *topView) typed(b byte) {
	switch {
	case b == '\r' || b == '\n':
		v.typing = false
	case b == 3 || b == 27: // Ctrl-C, Escape
		v.typing, v.filter = false, ""
	case b == 127 || b == 8:
		if n := len(v.filter); n > 0 {
			v.filter = v.filter[:n-1]
		}
	case b >= ' ' && len(v.filter) < 64:
		v.filter += string(rune(b))
	}
}
