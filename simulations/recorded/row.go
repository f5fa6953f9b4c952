package recorded

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The fields after the date, by their place.
const (
	vruEntry = iota
	vruExit
	vruTime
	qStart
	qExit
	qTime
	outcome
	serStart
	serExit
	serTime
	server
	tailLen
)

// headLen counts the fields before the date: vru+line, call_id, customer_id, priority, type.
const headLen = 5

const noServer = "NO_SERVER"

var types = []Type{"PS", "PE", "IN", "NE", "NW", "TT"}

// early is how much earlier than the end of the wait a service may begin without being remarkable: the
// two were stamped by different machines, in whole seconds.
const early = 3 * time.Second

// parse reads row n. A reason other than "" says why it is left out.
func parse(n int, text string, day Date) (Call, []Mend, Reason) {
	head, tail, date, mends, reason := split(text)
	if reason != "" {
		return Call{}, nil, reason
	}
	if day != "" && date != day {
		return Call{}, nil, AnotherDay
	}
	c := Call{ID: callID(n, head), Date: date, row: n}
	if reason := c.setKind(head); reason != "" {
		return Call{}, nil, reason
	}
	clock, ok := readClock(tail)
	if !ok {
		return Call{}, nil, BadTime
	}
	if reason := c.setOutcome(tail[outcome], clock); reason != "" {
		return Call{}, nil, reason
	}
	c.setTimes(clock)
	if reason := c.setAgent(tail[server]); reason != "" {
		return Call{}, nil, reason
	}
	return c, append(mends, remarks(c, clock, tail[server])...), ""
}

// split finds the date, which cannot be mistaken (six digits before a time), and takes the other fields
// by their distance from it. So a stray blank or a missing number before the type does no harm.
func split(text string) (head, tail []string, date Date, mends []Mend, reason Reason) {
	if strings.TrimSpace(text) == "" {
		return nil, nil, "", nil, Blank
	}
	fields, stray := trim(strings.Split(text, "\t"))
	at := slices.IndexFunc(fields, func(f string) bool { return strings.Count(f, ":") == 2 }) - 1
	if at < 2 {
		return nil, nil, "", nil, BadShape
	}
	date, ok := logDate(fields[at])
	if !ok {
		return nil, nil, "", nil, BadDate
	}
	head, tail = fields[:at], fields[at+1:]
	if blank := slices.Index(head, ""); blank >= 0 {
		head, stray = slices.DeleteFunc(head, func(f string) bool { return f == "" }), true
	}
	for len(tail) > tailLen && tail[len(tail)-1] == "" {
		tail, stray = tail[:len(tail)-1], true
	}
	missing := len(head) < headLen || len(tail) < tailLen
	if len(tail) == tailLen-1 {
		tail = append(tail, "")
	}
	if len(head) < 2 || len(head) > headLen || len(tail) != tailLen {
		return nil, nil, "", nil, BadShape
	}
	if stray {
		mends = append(mends, StrayBlank)
	}
	if missing {
		mends = append(mends, FieldMissing)
	}
	return head, tail, date, mends, ""
}

// trim removes blanks around the fields and says whether there were any.
func trim(fields []string) (trimmed []string, stray bool) {
	for i, f := range fields {
		fields[i] = strings.TrimSpace(f)
		stray = stray || fields[i] != f
	}
	return fields, stray
}

// callID joins telephone line and running number, which are unique in a month; a row that lacks a field
// before the date is named by its number in the file.
func callID(n int, head []string) CallID {
	if len(head) == headLen && isToken(head[0]) && isToken(head[1]) {
		return CallID(head[0] + "-" + head[1])
	}
	return CallID(fmt.Sprintf("row-%d", n))
}

// tokenLenMax leaves a pair of tokens and a prefix within the 64 bytes of a token on the bus.
const tokenLenMax = 16

// isToken reports whether s consists of 1 to tokenLenMax of a-z A-Z 0-9 _ -.
func isToken(s string) bool {
	odd := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
	}
	return s != "" && len(s) <= tokenLenMax && !strings.ContainsFunc(s, odd)
}

// setKind reads priority and type, the last two before the date.
func (c *Call) setKind(head []string) Reason {
	c.Type = Type(head[len(head)-1])
	if !slices.Contains(types, c.Type) {
		return BadType
	}
	priority, err := strconv.Atoi(head[len(head)-2])
	if err != nil || priority < 0 || priority > 2 {
		return BadPriority
	}
	c.Priority = priority
	return ""
}

func (c *Call) setOutcome(word string, k clock) Reason {
	switch word {
	case "PHANTOM":
		return Phantom
	case "AGENT":
		c.Outcome = Served
	case "HANG":
		if !k.queued {
			return VoiceMenu
		}
		c.Outcome = HungUp
	default:
		return BadOutcome
	}
	return ""
}

func (c *Call) setTimes(k clock) {
	c.Queued = k.queued
	c.Logged = k.served && c.Outcome == Served
	if c.Logged {
		c.Service, c.began = k.took, k.at[serStart]
	}
	switch {
	case k.queued:
		c.Arrived, c.Wait = k.at[qStart], k.waited
	case c.Logged:
		c.Arrived = c.began
	default:
		c.Arrived = k.at[vruExit]
	}
}

// setAgent takes the name of who served. In some months a replacement of NA by NO_SERVER went through
// the names too: ANO_SERVERT is ANAT.
func (c *Call) setAgent(name string) Reason {
	if c.Outcome != Served || name == noServer || name == "" {
		return ""
	}
	name = strings.ReplaceAll(name, noServer, "NA")
	if !isToken(name) || strings.HasPrefix(name, unnamed) {
		return BadAgentName
	}
	c.Agent = AgentName(name)
	return ""
}

// remarks lists what was odd about a row that is kept.
func remarks(c Call, k clock, name string) (mends []Mend) {
	note := func(odd bool, m Mend) {
		if odd {
			mends = append(mends, m)
		}
	}
	hung := c.Outcome == HungUp
	note(k.midnight, PastMidnight)
	note(k.at[vruExit] < k.at[vruEntry], ClockBack)
	note(k.queued && k.at[qExit]-k.at[qStart] != k.waited, WaitDiffers)
	note(k.queued && c.Logged && c.began < k.at[qExit]-early, EarlyAnswer)
	note(hung && c.Wait == 0, AtOnceHangUp)
	note(hung && k.served, ServedAfterHang)
	note(!hung && !c.Logged, NoServiceTime)
	note(!hung && c.Agent == "", NoAgentName)
	note(c.Agent != "" && string(c.Agent) != name, NameRepaired)
	return mends
}
