package host

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
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
	receipts := live(t, s, rand.New(rand.NewPCG(seed, 1)), 300)
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
	t.Helper()
	var receipts []receipt
	channels := []string{"phone", "chat", "email", "social"}
	skills := []string{"PS", "PT", "IN"}
	agents := []string{"ana", "ben", "eva"}
	ring := map[string]uint64{} // the last offer of each agent
	for n := range steps {
		agent := agents[rng.IntN(len(agents))]
		prefix := "fl.agent.main." + agent + "."
		id := fmt.Sprint(rng.IntN(n + 1))
		var answer string
		switch rng.IntN(12) {
		case 0, 1, 2, 3:
			id = fmt.Sprint(n - rng.IntN(2))
			answer = s.send("fl.in.main.pbx.ticket", fmt.Sprintf(`{"id":%q,"data":{"channel":%q,"needs":[%q],"attributes":{"need":%q}}}`,
				id, channels[rng.IntN(4)], skills[rng.IntN(3)], []string{"other", "other", "medical"}[rng.IntN(3)]))
		case 4:
			answer = s.send("fl.in.main.pbx.leave", fmt.Sprintf(`{"id":%q}`, id))
		case 5:
			answer = s.send("fl.in.main.pbx.change", fmt.Sprintf(`{"id":%q,"data":{"needs":[%q]}}`, id, skills[rng.IntN(3)]))
		case 6:
			answer = s.send(prefix+"sign-in", fmt.Sprintf(`{"skills":[%q,%q]}`, skills[rng.IntN(3)], skills[rng.IntN(3)]))
		case 7, 8:
			answer = s.send(prefix+"accept", fmt.Sprintf(`{"offer":%d}`, max(1, ring[agent])))
		case 9:
			answer = s.send(prefix+"finish", fmt.Sprintf(`{"offer":%d,"wrap":"%ds"}`, max(1, ring[agent]), rng.IntN(40)))
		case 10:
			answer = s.send(prefix+[]string{"break", "ready", "ready", "sign-out"}[rng.IntN(4)], "")
		case 11:
			s.pass(time.Duration(rng.IntN(40)) * time.Second)
			continue
		}
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
		if got.Ticket != 0 && got.Seq != 0 && s.host.book.TicketOf("pbx", id).Seq == got.Seq {
			receipts = append(receipts, receipt{id, got.Ticket, got.Seq})
		}
		for _, said := range s.heard() {
			var offer struct{ Offer uint64 }
			if err := json.Unmarshal(said.data, &offer); err != nil {
				t.Fatal(err)
			}
			for _, a := range agents {
				if said.subject == "fl.agent.main."+a+".offered" {
					ring[a] = offer.Offer
				}
			}
		}
	}
	return receipts
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
