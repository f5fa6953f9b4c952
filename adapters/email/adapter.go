package email

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"fairline/adapters/channel"
)

// An Adapter takes mail for a line. Its methods may be called by any goroutine.
type Adapter struct {
	cfg         Config
	line        channel.Line
	people      channel.People
	own         []string // our addresses, in lower case
	forms       []string // addresses in whose name our forms write
	lists       []string
	authorities []string
	token       string // of our own mail, in X-Loop
	memory      *memory
	texts       texts
	pace        pace     // of all that is sent
	acks        chan ack // as many as wait for the submission server, then they are dropped
	door        net.Listener
	spool       *spool
	recipients  map[string]map[string]any // of the door, with their attributes

	mutex sync.Mutex
	stats Stats
	down  map[string]error // sources that are not there now
}

// acksMax is how many acknowledgements wait for the submission server.
const acksMax = 256

// New makes an adapter, opens its memory and its door, and starts nothing. Close what Run never ran.
func New(cfg Config, line channel.Line, people channel.People) (*Adapter, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	a := &Adapter{cfg: cfg, line: line, people: people, down: map[string]error{}, acks: make(chan ack, acksMax)}
	a.stats.Refused = map[int]uint64{}
	if err := errors.Join(readyAddresses(&a.own, "Own", cfg.Own), readyAddresses(&a.forms, "Forms", cfg.Forms)); err != nil {
		return nil, err
	}
	for _, l := range cfg.Lists {
		a.lists = append(a.lists, listID(l))
	}
	for _, s := range cfg.Authorities {
		a.authorities = append(a.authorities, lower(s))
	}
	if cfg.Door != nil {
		a.recipients = map[string]map[string]any{}
		for _, r := range cfg.Door.Recipients {
			addr, _ := address(r.Address)
			a.recipients[addr] = r.Attributes
		}
	}
	if cfg.Ack != nil {
		if err := a.readyAck(*cfg.Ack); err != nil {
			return nil, err
		}
	}
	var err error
	if a.memory, err = openMemory(cfg.State, cfg.MemoryMax); err != nil {
		return nil, err
	}
	if cfg.Door != nil {
		if a.spool, err = openSpool(cfg.Door.Spool); err == nil {
			a.door, err = openDoor(*cfg.Door)
		}
		if err != nil {
			return nil, errors.Join(err, a.memory.close())
		}
	}
	for _, b := range cfg.Mailboxes {
		a.down[b.source()] = errors.New("not connected yet")
	}
	return a, nil
}

// readyAddresses reads the addresses of a setting.
func readyAddresses(to *[]string, setting string, list []string) error {
	for _, text := range list {
		addr, ok := address(text)
		if !ok {
			return fmt.Errorf("email: %s: %q is no address", setting, text)
		}
		*to = append(*to, addr)
	}
	return nil
}

// Close gives up an adapter that is not run.
func (a *Adapter) Close() error {
	err := a.memory.close()
	if a.door == nil {
		return err
	}
	if shut := a.door.Close(); !errors.Is(shut, net.ErrClosed) { // Run has closed it
		err = errors.Join(err, shut)
	}
	return err
}

// Run takes mail until ctx ends, and returns nil then. It goes on through lost links. An error means that the door is broken, or
// that the line cannot be followed for good.
// It may be called once.
func (a *Adapter) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	for _, b := range a.cfg.Mailboxes {
		group.Go(func() { a.watch(ctx, b) })
	}
	if a.cfg.Ack != nil {
		group.Go(func() { a.answer(ctx) })
	}
	var lost error // the line, for good
	group.Go(func() {
		defer cancel()
		lost = a.line.Follow(ctx, (&teller{a: a}).hear)
	})
	var err error
	if a.cfg.Door != nil {
		group.Go(func() { a.sweep(ctx) })
		err = a.serve(ctx)
	} else {
		<-ctx.Done()
	}
	cancel()
	group.Wait()
	return errors.Join(err, lost, a.Close())
}

// Ready returns nil when every mailbox is watched, and otherwise why one is not.
func (a *Adapter) Ready() error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for source, err := range a.down {
		return fmt.Errorf("email: %s: %w", source, err)
	}
	return nil
}

func (a *Adapter) set(source string, err error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if err == nil {
		delete(a.down, source)
	} else {
		a.down[source] = err
	}
}

// DoorAddr is where the door listens; nil without one.
func (a *Adapter) DoorAddr() net.Addr {
	if a.door == nil {
		return nil
	}
	return a.door.Addr()
}
