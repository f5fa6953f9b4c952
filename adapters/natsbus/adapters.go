package natsbus

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
)

// AdaptersMax bounds the adapters that have a key of their own.
const AdaptersMax = 64

// An Adapter is a channel adapter that has a key, and a consumer of what lines say to it.
type Adapter struct {
	Name   string // a token of a-z A-Z 0-9 _ -
	Agents bool   // agents answer through it, as by phone
}

var adapterForm = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// ParseAdapter reads an adapter as configurations write it: its name, and ":agents" behind it where agents answer through it.
func ParseAdapter(text string) (Adapter, error) {
	name, right, found := strings.Cut(text, ":")
	if !adapterForm.MatchString(name) || found && right != "agents" {
		return Adapter{}, fmt.Errorf("adapter %q: want a name of a-z A-Z 0-9 _ -, or name:agents where agents answer through it", text)
	}
	return Adapter{Name: name, Agents: found}, nil
}

// checkAdapters refuses names that are none and names that are two.
func checkAdapters(adapters []Adapter) error {
	if len(adapters) > AdaptersMax {
		return fmt.Errorf("%d adapters, want at most %d", len(adapters), AdaptersMax)
	}
	for i, a := range adapters {
		if !adapterForm.MatchString(a.Name) {
			return fmt.Errorf("adapter %q: want a name of a-z A-Z 0-9 _ -", a.Name)
		}
		if slices.ContainsFunc(adapters[:i], func(b Adapter) bool { return b.Name == a.Name }) {
			return fmt.Errorf("adapter %s is there twice", a.Name)
		}
	}
	return nil
}

// AdapterInbox is the prefix of an adapter's inboxes, for nats.CustomInboxPrefix: no other user may listen there.
func AdapterInbox(name string) string { return "_INBOX_" + name }

// AdapterFile is the seed of an adapter's user, for nats.NkeyOptionFromSeed. It is made when the bus is opened with the adapter
// in its configuration.
func (b *Bus) AdapterFile(name string) string {
	return filepath.Join(b.cfg.StoreDir, keysDir, adapterKey(name))
}

func adapterKey(name string) string { return "adapter-" + name + ".nk" }

// adapterPermissions are those of an adapter: to hand in contacts under its own name, by either door, to ask where one stands and who a
// customer is,
// and to pull what lines say to it. Of JetStream's own subjects it has the two for that. What it receives comes to inboxes of its
// own: in those of others it could read their answers.
func adapterPermissions(a Adapter) *server.Permissions {
	allow := []string{
		"fl.in.*." + a.Name + ".>", "fl.q.*." + a.Name + ".>", "fl.ask.*.place", "fl.who." + a.Name,
		"$JS.API.CONSUMER.MSG.NEXT." + OutStream + "." + a.Name,
		"$JS.ACK." + OutStream + "." + a.Name + ".>", "$JS.ACK.*.*." + OutStream + "." + a.Name + ".>",
	}
	if a.Agents {
		for _, verb := range []string{"sign-in", "renew", "sign-out", "accept", "decline", "finish", "hold"} {
			allow = append(allow, "fl.agent.*.*."+verb)
		}
	}
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: allow},
		Subscribe: &server.SubjectPermission{Allow: []string{AdapterInbox(a.Name) + ".>"}},
	}
}
