package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"fairline/policy"
)

// dayPolicy is the policy of a minute of the day: the bank's own rule, strictly by arrival, the rule with another credit,
// and with a right not to be overtaken for ever. Each has a grace for callers who are cut off.
func dayPolicy(minute int) string {
	name := []string{"bank", "bank-arrival", "bank", "bank"}[minute%4]
	src, _ := policy.Shipped(name)
	text := strings.Replace(string(src), "offer: 20s", "offer: 60s, grace: "+dayGrace.String(), 1)
	switch minute % 4 {
	case 2:
		text = strings.Replace(text, "{priority: 90s,", fmt.Sprintf("{priority: %ds,", 10+minute%300), 1)
	case 3:
		text += "protect:\n  - overtaken_at_most: 2\n"
	}
	return text + fmt.Sprintf("# minute %d\n", minute)
}

// reload replaces the policy file each minute, and waits until it is in force. Every seventh is written in place, the
// third is a faulty one, which is refused and said to be. Where a kill is wanted it comes while the file is taken.
func (d *day) reload(ctx context.Context) {
	for minute := 1; d.sleep(ctx, d.real(time.Duration(minute)*dayMinute)) == nil; minute++ {
		if time.Since(d.dawn) > d.real(time.Duration(minute+1)*dayMinute) {
			d.late++
		}
		text := dayPolicy(minute)
		d.write(minute, text)
		select {
		case done := <-d.killed:
			time.Sleep(time.Duration(rand.IntN(250)) * time.Millisecond) // it takes 100 ms to be noticed
			d.killOnce("while it takes a policy")
			close(done)
		default:
		}
		hash := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
		d.await(fmt.Sprintf("policy of minute %d is in force", minute), func(s *dayStatus) bool {
			return s.Policy.Hash != "" && strings.HasPrefix(hash, s.Policy.Hash) && s.Refused == nil
		})
		d.reloads++
	}
}

// write saves the policy of a minute. What a daemon could not be started on is there only while nobody kills it.
func (d *day) write(minute int, text string) {
	if minute != 3 && minute%7 != 0 {
		d.replace(text)
		return
	}
	d.life.Lock()
	defer d.life.Unlock()
	if minute%7 == 0 {
		put(d.t, d.file, text)
		return
	}
	d.replace("fairline: 1\npolicy: bank\norder: {arrival: [nobody]}\n")
	d.await("a faulty policy is reported", func(s *dayStatus) bool { return s.Refused != nil && len(s.Refused.Faults) > 0 })
	d.refused++
	d.replace(text)
}

// replace puts a file in the place of the policy at once, as editors do.
func (d *day) replace(text string) {
	put(d.t, d.file+".new", text)
	rename(d.t, d.file+".new", d.file)
}

// die kills the daemon again and again over the day, at moments left to chance, every second time while a policy is taken.
func (d *day) die(ctx context.Context) {
	n := *dayKills
	for i := range n {
		share := (float64(i) + 0.2 + 0.6*rand.Float64()) / float64(n)
		if d.sleep(ctx, time.Duration(share*float64(d.span))) != nil {
			return
		}
		if i%2 == 0 {
			d.killOnce("at any moment")
			continue
		}
		done := make(chan struct{})
		select {
		case d.killed <- done:
			<-done
		case <-d.over:
			return
		}
	}
}

// killOnce kills the daemon and starts it again.
func (d *day) killOnce(when string) {
	d.life.Lock()
	defer d.life.Unlock()
	d.scrape()
	d.deaths.Add(1)
	d.kill()
	down := time.Duration(rand.IntN(200)) * time.Millisecond
	time.Sleep(down)
	ready := d.start()
	d.ready = append(d.ready, ready)
	d.deaths.Add(1)
	d.t.Logf("kill %d, %s: down for %v, ready after %v", len(d.ready), when, down, ready.Round(time.Millisecond))
}

// supervise has a supervisor do something about somebody who waits, every twenty seconds of the line.
func (d *day) supervise(ctx context.Context) {
	for i := 1; d.sleep(ctx, d.real(time.Duration(i)*20*time.Second)) == nil; i++ {
		var list struct {
			Waiting []struct {
				Ticket uint64 `json:"ticket"`
			} `json:"waiting"`
		}
		m, err := d.nc.Request("fl.ask.main.waiting", []byte(`{"limit":8}`), 300*time.Millisecond)
		if err != nil || json.Unmarshal(m.Data, &list) != nil || len(list.Waiting) == 0 {
			continue
		}
		ticket := list.Waiting[rand.IntN(len(list.Waiting))].Ticket
		switch i % 16 { // at the others nobody has a wish
		case 0:
			d.order("close", map[string]any{"ticket": ticket})
		case 2, 10:
			d.order("hold", map[string]any{"ticket": ticket, "why": "snooze", "for": "45s"})
		case 4:
			d.order("move", map[string]any{"ticket": ticket})
		case 6:
			d.order("release", map[string]any{"stuck": true})
		case 12:
			d.order("close", map[string]any{})
			for d.order("open", map[string]any{}) != 0 { // it must not stay closed
				time.Sleep(20 * time.Millisecond)
			}
		}
	}
}

// order sends a supervisor's request, and returns the code of its refusal, 0 for none.
func (d *day) order(verb string, payload map[string]any) int {
	payload["reason"] = "because"
	text, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	var a loadAnswer
	m, err := d.desk.Request("fl.desk.main.mia."+verb, text, 300*time.Millisecond)
	if err != nil || json.Unmarshal(m.Data, &a) != nil {
		return http.StatusServiceUnavailable // or nobody heard the answer
	}
	if a.Error == nil {
		d.did[verb]++
		return 0
	}
	d.refusals[fmt.Sprintf("%s %d", verb, a.Error.Code)]++
	if a.Error.Code == http.StatusBadRequest || a.Error.Code == http.StatusInternalServerError {
		d.t.Errorf("%s %s: %s", verb, text, a.Error.Description)
	}
	return a.Error.Code
}

// probe asks for the status all day, and keeps the longest answer of a daemon that was not killed meanwhile.
func (d *day) probe(ctx context.Context) {
	for i := 1; d.sleep(ctx, time.Duration(i)*20*time.Millisecond) == nil; i++ {
		before, asked := d.deaths.Load(), time.Now()
		if _, err := d.nc.Request("fl.ask.main.status", nil, 5*time.Second); err == nil && before%2 == 0 && d.deaths.Load() == before {
			d.slowest = max(d.slowest, time.Since(asked))
		}
	}
}

// scrape keeps the bound of the histogram's bucket under which all appends of this daemon are, from its metrics.
func (d *day) scrape() {
	m, err := http.Get(d.http + "/metrics")
	if err != nil {
		d.t.Errorf("read the metrics: %v", err)
		return
	}
	defer func() { _ = m.Body.Close() }()
	const bucket = "fairline_journal_append_seconds_bucket{"
	below, most := "", 0.0
	for lines := bufio.NewScanner(m.Body); lines.Scan(); {
		le, count, ok := strings.Cut(lines.Text(), "\"} ")
		n, err := strconv.ParseFloat(count, 64)
		if ok && err == nil && strings.HasPrefix(le, bucket) && n > most {
			most, below = n, le[strings.LastIndex(le, "\"")+1:]
		}
	}
	d.appends = append(d.appends, below)
}

// sums writes counts in the order of their names.
func sums[N int | uint64](counts map[string]N) string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, fmt.Sprintf("%d %s", counts[name], name))
	}
	return strings.Join(list, ", ")
}
