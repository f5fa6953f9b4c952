package story

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fairline/engine"
	"fairline/engine/journal"
	"fairline/policy"
)

// TestReachBuysNothing is the worked example of the design: under a policy with `never: [reach]` ten million followers
// have the same place as none.
func TestReachBuysNothing(t *testing.T) {
	p := shipped(t, "one-line")
	var digest uint64
	for i, reach := range []int{0, 50, 212_000, 10_000_000} {
		s := SqueakyWheel()
		s.Tickets[6].Attributes = map[string]any{"reach": reach, "sentiment": -94}
		r, err := Play(s, p)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			digest = r.Digest
		}
		if r.Digest != digest {
			t.Errorf("reach %d: digest %x, with nobody reached %x", reach, r.Digest, digest)
		}
	}
}

// TestEveryShippedPolicyTellsTheStory plays it under each shipped policy that has its channels: all are served, pairs
// are what the engine counts, and the journal bears it out (Play checks both).
func TestEveryShippedPolicyTellsTheStory(t *testing.T) {
	told := 0
	for _, name := range policy.Names() {
		p := shipped(t, name)
		if len(p.Channels) < 4 {
			continue
		}
		told++
		if _, err := Play(SqueakyWheel(), p); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if told < 3 {
		t.Errorf("told under %d policies, want at least 3", told)
	}
}

func TestPlayRefuses(t *testing.T) {
	s := SqueakyWheel()
	s.Tickets[2].Channel = "pigeon"
	if _, err := Play(s, shipped(t, "one-line")); err == nil || !strings.Contains(err.Error(), "ticket 103: channel") {
		t.Errorf("an unknown channel: %v, want an error that names ticket and field", err)
	}
	s = SqueakyWheel()
	s.Agents = nil
	if _, err := Play(s, shipped(t, "one-line")); err == nil || !strings.Contains(err.Error(), "10 of 10 tickets are never served") {
		t.Errorf("without agents: %v, want an error that counts", err)
	}
}

// TestJournalIsRead changes the journal of a run before it is read again.
func TestJournalIsRead(t *testing.T) {
	p := shipped(t, "one-line")
	r := &run{story: SqueakyWheel(), policy: p.Engine, nodes: p.Engine.Nodes(), engine: engine.New(),
		log: journal.NewMemory(), tickets: map[engine.TicketID]int{}, lined: make([]lined, 10),
		asked: map[engine.OfferID]*Start{}}
	at := r.story.Opens
	if err := r.do(at, engine.Command{Kind: engine.Adopt, Policy: p.Engine}); err != nil {
		t.Fatal(err)
	}
	facts := p.Ticket(policy.Ticket{Channel: "phone"}).Facts
	if err := r.do(at, engine.Command{Kind: engine.Arrive, Key: engine.KeyOf("story", "101"), Facts: &facts}); err != nil {
		t.Fatal(err)
	}
	if frames, err := r.verify(context.Background()); frames != 2 || err != nil {
		t.Fatalf("verify: %d frames, %v", frames, err)
	}
	r.log.Truncate(1)
	if _, err := r.verify(context.Background()); !errors.Is(err, errDigest) {
		t.Errorf("a journal without its last frame: %v, want %v", err, errDigest)
	}
}

func TestParts(t *testing.T) {
	a, err := Play(SqueakyWheel(), shipped(t, "one-line"))
	if err != nil {
		t.Fatal(err)
	}
	if i := Parts(a, a); i != -1 {
		t.Errorf("a result parts from itself at %d", i)
	}
	b, err := PlayStrictly(SqueakyWheel(), shipped(t, "one-line"))
	if err != nil {
		t.Fatal(err)
	}
	if i := Parts(a, b); i != 2 {
		t.Errorf("one-line parts from a strict line at start %d, want 2", i)
	}
}

// nested cuts the tickets of one class into pieces: those before the inner winner are charged to the group, those behind
// it to the line.
const nested = `fairline: 1
policy: nested
attributes:
  rank: {type: int, min: 0, max: 2, else: 0}
channels:
  phone: {takes: agent}
classes:
  - name: top
    when: ticket.rank == 2
    reason: First of all
  - name: middle
    when: ticket.rank == 1
  - name: low
order: {strict: [top, rest]}
groups:
  rest:
    order: {strict: [middle, low]}
    reason: Middle before low
`

func TestPiecesAreExpanded(t *testing.T) {
	p, faults := policy.Parse("nested.yaml", []byte(nested))
	if p == nil {
		t.Fatal(faults)
	}
	s := &Story{Title: "pieces", Opens: SqueakyWheel().Opens, Agents: []Agent{{Name: "Ana", Comes: engine.Minute}}}
	for i, rank := range []int{0, 1, 0, 2} {
		s.Tickets = append(s.Tickets, Ticket{ID: string(rune('a' + i)), Channel: "phone", Handling: engine.Minute,
			Arrives: engine.Duration(i) * engine.Second, Attributes: map[string]any{"rank": rank}})
	}
	r, err := Play(s, p)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, pair := range r.Starts[0].Passed {
		got = append(got, s.Tickets[pair.Ticket].ID+" "+pair.Name)
	}
	if want := "a rest, b top, c top"; strings.Join(got, ", ") != want {
		t.Errorf("the start of d passed %s, want %s", strings.Join(got, ", "), want)
	}
}
