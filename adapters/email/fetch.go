package email

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// A fetched mail is what a server has of one: its header, or why it has none.
type fetched struct {
	letter
	uid imap.UID
	bad error
}

// taken hands it in.
func (f fetched) taken(ctx context.Context, a *Adapter) (verdict, error) {
	if f.bad != nil {
		a.count(func(s *Stats) { s.Unreadable++ })
		return refused, f.bad
	}
	return a.take(ctx, f.letter)
}

// fetch reads the headers of mails, in the order of their UIDs. One that has gone meanwhile is not among them.
func (s *session) fetch(uids []imap.UID) (list []fetched, err error) {
	size := int64(s.a.cfg.HeaderMax) + headEndSize
	options := &imap.FetchOptions{UID: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{{
		Specifier: imap.PartSpecifierHeader, Peek: true, Partial: &imap.SectionPartial{Size: size},
	}}}
	err = s.within(func() error {
		cmd := s.client.Fetch(imap.UIDSetNum(uids...), options)
		for m := cmd.Next(); m != nil; m = cmd.Next() {
			if f, ok := s.read(m); ok {
				list = append(list, f)
			}
		}
		return cmd.Close()
	})
	slices.SortFunc(list, func(a, b fetched) int { return int(int64(a.uid) - int64(b.uid)) })
	return list, err
}

// read reads one answer; it is not ok where it is of flags only, which somebody changed.
func (s *session) read(m *imapclient.FetchMessageData) (f fetched, ok bool) {
	for item := m.Next(); item != nil; item = m.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			f.uid = item.UID
		case imapclient.FetchItemDataInternalDate:
			f.arrived = item.Time
			f.where = &placement{box: s.box.mark(), validity: s.validity, date: item.Time}
		case imapclient.FetchItemDataBodySection:
			ok = true
			var raw []byte
			if item.Literal != nil {
				raw, f.bad = io.ReadAll(io.LimitReader(item.Literal, int64(s.a.cfg.HeaderMax)+headEndSize))
			}
			if f.bad == nil {
				f.head, f.bad = readHead(bytes.NewReader(raw), s.a.cfg.HeaderMax)
			}
		}
	}
	if now := time.Now(); f.arrived.IsZero() || f.arrived.After(now) {
		f.arrived = now
	}
	if f.where != nil {
		f.where.uid = uint32(f.uid)
	}
	f.ref = s.box.ref(s.validity, f.uid)
	f.id, f.attributes = s.a.idOf(f.head, s.box.at(s.validity, f.uid)), s.box.Attributes
	return f, ok && f.uid != 0
}

// ref says where a mail lies.
func (b Mailbox) ref(validity uint32, uid imap.UID) string {
	return fmt.Sprintf("imap:%s;UIDVALIDITY=%d;UID=%d", url.PathEscape(b.Name), validity, uid)
}

// at is the place of a mail, which tells it from one of another server.
func (b Mailbox) at(validity uint32, uid imap.UID) string {
	return b.Address + " " + b.User + " " + b.ref(validity, uid)
}
