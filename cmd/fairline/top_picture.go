package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"fairline/adapters/host"
)

// What top can show.
const (
	lineView = iota
	ledgerView
	agentsView
)

// views are those to ask for.
type views map[int]bool

var allViews = views{lineView: true, ledgerView: true, agentsView: true}

// viewOf are the keys of the views.
var viewOf = map[byte]int{'l': lineView, 'o': ledgerView, 'a': agentsView}

// A snapshot is a line at one moment, and what --json prints.
type snapshot struct {
	Schema      string             `json:"schema"`
	At          string             `json:"at"` // the line's time
	Line        string             `json:"line"`
	Policy      string             `json:"policy"`
	Uptime      string             `json:"uptime"`
	Waiting     int                `json:"waiting"`
	Offered     int                `json:"offered"`
	InService   int                `json:"in_service"`
	Held        int                `json:"held"`
	Starts      uint64             `json:"starts"`
	Overtakings uint64             `json:"overtakings"`
	States      map[string]int     `json:"agents_by_state"`
	Levels      []topLevel         `json:"service_levels,omitempty"`
	Rows        []topRow           `json:"tickets"`
	More        int                `json:"more,omitempty"` // tickets that are not among Rows
	Entries     []host.LedgerEntry `json:"ledger"`         // the newest first
	Agents      []topAgent         `json:"agents"`
}

// A topLevel is the live service level of a channel.
type topLevel struct {
	Channel string   `json:"channel"`
	Live    *float64 `json:"live"`   // null: nothing counts
	Target  string   `json:"target"` // such as 80/60
}

// A topRow is a ticket that waits or is under an offer.
type topRow struct {
	Ticket   uint64  `json:"ticket"`
	ID       string  `json:"id"`
	Adapter  string  `json:"adapter"`
	Channel  string  `json:"channel"`
	Class    string  `json:"class"`
	State    string  `json:"state"`
	Agent    string  `json:"agent,omitempty"`
	Arrived  string  `json:"arrived"`
	WaitedMS int64   `json:"waited_ms"`
	Place    int     `json:"place,omitempty"` // in the order of service; 0: not known
	Expect   *expect `json:"expect,omitempty"`
	Slips    int     `json:"slips"`                 // how often it was overtaken
	Foreseen int     `json:"foreseen,omitempty"`    // later arrivals of these rows that are to be served before it
	Ahead    int     `json:"ahead,omitempty"`       // earlier arrivals of these rows that are to be served after it
	Wanted   bool    `json:"wanted,omitempty"`      // a supervisor wants it next
	Idle     string  `json:"not_offered,omitempty"` // why it is not offered, whoever is free
	Why      string  `json:"why,omitempty"`
}

// An expect is how long a ticket will wait: half of those like it less than the first, nine of ten less than the second.
type expect struct {
	P50MS int64 `json:"p50_ms"`
	P90MS int64 `json:"p90_ms"`
}

// A topAgent is an agent who signed in.
type topAgent struct {
	Agent  string     `json:"agent"`
	State  string     `json:"state"`
	Since  string     `json:"since,omitempty"`
	Missed int        `json:"missed"`
	Offers []topOffer `json:"offers,omitempty"`
}

type topOffer struct {
	Offer  uint64 `json:"offer"`
	Ticket uint64 `json:"ticket"`
	State  string `json:"state"`
	Until  string `json:"until,omitempty"`
}

// Limits of asking who overtook a ticket: the line reads its journal for it.
const (
	toldMax  = 30 // places
	toldRest = 20 // after asking for them, it is not asked again until so many times as long has passed
)

// An overtaker is who overtook a ticket last.
type overtaker struct {
	slips int // of the ticket then
	why   string
}

// A picture takes snapshots of a line.
type picture struct {
	conn  *lineConn
	limit int
	http  string // where its metrics are; empty: not known

	idle map[uint64]string // why those are not offered who are not
	last map[uint64]overtaker
	next time.Time // when overtakers may be asked for again
}

// take asks the line for what the views show.
func (p *picture) take(ctx context.Context, show views) (snapshot, error) {
	s := snapshot{Schema: "fairline.top/1", Rows: []topRow{}, Entries: []host.LedgerEntry{}, Agents: []topAgent{}}
	if err := p.totals(ctx, &s); err != nil {
		return s, err
	}
	if err := p.agents(ctx, &s); err != nil {
		return s, err
	}
	if show[lineView] {
		if err := p.rows(ctx, &s); err != nil {
			return s, err
		}
	}
	if show[ledgerView] {
		if err := p.entries(ctx, &s); err != nil {
			return s, err
		}
	}
	p.levels(ctx, &s)
	return s, nil
}

func (p *picture) ask(ctx context.Context, what string, payload, reply any) error {
	return p.conn.ask(ctx, "fl.ask."+p.conn.line+"."+what, payload, reply)
}

func (p *picture) totals(ctx context.Context, s *snapshot) error {
	var status struct {
		daemonStatus
		Line    string         `json:"line"`
		At      string         `json:"at"`
		Uptime  string         `json:"uptime"`
		Agents  map[string]int `json:"agents"`
		Tickets struct {
			Waiting     int    `json:"waiting"`
			Offered     int    `json:"offered"`
			InService   int    `json:"in_service"`
			Held        int    `json:"held"`
			Starts      uint64 `json:"starts"`
			Overtakings uint64 `json:"overtakings"`
		} `json:"tickets"`
	}
	if err := p.ask(ctx, "status", map[string]any{}, &status); err != nil {
		return err
	}
	t := status.Tickets
	s.At, s.Line, s.Uptime, s.States = status.At, status.Line, status.Uptime, status.Agents
	s.Policy = status.Policy.Name + "@" + status.Policy.Hash
	s.Waiting, s.Offered, s.InService, s.Held, s.Starts, s.Overtakings = t.Waiting, t.Offered, t.InService, t.Held, t.Starts, t.Overtakings
	return nil
}

func (p *picture) agents(ctx context.Context, s *snapshot) error {
	var list struct {
		Agents []topAgent `json:"agents"`
	}
	err := p.ask(ctx, "agents", map[string]int{"limit": p.limit}, &list)
	s.Agents = append(s.Agents, list.Agents...)
	return err
}

// entries are the newest of the ledger.
func (p *picture) entries(ctx context.Context, s *snapshot) error {
	var page host.LedgerPage
	if err := p.ask(ctx, "ledger", map[string]uint64{"from": 1, "limit": 1}, &page); err != nil || page.Total == 0 {
		return err
	}
	from := page.Total - min(page.Total, uint64(p.limit)) + 1
	if err := p.ask(ctx, "ledger", map[string]uint64{"from": from, "limit": uint64(p.limit)}, &page); err != nil {
		return err
	}
	s.Entries = page.Entries
	slices.Reverse(s.Entries)
	return nil
}

// A waitingTicket is a member of the answer to waiting.
type waitingTicket struct {
	shownTicket
	Expect *expect `json:"expect"`
}

// rows are the tickets in the order of service.
func (p *picture) rows(ctx context.Context, s *snapshot) error {
	var list struct {
		Waiting []waitingTicket `json:"waiting"` // by arrival
	}
	if err := p.ask(ctx, "waiting", map[string]int{"limit": 1000}, &list); err != nil {
		return err
	}
	if err := p.overtakers(ctx, list.Waiting); err != nil {
		return err
	}
	var idle heldList
	if err := p.ask(ctx, "unoffered", map[string]int{"limit": 1000}, &idle); err != nil {
		return err
	}
	p.idle = map[uint64]string{}
	for i := range idle.Tickets {
		p.idle[idle.Tickets[i].Ticket] = idle.Tickets[i].because()
	}
	now, err := time.Parse(time.RFC3339Nano, s.At)
	if err != nil {
		return fmt.Errorf("read the line's time: %w", err)
	}
	for i := range list.Waiting {
		s.Rows = append(s.Rows, p.row(&list.Waiting[i], now))
	}
	foresee(s.Rows)
	slices.SortStableFunc(s.Rows, byPlace)
	s.Rows = s.Rows[:min(len(s.Rows), p.limit)]
	s.More = s.Waiting + s.Offered - len(s.Rows)
	return nil
}

// byPlace puts those under an offer first, then the places, then those whose place is not known, by arrival.
func byPlace(a, b topRow) int {
	key := func(r topRow) int {
		switch {
		case r.State == "offered":
			return 0
		case r.Place == 0:
			return math.MaxInt
		}
		return r.Place
	}
	return cmp.Compare(key(a), key(b))
}

func (p *picture) row(t *waitingTicket, now time.Time) topRow {
	r := topRow{Ticket: t.Ticket, ID: t.ID, Adapter: t.Adapter, Channel: t.Channel, Class: t.Class, State: t.State, Agent: t.Agent,
		Arrived: t.Arrived, Slips: t.Slips, Expect: t.Expect, Idle: p.idle[t.Ticket], Wanted: t.Wanted}
	if at, err := time.Parse(time.RFC3339Nano, t.Arrived); err == nil {
		r.WaitedMS = now.Sub(at).Milliseconds()
	}
	r.Place, r.Why = t.Place, p.last[t.Ticket].why
	return r
}

// because is the reason of an overtaking, with the line of the policy file.
func because(step *host.Step) string {
	text := ""
	if step.Reason != "" {
		text = ": " + step.Reason
	}
	if step.Rule != nil {
		text += "  " + step.Rule.Text
	}
	return text
}

// overtakers asks who overtook the first tickets last, where there is somebody new. It gives the line time to rest between.
func (p *picture) overtakers(ctx context.Context, waiting []waitingTicket) error {
	began := time.Now()
	if began.Before(p.next) {
		return nil
	}
	were := p.last
	p.last = map[uint64]overtaker{}
	for _, t := range waiting {
		if t.Place > toldMax || t.Place == 0 && t.State == "waiting" {
			continue
		}
		by := were[t.Ticket]
		if t.Slips != by.slips {
			why, err := p.overtaker(ctx, t.Ticket)
			if err != nil {
				return err
			}
			by = overtaker{slips: t.Slips, why: why}
		}
		p.last[t.Ticket] = by
	}
	p.next = time.Now().Add(toldRest * time.Since(began))
	return nil
}

// overtaker says who overtook a ticket last, and why. It is asked only after it happened: the line reads its journal.
func (p *picture) overtaker(ctx context.Context, id uint64) (why string, err error) {
	var x host.Explanation
	err = p.ask(ctx, "explain", map[string]uint64{"ticket": id}, &x)
	for i := range x.Steps {
		if step := &x.Steps[i]; step.What == "overtaken" {
			why = "overtaken by " + name(step.By) + because(step)
		}
	}
	return why, err
}

// foresee counts, for rows by arrival, who is to go ahead of whom.
func foresee(rows []topRow) {
	for i := range rows {
		for j := range rows[:i] {
			if rows[i].Place > 0 && rows[j].Place > rows[i].Place {
				rows[i].Ahead++
				rows[j].Foreseen++
			}
		}
	}
}

var (
	levelLine  = regexp.MustCompile(`^fairline_service_level_live\{channel="([^"]+)",line="[^"]+"\} (\S+)$`)
	targetLine = regexp.MustCompile(`^fairline_service_level_target\{channel="([^"]+)",line="[^"]+",within="(\d+)"\} (\S+)$`)
)

// levels reads the service levels off the metrics of the daemon. Without them the head of the page is shorter.
func (p *picture) levels(ctx context.Context, s *snapshot) {
	if p.http == "" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, answerMax)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.http+"/metrics", nil)
	if err != nil {
		return
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return
	}
	defer func() { _ = resp.Body.Close() }() // it was read only
	s.Levels = readLevels(resp.Body)
}

// readLevels finds the live levels and their targets among metrics.
func readLevels(metrics io.Reader) []topLevel {
	var list []topLevel
	targets := map[string]string{}
	for lines := bufio.NewScanner(metrics); lines.Scan(); {
		if m := levelLine.FindStringSubmatch(lines.Text()); m != nil {
			l := topLevel{Channel: m[1]}
			if live, err := strconv.ParseFloat(m[2], 64); err == nil && !math.IsNaN(live) {
				l.Live = &live
			}
			list = append(list, l)
		}
		if m := targetLine.FindStringSubmatch(lines.Text()); m != nil {
			share, _ := strconv.ParseFloat(m[3], 64)
			targets[m[1]] = fmt.Sprintf("%.0f/%s", 100*share, m[2])
		}
	}
	for i := range list {
		list[i].Target = targets[list[i].Channel]
	}
	return list
}
