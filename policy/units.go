package policy

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
)

// A Target is a promise for reports: so many percent served within a time.
type Target struct {
	Percent int             // 1 to 100
	Within  engine.Duration // more than 0; 0 when there is no target
}

var goalForm = regexp.MustCompile(`^([0-9]{1,3})% within (\S+)$`)

// parseGoal reads "80% within 60s". At is where in the text the mistake stands, in bytes.
func parseGoal(s string) (t Target, at int, help string, ok bool) {
	m := goalForm.FindStringSubmatchIndex(s)
	if m == nil {
		return t, 0, "write it as `80% within 60s`", false
	}
	t.Percent, _ = strconv.Atoi(s[m[2]:m[3]])
	if t.Percent < 1 || t.Percent > 100 {
		return t, 0, "a percentage lies between 1% and 100%", false
	}
	if t.Within, help, ok = sheet.ParseDuration(s[m[4]:m[5]]); !ok {
		return t, m[4], help, false
	}
	if t.Within == 0 {
		return t, m[4], "more than 0s", false
	}
	return t, 0, "", true
}

var takesForm = regexp.MustCompile(`^1 of ([1-9][0-9]?)$`)

// parseTakes reads "agent" as 1 and "1 of 3" as 3.
func parseTakes(s string) (int, bool) {
	if s == "agent" {
		return 1, true
	}
	m := takesForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil && n <= engine.TakesMax
}

// checkGoal checks "80% within 60s".
func checkGoal(s *sheet.Sheet, n *yaml.Node, field string) {
	_, at, help, ok := parseGoal(n.Value)
	if !ok && at == 0 {
		s.Wrong("FL0104", n, field, "no target", "", help)
		return
	}
	if ok {
		at = strings.LastIndexByte(n.Value, ' ') + 1
	}
	s.Duration(n, n.Value[at:], utf8.RuneCountInString(n.Value[:at]), aWait, field)
}

func checkTakes(s *sheet.Sheet, n *yaml.Node, field string) {
	if _, ok := parseTakes(n.Value); !ok {
		s.Wrong("FL0104", n, field, "`"+n.Value+"` is no part of an agent", "", "write `agent`, or `1 of 3` with at most 16")
	}
}

// cutOff is what a comment looks like that was meant as the rest of an expression.
var cutOff = regexp.MustCompile(`^#\s*(\|\||&&|==|!=|[<>?:)])`)

// checkWhen checks that an expression can stand there, not what it says.
func checkWhen(s *sheet.Sheet, n *yaml.Node, field string) {
	if sheet.IsBare(n) && cutOff.MatchString(n.LineComment) {
		s.Wrong("FL0110", n, field, "` #` begins a comment: the rest of the expression is cut off", "all that is read", "put the whole expression in single quotes")
	}
	if tag := n.ShortTag(); tag != "!!str" && tag != "!!bool" {
		s.Wrong("FL0104", n, field, "an expression is wanted", "", "compare a field with something: ticket.channel == \"phone\"")
	}
}
