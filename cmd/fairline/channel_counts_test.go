package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"fairline/adapters/email"
	"fairline/adapters/natsbus"
	"fairline/adapters/phone"
	"fairline/adapters/social"
	"fairline/adapters/webhook"
)

// TestChannelsAreMeasured: what adapters met is in the daemon's metrics.
func TestChannelsAreMeasured(t *testing.T) {
	c, stop := withChannels(t)
	c.mail("first", "ana@example.org")
	c.call("k1", "+351210000000")
	c.post("m1", "ana@example.org", 3, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	text := get(t, c.s.HTTP+"/metrics")
	for _, want := range []string{
		`fairline_adapter_ready{adapter="webhook"} 1`,
		`fairline_adapter_events_total{adapter="email",event="taken",source=""} 1`,
		`fairline_adapter_events_total{adapter="phone",event="calls",source=""} 1`,
		`fairline_adapter_events_total{adapter="webhook",event="unverified",source="/crm"} 1`,
		`fairline_adapter_events_total{adapter="bus",event="stored",source="in"} 0`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("no %s in the metrics", want)
		}
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
}

// TestCountsAreDocumented holds the table of docs/channels.md to the program.
func TestCountsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/channels.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, stats := range map[string]any{"phone": phone.Stats{}, "email": email.Stats{Refused: map[int]uint64{429: 1}},
		"webhook": webhook.Stats{}, "social": social.Stats{}, "bus, in": natsbus.IntakeStats{}, "bus, out": natsbus.OutStats{}} {
		var want []string
		for _, c := range countsOf("", stats) {
			want = append(want, "`"+c.Event+"`")
		}
		slices.Sort(want)
		if row := "| " + name + " | " + strings.Join(want, ", ") + " |\n"; !strings.Contains(string(text), row) {
			t.Errorf("docs/channels.md has not\n%s", row)
		}
	}
}
