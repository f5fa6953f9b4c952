package webhook

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCurlLines pastes what docs/channels-social.md says to try with curl and openssl into a shell: each way of signing brings a contact.
func TestCurlLines(t *testing.T) {
	text, err := os.ReadFile("../../docs/channels-social.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "### Try it with curl and openssl")
	_, block, _ := strings.Cut(after, "```sh\n")
	block, _, _ = strings.Cut(block, "```")
	parts := strings.Split("\n"+block, "\n# ")[1:]
	if len(parts) != 7 {
		t.Fatalf("%d platforms, want 7", len(parts))
	}
	now := time.Now()
	bodies := map[string]string{
		"Meta":     message("1", now),
		"X":        `{"for_user_id":"7","direct_message_events":[{"type":"message_create","id":"1","message_create":{"target":{"recipient_id":"7"},"sender_id":"9","message_data":{"text":"hi"}}}]}`,
		"Telegram": `{"update_id":1,"message":{"message_id":1,"from":{"id":9,"is_bot":false},"chat":{"id":9,"type":"private"},"text":"hi"}}`,
		"LinkedIn": `{"notifications":[{"notificationId":1,"action":"COMMENT","decoratedGeneratedActivity":{"comment":{"owner":"urn:li:person:A","entity":"urn:li:comment:(urn:li:activity:7,21)"}}}]}`,
		"Zendesk":  `{"ticket":{"id":"35436","status":"open","requester":{"id":"20978392"}}}`,
		"Standard": `{"type":"message.created","timestamp":"` + now.UTC().Format(time.RFC3339) + `","data":{"id":"e1"}}`,
	}
	d := newDesk(t, []string{"whatsapp", "x", "telegram", "linkedin", "twilio-messages", "zendesk", "standard"}, func(c *Config) {
		c.Now = time.Now
		c.Endpoints[4].Path, c.Endpoints[4].URL = "/sms", "https://example.com/sms"
	})
	d.file(t, "1", "SECRET")
	d.file(t, "2", "TOKEN")
	d.file(t, "3", "TOKEN")
	d.file(t, "secret", "SECRET")
	server := httptest.NewServer(d)
	defer server.Close()
	for _, part := range parts {
		name := strings.FieldsFunc(part, func(r rune) bool { return r == ' ' || r == ':' || r == '\n' })[0]
		if err := os.WriteFile(filepath.Join(d.dir, "body.json"), []byte(bodies[name]), 0o600); err != nil {
			t.Fatal(err)
		}
		before := len(d.line.Contacts())
		cmd := exec.Command("sh", "-ec", strings.ReplaceAll("# "+part, "http://127.0.0.1:8484", server.URL))
		cmd.Dir = d.dir
		out, err := cmd.Output()
		asked, fine := strings.Count(part, "curl -i"), strings.Count(string(out), "HTTP/1.1 200 OK")
		if got := len(d.line.Contacts()) - before; err != nil || fine != asked || got != 1 {
			t.Errorf("%s: %v, %d of %d answered 200, %d contacts\n%s", name, err, fine, asked, got, out)
		}
	}
}
