package email

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"fairline/adapters/channel"
)

// The keywords that a mail is marked with. Whoever takes one away has the mail looked at again.
const (
	KeywordTaken   imap.Flag = "$FairlineTaken"   // the line has it
	KeywordSkipped imap.Flag = "$FairlineSkipped" // automatic, a report, a list, a loop, or our own
	KeywordRefused imap.Flag = "$FairlineRefused" // refused for good, or it cannot be read
)

// keywords by verdict.
var keywords = [...]imap.Flag{taken: KeywordTaken, skipped: KeywordSkipped, refused: KeywordRefused}

// batchMax is how many mails are fetched at a time. Their headers are in memory together.
const batchMax = 32

// source names a mailbox in logs: nobody's name is in it.
func (b Mailbox) source() string { return b.Name + " at " + b.Address }

// watch keeps a session with a mailbox until ctx ends.
func (a *Adapter) watch(ctx context.Context, b Mailbox) {
	pause, validity := b.RetryMin, uint32(0)
	for ctx.Err() == nil {
		began := time.Now()
		s := &session{a: a, box: b, news: make(chan struct{}, 1), validity: validity}
		err := s.run(ctx)
		validity = s.validity
		if ctx.Err() != nil {
			return
		}
		err = clean(err)
		a.set(b.source(), err)
		a.count(func(s *Stats) { s.Lost++ })
		a.cfg.Log.Warn("mailbox lost", "mailbox", b.source(), "error", err, "again_in", pause.String())
		if time.Since(began) > b.RetryMax {
			pause = b.RetryMin // it was well for a while
		}
		channel.Rest(ctx, pause/2+rand.N(pause/2+1))
		pause = min(2*pause, b.RetryMax)
	}
}

// clean is an error that may be shown: of what a server says only the code, for its text may name somebody.
func clean(err error) error {
	if no, ok := errors.AsType[*imap.Error](err); ok {
		return fmt.Errorf("%sthe server says %s %s", strings.TrimSuffix(err.Error(), no.Error()), no.Type, no.Code)
	}
	return err
}

// A session is one link to a mailbox.
type session struct {
	a        *Adapter
	box      Mailbox
	conn     net.Conn
	client   *imapclient.Client
	news     chan struct{} // of size one: something came, or the server said how many mails there are
	validity uint32        // UIDVALIDITY, 0: not known
	marked   imap.UIDSet   // since the mailbox was selected
	decided  int           // mails that were marked
}

// within bounds a command: a link on which nothing is answered is closed, which fails it.
func (s *session) within(f func() error) error {
	t := time.AfterFunc(s.box.Patience, func() { _ = s.conn.Close() })
	defer t.Stop()
	return f()
}

func (s *session) run(ctx context.Context) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = s.conn.Close() })
	defer func() {
		stop()
		_ = s.client.Close()
	}()
	if err := s.within(s.login); err != nil {
		return fmt.Errorf("log in: %w", err)
	}
	s.a.count(func(s *Stats) { s.Connected++ })
	for pause := s.box.RetryMin; ; {
		if err := s.within(s.choose); err != nil {
			return fmt.Errorf("select: %w", err)
		}
		err := s.take(ctx)
		switch {
		case errors.Is(err, errLater):
			s.a.set(s.box.source(), err)
			if !channel.Rest(ctx, pause) {
				return ctx.Err()
			}
			pause = min(2*pause, s.box.RetryMax)
			continue
		case err != nil:
			return err
		}
		pause = s.box.RetryMin
		s.a.set(s.box.source(), nil)
		if err := s.idle(); err != nil {
			return fmt.Errorf("idle: %w", err)
		}
	}
}

// open connects. Until there is a client the link's own deadlines bound it.
func (s *session) open(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, s.box.Patience)
	defer cancel()
	secure, err := secured(s.box.Address, s.box.AuthorityFile)
	if err != nil {
		return err
	}
	if s.conn, err = dial(ctx, s.box.Address, s.box.Security, secure); err != nil {
		return err
	}
	options := &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				s.ring()
			}
		},
	}}
	if s.box.Security != "starttls" {
		s.client = imapclient.New(s.conn, options)
		return nil
	}
	options.TLSConfig = secure
	return s.within(func() error {
		s.client, err = imapclient.NewStartTLS(s.conn, options)
		return err
	})
}

func (s *session) ring() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

func (s *session) login() error {
	password, err := secret(s.box.PasswordFile)
	if err != nil {
		return err
	}
	return s.client.Login(s.box.User, password).Wait()
}

// choose selects the mailbox, again on the same link each Renew: a mailbox that was deleted and made anew has another
// UIDVALIDITY. As what is new is what has none of our keywords, there is nothing else to begin again.
func (s *session) choose() error {
	data, err := s.client.Select(s.box.Name, nil).Wait()
	if err != nil {
		return err
	}
	keeps := func(f imap.Flag) bool {
		for _, p := range data.PermanentFlags {
			if p == imap.FlagWildcard || strings.EqualFold(string(p), string(f)) {
				return true
			}
		}
		return false
	}
	if !keeps(KeywordTaken) || !keeps(KeywordSkipped) || !keeps(KeywordRefused) {
		return fmt.Errorf("%s keeps no keywords, so nobody would know what was taken: use a server that does", s.box.Name)
	}
	if caps := s.client.Caps(); s.box.Move != "" && !caps.Has(imap.CapMove) && !caps.Has(imap.CapUIDPlus) {
		return fmt.Errorf("the server knows neither MOVE nor UIDPLUS, so mail cannot be moved: leave Move empty")
	}
	if s.validity != 0 && s.validity != data.UIDValidity {
		s.a.count(func(s *Stats) { s.Recreated++ })
		s.a.cfg.Log.Info("mailbox is another", "mailbox", s.box.source())
	}
	s.validity = data.UIDValidity
	return nil
}

// take takes what is new until nothing is. A mail that comes meanwhile rings.
func (s *session) take(ctx context.Context) error {
	s.marked = nil
	for {
		select {
		case <-s.news:
		default:
		}
		fresh, err := s.search(&imap.SearchCriteria{NotFlag: []imap.Flag{KeywordTaken, KeywordSkipped, KeywordRefused, imap.FlagDeleted}})
		if err != nil {
			return fmt.Errorf("search: %w", err)
		}
		before := s.decided
		if len(fresh) > 0 && s.marked.Contains(fresh[0]) {
			return fmt.Errorf("%s does not show the keywords that were stored in it: see to the rights of User there", s.box.Name)
		}
		for uids := fresh; len(uids) > 0; {
			n := min(len(uids), batchMax)
			if err := s.batch(ctx, uids[:n]); err != nil {
				return err
			}
			uids = uids[n:]
		}
		if err := s.move(); err != nil {
			return fmt.Errorf("move: %w", err)
		}
		if s.decided == before && len(s.news) == 0 {
			return nil
		}
	}
}

// searchMax is how many mails one search finds: a command that names them all must not be too long for the server.
const searchMax = 2000

// search finds the first mails of a kind.
func (s *session) search(what *imap.SearchCriteria) (uids []imap.UID, err error) {
	err = s.within(func() error {
		data, err := s.client.UIDSearch(what, nil).Wait()
		if err != nil {
			return err
		}
		found, _ := data.All.(imap.UIDSet)
		for _, r := range found { // not expanded: a range may be of any size
			for uid := r.Start; uid != 0 && uid <= r.Stop && len(uids) < searchMax; uid++ {
				uids = append(uids, uid)
			}
		}
		return nil
	})
	return uids, err
}

// batch takes some mails in their order, and marks those that are decided. The first that must wait holds up all behind it.
func (s *session) batch(ctx context.Context, uids []imap.UID) error {
	letters, err := s.fetch(uids)
	if err != nil {
		return fmt.Errorf("fetch: %w", err)
	}
	var decided [len(keywords)]imap.UIDSet
	var later error
	for _, l := range letters {
		v, err := l.taken(ctx, s.a)
		if errors.Is(err, errLater) {
			later = err
			break
		}
		decided[v].AddNum(l.uid)
	}
	s.a.remembered()
	for v, set := range decided {
		if err := s.mark(set, keywords[v]); err != nil {
			return fmt.Errorf("mark: %w", err)
		}
	}
	return later
}

func (s *session) mark(set imap.UIDSet, word imap.Flag) error {
	nums, _ := set.Nums()
	if len(nums) == 0 {
		return nil
	}
	store := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{word}}
	if err := s.within(func() error { return s.client.Store(set, store, nil).Close() }); err != nil {
		return err
	}
	s.marked.AddSet(set)
	s.decided += len(nums)
	s.a.count(func(s *Stats) { s.Marked += uint64(len(nums)) })
	return nil
}

// move moves all that the line has, also what was marked before a crash.
func (s *session) move() error {
	if s.box.Move == "" {
		return nil
	}
	for {
		done, err := s.search(&imap.SearchCriteria{Flag: []imap.Flag{KeywordTaken}, NotFlag: []imap.Flag{imap.FlagDeleted}})
		if err != nil || len(done) == 0 {
			return err
		}
		if err := s.within(func() error {
			_, err := s.client.Move(imap.UIDSetNum(done...), s.box.Move).Wait()
			return err
		}); err != nil {
			return err
		}
		s.a.count(func(s *Stats) { s.Moved += uint64(len(done)) })
		if len(done) < searchMax {
			return nil
		}
	}
}

// idle waits for news, at most Renew. A link that died meanwhile is noticed when the end of IDLE is not answered.
func (s *session) idle() error {
	if !s.client.Caps().Has(imap.CapIdle) {
		return s.poll()
	}
	var cmd *imapclient.IdleCommand
	if err := s.within(func() (err error) {
		cmd, err = s.client.Idle()
		return err
	}); err != nil {
		return err
	}
	// Spread, so that not all adapters of a server come back at once.
	t := time.NewTimer(s.box.Renew - rand.N(s.box.Renew/8+1))
	defer t.Stop()
	select {
	case <-s.news:
	case <-t.C:
	case <-s.client.Closed():
	}
	return s.within(func() error {
		if err := cmd.Close(); err != nil {
			return err
		}
		return cmd.Wait()
	})
}

// pollEvery is how often a server is asked that cannot tell.
const pollEvery = time.Minute

func (s *session) poll() error {
	t := time.NewTimer(min(pollEvery, s.box.Renew))
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.client.Closed():
	}
	return s.within(func() error { return s.client.Noop().Wait() })
}
