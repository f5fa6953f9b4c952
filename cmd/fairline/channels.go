package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
	"go.yaml.in/yaml/v4"

	"fairline/adapters/channel"
	"fairline/adapters/email"
	"fairline/adapters/natsbus"
	"fairline/adapters/phone"
	"fairline/adapters/social"
	"fairline/adapters/vault"
	"fairline/adapters/webhook"
	"fairline/policy"
	"fairline/policy/spelling"
)

// A channelsFile is who brings tickets, and how. Who is not named in it is not there.
type channelsFile struct {
	Vault struct {
		Keys     string        // the key file of the vault, outside the store; made if there is none
		Contents time.Duration // how long what customers wrote is kept; 0: not at all
	}
	Phone   *phone.Config
	Email   *email.Config
	Webhook *webhook.Config
	Social  *social.Config
}

// readChannels reads the file, and what is missing there from the defaults of each channel. Mappings are held to a policy; nil: to
// none.
func readChannels(path string, held *policy.Policy) (c channelsFile, err error) {
	said := phone.Defaults()
	c.Phone, c.Vault.Contents = &said, vault.ContentsAge
	if err := readSettings(path, &c, held); err != nil {
		return c, err
	}
	if kept := c.Vault.Contents; kept != 0 && kept < time.Minute {
		return c, fmt.Errorf("%s: vault.contents: %v: choose a minute or more, or 0s to keep nothing", path, kept)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return c, err
	}
	var named map[string]any
	if err := yaml.Unmarshal(text, &named); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	switch told, _ := named["phone"].(map[string]any); {
	case told == nil:
		c.Phone = nil
	case told["udp"] != nil || told["tcp"] != nil || told["tls"] != nil: // who says where it listens says all of it
		for key, at := range map[string]*string{"udp": &c.Phone.UDP, "tcp": &c.Phone.TCP} {
			if told[key] == nil {
				*at = ""
			}
		}
	}
	return c, nil
}

// check holds channels to what each asks of its configuration. All faults are said at once, with their places in the file.
func (c *channelsFile) check(path string, names []string) error {
	var faults []error
	for _, name := range names {
		var cfg interface{ Check() error }
		switch {
		case !slices.Contains(c.names(), name):
			return fmt.Errorf("%s: there is no channel %q in the file; it has %s", path, name, spelling.List(c.names()))
		case name == "phone":
			cfg = c.Phone
		case name == "email":
			cfg = c.Email
		case name == "webhook":
			hooks := *c.Webhook
			hooks.Contents = c.contents(nil, name)
			cfg = &hooks
		default:
			cfg = c.Social
		}
		faults = append(faults, placed(path, name, cfg, cfg.Check()))
	}
	return errors.Join(faults...)
}

// names are the adapters of a file.
func (c *channelsFile) names() (list []string) {
	for name, there := range map[string]bool{"phone": c.Phone != nil, "email": c.Email != nil, "webhook": c.Webhook != nil,
		"social": c.Social != nil} {
		if there {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// adapters are those of a file as the bus knows them: agents answer by phone.
func (c *channelsFile) adapters() (list []natsbus.Adapter) {
	for _, name := range c.names() {
		list = append(list, natsbus.Adapter{Name: name, Agents: name == "phone"})
	}
	return list
}

// An adapter is a channel that runs.
type adapter interface {
	Run(ctx context.Context) error
	Ready() error
}

// open makes the adapter of a name.
func (c *channelsFile) open(name string, bus *channel.Bus, who customers, log *slog.Logger) (adapter, error) {
	line := remembering{Line: channel.Storing{Bus: bus}, customers: who, adapter: name}
	log = log.With("channel", name)
	switch {
	case name == "phone":
		line.Line = bus // nobody waits on the telephone for a line that is not there
		cfg := *c.Phone
		cfg.Contents = c.contents(who, name)
		return phone.New(cfg, line, bus, who, log)
	case name == "email":
		cfg := *c.Email
		cfg.Log = log
		return email.New(cfg, line, who)
	case name == "webhook":
		cfg := *c.Webhook
		cfg.Contents = c.contents(who, name)
		return webhook.New(cfg, line, who, log)
	}
	cfg := *c.Social
	cfg.Contents = c.contents(who, name)
	return social.New(cfg, line, who, log)
}

// contents are where an adapter keeps what customers wrote, nil where nothing is kept.
func (c *channelsFile) contents(who customers, adapter string) channel.Contents {
	if c.Vault.Contents == 0 {
		return nil
	}
	return contents{who, adapter}
}

// remembering is a line whose contacts the vault remembers, for who serves them later.
type remembering struct {
	channel.Line
	customers customers
	adapter   string
}

// Arrive hands in a contact. That it cannot be remembered does not matter to the customer: it is stored.
func (r remembering) Arrive(ctx context.Context, c channel.Contact) (channel.Ack, error) {
	ack, err := r.Line.Arrive(ctx, c)
	if err == nil && c.Customer != "" && !c.Unverified && !ack.Duplicate {
		_ = r.customers.Seen(ctx, c.Customer, vault.Contact{Channel: c.Channel, Source: vault.Source{Adapter: r.adapter, ID: c.ID},
			At: time.Now(), Ref: c.Ref})
	}
	return ack, err
}

// openVault opens the vault of a store, and makes its keys at the first start.
func openVault(ctx context.Context, conn *nats.Conn, keys, store string, age time.Duration) (*vault.Vault, error) {
	if keys == "" {
		keys = filepath.Join(filepath.Dir(store), filepath.Base(store)+".vault-keys")
	}
	k, err := vault.ReadKeys(keys, store)
	made := errors.Is(err, fs.ErrNotExist)
	if made {
		k, err = vault.MakeKeys(keys, store)
	}
	if err != nil {
		return nil, err
	}
	bucket, err := vault.OpenBucket(ctx, conn, age)
	if err != nil {
		return nil, err
	}
	v, err := vault.Open(ctx, bucket, k)
	if errors.Is(err, vault.ErrOtherKeys) {
		if made {
			_ = os.Remove(keys) // nothing was written with them
		}
		return nil, fmt.Errorf("the vault was made with other keys than those of %s: name their file in `vault: {keys: FILE}`, or put it back: %w", keys, err)
	}
	return v, err
}

// allAdapters are those of the configuration, which run apart, and those of channels inside. One cannot be both.
func (d *daemon) allAdapters() ([]natsbus.Adapter, error) {
	list, err := d.cfg.adapters()
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		if slices.Contains(d.channels.names(), a.Name) {
			return nil, fmt.Errorf("adapter %s runs inside the daemon already: take it out of %s, or out of `adapters`", a.Name, d.cfg.Channels)
		}
	}
	return append(list, d.channels.adapters()...), nil
}

// openChannels opens the vault, and makes the adapters of the configuration ready.
func (d *daemon) openChannels(ctx context.Context) error {
	names := d.channels.names()
	if len(d.adapters) == 0 {
		return nil
	}
	who, err := openVault(ctx, d.bus.Conn(), d.channels.Vault.Keys, d.cfg.Store, d.keptFor())
	if err != nil {
		return err
	}
	d.vault = who
	var apart []string
	for _, a := range d.adapters {
		apart = append(apart, a.Name)
	}
	if err := answerWho(d.bus.Conn(), apart, canonical{who}, d.adopted.Load); err != nil {
		return err
	}
	if _, err := answerVault(d.bus.Conn(), who); err != nil {
		return err
	}
	if _, err := answerRecent(d.bus.Conn(), d.cfg.Line, who); err != nil {
		return err
	}
	for _, name := range names {
		if name == "webhook" { // it listens when the line is served: too late to say so
			if listen := cmp.Or(d.channels.Webhook.Listen, webhook.DefaultListen); taken(listen) {
				return placed(d.cfg.Channels, name, d.channels.Webhook, errors.New("Listen: "+listen+" is taken: choose another address"))
			}
		}
		a, err := d.channels.open(name, channel.NewBus(d.bus.Conn(), d.cfg.Line, name), canonical{who}, d.log)
		if errors.Is(err, syscall.EADDRINUSE) {
			err = fmt.Errorf("%w: choose another address", err)
		}
		if err != nil {
			return fmt.Errorf("channel %s of %s: %w", name, d.cfg.Channels, err)
		}
		d.running = append(d.running, a)
	}
	return nil
}

// keptFor is how long contents are kept. Where none are, those that were go at once, and so do those of adapters apart.
func (d *daemon) keptFor() time.Duration {
	if d.cfg.Channels == "" {
		return vault.ContentsAge
	}
	return cmp.Or(d.channels.Vault.Contents, vault.ContentsAgeMin)
}

// mendVault finishes what an earlier daemon left between two steps. Who customers are is right meanwhile.
func (d *daemon) mendVault(ctx context.Context) error {
	if _, err := d.vault.Mend(ctx); err != nil && ctx.Err() == nil {
		d.log.Error("the vault could not be mended; it is tried again at the next start", "err", err)
	}
	<-ctx.Done()
	return nil
}
