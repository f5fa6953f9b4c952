package sentence_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"fairline/engine"
	"fairline/policy"
	"fairline/policy/sentence"
	"fairline/policy/worst"
)

// TestSentences shows what is said of policies: the shipped ones and the great examples of the format.
func TestSentences(t *testing.T) {
	datadriven.RunTest(t, "testdata/sentences.txt", func(t *testing.T, d *datadriven.TestData) string {
		name := "example"
		if len(d.CmdArgs) > 0 {
			name = d.CmdArgs[0].Key
		}
		if d.Cmd == "example" {
			name = filepath.Join("..", "testdata", "examples", name+".yaml")
		}
		p, faults, err := policy.Load(name)
		if d.Cmd == "policy" {
			p, faults = policy.Parse(name, []byte(d.Input))
			err = nil
		}
		if d.Cmd == "moving" {
			p, faults = policy.Parse("example.yaml", []byte(movingHead+d.Input))
			err = nil
		}
		if err != nil || p == nil {
			d.Fatalf(t, "%v %v", err, faults)
		}
		var b strings.Builder
		for _, l := range sentence.Of(p) {
			if l.Line > strings.Count(movingHead, "\n") || d.Cmd != "moving" {
				fmt.Fprintf(&b, "%3d  %s\n", l.Line, l.Text)
			}
		}
		return b.String()
	})
}

// movingHead stands before the orders, of which alone the sentences are shown.
const movingHead = `fairline: 1
policy: example
description: A baseline.
attributes: {kind: {one_of: [danger, gold, letter, other], else: other}, firm: {type: string}}
channels: {phone: {takes: agent, handling: 5m}, email: {takes: 1 of 2, handling: 10m}}
classes:
  - {name: danger, when: 'ticket.kind == "danger"', reason: r}
  - {name: gold, when: 'ticket.kind == "gold"', reason: r}
  - {name: letter, when: 'ticket.kind == "letter"', reason: r}
  - {name: everyone, reason: r}
`

// TestLotForEachTicket says a lot that no file can ask for yet.
func TestLotForEachTicket(t *testing.T) {
	p, faults := policy.Parse("example.yaml", []byte(movingHead+"order: {draw: {danger: 2, gold: 1, letter: 1, everyone: 1}, seed: 7}\n"))
	if p == nil {
		t.Fatal(faults)
	}
	lot := p.Engine.Root.Order.(engine.Draw)
	lot.PerTicket = true
	p.Engine.Root.Order = lot
	want := "among danger, gold, letter and everyone the next is drawn by lot among all tickets, whenever they came: " +
		"a ticket of danger has 2 lots, one of gold 1, one of letter 1 and one of everyone 1"
	if all := sentence.Of(p); all[len(all)-1].Text != want {
		t.Errorf("said is %q, want %q", all[len(all)-1].Text, want)
	}
	for _, c := range worst.Of(p) {
		if s := "unbounded: by danger, gold, letter and everyone (draw)"; c.String() != s {
			t.Errorf("%s: %s, want %s", c.Class, c, s)
		}
	}
}
