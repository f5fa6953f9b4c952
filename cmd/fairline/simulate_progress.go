package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"fairline/engine"
	"fairline/simulations/experiment"
)

// How often progress is shown: on a terminal, and where lines go to a file.
const (
	progressEvery = 100 * time.Millisecond
	progressLines = 10 * time.Second
)

// A progressBar shows how far a run is: one line that changes on a terminal, a line now and then elsewhere.
type progressBar struct {
	out      io.Writer
	quiet    bool
	terminal bool
	began    time.Time
	shown    time.Time
	pilot    bool
	drawn    bool
}

func newProgressBar(out io.Writer, quiet bool) *progressBar {
	now := time.Now()
	return &progressBar{out: out, quiet: quiet, terminal: onTerminal(out), began: now, shown: now}
}

// tell is told how far it is.
func (b *progressBar) tell(p experiment.Progress) {
	now, every := time.Now(), progressLines
	if b.terminal {
		every = progressEvery
	}
	if p.Pilot != b.pilot {
		b.pilot, b.began = p.Pilot, now
	}
	if b.quiet || now.Sub(b.shown) < every {
		return
	}
	b.shown = now
	line := progressLine(p, now.Sub(b.began), b.terminal)
	if b.terminal {
		fmt.Fprintf(b.out, "\r%s\x1b[K", line)
		b.drawn = true
		return
	}
	fmt.Fprintln(b.out, line)
}

// end clears the line.
func (b *progressBar) end() {
	if b.drawn {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
}

const barWidth = 30

func progressLine(p experiment.Progress, took time.Duration, bar bool) string {
	what, left := "replications", ""
	if p.Pilot {
		what = "pilot runs"
	}
	if fresh := p.Done - p.Resumed; fresh > 0 && p.Total > p.Done {
		rest := time.Duration(float64(took) / float64(fresh) * float64(p.Total-p.Done))
		left = ", " + minutes(engine.Duration(rest)) + " left"
	}
	line := fmt.Sprintf("%s of %s %s%s", grouped(int64(p.Done)), grouped(int64(p.Total)), what, left)
	if !bar {
		return line
	}
	full := 0
	if p.Total > 0 {
		full = barWidth * p.Done / p.Total
	}
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", barWidth-full) + "] " + line
}
