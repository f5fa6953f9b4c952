package policy

import (
	"regexp"
	"strconv"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
)

// BudgetMax is the greatest number of starts of which one may be out of turn.
const BudgetMax = 1000

var (
	priceForm = regexp.MustCompile(`^([1-9][0-9]{0,8}) x (wait|queue)(?:\^([1-9][0-9]{0,8}))?$`)
	oneInForm = regexp.MustCompile(`^1 in ([1-9][0-9]{0,8})$`)
)

// A costForm is a cost that grows with a wait or a queue: weight x of^power.
type costForm struct {
	weight int64
	of     string // wait or queue
	power  int64
}

// parsePrice reads "300 x wait" and "4 x wait^2".
func parsePrice(s string) (p costForm, ok bool) {
	m := priceForm.FindStringSubmatch(s)
	if m == nil {
		return p, false
	}
	p = costForm{of: m[2], power: 1}
	p.weight, _ = strconv.ParseInt(m[1], 10, 64) // at most nine digits
	if m[3] != "" {
		p.power, _ = strconv.ParseInt(m[3], 10, 64)
	}
	return p, true
}

// parseOneIn reads "1 in 4" as 4.
func parseOneIn(s string) (int64, bool) {
	m := oneInForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	v, err := strconv.ParseInt(m[1], 10, 64)
	return v, err == nil
}

func checkPrice(s *sheet.Sheet, n *yaml.Node, field string) {
	p, ok := parsePrice(n.Value)
	if !ok {
		s.Wrong("FL0104", n, field, "no cost: `"+n.Value+"`", "", "write it as `300 x wait` or `4 x wait^2`")
		return
	}
	s.Within(n, field, p.weight, 1, engine.WeightMax, "")
	s.Within(n, field, p.power, 1, engine.PowerMax, "")
}

func checkOneIn(s *sheet.Sheet, n *yaml.Node, field string) {
	v, ok := parseOneIn(n.Value)
	if !ok {
		s.Wrong("FL0104", n, field, "no budget: `"+n.Value+"`", "", "write it as `1 in 4`: of 4 starts at most one is out of turn")
		return
	}
	s.Within(n, field, v, 2, BudgetMax, "")
}
