package email

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"
)

// A dovecot is a real IMAP server, with LMTP for what comes in. It runs as who runs the test, and all it has is in one folder.
type dovecot struct {
	imap     string // address
	lmtp     string // socket
	password string // file
	conf     string
}

// dovecotConf is for one user. Both servers listen on what the test found free.
const dovecotConf = `
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap lmtp
ssl = no
disable_plaintext_auth = no
default_internal_user = %[2]s
default_internal_group = %[3]s
default_login_user = %[7]s
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:%[1]s/mail
mail_fsync = never
service anvil {
  chroot =
}
service imap-login {
  chroot =
  inet_listener imap {
    address = 127.0.0.1
    port = %[4]d
  }
  inet_listener imaps {
    port = 0
  }
}
service stats {
  chroot =
  unix_listener stats-writer {
    mode = 0600
  }
}
service lmtp {
  unix_listener %[1]s/lmtp {
    mode = 0600
  }
}
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=%[5]d gid=%[6]d home=%[1]s/home
}
`

func newDovecot(t testing.TB) *dovecot {
	t.Helper()
	program, err := exec.LookPath("dovecot")
	if err != nil {
		if program = "/usr/sbin/dovecot"; !exists(program) {
			t.Fatal("there is no dovecot: make deps installs it")
		}
	}
	// The path of a socket has 108 bytes: the test's own folder may be too long.
	dir, err := os.MkdirTemp("", "dovecot")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	d := &dovecot{lmtp: filepath.Join(dir, "lmtp"), password: filepath.Join(dir, "password"), conf: filepath.Join(dir, "conf")}
	port := freePort(t)
	d.imap = fmt.Sprintf("127.0.0.1:%d", port)
	conf := fmt.Sprintf(dovecotConf, append([]any{dir}, whose(t, dir, port)...)...)
	for path, text := range map[string]string{"conf": conf, "password": "secret\n"} {
		if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(program, "-F", "-c", filepath.Join(dir, "conf"))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it ends its own children
		_ = cmd.Wait()
		if t.Failed() {
			text, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Logf("dovecot said %s\n%s", said.String(), text)
		}
	})
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", d.imap)
		if err == nil {
			_ = c.Close()
		}
		if err == nil && exists(d.lmtp) {
			return d
		}
		if time.Now().After(end) {
			t.Fatalf("dovecot does not listen: %v", err)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// whose are the users of a configuration: who runs the test for all. Where that is root, which Dovecot refuses to be, its own
// users are, and the mail is nobody's.
func whose(t testing.TB, dir string, port int) []any {
	t.Helper()
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	login := me
	if me.Uid == "0" {
		if me, err = user.Lookup("dovecot"); err == nil {
			login, err = user.Lookup("dovenull")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	group, err := user.LookupGroupId(me.Gid)
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(me.Uid)
	gid, _ := strconv.Atoi(me.Gid)
	if err := errors.Join(os.Chmod(dir, 0o711), os.Mkdir(filepath.Join(dir, "mail"), 0o700), os.Chown(filepath.Join(dir, "mail"), uid, gid)); err != nil {
		t.Fatal(err)
	}
	return []any{me.Username, group.Name, port, uid, gid, login.Username}
}

// deliver hands a mail in by LMTP.
func (d *dovecot) deliver(t testing.TB, mail string) {
	t.Helper()
	conn, err := net.Dial("unix", d.lmtp)
	if err != nil {
		t.Fatal(err)
	}
	c := smtp.NewClientLMTP(conn)
	defer func() { _ = c.Close() }()
	if err := c.SendMail("ann@a.example", []string{"line"}, strings.NewReader(mail)); err != nil {
		t.Fatal(err)
	}
}

func (d *dovecot) box() Mailbox {
	return Mailbox{Address: d.imap, Security: "none", User: "line", PasswordFile: d.password, Name: "INBOX", Renew: 2 * time.Second,
		Patience: 5 * time.Second, RetryMin: 5 * time.Millisecond, RetryMax: 200 * time.Millisecond}
}

// login is a second client of the same user, as a person has.
func (d *dovecot) login(t testing.TB) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(d.imap, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.Login("line", "secret").Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

// flags are the keywords of the mails in a mailbox.
func flags(t testing.TB, c *imapclient.Client, box string) (list []string) {
	t.Helper()
	data, err := c.Select(box, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	if data.NumMessages == 0 {
		return nil
	}
	mails, err := c.Fetch(imap.SeqSet{{Start: 1}}, &imap.FetchOptions{Flags: true}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		var ours []string
		for _, f := range m.Flags {
			if strings.HasPrefix(strings.ToLower(string(f)), "$fairline") {
				ours = append(ours, strings.ToLower(string(f)))
			}
		}
		list = append(list, strings.Join(ours, " "))
	}
	return list
}

// TestDovecot has a real server deliver, tell, mark, move, throw out, and make a mailbox anew.
func TestDovecot(t *testing.T) {
	t.Parallel()
	d := newDovecot(t)
	c := d.login(t)
	if err := c.Create("Done", nil).Wait(); err != nil {
		t.Fatal(err)
	}
	line, box := &lined{}, d.box()
	box.Move = "Done"
	d.deliver(t, mailOf("1@a.example", "ann@a.example")) // before it runs
	a, _ := start(t, Config{Mailboxes: []Mailbox{box}}, line, &vault{})
	eventually(t, "the first is moved", func() bool { return a.Stats().Moved == 1 })
	d.deliver(t, mailOf("2@a.example", "ben@a.example", "In-Reply-To: <1@a.example>"))
	d.deliver(t, mailOf("3@a.example", "ben@a.example", "Auto-Submitted: auto-replied"))
	d.deliver(t, "X: "+strings.Repeat("x\r\n ", 70_000)+"\r\n"+mailOf("4@a.example", "ben@a.example"))
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() { d.deliver(t, mailOf("5@a.example", "carl@a.example")) })
	}
	group.Wait()
	eventually(t, "all are decided", func() bool { return a.Stats().Marked == 7 && a.Stats().Moved == 5 })
	if st := a.Stats(); st.Taken != 3 || st.Duplicates != 2 || st.AutoReplies != 1 || st.Unreadable != 1 || st.Lost != 0 {
		t.Errorf("%+v", st)
	}
	if got := line.Contacts(); len(got) != 3 || got[0].Matter != got[1].Matter || got[1].Matter == got[2].Matter || time.Since(got[2].Arrived) > time.Minute {
		t.Errorf("%+v", got)
	}
	if got := fmt.Sprint(flags(t, c, "INBOX")); got != "[$fairlineskipped $fairlinerefused]" {
		t.Errorf("INBOX has %s", got)
	}
	if got := fmt.Sprint(flags(t, c, "Done")); got != "[$fairlinetaken $fairlinetaken $fairlinetaken $fairlinetaken $fairlinetaken]" {
		t.Errorf("Done has %s", got)
	}

}

// TestDovecotMailboxMadeAnew deletes a mailbox under the adapter, and makes it anew with mail that the line has and mail that it has not.
func TestDovecotMailboxMadeAnew(t *testing.T) {
	t.Parallel()
	d := newDovecot(t)
	c := d.login(t)
	fill := func(mails ...string) {
		t.Helper()
		if err := c.Create("Help", nil).Wait(); err != nil {
			t.Fatal(err)
		}
		for _, m := range mails {
			cmd := c.Append("Help", int64(len(m)), nil)
			_, err := io.WriteString(cmd, m)
			if err := errors.Join(err, cmd.Close()); err != nil {
				t.Fatal(err)
			}
			if _, err := cmd.Wait(); err != nil {
				t.Fatal(err)
			}
		}
	}
	one, two := mailOf("1@a.example", "ann@a.example"), "From: ann@a.example\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n\r\nno id\r\n"
	fill(one, two)
	line, box := &lined{}, d.box()
	box.Name, box.Renew = "Help", time.Second
	a, _ := start(t, Config{Mailboxes: []Mailbox{box}}, line, &vault{})
	eventually(t, "both are marked", func() bool { return a.Stats().Marked == 2 })
	if err := c.Delete("Help").Wait(); err != nil {
		t.Fatal(err)
	}
	fill(two, mailOf("3@a.example", "ann@a.example"), one)
	eventually(t, "all are marked", func() bool { return a.Stats().Marked == 5 })
	if st := a.Stats(); len(line.Contacts()) != 3 || st.Taken != 3 || st.Duplicates != 2 || st.Recreated != 1 {
		t.Errorf("%d contacts, %+v", len(line.Contacts()), st)
	}
}

// kick throws out all sessions of the user, as an operator does.
func (d *dovecot) kick(t testing.TB) {
	t.Helper()
	if said, err := exec.Command("doveadm", "-c", d.conf, "kick", "line").CombinedOutput(); err != nil {
		t.Fatalf("doveadm kick: %v: %s", err, said)
	}
}

// TestDovecotKicks the adapter out, with mail coming meanwhile.
func TestDovecotKicks(t *testing.T) {
	t.Parallel()
	d := newDovecot(t)
	line := &lined{}
	a, _ := start(t, Config{Mailboxes: []Mailbox{d.box()}}, line, &vault{})
	for n := range 3 {
		d.deliver(t, mailOf(fmt.Sprint(2*n), "ann@a.example"))
		eventually(t, "it is idle", func() bool { return a.Ready() == nil && a.Stats().Marked == uint64(2*n+1) })
		d.kick(t)
		eventually(t, "it is thrown out", func() bool { return a.Stats().Lost == uint64(n+1) })
		d.deliver(t, mailOf(fmt.Sprint(2*n+1), "ann@a.example"))
		eventually(t, "it is back", func() bool { return a.Stats().Marked == uint64(2*n+2) })
	}
	if st := a.Stats(); len(line.Contacts()) != 6 || st.Taken != 6 {
		t.Errorf("%d contacts, %+v", len(line.Contacts()), st)
	}
}

// TestDovecotKills the adapter with mail under way, again and again: every mail is a contact once, and all are marked.
func TestDovecotKills(t *testing.T) {
	t.Parallel()
	d := newDovecot(t)
	line, people, state := &lined{}, &vault{}, t.TempDir()
	const rounds, each = 8, 8
	killed := uint64(0)
	for round := range rounds {
		for n := range each {
			d.deliver(t, mailOf(fmt.Sprintf("%d-%d@a.example", round, n), "ann@a.example"))
		}
		a, stop := start(t, Config{Mailboxes: []Mailbox{d.box()}, State: state}, line, people)
		eventually(t, "it is at work", func() bool { st := a.Stats(); return st.Taken > uint64(round%4) })
		stop()
		killed += a.Stats().Taken - a.Stats().Marked
	}
	a, stop := start(t, Config{Mailboxes: []Mailbox{d.box()}, State: state}, line, people)
	eventually(t, "all are there", func() bool { return len(line.Contacts()) == rounds*each && a.Ready() == nil })
	stop()
	for i, f := range flags(t, d.login(t), "INBOX") {
		if f != "$fairlinetaken" {
			t.Errorf("mail %d is marked %q", i, f)
		}
	}
	t.Logf("%d of %d mails were in the line and not marked when an adapter was killed", killed, rounds*each)
}
