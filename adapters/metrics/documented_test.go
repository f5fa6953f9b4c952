package metrics

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"fairline/engine"
)

// families gives "type labels" for each metric of a line in which everything has happened once.
func families(t *testing.T) map[string]string {
	t.Helper()
	l := newLine(t, "one-line")
	l.r.LookWith(func() (Look, bool) {
		return Look{Shares: []Share{{"line", "gold", 0.75, 0.7}}, Heard: []Heard{{Group: "line", Known: true, Starts: 1}},
			Idle: map[string]engine.Duration{"reserve": engine.Second}}, true
	})
	l.arrive("phone", nil)
	danger := l.arrive("chat", map[string]any{"need": "medical"})
	l.signIn("ana")
	l.answer(engine.Accept, danger)
	l.answer(engine.Finish, danger)
	short := l.arrive("email", nil)
	l.must(engine.Command{Kind: engine.Leave, Ticket: short})
	l.r.Refused("malformed")
	quick := l.arrive("social", nil)
	l.signIn("ben")
	l.answer(engine.Accept, quick)
	l.must(engine.Command{Kind: engine.SignOut, Agent: engine.WordOf("ben")})
	l.life()
	adapters := Adapters(func() []Adapter {
		return []Adapter{{Name: "phone", Ready: true, Counts: []Count{{Event: "calls", N: 1}}}}
	})
	gathered, err := prometheus.Gatherers{l.r, adapters}.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range gathered {
		if f.GetHelp() == "" {
			t.Errorf("%s has no help", f.GetName())
		}
		var labels []string
		for _, pair := range f.GetMetric()[0].GetLabel() {
			if pair.GetName() != "line" {
				labels = append(labels, pair.GetName())
			}
		}
		all[f.GetName()] = fmt.Sprint(strings.ToLower(f.GetType().String()), " ", strings.Join(labels, ", "))
	}
	return all
}

// life lets happen what the day of families does not have.
func (l *line) life() {
	l.signIn("eva")
	id := l.e.Ringing()[0].Ticket
	l.answer(engine.Accept, id)
	l.transfer(id)
	l.must(engine.Command{Kind: engine.Close, Ticket: id, Reason: 1})
	call, mail := l.arrive("phone", nil), l.arrive("email", nil)
	l.r.Observe(Turn{At: l.now, Events: []engine.Event{{Kind: engine.Joined, Ticket: mail, Rival: call},
		{Kind: engine.OverLimit, Ticket: call}}})
	l.r.Promised(true, 0)
}

// TestMetricsAreDocumented holds docs/operations.md to the program: names, types and labels.
func TestMetricsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{}
	for row := range strings.Lines(string(text)) {
		cells := strings.Split(row, "|")
		if len(cells) < 5 || !strings.HasPrefix(cells[1], " `fairline_") {
			continue
		}
		name := strings.Trim(cells[1], " `")
		documented[name] = strings.TrimSpace(cells[2]) + " " + strings.TrimSpace(cells[3])
	}
	program := families(t)
	for _, name := range slices.Sorted(maps.Keys(program)) {
		if documented[name] != program[name] {
			t.Errorf("%s is %q, docs/operations.md has %q", name, program[name], documented[name])
		}
	}
	for name := range documented {
		if program[name] == "" {
			t.Errorf("docs/operations.md has %s, the program has not", name)
		}
	}
	if !strings.Contains(levelDesc.String(), "offered-minus-short: A_T/(A+B-B_s+W_T)") {
		t.Errorf("the help of the service level does not name its formula: %s", levelDesc)
	}
}

func TestHealth(t *testing.T) {
	ready := false
	h := Handler(New("main", nil), func() bool { return ready })
	get := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		return w
	}
	for _, c := range []struct {
		method, path string
		ready        bool
		code         int
	}{
		{"GET", "/healthz", false, 200}, {"GET", "/readyz", false, 503}, {"GET", "/readyz", true, 200},
		{"GET", "/metrics", false, 200}, {"GET", "/", false, 200}, {"GET", "/other", true, 404},
		{"POST", "/metrics", true, http.StatusMethodNotAllowed},
	} {
		ready = c.ready
		if w := get(c.method, c.path); w.Code != c.code {
			t.Errorf("%s %s, ready %v: %d, want %d", c.method, c.path, c.ready, w.Code, c.code)
		}
	}
}
