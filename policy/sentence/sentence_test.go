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
		name := d.CmdArgs[0].Key
		if d.Cmd == "example" {
			name = filepath.Join("..", "testdata", "examples", name+".yaml")
		}
		p, faults, err := policy.Load(name)
		if d.Cmd == "policy" {
			p, faults = policy.Parse(name, []byte(d.Input))
			err = nil
		}
		if err != nil || p == nil {
			d.Fatalf(t, "%v %v", err, faults)
		}
		var b strings.Builder
		for _, l := range sentence.Of(p) {
			fmt.Fprintf(&b, "%3d  %s\n", l.Line, l.Text)
		}
		return b.String()
	})
}
