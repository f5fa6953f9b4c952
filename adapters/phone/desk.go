package phone

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
)

// A target is where an agent's phone is.
type target struct {
	uri       sip.Uri
	transport string
	dest      string // where its REGISTER came from; empty: what the URI says
}

// A binding is a registration.
type binding struct {
	target
	until time.Time
}

// A desk knows the agents who answer by phone.
type desk struct {
	agents  map[string]Agent
	fixed   map[string]target // of the configuration
	secrets map[string]string
	nonces  nonces
	tries   tries

	mutex    sync.Mutex
	bindings map[string]binding
	turns    map[string]*sync.Mutex // one registration of an agent at a time
}

func newDesk(agents []Agent, secrets map[string]string) (*desk, error) {
	d := &desk{agents: map[string]Agent{}, fixed: map[string]target{}, secrets: secrets, nonces: newNonces(),
		bindings: map[string]binding{}, turns: map[string]*sync.Mutex{}}
	for _, agent := range agents {
		d.agents[agent.Name] = agent
		d.turns[agent.Name] = &sync.Mutex{}
		if agent.URI == "" {
			continue
		}
		at := target{}
		if err := sip.ParseUri(agent.URI, &at.uri); err != nil {
			return nil, fmt.Errorf("phone: Agents: %s: %w", agent.Name, err)
		}
		at.transport = transportOf(at.uri)
		d.fixed[agent.Name] = at
	}
	for name := range secrets {
		if _, known := d.agents[name]; !known {
			return nil, fmt.Errorf("phone: SecretsFile: %s is none of Agents; add the agent or take the line out", name)
		}
	}
	return d, nil
}

// transportOf is the transport that a URI asks for; UDP where it asks none.
func transportOf(uri sip.Uri) string {
	if uri.IsEncrypted() {
		return "TLS"
	}
	if t, ok := uri.UriParams.Get("transport"); ok {
		return strings.ToUpper(t)
	}
	return "UDP"
}

// where says where an agent's phone is: where it registered, else what the configuration says.
func (d *desk) where(agent string) (target, bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if b, ok := d.bindings[agent]; ok && time.Now().Before(b.until) {
		return b.target, true
	}
	at, ok := d.fixed[agent]
	return at, ok
}

// bind takes a registration, and says whether there was one.
func (d *desk) bind(agent string, b binding) (renewed bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	_, renewed = d.bindings[agent]
	d.bindings[agent] = b
	return renewed
}

// unbind takes a registration out, and says whether there was one.
func (d *desk) unbind(agent string) bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	_, was := d.bindings[agent]
	delete(d.bindings, agent)
	return was
}

// bound is an agent's registration.
func (d *desk) bound(agent string) (binding, bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	b, ok := d.bindings[agent]
	return b, ok
}

// over takes out the registrations that ran out.
func (d *desk) over(now time.Time) (agents []string) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	for agent, b := range d.bindings {
		if !now.Before(b.until) {
			agents = append(agents, agent)
			delete(d.bindings, agent)
		}
	}
	return agents
}

// keepDesk signs out whose registration ran out. When the phone stops nobody is signed out: an agent whose phone registers again
// within the lease was never away.
func (a *Adapter) keepDesk(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case now := <-tick.C:
			for _, agent := range a.desk.over(now) {
				a.count(func(s *Stats) { s.Expired++ })
				if !a.begin(func() { a.signOut(agent) }) {
					return
				}
			}
		case <-ctx.Done():
			return
		}
	}
}

// signOut signs an agent out, unless the phone registered again meanwhile.
func (a *Adapter) signOut(agent string) {
	turn := a.desk.turns[agent]
	turn.Lock()
	defer turn.Unlock()
	if _, back := a.desk.bound(agent); back {
		return
	}
	err := a.tellLine(func(ctx context.Context) error { return a.agents.SignOut(ctx, agent) })
	if no := (*channel.Refusal)(nil); err != nil && !errors.As(err, &no) {
		a.log.Warn("line did not hear that an agent signed out: the lease ends it", "agent", agent, "error", err)
	}
}

// signIn signs an agent in, or renews the lease of one who is.
func (a *Adapter) signIn(agent string, expires time.Duration, renew bool) error {
	who := a.desk.agents[agent]
	if renew {
		err := a.tellLine(func(ctx context.Context) error { return a.agents.Renew(ctx, agent) })
		if no := (*channel.Refusal)(nil); !errors.As(err, &no) || no.Again() {
			return err
		} // the line does not have the agent any more
	}
	in := channel.SignIn{Skills: who.Skills, Channels: who.Channels, Lease: expires + a.cfg.LeaseSlack}
	return a.tellLine(func(ctx context.Context) error { return a.agents.SignIn(ctx, agent, in) })
}

const (
	secretsMax = 10_000 // lines of the file
	secretMin  = 8      // characters
)

// readSecrets reads lines "agent secret"; empty lines and those with # are left out.
func readSecrets(file string) (map[string]string, error) {
	secrets := map[string]string{}
	if file == "" {
		return secrets, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("phone: SecretsFile: %w", err)
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("phone: SecretsFile: others may read %s; chmod 600 it", file)
	}
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		agent, secret, found := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		switch {
		case agent == "" || agent[0] == '#':
			continue
		case !found || len(strings.TrimSpace(secret)) < secretMin || n > secretsMax:
			return nil, fmt.Errorf("phone: SecretsFile: %s:%d: want an agent, a space and a secret of %d characters or more",
				file, n, secretMin)
		}
		secrets[agent] = strings.TrimSpace(secret)
	}
	return secrets, lines.Err()
}
