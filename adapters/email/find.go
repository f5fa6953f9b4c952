package email

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/emersion/go-imap/v2"
)

// find reads the header of a contact's mail again, where the mail lies: in the spool, in its mailbox, or in the one that it was
// moved to. So nobody's address has to be kept. It is errGone where somebody took the mail away, errLater where one cannot look.
func (a *Adapter) find(ctx context.Context, id string) (letter, error) {
	if a.spool != nil {
		l, err := a.spool.find(id, a.cfg.HeaderMax)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return l, err
		}
	}
	p, ok := a.memory.place(id)
	if !ok {
		return letter{}, errGone
	}
	for _, b := range a.cfg.Mailboxes {
		if b.mark() != p.box {
			continue
		}
		s := &session{a: a, box: b, news: make(chan struct{}, 1)}
		l, err := s.lookUp(ctx, id, p)
		if err != nil && !errors.Is(err, errGone) {
			a.cfg.Log.Debug("mail not looked up", "mailbox", b.source(), "error", clean(err))
			return l, errLater
		}
		return l, err
	}
	return letter{}, errGone // of a mailbox that the configuration has no more
}

// find reads the header of a mail that was taken. A mail that is on its way from new to cur is in one of them.
func (s *spool) find(id string, max int) (l letter, err error) {
	for _, folder := range []string{inCur, inNew, inCur} {
		info, gone := os.Stat(s.path(folder, id))
		if err = gone; err != nil {
			continue
		}
		l.arrived = info.ModTime()
		if l.head, err = s.head(folder, id, max); err == nil {
			return l, nil
		}
	}
	return l, err
}

// A placement is where a mail lay when it was taken: a mark of its mailbox, its UIDVALIDITY and UID there, and its INTERNALDATE,
// by which it is found in another one.
type placement struct {
	box           uint32
	validity, uid uint32
	date          time.Time
}

// mark tells a mailbox from others.
func (b Mailbox) mark() uint32 {
	k := keyOf("mailbox", b.Address+" "+b.User+" "+b.Name)
	return binary.BigEndian.Uint32(k[:])
}

// placed remembers where a contact's mail lies, as numbers in the room of a key.
func (m *memory) placed(id string, p placement) {
	var k key
	for i, n := range []uint32{p.box, p.validity, p.uid, uint32(p.date.Unix())} { // until 2106
		binary.BigEndian.PutUint32(k[4*i:], n)
	}
	m.replace(keyOf("place", id), k)
}

// place is where a contact's mail lay.
func (m *memory) place(id string) (p placement, ok bool) {
	k, ok := m.get(keyOf("place", id))
	n := func(i int) uint32 { return binary.BigEndian.Uint32(k[4*i:]) }
	return placement{n(0), n(1), n(2), time.Unix(int64(n(3)), 0)}, ok
}

// lookUp reads the header of a mail over a link of its own, which changes nothing on the server.
func (s *session) lookUp(ctx context.Context, id string, p placement) (letter, error) {
	if err := s.open(ctx); err != nil {
		return letter{}, err
	}
	stop := context.AfterFunc(ctx, func() { _ = s.conn.Close() })
	defer func() {
		stop()
		_ = s.client.Close()
	}()
	if err := s.within(s.login); err != nil {
		return letter{}, err
	}
	for _, name := range []string{s.box.Name, s.box.Move} {
		if name == "" {
			continue
		}
		l, err := s.lookIn(name, id, p)
		if !errors.Is(err, errGone) {
			return l, err
		}
	}
	return letter{}, errGone
}

// lookIn looks in one mailbox: at the UID, and where that is not it, among those of the same INTERNALDATE.
func (s *session) lookIn(name, id string, p placement) (letter, error) {
	if err := s.within(func() error {
		data, err := s.client.Select(name, &imap.SelectOptions{ReadOnly: true}).Wait()
		if err == nil {
			s.validity = data.UIDValidity
		}
		return err
	}); err != nil {
		if no, ok := errors.AsType[*imap.Error](err); ok && no.Type == imap.StatusResponseTypeNo {
			return letter{}, errGone // there is no such mailbox
		}
		return letter{}, fmt.Errorf("select: %w", err)
	}
	if s.validity == p.validity && name == s.box.Name {
		if l, err := s.pick([]imap.UID{imap.UID(p.uid)}, id, p); !errors.Is(err, errGone) {
			return l, err
		}
	}
	uids, err := s.dated(p.date)
	for err == nil && len(uids) > 0 {
		n := min(len(uids), batchMax)
		l, err := s.pick(uids[:n], id, p)
		if !errors.Is(err, errGone) {
			return l, err
		}
		uids = uids[n:]
	}
	if err != nil {
		return letter{}, err
	}
	return letter{}, errGone
}

// pick reads mails, and returns the one that is the contact's.
func (s *session) pick(uids []imap.UID, id string, p placement) (letter, error) {
	list, err := s.fetch(uids)
	if err != nil {
		return letter{}, fmt.Errorf("fetch: %w", err)
	}
	for _, f := range list {
		at := s.box.at(p.validity, imap.UID(p.uid))
		if f.bad == nil && (s.a.idOf(f.head, at) == id || f.head.id(at) == id) { // Authorities may have changed meanwhile
			return f.letter, nil
		}
	}
	return letter{}, errGone
}

// dated are the mails that came at a time, to the second.
func (s *session) dated(at time.Time) (uids []imap.UID, err error) {
	const day = 24 * time.Hour // SEARCH knows days only, in the server's own zone
	err = s.within(func() error {
		data, err := s.client.UIDSearch(&imap.SearchCriteria{Since: at.Add(-day), Before: at.Add(2 * day)}, nil).Wait()
		if err != nil {
			return err
		}
		found, _ := data.All.(imap.UIDSet)
		if len(found) == 0 {
			return nil
		}
		list, err := s.client.Fetch(found, &imap.FetchOptions{UID: true, InternalDate: true}).Collect()
		for _, m := range list {
			if m.InternalDate.Unix() == at.Unix() {
				uids = append(uids, m.UID)
			}
		}
		return err
	})
	return uids, err
}
