package mapping_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"fairline/policy/mapping"
)

// The tables say of every event of a platform that is known to us what becomes of it. A directive is `NAME` of a shipped
// mapping with `us` and `words`; its first line is what is around the events, with @ for one, and each further line an event:
// `what it is: JSON`, of a stream `what it is, kind: JSON`; where nothing is around them a line may be a form. Several
// that are joined by @@ are @ in turn, by commas. Numbers stand for IDs, in the order in which a file shows them first.
func TestEvents(t *testing.T) {
	events := 0
	datadriven.Walk(t, "testdata/events", func(t *testing.T, path string) {
		var ids []string
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			m, faults, err := mapping.Load(d.Cmd, nil)
			if m == nil {
				t.Fatal(faults, err)
			}
			in := mapping.Input{Now: now}
			for _, arg := range d.CmdArgs {
				switch arg.Key {
				case "us":
					in.Us = strings.Trim(arg.Vals[0], "-")
				case "words":
					in.Words = arg.Vals
				}
			}
			around, lines, _ := strings.Cut(d.Input, "\n")
			var b strings.Builder
			for line := range strings.Lines(lines) {
				what, event, _ := strings.Cut(strings.TrimSpace(line), ": ")
				_, in.Kind, _ = strings.Cut(what, ", ")
				in.Body = bodyOf(t, around, event)
				fmt.Fprintf(&b, "%s: %s\n", what, outcome(m.Read(in), &ids))
				events++
			}
			return b.String()
		})
	})
	if events < 300 {
		t.Errorf("%d events", events)
	}
}

// bodyOf is a body with an event in it, or the event itself.
func bodyOf(t testing.TB, around, event string) any {
	t.Helper()
	body, err := mapping.DecodeForm([]byte(event))
	switch {
	case around == "stream":
		body, err = mapping.DecodeStream([]byte(event))
	case around != "form":
		body, err = mapping.Decode([]byte(strings.ReplaceAll(around, "@", strings.ReplaceAll(event, "@@", ","))))
	}
	if err != nil {
		t.Fatalf("%s: %v", event, err)
	}
	return body
}

// outcome is a result in one line.
func outcome(r mapping.Result, ids *[]string) string {
	number := func(id string) string {
		if !slices.Contains(*ids, id) {
			*ids = append(*ids, id)
		}
		return "#" + strconv.Itoa(slices.Index(*ids, id)+1)
	}
	var parts []string
	for _, c := range r.Contacts {
		text := map[bool]string{false: "direct ", true: "overheard "}[c.Overheard] + c.Channel + " " + number(c.ID)
		if c.Identity != "" {
			text += " of " + c.Kind + " " + strconv.QuoteToASCII(c.Identity) + map[bool]string{false: " unverified", true: ""}[c.Verified]
		}
		if !c.Arrived.IsZero() {
			text += c.Arrived.Format(" 2006-01-02T15:04:05.999999Z07:00")
		}
		if !c.Due.IsZero() {
			text += " due"
		}
		if c.Matter != "" {
			text += " on " + number(c.Matter)
		}
		if len(c.Attributes) > 0 {
			text += fmt.Sprintf(" with %v", c.Attributes)
		}
		parts = append(parts, text)
	}
	for _, e := range r.Endings {
		parts = append(parts, number(e.ID)+" ends: "+e.Reason)
	}
	for _, d := range r.Drops {
		parts = append(parts, "none: "+d.Why)
	}
	if r.Others > 0 {
		parts = append(parts, fmt.Sprintf("%d not known", r.Others))
	}
	if r.Errors > 0 {
		parts = append(parts, fmt.Sprintf("%d without an answer", r.Errors))
	}
	return strings.Join(parts, "; ")
}
