package trial

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy"
	"fairline/policy/outline"
	"fairline/policy/spelling"
)

// Codes of the faults of a test file.
const (
	codeForm  = "FL0401"
	codeName  = "FL0402"
	codeValue = "FL0403"
)

// A reader walks a test file and notes its faults.
type reader struct {
	name   string
	src    []byte
	zone   *policy.Zone // nil: UTC
	day    time.Time    // of clock times, as if it were in UTC
	faults policy.Faults
}

func (r *reader) report(code string, at policy.Span, field, message, help string) {
	r.faults = append(r.faults, policy.Fault{Severity: policy.Error, Code: code, File: r.name, Span: at, Field: field, Message: message, Help: help})
}

func (r *reader) wrong(code string, n *yaml.Node, field, message, help string) {
	r.report(code, r.span(n), field, message, help)
}

// span is the place of a node, inside the file whatever the library says.
func (r *reader) span(n *yaml.Node) policy.Span {
	lines := strings.Split(string(r.src), "\n")
	line := min(max(n.Line, 1), len(lines))
	width := len([]rune(strings.TrimSuffix(lines[line-1], "\r")))
	column := min(max(n.Column, 1), width+1)
	end := column + 1
	if n.Kind == yaml.ScalarNode {
		quotes := 0
		if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
			quotes = 2
		}
		end = column + max(1, len([]rune(n.Value))+quotes)
	}
	return policy.Span{Line: line, Column: column, EndColumn: max(min(end, width+1), column+1)}
}

func (r *reader) load() *yaml.Node {
	first := policy.Span{Line: 1, Column: 1, EndColumn: 2}
	if len(r.src) > FileMax {
		r.report(codeForm, first, "", fmt.Sprintf("file of %d bytes, at most %d can be read", len(r.src), FileMax), "")
		return nil
	}
	var doc yaml.Node
	if err := yaml.Load(r.src, &doc); err != nil {
		at := &yaml.Node{Line: 1, Column: 1}
		text := err.Error()
		if one, ok := errors.AsType[*yaml.LoadError](err); ok {
			at.Line, at.Column, text = one.Mark.Line, one.Mark.Column, one.Message
		}
		r.wrong(codeForm, at, "", "cannot be read as YAML: "+text, "")
		return nil
	}
	if len(doc.Content) == 0 {
		r.report(codeForm, first, "", "nothing stands in this file", "begin with `tests:`")
		return nil
	}
	return doc.Content[0]
}

// mapping gives the values of a mapping by key. Open says that other keys are names of attributes.
func (r *reader) mapping(n *yaml.Node, what string, keys []string, open bool) map[string]*yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		r.wrong(codeForm, n, "", what+" is a mapping", "write keys and values: "+keys[0]+": ...")
		return nil
	}
	m := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch {
		case m[k.Value] != nil:
			r.wrong(codeForm, k, k.Value, "`"+k.Value+"` is written twice", "keep one of the two")
		case !open && !slices.Contains(keys, k.Value):
			r.wrong(codeName, k, k.Value, "unknown key `"+k.Value+"`", nearest(k.Value, keys))
		case v.Kind == yaml.ScalarNode && v.ShortTag() == "!!null", v.Kind == yaml.AliasNode, v.Style&yaml.TaggedStyle != 0:
			r.wrong(codeForm, v, k.Value, "a value is missing", "write a value, or take the key out; a text with `!`, `&` or `*` stands in quotes")
		default:
			m[k.Value] = v
		}
	}
	return m
}

// nearest is a help for an unknown name.
func nearest(name string, known []string) string {
	if near := spelling.DidYouMean(name, known); near != "" {
		return near
	}
	if len(known) == 0 {
		return "there is none"
	}
	return "there is " + spelling.List(known[:min(len(known), 24)])
}

func (r *reader) list(n *yaml.Node, field string, most int) []*yaml.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind != yaml.SequenceNode:
		r.wrong(codeForm, n, field, "a list is wanted", "write "+field+": [...]")
		return nil
	case len(n.Content) > most:
		r.wrong(codeForm, n, field, fmt.Sprintf("%d elements, at most %d can stand here", len(n.Content), most), "")
		return nil
	}
	return n.Content
}

// word reads a name: texts, and numbers as they are written.
func (r *reader) word(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode {
		r.wrong(codeForm, n, "", "one word is wanted", "")
		return ""
	}
	return n.Value
}

func (r *reader) want(n *yaml.Node) *want { return &want{r.word(n), r.span(n)} }

// wants reads one word or a list of them.
func (r *reader) wants(n *yaml.Node) ([]*want, *want) {
	if n == nil {
		return nil, nil
	}
	all := &want{span: r.span(n)}
	if n.Kind == yaml.ScalarNode {
		return []*want{r.want(n)}, all
	}
	list := []*want{}
	for _, c := range r.list(n, "expect", TicketsMax) {
		list = append(list, r.want(c))
	}
	return list, all
}

// known checks that the test has the ticket.
func (r *reader) known(t *Test, w *want, waiting bool) {
	var ids []string
	for _, k := range t.Queue {
		ids = append(ids, k.ID)
	}
	if !waiting {
		for _, a := range t.Agents {
			for _, k := range a.Has {
				ids = append(ids, k.ID)
			}
		}
	}
	if !slices.Contains(ids, w.text) {
		r.report(codeName, w.span, "expect", "no ticket `"+w.text+"` waits in this test", nearest(w.text, ids))
	}
}

func (r *reader) agentKnown(t *Test, w *want) {
	var names []string
	for _, a := range t.Agents {
		if a.Name != "" && !slices.Contains(names, a.Name) {
			names = append(names, a.Name)
		}
	}
	if len(names) > 0 && !slices.Contains(names, w.text) {
		r.report(codeName, w.span, "expect.agent", "no agent of this test is called `"+w.text+"`", nearest(w.text, names))
	}
}

// value reads a value of an attribute as JSON would bring it.
func (r *reader) value(n *yaml.Node) Value {
	switch {
	case n.Kind != yaml.ScalarNode:
		r.wrong(codeForm, n, "", "one value is wanted", "")
		return Value{}
	case n.ShortTag() == "!!int":
		return Value{json.Number(n.Value), n.Value}
	case n.ShortTag() == "!!bool":
		return Value{n.Value == "true", n.Value}
	}
	return Value{n.Value, n.Value}
}

// clockForms are how a time of the day is written.
var clockForms = []string{"15:04:05", "15:04"}

// instant reads a time of the test's day, or a date with its zone.
func (r *reader) instant(n *yaml.Node) engine.Instant {
	s := r.word(n)
	for _, form := range clockForms {
		if c, err := time.Parse(form, s); err == nil {
			return r.utc(r.day.Add(time.Duration(c.Hour())*time.Hour + time.Duration(c.Minute())*time.Minute + time.Duration(c.Second())*time.Second))
		}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.Year() < 1971 || t.Year() > 2200 {
		r.wrong(codeValue, n, "", "`"+s+"` is no time", "write 09:06:00, or with its date 2026-11-23T09:06:00Z")
		return at(r.day)
	}
	return at(t)
}

func at(t time.Time) engine.Instant { return engine.Instant(t.UnixNano()) }

func (r *reader) date(n *yaml.Node) time.Time {
	d, err := time.Parse("2006-01-02", r.word(n))
	if err != nil || d.Year() < 1971 || d.Year() > 2200 {
		r.wrong(codeValue, n, "day", "`"+n.Value+"` is no day", "write 2026-11-23")
		return r.day
	}
	return d
}

func (r *reader) duration(n *yaml.Node) engine.Duration {
	d, ok := outline.Span(r.word(n))
	if !ok {
		r.wrong(codeValue, n, "waited", "`"+n.Value+"` is no duration", "write it with s, m, h or d: 5m, 1h30m")
	}
	return d
}

// clock shows an instant as the file would write it.
func (r *reader) clock(i engine.Instant) string {
	t := time.Unix(0, int64(i)).UTC()
	if r.zone != nil {
		for j := len(r.zone.Turns) - 1; j >= 0; j-- {
			if turn := r.zone.Turns[j]; t.Unix() >= turn.From || j == 0 {
				t = t.Add(time.Duration(turn.Offset) * time.Second)
				break
			}
		}
	}
	return t.Format("15:04:05")
}

// utc is the instant at which the clocks of the zone show a time: of two such instants the later one.
func (r *reader) utc(wall time.Time) engine.Instant {
	if r.zone != nil {
		for i := len(r.zone.Turns) - 1; i >= 0; i-- {
			if turn := r.zone.Turns[i]; wall.Unix()-turn.Offset >= turn.From || i == 0 {
				return at(wall.Add(-time.Duration(turn.Offset) * time.Second))
			}
		}
	}
	return at(wall)
}

// minutes writes a wait as people read it: 5:00, 1:02:30.
func minutes(d engine.Duration) string {
	s := int64(d / engine.Second)
	if s >= 3600 {
		return strconv.FormatInt(s/3600, 10) + fmt.Sprintf(":%02d:%02d", s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
