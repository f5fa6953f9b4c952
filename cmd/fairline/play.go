package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"fairline/adapters/player"
	"fairline/simulations/recorded"
)

// playFlags are what `fairline play` is told.
type playFlags struct {
	day, adapter string
	speed        float64
	gap          time.Duration
	bus          busFlags
}

const playLong = `Play a recorded queue into a running daemon, over the bus, as its customers and its agents.

LOG is a call-by-call log of the anonymous bank (Technion, 1999), plain or gzip, or - for the standard
input. Callers arrive when they arrived and hang up when they hung up; a caller that was served stays.
Agents are on duty when the log shows them at work, and take as long as the log says. Rows that are left
out, and why, are counted.

The line's own time goes as fast as the recording is played: start it with the same speed, so that 90 s of
its policy are 90 s of the recorded day. A round trip counts as often: 0.3 ms are 0.2 s at a speed of 600.`

// playCommand returns `fairline play`.
func playCommand() *cobra.Command {
	var f playFlags
	cmd := &cobra.Command{
		Use:   "play LOG",
		Short: "Play a recorded queue into a running daemon",
		Long:  playLong,
		Example: `  fairline serve --speed 600 --policy bank
  fairline play 1999-03.tsv.gz --day 1999-03-04
  zcat 1999-02.tsv.gz | fairline play - --day 1999-02-07 --json > result.json`,
		Args:         cobra.ExactArgs(1),
		SilenceUsage: true,
		RunE:         func(cmd *cobra.Command, args []string) error { return play(cmd, args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.day, "day", "", "the day to play, such as 1999-03-04; required if the log has several")
	flags.Float64Var(&f.speed, "speed", 0, "times real time; the line must be as fast (default the line's)")
	f.bus.register(flags)
	flags.StringVar(&f.adapter, "adapter", "play", "the adapter as which the customers come")
	flags.DurationVar(&f.gap, "gap", recorded.Gap, "without a call for longer, an agent was away")
	return cmd
}

// errNotExact says that a play found what must not happen; the result has been printed.
var errNotExact = errors.New("not every call ended exactly once")

// A playResult is what --json prints.
type playResult struct {
	Schema string          `json:"schema"`
	Log    recorded.Report `json:"log"`
	Staff  recorded.Staff  `json:"staff"`
	Speed  float64         `json:"speed"`
	Before lineStatus      `json:"before"`
	After  lineStatus      `json:"after"`
	Played player.Result   `json:"played"`
}

// A lineStatus is the part of the answer to `status` that is shown.
type lineStatus struct {
	Line   string `json:"line"`
	Policy struct {
		Name string `json:"name"`
		Hash string `json:"hash"`
	} `json:"policy"`
	Tickets struct {
		Starts      uint64 `json:"starts"`
		Overtakings uint64 `json:"overtakings"`
	} `json:"tickets"`
	Digest string  `json:"digest"`
	Speed  float64 `json:"speed"`
}

func play(cmd *cobra.Command, path string, f playFlags) error {
	day, err := recorded.ParseDate(f.day)
	if err != nil {
		return err
	}
	log, err := recorded.Open(path, day)
	if err != nil {
		return err
	}
	if err := oneDay(log, day); err != nil {
		return err
	}
	out := playResult{Schema: "fairline.play/1", Log: log.Report, Speed: f.speed,
		Staff: recorded.Infer(log.Calls, f.gap)}
	nc, err := f.bus.dial("play")
	if err != nil {
		return err
	}
	defer nc.Close()
	if out.Before, err = askStatus(nc.Conn, nc.line); err != nil {
		return err
	}
	if err := f.agree(out.Before.Speed); err != nil {
		return err
	}
	out.Speed = f.speed
	var failed error
	out.Played, failed = player.Play(cmd.Context(), player.Config{
		Conn: nc.Conn, Line: nc.line, Adapter: f.adapter, Speed: f.speed, Run: strconv.FormatInt(time.Now().UnixMilli(), 36),
		Calls: playedCalls(log.Calls), Agents: playedAgents(out.Staff.Agents), Progress: showProgress(cmd.ErrOrStderr()),
	})
	if errors.Is(failed, player.ErrConfig) {
		return failed
	}
	if out.After, err = askStatus(nc.Conn, nc.line); err != nil {
		failed = errors.Join(failed, err)
	}
	if err := out.print(cmd.OutOrStdout(), f.bus.json); err != nil {
		return err
	}
	if failed == nil && !out.Played.Exact() {
		failed = exitError{exitFindings, errNotExact}
	}
	return failed
}

// agree takes the speed of the line's own time, or says that another one was asked for.
func (f *playFlags) agree(line float64) error {
	line = max(1, line)
	if f.speed != 0 && f.speed != line {
		return fmt.Errorf("play: the line's time goes %g times as fast as time, --speed says %g: "+
			"start it with fairline serve --speed %g on a new store", line, f.speed, f.speed)
	}
	f.speed = line
	return nil
}

// oneDay says what is wrong with a log that has no call, or calls of several days.
func oneDay(log recorded.Log, day recorded.Date) error {
	days := map[recorded.Date]bool{}
	for _, c := range log.Calls {
		days[c.Date] = true
	}
	switch list := slices.Sorted(maps.Keys(days)); {
	case len(list) == 0:
		return fmt.Errorf("play: none of %d rows is a call that wanted an agent on day %q", log.Report.Rows, day)
	case len(list) > 1:
		return fmt.Errorf("play: the log has %d days, %s to %s: choose one with --day",
			len(list), list[0], list[len(list)-1])
	}
	return nil
}

func askStatus(nc *nats.Conn, line string) (lineStatus, error) {
	var status lineStatus
	m, err := nc.Request("fl.ask."+line+".status", []byte("{}"), 5*time.Second)
	if err != nil {
		return status, fmt.Errorf("ask line %s for its status: %w", line, err)
	}
	if err := json.Unmarshal(m.Data, &status); err != nil {
		return status, fmt.Errorf("read the status of line %s: %w", line, err)
	}
	return status, nil
}

// playedCalls turns what was recorded into what is played.
func playedCalls(calls []recorded.Call) []player.Call {
	ends := map[recorded.Outcome]player.End{recorded.Served: player.Served, recorded.HungUp: player.HungUp}
	played := make([]player.Call, 0, len(calls))
	for _, c := range calls {
		patience, known := c.Patience()
		played = append(played, player.Call{
			ID: player.CallID(c.ID), Class: fmt.Sprintf("priority %d", c.Priority), Channel: "phone",
			Needs: []string{string(c.Type)}, Attributes: map[string]any{"priority": c.Priority},
			Arrives: c.Arrived, Stays: !known, Patience: patience, Service: c.Service,
			Recorded: ends[c.Outcome], Waited: c.Wait,
		})
	}
	return played
}

func playedAgents(agents []recorded.Agent) []player.Agent {
	played := make([]player.Agent, 0, len(agents))
	for _, a := range agents {
		p := player.Agent{ID: player.AgentID(a.Name)}
		for _, skill := range a.Skills {
			p.Skills = append(p.Skills, string(skill))
		}
		for _, s := range a.Shifts {
			p.Shifts = append(p.Shifts, player.Shift(s))
		}
		played = append(played, p)
	}
	return played
}

// showProgress draws a bar on a terminal, and writes a line every five seconds elsewhere.
func showProgress(w io.Writer) func(player.Progress) {
	file, ok := w.(*os.File)
	terminal := ok && term.IsTerminal(int(file.Fd()))
	var last time.Time
	return func(p player.Progress) {
		ended := p.Served + p.HungUp + p.Other
		text := fmt.Sprintf("%s  %d of %d arrived, %d waiting, %d with %d agents, %d served, %d hung up",
			clockTime(p.Now), p.Arrived, p.Total, p.Waiting, p.With, p.OnDuty, p.Served, p.HungUp)
		switch {
		case terminal:
			const width = 24
			done := width * ended / max(p.Total, 1)
			fmt.Fprintf(w, "\r\x1b[K[%s%s] %s", strings.Repeat("#", done), strings.Repeat(".", width-done), text)
			if ended == p.Total && p.OnDuty == 0 {
				fmt.Fprintln(w)
			}
		case time.Since(last) >= 5*time.Second:
			last = time.Now()
			fmt.Fprintln(w, text)
		}
	}
}

func clockTime(t time.Duration) string {
	return fmt.Sprintf("%02d:%02d:%02d", int(t.Hours()), int(t.Minutes())%60, int(t.Seconds())%60)
}

func (r playResult) print(w io.Writer, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	r.printLog(t)
	r.printPlayed(t)
	r.printLine(t)
	return t.Flush()
}

func (r playResult) printLog(w io.Writer) {
	fmt.Fprintf(w, "Rows read\t%d\n", r.Log.Rows)
	for _, reason := range slices.Sorted(maps.Keys(r.Log.LeftOut)) {
		fmt.Fprintf(w, "  left out\t%d\t%s\n", r.Log.LeftOut[reason], reason)
	}
	fmt.Fprintf(w, "Wanted an agent\t%d\tof whom %d were served and %d hung up\n", r.Log.Kept, r.Log.Served, r.Log.HungUp)
	for _, mend := range slices.Sorted(maps.Keys(r.Log.Mended)) {
		fmt.Fprintf(w, "  mended\t%d\t%s\n", r.Log.Mended[mend], mend)
	}
	fmt.Fprintf(w, "  borrowed\t%d\tservice times of a neighbour of the type\n", r.Log.Borrowed)
	fmt.Fprintf(w, "Agents\t%d\t%d named, %d without a name, %d shifts, %.1f h on duty, %d calls at once with another\n\n",
		len(r.Staff.Agents), r.Staff.Named, r.Staff.Unnamed, r.Staff.Shifts, r.Staff.OnDuty.Hours(), r.Staff.Overlaps)
}

func (r playResult) printPlayed(w io.Writer) {
	fmt.Fprintln(w, "\toffered\tserved\thung up\tother\topen\twait mean\tp90\tmax\tovertaken\ttimes\tmost\tin the log: served\thung up\twait mean\tp90")
	row := func(name string, s player.Stats) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\t%s\n", name,
			s.Offered, s.Served, s.HungUp, s.Other, s.Open, inSeconds(s.Wait.Mean), inSeconds(s.Wait.P90),
			inSeconds(s.Wait.Max), s.Overtaken, s.Slips, s.SlipsMax, s.Recorded.Served, s.Recorded.HungUp,
			inSeconds(s.Recorded.Wait.Mean), inSeconds(s.Recorded.Wait.P90))
	}
	for _, s := range r.Played.Classes {
		row(s.Class, s)
	}
	row("all", r.Played.All)
	fmt.Fprintf(w, "\nPlayed at %v times real time in %v; waits are up to %s too long (answers took %v, 99%% of them less than %v)\n",
		r.Speed, r.Played.Took.Round(100*time.Millisecond), inSeconds(r.Played.Inaccuracy),
		r.Played.TripP50.Round(10*time.Microsecond), r.Played.TripP99.Round(10*time.Microsecond))
	fmt.Fprintf(w, "Sent again %d, signed in again %d, offers missed %d, agents called back %d\n",
		r.Played.Retries, r.Played.Resumed, r.Played.Missed, r.Played.CalledBack)
	fmt.Fprintln(w, "Who did not queue has priority 0 in the log: compare waits by priority with care.")
}

func (r playResult) printLine(w io.Writer) {
	before, after := r.Before.Tickets, r.After.Tickets
	fmt.Fprintf(w, "Line %s, policy %s@%s: %d starts, %d overtakings, digest %s\n", r.After.Line, r.After.Policy.Name,
		r.After.Policy.Hash, after.Starts-before.Starts, after.Overtakings-before.Overtakings, r.After.Digest)
	for _, said := range slices.Sorted(maps.Keys(r.Played.Refusals)) {
		fmt.Fprintf(w, "refused %d: %s\n", r.Played.Refusals[said], said)
	}
	for _, id := range r.Played.Open {
		fmt.Fprintf(w, "open: call %s has not ended\n", id)
	}
	for _, v := range r.Played.Violations {
		fmt.Fprintf(w, "violation: %s\n", v)
	}
	if r.Played.Exact() {
		fmt.Fprintf(w, "Every one of %d calls ended exactly once.\n", r.Played.All.Offered)
	}
}

func inSeconds(d time.Duration) string { return fmt.Sprintf("%.0f s", d.Seconds()) }
