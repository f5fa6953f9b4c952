package host

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/datadriven"

	"fairline/engine/journal"
)

// TestScripts plays the stories of testdata: what is sent to a line, what it answers, and what it says.
//
//	send SUBJECT, payload below   the answer, and what the line says then
//	pass for=20s                  time goes by
//	restart [policy=NAME]         a clean stop, and another host on the same journal; a NAME with .yaml is a file of testdata
//	kill                          another host on the same journal, as if the first had died
//	fail fault=NAME               the next append meets a fault: lost, ack-lost, fenced, full, regressed
//	journal                       the frames stored so far
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("scripts: %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &play{t: t, memory: journal.NewMemory()}
				p.site = startSite(t, p.memory, nil)
				defer func() { p.site.stop() }()
				datadriven.RunTest(t, file, p.step)
			})
		})
	}
}

// digests are left out of scripts: what goes into them is the engine's own matter.
var digests = regexp.MustCompile(`("digest":)"[0-9a-f]{16}"`)

type play struct {
	t      *testing.T
	memory *journal.Memory
	site   *site
}

var faults = map[string]journal.Fault{
	"lost": journal.FaultLost, "ack-lost": journal.FaultAckLost, "fenced": journal.FaultFenced,
	"full": journal.FaultFull, "regressed": journal.FaultRegressed,
}

func (p *play) step(t *testing.T, d *datadriven.TestData) string {
	switch d.Cmd {
	case "send":
		answer := p.site.send(d.CmdArgs[0].Key, strings.TrimSpace(d.Input))
		if answer == "" {
			answer = "no answer"
		}
		return digests.ReplaceAllString(answer, `$1"…"`) + "\n" + p.heard()
	case "pass":
		var span string
		d.ScanArgs(t, "for", &span)
		length, err := time.ParseDuration(span)
		if err != nil {
			t.Fatal(err)
		}
		p.site.pass(length)
		return p.heard()
	case "restart":
		p.site.close()
		return p.restart(d)
	case "kill":
		if p.site.host.Ready() {
			p.memory.FailNext(journal.FaultLost) // its last words are not stored
		}
		p.site.stop()
		<-p.site.done
		return p.restart(d)
	case "fail":
		var fault string
		d.ScanArgs(t, "fault", &fault)
		p.memory.FailNext(faults[fault])
		return ""
	case "journal":
		return p.frames()
	}
	t.Fatalf("no command %s", d.Cmd)
	return ""
}

// restart runs another host on the frames that are stored.
func (p *play) restart(d *datadriven.TestData) string {
	said := p.heard()
	p.memory = p.memory.Reopen()
	p.site = newSite(p.t, p.memory, func(cfg *Config) {
		if name := "policy"; d.HasArg(name) {
			d.ScanArgs(p.t, name, &cfg.PolicyFile)
			cfg.PolicySource = scriptPolicy(p.t, cfg.PolicyFile)
		}
	}).run()
	if !p.site.host.Ready() {
		return said + "error: " + (<-p.site.done).Error() + "\n"
	}
	return said + p.heard()
}

// scriptPolicy is the source of a shipped policy, or of a file of testdata.
func scriptPolicy(t *testing.T, name string) []byte {
	if !strings.HasSuffix(name, ".yaml") {
		return shippedPolicy(t, name)
	}
	src, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

func (p *play) heard() string {
	var b strings.Builder
	for _, s := range p.site.heard() {
		fmt.Fprintf(&b, "%s %s\n", s.subject, s.data)
	}
	select {
	case err := <-p.site.done:
		fmt.Fprintf(&b, "stopped: %v\n", err)
		p.site.done <- err
	default:
	}
	return b.String()
}

func (p *play) frames() string {
	var b strings.Builder
	err := journal.Replay(p.t.Context(), p.memory.Reopen(), &journal.Chain{Generation: 1}, func(seq uint64, f *journal.Frame) error {
		fmt.Fprintf(&b, "%d %s epoch %d out %d: %d inputs, %d events", seq, f.Kind, f.Epoch, f.OutWatermark, len(f.Inputs), len(f.Events))
		if f.HasDigest {
			b.WriteString(", digest")
		}
		b.WriteString("\n")
		return nil
	})
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
	}
	return b.String()
}
