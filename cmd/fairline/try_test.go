package main

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// tryPorts are those of docs/try, from the one that the document shows.
const (
	tryPort  = 24000
	tryPorts = 8
)

// TestChannelsTry does what docs/channels-try.md says, with a real mail server and real telephones, and holds what is printed there to
// what is printed here. With -rewrite it writes the document anew.
func TestChannelsTry(t *testing.T) {
	const document = "../../docs/channels-try.md"
	text, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	tr := newTrier(t)
	steps := 0
	anew := regexp.MustCompile("(?s)```console\n.*?```").ReplaceAllStringFunc(string(text), func(block string) string {
		var b strings.Builder
		b.WriteString("```console\n")
		block = strings.TrimSuffix(strings.TrimPrefix(block, "```console\n"), "```")
		for _, step := range strings.Split("\n"+block, "\n$ ")[1:] {
			command, want, _ := strings.Cut(strings.TrimSuffix(step, "\n"), "\n")
			steps++
			fmt.Fprintf(&b, "$ %s\n%s", command, tr.step(command, want))
		}
		return b.String() + "```"
	})
	if steps < 15 {
		t.Errorf("the document has %d commands, want more", steps)
	}
	if *rewrite {
		if err := os.WriteFile(document, []byte(anew), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// A trier is somebody who pastes commands into a shell, at the root of a copy of the project.
type trier struct {
	*testing.T
	dir, binary string
	port        int
}

func newTrier(t *testing.T) *trier {
	t.Helper()
	dir, err := os.MkdirTemp("", "try") // its path is short, for sockets, and Dovecot's users may go through it
	if err != nil {
		t.Fatal(err)
	}
	tr := &trier{T: t, dir: dir, binary: filepath.Join(t.TempDir(), "fairline"), port: freePorts(t, tryPorts)}
	root, err := filepath.Abs("../..")
	if err == nil {
		err = os.Symlink(filepath.Join(root, "docs"), filepath.Join(dir, "docs"))
	}
	if err == nil {
		err = os.Chmod(dir, 0o711)
	}
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "build", "-o", tr.binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		_ = tr.command("sh docs/try/end.sh try 2>/dev/null").Run() // what a failure left running
		for end := time.Now().Add(10 * time.Second); os.RemoveAll(dir) != nil && time.Now().Before(end); {
			time.Sleep(50 * time.Millisecond) // until who wrote there has ended
		}
	})
	return tr
}

// freePorts is the first of some ports in a row that nobody had a moment ago.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for first := tryPort + 100; first < 32000; first += n {
		free := true
		for port := first; port < first+n && free; port++ {
			l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
			if free = err == nil; free {
				_ = l.Close()
			}
		}
		if free {
			return first
		}
	}
	t.Fatal("there are no free ports")
	return 0
}

func (tr *trier) command(line string) *exec.Cmd {
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = tr.dir
	cmd.Env = append(os.Environ(), "TRY_PORT="+strconv.Itoa(tr.port), "FAIRLINE_LISTEN=127.0.0.1:0", "FAIRLINE_HTTP=127.0.0.1:0", "NO_COLOR=1")
	return cmd
}

// step does a command, compares what it prints, and returns it as the document shows it.
func (tr *trier) step(command, want string) string {
	line := tr.ports(strings.ReplaceAll(command, "go run ./cmd/fairline", tr.binary), tryPort, tr.port)
	if background, is := strings.CutSuffix(line, " &"); is {
		tr.begin(background)
		return ""
	}
	cmd := tr.command(line)
	cmd.WaitDelay = 10 * time.Second // for what goes on behind it
	out, err := cmd.CombinedOutput()
	if err != nil {
		tr.Errorf("$ %s: %v\n%s", command, err, out)
	}
	got := tr.ports(strings.TrimRight(string(out), "\n"), tr.port, tryPort)
	if !*rewrite && tr.plain(got) != tr.plain(want) {
		tr.Errorf("$ %s\nprinted:\n%s\nthe document shows:\n%s", command, got, want)
	}
	if got == "" {
		return ""
	}
	return got + "\n"
}

// begin starts what runs beside the next commands, until the test ends; a daemon is waited for until its channels are there.
func (tr *trier) begin(line string) {
	cmd := tr.command("exec " + line)
	if strings.Contains(line, "|") {
		cmd = tr.command(line)
	}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		tr.Fatal(err)
	}
	tr.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		if tr.Failed() {
			tr.Log(said.String())
		}
	})
	if !strings.Contains(line, "serve") {
		return
	}
	for try := 0; ; try++ {
		r, err := readRunning(filepath.Join(tr.dir, "try", "store"))
		if err == nil && len(regexp.MustCompile(`(?m)^fairline_adapter_ready\{adapter="(email|phone|social)"\} 1$`).FindAllString(get(tr.T, r.HTTP+"/metrics"), -1)) == 3 {
			return
		}
		if try > 200 {
			tr.Fatalf("the daemon is not there: %v", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// ports writes ports of one beginning as those of another.
func (tr *trier) ports(text string, from, to int) string {
	for i := range tryPorts {
		text = strings.ReplaceAll(text, fmt.Sprintf("127.0.0.1:%d", from+i), fmt.Sprintf("127.0.0.1:%d", to+i))
	}
	return text
}

// plain is a text without what differs from one trial to the next.
func (tr *trier) plain(text string) string {
	for _, d := range append(differs[:len(differs):len(differs)], []struct{ what, as string }{
		{`\b[0-9a-f]{40}\b`, "ID"}, {`\b[0-9a-f]{32}\b`, "ID"}, {`UIDVALIDITY=\d+`, "UIDVALIDITY=N"}, {`journal +\d+`, "journal N"}, {`\b\d:\d\d\b`, "M:SS"}, {`audio=6\d{4}/6\d{4}`, "audio=N/N"},
	}...) {
		text = regexp.MustCompile(d.what).ReplaceAllString(text, d.as)
	}
	return strings.Join(strings.Fields(text), " ")
}
