package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"fairline/adapters/host"
)

// longStay is an explanation in which everything happens that there are words for.
const longStay = `{"schema":"fairline.explain/1","line":"main","now":"2026-11-21T09:20:00Z","policy":"weekday@3f9c21",
 "ticket":{"ticket":17,"adapter":"pbx","id":"36468","channel":"phone","state":"ended","end":"served","arrived":"2026-11-21T09:03:30Z"},
 "agent":"ben","waited_ms":750000,"slips":5,"missed":3,"by_skill":4,"by_room":1,"cost_ms":245000,"cost_open":1,"formula":"a / b",
 "never":["reach","spend"],"cut":99,"more":2,"steps":[
  {"at":"2026-11-21T09:03:30Z","seq":6,"what":"arrived","class":"everyone"},
  {"at":"2026-11-21T09:04:00Z","seq":7,"what":"policy","text":"weekday@3f9c21"},
  {"at":"2026-11-21T09:05:00Z","seq":8,"what":"overtaken","entry":1,"by":{"ticket":18,"adapter":"pbx","id":"36469"},"by_class":"life-safety",
   "by_arrived":"2026-11-21T09:04:30Z","agent":"ana","count":1,"slips":1,"reason":"Danger to life or health",
   "rule":{"policy":"weekday@3f9c21","line":33,"group":"line","what":"strict","text":"weekday:33@3f9c21"},
   "keys":{"order":"strict","kind":"member","won":"life-safety","lost":"desk"},"able":2,"handled_ms":240000,"cost_ms":120000},
  {"at":"2026-11-21T09:06:00Z","seq":9,"what":"overtaken","entry":2,"by":{"ticket":20},"by_class":"life-safety",
   "by_arrived":"2026-11-21T09:05:30Z","agent":"eva","count":1,"slips":2,"reason":"Everybody by the time promised",
   "winner":{"ticket":19,"adapter":"pbx","id":"36470"},
   "rule":{"policy":"weekday@3f9c21","line":36,"group":"desk","what":"due","text":"weekday:36@3f9c21"},
   "keys":{"order":"due","kind":"instant","won":"2026-11-21T09:06:00Z","lost":"2026-11-21T09:07:30Z"},"open":true},
  {"at":"2026-11-21T09:06:30Z","seq":9,"what":"overtaken","entry":2,"by":{"ticket":21,"id":"36471"},"by_class":"gold",
   "by_arrived":"2026-11-21T09:06:10Z","agent":"eva","count":1,"slips":2,"reason":"Contract","over_limit":4,
   "rule":{"policy":"weekday@3f9c21","line":38,"group":"desk","what":"head_start","text":"weekday:38@3f9c21"},
   "keys":{"order":"head_start","kind":"instant","won":"2026-11-20T18:01:10Z","lost":"2026-11-21T09:03:30Z","head_start_ms":300000},"open":true},
  {"at":"2026-11-21T09:07:00Z","seq":10,"what":"offered","agent":"cleo","offer":4,"count":3,"over_limit":5,
   "rule":{"policy":"weekday@3f9c21","line":39,"group":"desk","what":"first_after","text":"weekday:39@3f9c21"}},
  {"at":"2026-11-21T09:07:20Z","seq":11,"what":"expired","agent":"cleo","offer":4},
  {"at":"2026-11-21T09:07:20Z","seq":11,"what":"missed offer","entry":3,"agent":"cleo","count":2,"slips":4,"open":true},
  {"at":"2026-11-21T09:08:00Z","seq":12,"what":"missed offer","entry":4,"agent":"cleo","count":1,"slips":5,
   "by":{"ticket":22,"adapter":"mail","id":"7"},"able":1,"handled_ms":5200,"cost_ms":5200},
  {"at":"2026-11-21T10:00:00Z","seq":12,"what":"joined","contact":{"ticket":23,"adapter":"mail","id":"8"},"other":{"ticket":17,"id":"36468"}},
  {"at":"2026-11-21T10:00:00Z","seq":12,"what":"related","other":{"ticket":24,"id":"36490"}},
  {"at":"2026-11-21T10:01:00Z","seq":12,"what":"held","why":"snooze","agent":"mia","until":"2026-11-22T08:00:00Z","text":"parts come"},
  {"at":"2026-11-22T07:00:00Z","seq":12,"what":"transferred","class":"everyone","needs":["PT","legal"],"only":"ben","agent":"ana"},
  {"at":"2026-11-22T07:01:00Z","seq":12,"what":"relaxed","stage":2},
  {"at":"2026-11-22T07:02:00Z","seq":12,"what":"agent lost","why":"","agent":"ana","until":"2026-11-22T07:03:00Z"},
  {"at":"2026-11-22T08:00:00Z","seq":13,"what":"changed","class":"legal"},
  {"at":"2026-11-22T09:16:00Z","seq":14,"what":"accepted","agent":"ben","offer":9},
  {"at":"2026-11-22T09:20:00Z","seq":15,"what":"served"}]}`

const longStayTold = `
#17 36468 of pbx · phone · arrived 2026-11-21 09:03:30 · served by ben · waited 12:30
policy weekday@3f9c21
  09:03:30  arrived   class everyone
  09:04:00  policy    weekday@3f9c21 adopted
  09:05:00  overtaken by #18 36469 (life-safety, arrived 09:04:30), served by ana   weekday:33@3f9c21 strict
            Danger to life or health
            life-safety goes before desk
            slip 1 · ledger 1 · cost 2:00 = 4:00 / 2 agents
  09:06:00  overtaken by #20 (life-safety, arrived 09:05:30), served by eva   weekday:36@3f9c21 due
            Everybody by the time promised
            #19 36470 was to be before it in the group desk
            due 09:06:00 before 09:07:30
            slip 2 · ledger 2 · cost not known yet
  09:06:30  overtaken by #21 36471 (gold, arrived 09:06:10), served by eva   weekday:38@3f9c21 head_start
            Contract
            start 2026-11-20 18:01:10 (head start 5:00) before 09:03:30
            start 4 of gold, which is over its limit
            slip 2 · ledger 2 · cost not known yet
  09:07:00  offered   to cleo, ahead of 3   weekday:39@3f9c21 first_after
            start 5 of its class, which is over its limit
  09:07:20  expired   by cleo (offer 4), back in its place
  09:07:20  missed    by cleo: meanwhile 2 others went ahead
            slip 4 · ledger 3 · cost not known yet
  09:08:00  missed    by cleo: meanwhile #22 7 went ahead
            slip 5 · ledger 4 · cost 5.2 s = 5.2 s / 1 agent
  10:00:00  joined    (#23 8) to #17 36468
  10:00:00  related   with #24 36490
  10:01:00  held      snooze by mia until 2026-11-22 08:00:00 parts come
  2026-11-22 07:00:00  transferred class everyone needs PT, legal for ben first by ana
  2026-11-22 07:01:00  relaxed   step 2
  2026-11-22 07:02:00  agent lost ana until 2026-11-22 07:03:00
  2026-11-22 08:00:00  changed   class legal
  2026-11-22 09:16:00  served    by ben (offer 9)
  2026-11-22 09:20:00  finished
  … and 2 steps more
overtaken 5 times, 3 of them while an offer of it rang in vain · cost 4:05, and 1 not known yet
no overtakings: 4 starts ahead by an agent without its skills, 1 by one without room for it
never used: reach, spend
cost = a / b
The journal was read up to frame 99 only: more happened since.
`

func TestExplanationInWords(t *testing.T) {
	var x host.Explanation
	if err := json.Unmarshal([]byte(longStay), &x); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := printExplanation(&b, &x, time.UTC); err != nil {
		t.Fatal(err)
	}
	if got := "\n" + b.String(); got != longStayTold {
		t.Errorf("printExplanation wrote%s\nwant%s", got, longStayTold)
	}
}

// TestKeysInWords writes what was compared: as the line says it, else by what the keys are.
func TestKeysInWords(t *testing.T) {
	const early, late = "2026-11-21T09:00:00Z", "2026-11-21T09:05:00Z"
	for want, k := range map[string]host.Keys{
		"its share was next": {Kind: "turn", Won: "1", Lost: "2", Text: "its share was next"},
		"the last is first: arrived 09:05:00, after 09:00:00": {Kind: "latest", Won: late, Lost: early},
		"urgent goes before rest":                             {Kind: "member", Won: "urgent", Lost: "rest"},
		"both are of urgent: the earlier arrival goes first":  {Kind: "member", Won: "urgent", Lost: "urgent"},
		"7 against 3":                  {Kind: "value", Won: "7", Lost: "3"},
		"due 09:00:00 before 09:05:00": {Kind: "instant", Order: "due", Won: early, Lost: late},
		"start 09:00:00 (head start 1:30) before 09:05:00": {Kind: "instant", Order: "head_start", Won: early, Lost: late, HeadStartMS: 90_000},
	} {
		p := &explainPrinter{zone: time.UTC}
		if got := p.keys(&k); got != want {
			t.Errorf("%+v is written %q, want %q", k, got, want)
		}
	}
}
