package main

import (
	"strings"
	"testing"

	"fairline/adapters/host"
)

// TestSharesApart shows members who share no agent, and what doctor makes of them.
func TestSharesApart(t *testing.T) {
	part := func(x float64) *float64 { return &x }
	s := host.Shares{Line: "main", Policy: "p@123456", Groups: []host.GroupShares{{Group: "line", Charge: "minutes", Members: []host.MemberShare{
		{Name: "gold", Weight: 3, Component: 1, Promised: part(75), Got: 1234, Part: part(80)},
		{Name: "silver", Weight: 1, Component: 1, Promised: part(25), Got: 308.5, Part: part(20)},
		{Name: "sales", Weight: 1, Component: 2, Promised: part(100), Got: 0},
		{Name: "legal", Weight: 1}}}}}
	var b strings.Builder
	if err := printShares(&b, &s); err != nil {
		t.Fatal(err)
	}
	const want = `shares of main under p@123456
line, in minutes
  MEMBER  WEIGHT  PROMISED  GOT    OF THESE  TOGETHER WITH
  gold    3       75.0 %    1,234  80.0 %    silver
  silver  1       25.0 %    308.5  20.0 %    gold
  sales   1       100.0 %   0      -         nobody: no agent on duty serves another too
  legal   1       -         0      -         no agent on duty
`
	if b.String() != want {
		t.Errorf("it is shown as\n%swant\n%s", b.String(), want)
	}
	f := judgeShares(&s)
	if f.State != "warn" || !strings.Contains(f.Text, "share of line: no agent on duty can serve legal, and 2 sets of members share no agent on duty") {
		t.Errorf("doctor says %+v", f)
	}
	s.Groups[0].Members = s.Groups[0].Members[:2]
	if f := judgeShares(&s); f.State != "ok" {
		t.Errorf("where one agent serves all doctor says %+v", f)
	}
	s.Groups[0].By, s.Groups[0].Members[1].Component = "company", 2 // the flows are not the members
	if f := judgeShares(&s); f.State != "ok" {
		t.Errorf("where flows are values doctor says %+v", f)
	}
}
