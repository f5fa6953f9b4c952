package rule_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"cel.dev/cel-go/common/types"
	"pgregory.net/rapid"

	"fairline/engine"
	"fairline/policy/rule"
)

var (
	channels = []string{"phone", "email", "social"}
	plans    = []string{"gold", "silver", "none"}
	skills   = []string{"nurse", "language:de", "gold"}
)

// fields are one of each type, with and without a default.
func fields() []*rule.Field {
	slot := func(i int) func() int { return func() int { return i } }
	return []*rule.Field{
		{Name: "channel", Type: rule.Text, Values: channels},
		{Name: "origin", Type: rule.Text, Values: []string{"direct", "overheard"}},
		{Name: "arrived", Type: rule.Timestamp, Max: rule.InstantMax},
		{Name: "due", Type: rule.Timestamp, Max: rule.InstantMax, Optional: true},
		{Name: "needs", Type: rule.Texts},
		{Name: "customer", Type: rule.Text, Refused: "a rule must not know who somebody is"},
		{Name: "plan", Type: rule.Text, Values: plans, Slot: slot(0)},
		{Name: "town", Type: rule.Text, Slot: slot(1), Optional: true},
		{Name: "level", Type: rule.Int, Min: -5, Max: 100, Slot: slot(2)},
		{Name: "age", Type: rule.Int, Min: 0, Max: 130, Slot: slot(3), Optional: true},
		{Name: "big", Type: rule.Int, Min: 0, Max: math.MaxInt64, Slot: slot(4)},
		{Name: "vip", Type: rule.Bool, Slot: slot(5)},
		{Name: "lag", Type: rule.Duration, Max: int64(24 * time.Hour), Slot: slot(6)},
		{Name: "met", Type: rule.Timestamp, Max: rule.InstantMax, Slot: slot(7), Optional: true},
	}
}

func newEnv(t testing.TB) *rule.Env {
	env, err := rule.NewEnv(fields(), channels)
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// A ticket is drawn as Facts and as what CEL reads.
func drawTicket(t *rapid.T) (engine.Facts, map[string]any) {
	f := engine.Facts{Channel: engine.ChannelID(rapid.IntRange(0, 2).Draw(t, "channel")), Overheard: rapid.Bool().Draw(t, "overheard")}
	seconds := rapid.Int64Range(0, 40)
	f.Arrived = engine.Instant(1_700_000_000+seconds.Draw(t, "arrived")) * engine.Instant(engine.Second)
	v := map[string]any{"ticket.channel": channels[f.Channel], "ticket.origin": map[bool]string{false: "direct", true: "overheard"}[f.Overheard],
		"ticket.arrived": time.Unix(0, int64(f.Arrived)).UTC(), "has ticket.due": false}
	if rapid.Bool().Draw(t, "dated") {
		f.Due = engine.Instant(1_700_000_000+seconds.Draw(t, "due")) * engine.Instant(engine.Second)
		v["has ticket.due"], v["ticket.due"] = true, time.Unix(0, int64(f.Due)).UTC()
	}
	var needs []string
	for _, s := range skills {
		if rapid.Bool().Draw(t, "needs "+s) {
			needs = append(needs, s)
			f.Needs[f.NeedsLen] = engine.WordOf(s)
			f.NeedsLen++
		}
	}
	v["ticket.needs"] = needs
	put := func(slot int, name string, n int64, val any) {
		f.Attrs[slot], f.Has = n, f.Has|1<<slot
		v["ticket."+name], v["has ticket."+name] = val, true
	}
	plan := rapid.SampledFrom(plans).Draw(t, "plan")
	put(0, "plan", int64(engine.WordOf(plan)), plan)
	level := rapid.SampledFrom([]int64{-5, -3, 0, 1, 2, 7, 50, 100}).Draw(t, "level")
	put(2, "level", level, level)
	big := rapid.SampledFrom([]int64{0, 1, 5, math.MaxInt64}).Draw(t, "big")
	put(4, "big", big, big)
	vip := rapid.Bool().Draw(t, "vip")
	put(5, "vip", map[bool]int64{true: 1}[vip], vip)
	lag := seconds.Draw(t, "lag") * int64(time.Minute)
	put(6, "lag", lag, time.Duration(lag))
	for _, name := range []string{"town", "age", "met"} {
		v["has ticket."+name] = false
	}
	if rapid.Bool().Draw(t, "has town") {
		town := rapid.SampledFrom([]string{"", "Wien", "gold", "Zürich"}).Draw(t, "town")
		put(1, "town", int64(engine.WordOf(town)), town)
	}
	if rapid.Bool().Draw(t, "has age") {
		age := rapid.SampledFrom([]int64{0, 1, 2, 7, 50, 130}).Draw(t, "age")
		put(3, "age", age, age)
	}
	if rapid.Bool().Draw(t, "has met") {
		met := int64(1_700_000_000+seconds.Draw(t, "met")) * int64(engine.Second)
		put(7, "met", met, time.Unix(0, met).UTC())
	}
	return f, v
}

// drawBool writes a random expression of the subset; many do not compile, which is half of the test.
func drawBool(t *rapid.T, depth int) string {
	if depth == 0 {
		return rapid.SampledFrom([]string{"ticket.vip", "has(ticket.age)", "has(ticket.due)", "has(ticket.town)", "has(ticket.met)", "true", "false",
			`"nurse" in ticket.needs`, `"" in ticket.needs`, "ticket.plan in ticket.needs", "ticket.vip == true", "ticket.vip != has(ticket.age)"}).Draw(t, "leaf")
	}
	switch rapid.IntRange(0, 7).Draw(t, "form") {
	case 0:
		return "(" + drawBool(t, depth-1) + " && " + drawBool(t, depth-1) + ")"
	case 1:
		return "(" + drawBool(t, depth-1) + " || " + drawBool(t, depth-1) + ")"
	case 2:
		return "!(" + drawBool(t, depth-1) + ")"
	case 3:
		return "(" + drawBool(t, depth-1) + " ? " + drawBool(t, depth-1) + " : " + drawBool(t, depth-1) + ")"
	case 4:
		op := rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">="}).Draw(t, "op")
		return "(" + drawInt(t, depth-1) + " " + op + " " + drawInt(t, depth-1) + ")"
	case 5:
		op := rapid.SampledFrom([]string{"==", "!="}).Draw(t, "op")
		return "(" + drawText(t) + " " + op + " " + drawText(t) + ")"
	case 6:
		return "(" + rapid.SampledFrom([]string{"ticket.level", drawText(t), "ticket.level + 1"}).Draw(t, "left") + " in " +
			rapid.SampledFrom([]string{"[1, 2, 50]", `["gold", "none"]`, `["phone"]`, "ticket.needs"}).Draw(t, "list") + ")"
	}
	op := rapid.SampledFrom([]string{"==", "!=", "<", "<=", ">", ">="}).Draw(t, "op")
	return rapid.SampledFrom([]string{
		"(has(ticket.due) && ticket.due - ticket.arrived " + op + ` duration("7s"))`,
		"(has(ticket.due) && ticket.due " + op + " ticket.arrived)",
		"(has(ticket.met) && ticket.met - ticket.lag " + op + ` timestamp("2023-11-14T22:13:30Z"))`,
		"(has(ticket.met) ? ticket.met " + op + " ticket.arrived : ticket.lag + ticket.lag " + op + ` duration("1h20m"))`,
		"(has(ticket.age) && has(ticket.town) && ticket.age * 3 " + op + " ticket.level % 7)",
		"(!has(ticket.age) || ticket.age / 10 " + op + " 3)",
	}).Draw(t, "dated")
}

func drawInt(t *rapid.T, depth int) string {
	if depth <= 0 || rapid.IntRange(0, 3).Draw(t, "int leaf") > 0 {
		return rapid.SampledFrom([]string{"ticket.level", "ticket.level", "(has(ticket.age) ? ticket.age : 7)", "ticket.big", "ticket.age",
			"0", "1", "-3", "50", "7"}).Draw(t, "int")
	}
	op := rapid.SampledFrom([]string{"+", "-", "*", "/", "%"}).Draw(t, "arith")
	return "(" + drawInt(t, depth-1) + " " + op + " " + drawInt(t, depth-1) + ")"
}

func drawText(t *rapid.T) string {
	return rapid.SampledFrom([]string{"ticket.plan", "ticket.channel", "ticket.origin", "ticket.town", `"gold"`, `"phone"`, `"Zürich"`, `"direct"`,
		`(ticket.vip ? "gold" : "silver")`}).Draw(t, "text")
}

// Whatever compiles gives on every ticket what cel-go gives, and cel-go never gives an error: rules are total.
func TestClosuresAgreeWithCEL(t *testing.T) {
	env := newEnv(t)
	compiled, refused := 0, 0
	agree := func(t *rapid.T) {
		text := drawBool(t, rapid.IntRange(1, 3).Draw(t, "depth"))
		r, _, faults := env.Compile(text)
		if len(faults) > 0 {
			refused++
			return
		}
		compiled++
		tree, iss := env.CEL().Compile(text)
		if iss.Err() != nil {
			t.Fatalf("Compile(%s): ours found no fault, cel-go: %v", text, iss.Err())
		}
		program, err := env.CEL().Program(tree)
		if err != nil {
			t.Fatal(err)
		}
		for range 8 {
			f, vars := drawTicket(t)
			want, _, err := program.Eval(vars)
			if err != nil {
				t.Fatalf("%s of %v: cel-go gives an error: %v", text, vars, err)
			}
			if got := r.Match(&f); types.Bool(got) != want {
				t.Fatalf("%s of %v: got %v, cel-go %v", text, vars, got, want)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		for range 10 {
			agree(t)
		}
	})
	if compiled < 200 || refused < 50 {
		t.Fatalf("%d compiled and %d refused: the test says nothing", compiled, refused)
	}
}

func TestRefusals(t *testing.T) {
	env := newEnv(t)
	for _, c := range []struct{ text, code, at string }{
		{`ticket.plann == "gold"`, "FL0120", "plann"},
		{`plan == "gold"`, "FL0120", "plan"},
		{`ticket.plan == "golt"`, "FL0121", `"golt"`},
		{`ticket.plan in ["gold", "brass"]`, "FL0121", `"brass"`},
		{`ticket.channel == "e-mail"`, "FL0121", `"e-mail"`},
		{`ticket.level > 100`, "FL0121", ">"},
		{`ticket.level >= -5`, "FL0121", ">="},
		{`ticket.level in [1, 200]`, "FL0121", "2"},
		{`ticket.age > 80`, "FL0122", "age"},
		{`ticket.age > 80 && has(ticket.age)`, "FL0122", "age"},
		{`has(ticket.age) || ticket.age > 80`, "FL0122", "age"},
		{`!has(ticket.age) && ticket.age > 80`, "FL0122", "age"},
		{`(!has(ticket.age) && ticket.vip) || ticket.age > 80`, "FL0122", "age"},
		{`(has(ticket.age) || ticket.vip) && ticket.age > 80`, "FL0122", "age"},
		{`(ticket.vip ? has(ticket.age) : true) && ticket.age > 80`, "FL0122", "age"},
		{`has(ticket.plan)`, "FL0212", "plan"},
		{`ticket.arrived > now`, "FL0125", "now"},
		{`ticket.arrived.getHours() > 8`, "FL0125", "getHours"},
		{`ticket.big + 1 > 5`, "FL0126", "+"},
		{`-ticket.big * 3 < 5`, "FL0126", "*"},
		{`ticket.level / ticket.level == 1`, "FL0126", "level"},
		{`ticket.level / 0 == 1`, "FL0126", "0"},
		{`ticket.town.startsWith("a")`, "FL0122", "town"},
		{`has(ticket.town) && ticket.town.startsWith("a")`, "FL0127", "startsWith"},
		{`has(ticket.town) && size(ticket.town) > 3`, "FL0127", "size"},
		{`["a"].exists(x, x == ticket.plan)`, "FL0127", "exists"},
		{`{"a": 1} == {"a": 1}`, "FL0127", "{"},
		{`ticket.plan < "gold"`, "FL0131", "<"},
		{`ticket.plan == 3`, "FL0131", "=="},
		{`ticket.level == 1.5`, "FL0131", "1.5"},
		{`ticket.due == null`, "FL0122", "due"},
		{`ticket.vip ? "a" : "b"`, "FL0131", "?"},
		{`ticket.level`, "FL0131", "level"},
		{`ticket == 3`, "FL0131", "ticket"},
		{`ticket["plan"] == "gold"`, "FL0131", "ticket"},
		{`ticket.needs == "nurse"`, "FL0131", "=="},
		{`ticket.customer == "me"`, "FL0128", "customer"},
		{`ticket.vip and ticket.vip`, "FL0130", "and"},
		{`ticket.vip &&`, "FL0130", ""},
		{`ticket.level = 3`, "FL0130", "= "},
		{`ticket.lag > duration("7d")`, "FL0103", `"7d"`},
		{`ticket.arrived > timestamp("2026-01-01")`, "FL0131", `"2026-01-01"`},
		{`dyn(ticket.level) > 3`, "FL0127", "dyn"},
		{`"ä" == "ä" && ticket.plann == ""`, "FL0120", "plann"},
		{strings.Repeat("(", 60) + "true" + strings.Repeat(")", 60), "FL0130", ""},
		{"true" + strings.Repeat(" && true", 400), "FL0106", ""},
		{strings.Repeat(" ", 3000), "FL0106", ""},
	} {
		r, _, faults := env.Compile(c.text)
		if len(faults) == 0 || r != nil {
			t.Errorf("Compile(%.60s): got no fault, want %s", c.text, c.code)
			continue
		}
		f := faults[0]
		at := ""
		if runes := []rune(c.text); f.Start >= 0 && f.Start < len(runes) {
			at = string(runes[f.Start:])
		}
		if f.Code != c.code || !strings.HasPrefix(at, c.at) {
			t.Errorf("Compile(%.60s): got %s %q at %.12q, want %s at %q", c.text, f.Code, f.Message, at, c.code, c.at)
		}
	}
}

// What is at the edge of being refused, and is not.
func TestAccepted(t *testing.T) {
	env := newEnv(t)
	for _, text := range []string{
		`ticket.level < 100`, `ticket.level <= 99`, `ticket.level > -5`, `ticket.level >= 100`, `ticket.level == 100`, `ticket.level != -5`,
		`ticket.level * 92233720368547758 > 0 || ticket.level in [100]`, `ticket.big - 1 > 5`, `-ticket.big < -5`,
		`!has(ticket.age) || ticket.age > 80`, `!(!has(ticket.age)) && ticket.age > 80`, `has(ticket.age) ? ticket.age > 80 : ticket.vip`,
		`!(has(ticket.age) && ticket.vip) || ticket.age > 80`, `has(ticket.age) && has(ticket.town) && (ticket.age > 80 || ticket.town == "Wien")`,
		`(ticket.vip ? has(ticket.age) : false) && ticket.age > 80`, `has(ticket.due) && ticket.due - ticket.arrived < duration("24h")`,
	} {
		if _, _, faults := env.Compile(text); len(faults) > 0 {
			t.Errorf("Compile(%s): got %+v, want no fault", text, faults)
		}
	}
}

// Every mention counts as a read, also one that cannot change the answer.
func TestReadsAreMentions(t *testing.T) {
	env := newEnv(t)
	for _, c := range []struct{ text, want string }{
		{`has(ticket.age)`, "age"},
		{`ticket.vip ? ticket.level > 5 : ticket.plan == "gold"`, "vip level plan"},
		{`false && ticket.level > 5`, "level"},
		{`ticket.level > 5 ? true : true`, "level"},
		{`ticket.plan in ticket.needs`, "plan needs"},
		{`(((ticket . level))) > 5`, "level"},
	} {
		_, reads, faults := env.Compile(c.text)
		var got []string
		for _, rd := range reads {
			got = append(got, rd.Field.Name)
			if at := string([]rune(c.text)[rd.Start:rd.End]); at != rd.Field.Name {
				t.Errorf("Compile(%s): read of %s at %q", c.text, rd.Field.Name, at)
			}
		}
		if strings.Join(got, " ") != c.want || len(faults) > 0 {
			t.Errorf("Compile(%s): got reads %v and faults %v, want %s", c.text, got, faults, c.want)
		}
	}
}

func FuzzCompile(f *testing.F) {
	f.Add(`ticket.plan in ["gold"] && has(ticket.due) && ticket.due - ticket.arrived < duration("24h")`)
	f.Add(`ticket.vip ? ticket.level * 3 > 5 : !("ä" in ticket.needs)`)
	env := newEnv(f)
	f.Fuzz(func(t *testing.T, text string) {
		r, _, faults := env.Compile(text)
		if (r == nil) == (len(faults) == 0) {
			t.Fatalf("Compile(%q): rule %v and faults %v", text, r, faults)
		}
		n := len([]rune(text))
		for _, fault := range faults {
			if fault.Start > n || fault.End > n+1 || fault.Message == "" {
				t.Fatalf("Compile(%q): fault outside the text: %+v", text, fault)
			}
		}
		if r != nil {
			r.Match(&engine.Facts{})
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	env := newEnv(b)
	r, _, faults := env.Compile(`ticket.plan == "gold" && ticket.level <= 1 || ticket.channel == "phone" && "nurse" in ticket.needs`)
	if faults != nil {
		b.Fatal(faults)
	}
	f := engine.Facts{Has: math.MaxUint32}
	f.Attrs[0] = int64(engine.WordOf("silver"))
	b.ReportAllocs()
	for b.Loop() {
		r.Match(&f)
	}
}

func ExampleEnv_Compile() {
	level := &rule.Field{Name: "level", Type: rule.Int, Min: 0, Max: 9, Slot: func() int { return 0 }}
	env, err := rule.NewEnv([]*rule.Field{level}, nil)
	if err != nil {
		panic(err)
	}
	r, _, _ := env.Compile("ticket.level > 3")
	f := engine.Facts{Has: 1}
	f.Attrs[0] = 4
	fmt.Println(r.Match(&f))
	_, _, faults := env.Compile("ticket.level > 9")
	fmt.Println(faults[0].Message)
	// Output:
	// true
	// this is never true
}
