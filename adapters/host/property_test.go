package host

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fairline/engine"
	"fairline/engine/journal"
)

// A receipt is an answer that promised something.
type receipt struct {
	id     string
	ticket engine.TicketID
	seq    uint64
}

// TestRestartAnywhere lets a host live through a random history and then, for each frame it has stored,
// starts another host on the journal up to that frame, as if the first had died there. The state is the
// one that was live, and nothing that was acknowledged by then is lost.
func TestRestartAnywhere(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { restartAnywhere(t, seed) })
		})
	}
}

func restartAnywhere(t *testing.T, seed uint64) {
	memory := journal.NewMemory()
	s := startSite(t, memory, func(cfg *Config) { cfg.DigestEvery = 1 })
	receipts := lively(t, s, rand.New(rand.NewPCG(seed, 1)), 400, 20)
	last := s.host.chain.Head.Seq
	s.close()

	frames := framesOf(t, memory)
	digests := map[uint64]uint64{}
	for i, b := range frames {
		f, err := journal.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		digests[uint64(i)+1] = f.Digest
	}
	if len(receipts) < 20 || last < 100 {
		t.Fatalf("the history is too short to say anything: %d receipts, %d frames", len(receipts), last)
	}
	for seq := uint64(2); seq <= last; seq++ {
		restartAt(t, frames[:seq], digests[seq], receipts)
	}
	if _, err := Verify(t.Context(), memory.Reopen(), &journal.Chain{Generation: 1}); err != nil {
		t.Errorf("Verify: %v", err)
	}
}

// restartAt starts a host on a few frames.
func restartAt(t *testing.T, frames [][]byte, digest uint64, receipts []receipt) {
	t.Helper()
	seq := uint64(len(frames))
	log := journal.NewMemory()
	for _, frame := range frames {
		if _, err := log.Append(t.Context(), frame); err != nil {
			t.Fatal(err)
		}
	}
	if seq%10 == 0 {
		s := startSite(t, log.Reopen(), nil)
		s.close()
		log.Truncate(seq)
	}
	h := newSite(t, log.Reopen(), nil).host
	if err := h.replay(t.Context()); err != nil {
		t.Fatalf("replay to %d: %v", seq, err)
	}
	if got := h.engine.Digest(); got != digest {
		t.Errorf("replay to %d: digest %016x, live it was %016x", seq, got, digest)
	}
	for _, r := range receipts {
		if r.seq > seq {
			continue
		}
		if ticket := h.book.TicketOf("pbx", r.id); ticket == nil || ticket.Number != r.ticket || ticket.Seq != r.seq {
			t.Errorf("replay to %d: ticket %s is %+v, acknowledged was %+v", seq, r.id, ticket, r)
		}
	}
}

// live plays random customers and agents, and returns what was promised to them.
func live(t *testing.T, s *site, rng *rand.Rand, steps int) []receipt {
	return lively(t, s, rng, steps, 0)
}

// A history makes random requests.
type history struct {
	s         *site
	rng       *rand.Rand
	customers int               // how many, where a ticket's whole life is played
	ring      map[string]uint64 // the last offer of each agent
}

// lively plays as live does. With some customers, contacts are joined, agents are lost, and a supervisor and agents do all
// that can be done with a ticket beside serving it.
func lively(t *testing.T, s *site, rng *rand.Rand, steps, customers int) []receipt {
	t.Helper()
	h := history{s: s, rng: rng, customers: customers, ring: map[string]uint64{}}
	var receipts []receipt
	for n := range steps {
		id, answer := h.request(n)
		var got struct {
			Seq    uint64
			Ticket engine.TicketID
			Error  *struct{ Code Code }
		}
		if err := json.Unmarshal([]byte(answer), &got); err != nil {
			t.Fatalf("answer %q: %v", answer, err)
		}
		if got.Error != nil && (got.Error.Code == Internal || got.Error.Code == Malformed) {
			t.Fatalf("a good request was answered %s", answer)
		}
		if id != "" && got.Ticket != 0 && s.host.book.TicketOf("pbx", id).Seq == got.Seq {
			receipts = append(receipts, receipt{id, got.Ticket, got.Seq})
		}
		for _, said := range s.heard() {
			var offer struct{ Offer uint64 }
			if err := json.Unmarshal(said.data, &offer); err != nil {
				t.Fatal(err)
			}
			if agent, ok := strings.CutSuffix(said.subject, ".offered"); ok {
				h.ring[strings.TrimPrefix(agent, "fl.agent.main.")] = offer.Offer
			}
		}
	}
	return receipts
}

// request makes the n-th request, and gives the ticket's id where it is about one of the adapter's. Where only time goes by
// nothing is answered.
func (h *history) request(n int) (id, answer string) {
	s, rng := h.s, h.rng
	channels := []string{"phone", "chat", "email", "social"}
	skills := []string{"PS", "PT", "IN"}
	agent := []string{"ana", "ben", "eva"}[rng.IntN(3)]
	prefix := "fl.agent.main." + agent + "."
	id = fmt.Sprint(rng.IntN(n + 1))
	verbs, customer, lease := 12, "", ""
	if h.customers > 0 {
		verbs, customer = 16, fmt.Sprint("k", rng.IntN(h.customers))
		lease = []string{"", `,"lease":"15s"`}[rng.IntN(2)]
	}
	switch rng.IntN(verbs) {
	case 0, 1, 2, 3:
		id = fmt.Sprint(n - rng.IntN(2))
		return id, s.send("fl.in.main.pbx.ticket", fmt.Sprintf(`{"id":%q,"data":{"channel":%q,"customer":%q,"needs":[%q],"attributes":{"need":%q}}}`,
			id, channels[rng.IntN(4)], customer, skills[rng.IntN(3)], []string{"other", "other", "medical"}[rng.IntN(3)]))
	case 4:
		return id, s.send("fl.in.main.pbx.leave", fmt.Sprintf(`{"id":%q}`, id))
	case 5:
		return id, s.send("fl.in.main.pbx.change", fmt.Sprintf(`{"id":%q,"data":{"needs":[%q]}}`, id, skills[rng.IntN(3)]))
	case 6:
		return "", s.send(prefix+"sign-in", fmt.Sprintf(`{"skills":[%q,%q]%s}`, skills[rng.IntN(3)], skills[rng.IntN(3)], lease))
	case 7, 8:
		return "", s.send(prefix+"accept", fmt.Sprintf(`{"offer":%d}`, max(1, h.ring[agent])))
	case 9:
		return "", s.send(prefix+"finish", fmt.Sprintf(`{"offer":%d,"wrap":"%ds"}`, max(1, h.ring[agent]), rng.IntN(40)))
	case 10:
		return "", s.send(prefix+[]string{"break", "ready", "ready", "sign-out"}[rng.IntN(4)], "")
	case 11:
		s.pass(time.Duration(rng.IntN(40)) * time.Second)
		return "", "{}"
	case 15:
		return "", hand(s, rng, prefix, max(1, h.ring[agent]), n)
	}
	return "", supervise(s, rng, n)
}

// supervise does something at the desk.
func supervise(s *site, rng *rand.Rand, n int) string {
	verb := []string{"hold", "hold", "release", "release", "release", "move", "move", "link", "link", "unlink", "close"}[rng.IntN(11)]
	ticket := fmt.Sprintf(`"ticket":%d,"reason":"because"`, 1+rng.IntN(n/3+1))
	switch verb {
	case "hold":
		ticket += fmt.Sprintf(`,"why":%q,"for":"%dm"`, []string{"snooze", "callback", "customer"}[rng.IntN(3)], 1+rng.IntN(10))
	case "release":
		ticket = []string{`"stuck":true,"reason":"all"`, fmt.Sprintf(`"tickets":[%d],"reason":"it"`, 1+rng.IntN(n/3+1))}[rng.IntN(2)]
	case "link":
		ticket += fmt.Sprintf(`,"other":%d`, 1+rng.IntN(n/3+1))
	}
	return s.send("fl.desk.main.mia."+verb, "{"+ticket+"}")
}

// hand does something with work in hand, or pulls some.
func hand(s *site, rng *rand.Rand, prefix string, offer uint64, n int) string {
	switch rng.IntN(3) {
	case 0:
		return s.send(prefix+"hold", fmt.Sprintf(`{"offer":%d,"why":"no-answer","reason":"the mailbox"}`, offer))
	case 1:
		return s.send(prefix+"transfer", fmt.Sprintf(`{"offer":%d,%s}`, offer,
			[]string{`"needs":["IN"]`, `"line":"sales"`, `"needs":[]`}[rng.IntN(3)]))
	}
	return s.send(prefix+"pull", fmt.Sprintf(`{"ticket":%d,"reason":"mine"}`, 1+rng.IntN(n/3+1)))
}

// framesOf gives the frames of a journal.
func framesOf(t *testing.T, memory *journal.Memory) [][]byte {
	t.Helper()
	var frames [][]byte
	err := memory.Reopen().Read(t.Context(), 1, func(_ uint64, b []byte) error {
		frames = append(frames, append([]byte(nil), b...))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return frames
}
