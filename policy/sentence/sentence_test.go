package sentence_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"fairline/policy"
	"fairline/policy/sentence"
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
