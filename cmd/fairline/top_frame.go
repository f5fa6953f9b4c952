package main

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"

	"fairline/adapters/host"
	"fairline/engine"
)

// A topView is how a snapshot is shown. Its zero value with a zone is what --once prints: everything, at any width.
type topView struct {
	width, height int // 0: as much as there is
	live          bool
	color         bool
	zone          *time.Location

	show    int // lineView and so on
	sort    int // of sortings
	filter  string
	typing  bool // the filter
	paused  bool
	help    bool
	quit    bool
	trouble string // why the line does not answer

	answered time.Time // when it did last
}

// sortings are the orders of the rows, beginning with the one of service.
var sortings = []struct {
	name  string
	order func(a, b topRow) int
}{
	{"place", byPlace},
	{"waited", func(a, b topRow) int { return cmp.Compare(b.WaitedMS, a.WaitedMS) }},
	{"expected", func(a, b topRow) int { return cmp.Compare(b.Expect.most(), a.Expect.most()) }},
	{"overtaken", func(a, b topRow) int {
		return cmp.Or(cmp.Compare(b.Slips, a.Slips), cmp.Compare(b.Foreseen, a.Foreseen))
	}},
}

// most is the longest that is likely.
func (e *expect) most() int64 {
	if e == nil {
		return 0
	}
	return e.P90MS
}

const topHelp = `
  l  the line, as it would be served now      s  next order of the rows
  o  overtakings, the newest first            /  show only rows with a text; Escape ends that
  a  agents                                   p  pause
  ?  this help                                q  quit

  PLACE      in the order in which one agent with all skills would serve now
  OVERTAKEN  how often so far; in brackets how many later arrivals are to go ahead of it
`

// frame is the page: lines without their ends, none wider and no more than the view.
func (v *topView) frame(s snapshot, now time.Time) []string {
	lines := []string{v.title(s, now), v.totals(s)}
	if len(s.Levels) > 0 {
		lines = append(lines, "service level live: "+levelsText(s.Levels))
	}
	var body []string
	switch {
	case v.help:
		body = strings.Split(strings.Trim(topHelp, "\n"), "\n")
	case v.show == ledgerView:
		body = v.ledger(s.Entries)
	case v.show == agentsView:
		body = v.agents(s.Agents)
	default:
		body = v.rows(s)
	}
	foot := ""
	if v.live {
		foot = v.foot()
	}
	lines = append(lines, v.fit(body, len(lines), foot != "")...)
	if foot != "" {
		lines = append(lines, foot)
	}
	for i, line := range lines {
		lines[i] = v.cut(line)
	}
	if v.color && len(lines) > 0 {
		lines[0] = "\x1b[1m" + lines[0] + "\x1b[0m"
	}
	return lines
}

// fit leaves out rows for which there is no room, and says how many.
func (v *topView) fit(body []string, above int, foot bool) []string {
	room := v.height - above
	if foot {
		room--
	}
	if v.height == 0 || len(body) <= room {
		return body
	}
	room = max(room-1, 0)
	return append(slices.Clone(body[:room]), fmt.Sprintf("… %d more", len(body)-room))
}

// cut makes a line fit, and harmless: what adapters send may hold what a terminal would obey.
func (v *topView) cut(line string) string {
	line = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, strings.TrimRight(line, " "))
	if v.width == 0 || utf8.RuneCountInString(line) <= v.width {
		return line
	}
	return string([]rune(line)[:v.width-1]) + "…"
}

func (v *topView) title(s snapshot, now time.Time) string {
	at, err := time.Parse(time.RFC3339Nano, s.At)
	clock := "--:--:--"
	if err == nil {
		clock = at.In(v.zone).Format("15:04:05 MST")
	}
	title := fmt.Sprintf("fairline  line %s  policy %s  up %s  %s", s.Line, s.Policy, s.Uptime, clock)
	switch {
	case v.trouble != "":
		title += "  NO ANSWER"
		if !v.answered.IsZero() {
			title += fmt.Sprintf(" for %v", now.Sub(v.answered).Round(time.Second))
		}
		title += ": " + v.trouble
	case v.paused:
		title += "  paused"
	case v.live:
		title += "  live"
	}
	return title
}

func (v *topView) totals(s snapshot) string {
	longest, foreseen := int64(0), 0
	for _, r := range s.Rows {
		longest = max(longest, r.WaitedMS)
		foreseen += r.Foreseen
	}
	text := fmt.Sprintf("waiting %d  longest %s  offered %d  in service %d", s.Waiting,
		minutes(engine.Duration(longest)*engine.Millisecond), s.Offered, s.InService)
	if s.Held > 0 {
		text += fmt.Sprintf("  held %d", s.Held)
	}
	text += fmt.Sprintf("  overtakings %d", s.Overtakings)
	if foreseen > 0 {
		text += fmt.Sprintf(" (foreseen %d)", foreseen)
	}
	var states []string
	for _, state := range slices.Sorted(maps.Keys(s.States)) {
		states = append(states, fmt.Sprintf("%d %s", s.States[state], state))
	}
	if len(states) > 0 {
		text += "  agents " + strings.Join(states, ", ")
	}
	return text
}

func levelsText(levels []topLevel) string {
	var list []string
	for _, l := range levels {
		live := "—"
		if l.Live != nil {
			live = fmt.Sprintf("%.1f%%", 100**l.Live)
		}
		list = append(list, fmt.Sprintf("%s %s (%s)", l.Channel, live, l.Target))
	}
	return strings.Join(list, "  ")
}

// table aligns rows of cells, those that have the filter in them, below a head.
func (v *topView) table(head []string, rows [][]string) []string {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(head, "\t"))
	for _, cells := range rows {
		text := strings.Join(cells, "\t")
		if strings.Contains(strings.ToLower(text), strings.ToLower(v.filter)) {
			fmt.Fprintln(w, text)
		}
	}
	_ = w.Flush() // a buffer takes everything
	return strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
}

func (v *topView) rows(s snapshot) []string {
	sorted := slices.Clone(s.Rows)
	slices.SortStableFunc(sorted, sortings[v.sort].order)
	head := []string{"PLACE", "TICKET", "CHANNEL", "CLASS", "ARRIVED", "WAITED", "OVERTAKEN", "WHY"}
	expected := slices.ContainsFunc(sorted, func(r topRow) bool { return r.Expect != nil })
	if expected {
		head = slices.Insert(head, 6, "EXPECT")
	}
	var rows [][]string
	for _, r := range sorted {
		cells := []string{r.place(), fmt.Sprintf("#%d %s", r.Ticket, r.ID), r.Channel, r.Class, v.clock(r.Arrived),
			minutes(engine.Duration(r.WaitedMS) * engine.Millisecond), r.overtaken(), r.why()}
		if expected {
			cells = slices.Insert(cells, 6, r.Expect.text())
		}
		rows = append(rows, cells)
	}
	lines := v.table(head, rows)
	if len(rows) == 0 {
		lines = []string{"Nobody waits."}
	}
	if s.More > 0 {
		lines = append(lines, fmt.Sprintf("… and %d behind them or of unknown place", s.More))
	}
	return lines
}

func (r topRow) place() string {
	switch {
	case r.State == "offered":
		return "rings"
	case r.Place == 0:
		return "-"
	}
	return fmt.Sprint(r.Place)
}

func (r topRow) overtaken() string {
	switch {
	case r.Slips == 0 && r.Foreseen == 0:
		return "-"
	case r.Foreseen == 0:
		return fmt.Sprint(r.Slips)
	case r.Slips == 0:
		return fmt.Sprintf("(%d)", r.Foreseen)
	}
	return fmt.Sprintf("%d (%d)", r.Slips, r.Foreseen)
}

// why is said in the order of what matters most to who asks: who goes ahead says by what right.
func (r topRow) why() string {
	var list []string
	if r.State == "offered" {
		list = append(list, "at "+r.Agent)
	}
	switch {
	case r.Wanted:
		list = append(list, fmt.Sprintf("ahead of %d: a supervisor wants it next", r.Ahead))
	case r.Ahead > 0:
		list = append(list, fmt.Sprintf("ahead of %d: %s", r.Ahead, r.Class))
	}
	if r.Why != "" {
		list = append(list, r.Why)
	}
	if r.Idle != "" {
		list = append(list, r.Idle)
	}
	return strings.Join(list, " · ")
}

// text is a range of minutes, as it may be promised.
func (e *expect) text() string {
	if e == nil {
		return "-"
	}
	return fmt.Sprintf("%d-%dm", e.P50MS/60_000, (e.P90MS+59_999)/60_000)
}

// ledger shows entries as `fairline ledger show` does.
func (v *topView) ledger(entries []host.LedgerEntry) []string {
	if len(entries) == 0 {
		return []string{"Nobody was overtaken."}
	}
	var rows [][]string
	for i := range entries {
		var b bytes.Buffer
		p := &explainPrinter{w: &b, zone: v.zone}
		p.dated(entries[i].At)
		e := entries[i]
		p.entry(&e)
		for line := range strings.Lines(b.String()) {
			rows = append(rows, strings.Split(strings.TrimRight(strings.TrimPrefix(line, "  "), "\n"), "\t"))
		}
	}
	return v.table([]string{"NO.", "TIME", "WENT AHEAD", "OVER", "REASON", "RULE", "AGENT"}, rows)
}

func (v *topView) agents(agents []topAgent) []string {
	if len(agents) == 0 {
		return []string{"Nobody ever signed in."}
	}
	var rows [][]string
	for _, a := range agents {
		var work []string
		for _, o := range a.Offers {
			work = append(work, fmt.Sprintf("#%d %s", o.Ticket, o.State))
		}
		rows = append(rows, []string{a.Agent, a.State, v.clock(a.Since), fmt.Sprint(a.Missed), strings.Join(work, ", ")})
	}
	return v.table([]string{"AGENT", "STATE", "SINCE", "MISSED", "WITH"}, rows)
}

// clock is a time of day, or nothing.
func (v *topView) clock(stamp string) string {
	t, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		return stamp
	}
	return t.In(v.zone).Format("15:04:05")
}

func (v *topView) foot() string {
	if v.typing {
		return "/" + v.filter + "_"
	}
	foot := "[l]ine [o]vertakings [a]gents  [s]ort " + sortings[v.sort].name + "  [/]filter"
	if v.filter != "" {
		foot += " " + v.filter
	}
	return foot + "  [p]ause  [?]help  [q]uit"
}
