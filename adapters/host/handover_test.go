package host

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fairline/engine/journal"
)

// TestMovedTicketFitsTheOtherLine moves a ticket to a line under the same policy, and hands that line what was said.
func TestMovedTicketFitsTheOtherLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		life := func(cfg *Config) { cfg.PolicyFile, cfg.PolicySource = "life.yaml", scriptPolicy(t, "life.yaml") }
		here := startSite(t, journal.NewMemory(), life)
		sales := startSite(t, journal.NewMemory(), func(cfg *Config) { life(cfg); cfg.Line = "sales" })
		here.send("fl.in.main.mail.ticket", `{"id":"m","data":{"channel":"email","customer":"k7","verified":false,"needs":["language:de@2"],
			"attributes":{"need":"safety"},"due":"2000-01-03T00:00:00Z","ref":"crm/7","origin":"overheard"}}`)
		here.pass(time.Hour)
		here.send("fl.agent.main.ana.sign-in", `{"skills":["language:de@3"]}`)
		here.send("fl.agent.main.ana.accept", `{"offer":1}`)
		here.heard()
		here.send("fl.agent.main.ana.transfer", `{"offer":1,"line":"sales","reason":"wants to buy"}`)
		taken := ""
		for _, said := range here.heard() {
			if strings.HasPrefix(said.subject, "fl.in.") {
				taken = sales.send(said.subject, string(said.data))
			}
		}
		if !strings.Contains(taken, `"ticket":1`) {
			t.Fatalf("the other line answers %q", taken)
		}
		want := `"id":"m","channel":"email","class":"danger","state":"waiting","arrived":"2000-01-01T00:00:00Z",` +
			`"due":"2000-01-03T00:00:00Z","needs":["language:de@2"],"attempts":0,"slips":0,"ref":"crm/7"`
		if got := sales.send("fl.ask.sales.ticket", `{"adapter":"mail","id":"m"}`); !strings.Contains(got, want) {
			t.Errorf("there it is %s, want %s", got, want)
		}
		if ticket := sales.host.book.Ticket(1); !ticket.Unverified || ticket.Customer != "k7" {
			t.Errorf("there its customer is %q, unverified %v", ticket.Customer, ticket.Unverified)
		}
		if got := here.send("fl.ask.main.ticket", `{"adapter":"mail","id":"m"}`); !strings.Contains(got, `"end":"moved"`) {
			t.Errorf("here it is %s, want it moved", got)
		}
		here.close()
		sales.close()
	})
}
