package worst_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"fairline/engine"
	"fairline/policy"
)

// classesMax bounds the classes of a random policy.
const classesMax = 5

var channels = []string{"phone", "email"}

// randomPolicy writes a policy file with a random tree of random orders and protections.
func randomPolicy(r *rand.Rand) string {
	g := &grower{r: r, n: 2 + r.IntN(classesMax-1), waits: r.IntN(5) == 0}
	var names, kinds []string
	for i := range g.n {
		names = append(names, fmt.Sprintf("c%d", i))
		kinds = append(kinds, fmt.Sprintf("k%d", i))
	}
	body := g.body(names, "", 0)
	var b strings.Builder
	b.WriteString("fairline: 1\npolicy: random\ndescription: By arrival, a baseline.\n")
	fmt.Fprintf(&b, "attributes:\n  kind: {one_of: [%s], else: k0}\n  loud: {type: int, min: 0, else: 0}\n  firm: {type: string}\n", strings.Join(kinds, ", "))
	b.WriteString("channels:\n  phone: {takes: agent, offer: 5s, handling: 2m, late: 30s, target: 80% within 20s}\n  email: {takes: 1 of 2, offer: 10s, handling: 30s, late: 60s, target: 80% within 90s}\nclasses:\n")
	for i, n := range names {
		fmt.Fprintf(&b, "  - {name: %s, reason: Because", n)
		if i < g.n-1 {
			fmt.Fprintf(&b, ", when: 'ticket.kind == \"k%d\"'", i)
		}
		if i < g.n-1 && r.IntN(12) == 0 {
			b.WriteString(", limit: 2 per 1m, beyond: next class")
		}
		b.WriteString("}\n")
	}
	if r.IntN(4) == 0 { // histories begin at 08:00
		b.WriteString("timezone: UTC\nhours: {mon-sun: [07:30-08:01, 08:02-08:04, 08:06-20:00]}\n")
	}
	if r.IntN(3) == 0 {
		fmt.Fprintf(&b, "skills:\n  - {need: skill, classes: [%s], relax: [{after: 30s, drop: true}]}\n", names[r.IntN(g.n)])
	}
	b.WriteString(g.agents(names))
	b.WriteString(body)
	if len(g.groups) > 0 {
		b.WriteString("groups:\n" + strings.Join(g.groups, ""))
	}
	return b.String()
}

type grower struct {
	r      *rand.Rand
	n      int
	groups []string
	made   int
	waits  bool // orders compare waits only, and nothing protects
}

// body is the order and the protections of a group.
func (g *grower) body(classes []string, indent string, depth int) string {
	members := slices.Clone(classes)
	if depth < 3 && len(classes) > 1 && g.r.IntN(3) > 0 {
		members = g.split(classes, depth)
	}
	order := g.order(members)
	if strings.Contains(order, ", by: ") || strings.Contains(order, "greatest") {
		order += "\n" + indent + "of: [" + strings.Join(members, ", ") + "]"
	}
	out := indent + "order: " + order + "\n"
	if n := g.r.IntN(3); n > 0 && !g.waits {
		out += indent + "protect:\n"
		for range n {
			out += indent + "  - " + g.protection(classes, members) + "\n"
		}
	}
	return out
}

// split puts some of the classes into a group.
func (g *grower) split(classes []string, depth int) []string {
	g.r.Shuffle(len(classes), func(i, j int) { classes[i], classes[j] = classes[j], classes[i] })
	n := 1 + g.r.IntN(len(classes))
	g.made++
	name := fmt.Sprintf("g%d", g.made)
	at := len(g.groups)
	g.groups = append(g.groups, "")
	g.groups[at] = "  " + name + ":\n" + g.body(slices.Clone(classes[:n]), "    ", depth+1)
	members := append([]string{name}, classes[n:]...)
	g.r.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return members
}

func (g *grower) span() string { return fmt.Sprintf("%ds", g.r.IntN(12)*10) }

func (g *grower) each(names []string, value func() string) string {
	var parts []string
	for _, n := range names {
		parts = append(parts, n+": "+value())
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (g *grower) order(members []string) string {
	if g.waits && g.r.IntN(3) > 0 {
		return g.accumulate(members)
	}
	if g.waits {
		return "{head_start: " + g.each(members, g.span) + "}"
	}
	switch g.r.IntN(14) {
	case 9, 10, 11, 12, 13:
		return g.moving(members)
	case 0, 1, 2:
		return "{strict: [" + strings.Join(members, ", ") + "]}"
	case 3, 4:
		return "{head_start: " + g.each(members, g.span) + "}"
	case 5:
		return "{due: " + g.each(members, func() string { return []string{g.span(), "own", "target", g.span()}[g.r.IntN(4)] }) + "}"
	case 6:
		return "{due: " + g.each(channels, g.span) + ", by: channel}"
	case 7:
		if g.r.IntN(2) == 0 {
			return "{greatest: loud}"
		}
		return "{head_start: " + g.each([]string{"phone"}, g.span) + ", by: channel}"
	}
	return "{arrival: [" + strings.Join(members, ", ") + "]}"
}

func (g *grower) protection(classes, members []string) string {
	key, value := "overtaken_at_most", func() string { return fmt.Sprint(g.r.IntN(4)) }
	switch g.r.IntN(3) {
	case 1:
		key, value = "first_after", g.span
	case 2:
		key, value = "overtaken_only_within", g.span
	}
	except := []string{}
	for _, c := range classes {
		if g.r.IntN(5) == 0 {
			except = append(except, c)
		}
	}
	if g.r.IntN(3) == 0 {
		return g.granting(members) + ", except: [" + strings.Join(except, ", ") + "]}"
	}
	out := "{" + key + ": "
	switch g.r.IntN(4) {
	case 0:
		out += value()
	case 1:
		out += g.each(classes[:1+g.r.IntN(len(classes))], value)
	case 2:
		out += g.each(members[:1], value) + ""
	case 3:
		out += g.each(channels[:1+g.r.IntN(2)], value) + ", by: channel"
	}
	return out + ", except: [" + strings.Join(except, ", ") + "]}"
}

// parsed returns a random policy that has no error.
func parsed(t *testing.T, r *rand.Rand) *policy.Policy {
	t.Helper()
	for range 50 {
		src := randomPolicy(r)
		p, faults := policy.Parse("random.yaml", []byte(src))
		if p != nil {
			return p
		}
		if err := faults.Err(); !strings.Contains(err.Error(), "FL0106") && !strings.Contains(err.Error(), "FL0210") {
			t.Fatalf("%v\n%s", err, src)
		}
	}
	t.Fatal("no random policy is without error")
	return nil
}

// ticket is a random ticket of a class.
func ticket(t *testing.T, p *policy.Policy, r *rand.Rand, class int, now engine.Instant) *engine.Facts {
	t.Helper()
	k := policy.Ticket{Channel: channels[r.IntN(2)], Arrived: now, Attributes: map[string]any{"kind": fmt.Sprintf("k%d", class), "loud": r.IntN(100)}}
	if n := r.IntN(4); n > 0 {
		k.Attributes["firm"], k.Customer = fmt.Sprintf("f%d", n), fmt.Sprintf("f%d", n)
	}
	if r.IntN(3) == 0 {
		k.Arrived = now.Add(-engine.Duration(r.IntN(60)) * engine.Second)
	}
	if r.IntN(3) == 0 {
		k.Due = now.Add(engine.Duration(r.IntN(300)-100) * engine.Second)
	}
	if r.IntN(4) == 0 {
		k.Needs = []string{"skill"}
	}
	read := p.Ticket(k)
	if read.Err() != nil {
		t.Fatal(read.Err())
	}
	return &read.Facts
}
