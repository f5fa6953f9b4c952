package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"fairline/adapters/host"
)

// longPage is a page of the ledger in which every kind of row stands.
const longPage = `{"schema":"fairline.ledger/1","line":"main","total":5,"overtakings":9,"pulled":1,"moved":1,"preferred":1,"missed":2,"entries":[
 {"entry":1,"at":"2026-11-21T09:00:00Z","ticket":{"ticket":3,"id":"c"},"class":"danger","agent":"ana","over_limit":4,"rows":[
  {"class":"everyone","channel":"phone","needs":["PT","legal"],"count":1,"reason":"Danger","rule":{"what":"strict","text":"p:8@3f9c21"}},
  {"class":"everyone","channel":"email","count":1,"rule":{"what":"cool-off","text":"cool-off"}},
  {"class":"everyone","channel":"email","only":"ben","count":1,"rule":{"what":"preferred agent","text":"preferred agent"}},
  {"class":"everyone","channel":"chat","count":1,"rule":{"what":"drain","text":"drain"}}]},
 {"entry":2,"at":"2026-11-21T09:01:00Z","ticket":{"ticket":4,"id":"d"},"class":"everyone","agent":"ana","asked_by":"ana","wish":"knows me","rows":[
  {"class":"everyone","channel":"phone","count":1,"rule":{"what":"pull","text":"pull by ana: knows me"}}]},
 {"entry":3,"at":"2026-11-21T09:02:00Z","ticket":{"ticket":5,"id":"e"},"class":"everyone","agent":"ben","asked_by":"mia","rows":[
  {"class":"everyone","channel":"phone","count":1,"rule":{"what":"move","text":"move by mia"}}]},
 {"entry":4,"at":"2026-11-21T09:03:00Z","ticket":{"ticket":1,"id":"a"},"class":"everyone","agent":"ben","missed":true,"count":2,"rows":[]},
 {"entry":5,"at":"2026-11-21T09:04:00Z","ticket":{"ticket":6},"class":"everyone","agent":"ana","asked_by":"ana","wish":"mine","rows":[
  {"class":"everyone","channel":"phone","count":1,"rule":{"what":"cool-off","text":"cool-off"}}]}]}`

const longPageTold = `
ledger of main: 9 overtakings in 5 entries
of these 1 pulled by agents, 1 moved by supervisors, 1 over somebody kept for another agent, 2 against agents who missed an offer; 2 without accepted reason
2026-11-21
  NO.   TIME      WENT AHEAD                              OVER                        REASON                                 RULE             AGENT
  0001  09:00:00  #3 c (danger, over its limit: start 4)  1 everyone, phone PT+legal  Danger                                 p:8@3f9c21       ana
                                                          1 everyone, email           the agent had just missed it           cool-off
                                                          1 everyone, email for ben   it was kept for another agent          preferred agent
                                                          1 everyone, chat            the agent was kept free for the other  drain
  0002  09:01:00  #4 d (everyone)                         1 everyone, phone           knows me                               pull by ana      ana
  0003  09:02:00  #5 e (everyone)                         1 everyone, phone           no reason given: move                  move by mia      ben
  0004  09:03:00  2 others                                #1 a                        an offer of it rang in vain            missed offer     ben
  0005  09:04:00  #6 (everyone, wanted by ana: mine)      1 everyone, phone           the agent had just missed it           cool-off         ana
`

func TestLedgerInWords(t *testing.T) {
	var page host.LedgerPage
	if err := json.Unmarshal([]byte(longPage), &page); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := printLedger(&b, &page, time.UTC); err != nil {
		t.Fatal(err)
	}
	if got := "\n" + b.String(); got != longPageTold {
		t.Errorf("printLedger wrote%s\nwant%s", got, longPageTold)
	}
}
