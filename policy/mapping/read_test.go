package mapping_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"fairline/policy"
	"fairline/policy/mapping"
)

var now = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// channels is a policy that declares reach and forbids it, and knows no reposts.
const channels = "attributes:\n  plan: {one_of: [gold, none], else: none}\n  reach: {type: int, min: 0, else: 0}\nnever: [reach]\n" +
	"channels:\n  phone: {takes: agent}\n  chat: {takes: 1 of 3}\n  email: {takes: 1 of 2}\n  social: {takes: 1 of 2}\n"

// The scripts show what the shipped mappings make of bodies: `read NAME` of JSON, `form NAME` of a form, with `us` for our
// account, `kind` of a stream's event, `words`, and `policy` where a policy is asked.
func TestShippedMappings(t *testing.T) {
	datadriven.Walk(t, "testdata/read", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			in := mapping.Input{Now: now}
			var p *policy.Policy
			for _, arg := range d.CmdArgs[1:] {
				switch arg.Key {
				case "us":
					in.Us = strings.Trim(arg.Vals[0], "-")
				case "kind":
					in.Kind = arg.Vals[0]
				case "words":
					in.Words = arg.Vals
				case "policy":
					p = policyOf(t, channels)
				}
			}
			m, faults, err := mapping.Load(d.CmdArgs[0].Key, p)
			if m == nil {
				t.Fatal(faults, err)
			}
			decode := mapping.Decode
			if d.Cmd == "form" {
				decode = mapping.DecodeForm
			}
			if in.Body, err = decode([]byte(d.Input)); err != nil {
				return err.Error() + "\n"
			}
			return shown(m.Read(in))
		})
	})
}

// shown is a result in words.
func shown(r mapping.Result) string {
	var b strings.Builder
	for _, c := range r.Contacts {
		fmt.Fprintf(&b, "%s: contact %s on %s", c.Event, c.ID, c.Channel)
		if c.Identity != "" {
			fmt.Fprintf(&b, " of %s %s, verified %t", c.Kind, c.Identity, c.Verified)
		}
		for what, at := range map[string]time.Time{"arrived": c.Arrived} {
			if !at.IsZero() {
				fmt.Fprintf(&b, ", %s %s", what, at.Format(time.RFC3339Nano))
			}
		}
		if !c.Due.IsZero() {
			fmt.Fprintf(&b, ", due %s", c.Due.Format(time.RFC3339))
		}
		if c.Matter != "" {
			fmt.Fprintf(&b, ", matter %s", c.Matter)
		}
		if c.Ref != c.ID {
			fmt.Fprintf(&b, ", ref %s", c.Ref)
		}
		fmt.Fprintf(&b, ", overheard %t, needs %v, attributes %v, kept back %v\n", c.Overheard, c.Needs, c.Attributes, c.Kept)
	}
	for _, e := range r.Endings {
		fmt.Fprintf(&b, "%s: %s ends: %s\n", e.Event, e.ID, e.Reason)
	}
	for _, d := range r.Drops {
		fmt.Fprintf(&b, "%s: dropped %s: %s\n", d.Event, d.ID, d.Why)
	}
	fmt.Fprintf(&b, "others %d, without an answer %d\n", r.Others, r.Errors)
	return b.String()
}
