package email

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"fairline/adapters/channel"
)

// A spool is a Maildir. A mail is written in tmp, lies in new until it is decided what becomes of it, and then in cur, or in the
// folder .Skipped if it is no customer's. Its name is its contact's ID, so the same mail again is the same file; the first one
// stays, for what comes later under its name may be another's.
type spool struct {
	dir   string
	mutex sync.Mutex // held while it is seen whether a file is there, and moved
}

// The folders of a spool, with what their files' names end in.
const (
	inTmp     = "tmp"
	inNew     = "new"
	inCur     = "cur"
	inSkipped = ".Skipped/cur"
	curFlags  = ":2,"
)

func openSpool(dir string) (*spool, error) {
	s := &spool{dir: dir}
	for _, sub := range []string{inTmp, inNew, inCur, inSkipped, ".Skipped/new", ".Skipped/tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return s, fmt.Errorf("email: Spool: %w", err)
		}
	}
	old, err := filepath.Glob(filepath.Join(dir, inTmp, "*"))
	for _, path := range old { // of a crash: nobody was told that we have it
		err = errors.Join(err, os.Remove(path))
	}
	if err != nil {
		return s, fmt.Errorf("email: Spool: %w", err)
	}
	return s, nil
}

func (s *spool) path(folder, name string) string {
	if folder == inCur || folder == inSkipped {
		name += curFlags
	}
	return filepath.Join(s.dir, folder, name)
}

// write stores a mail in tmp, on the disk, and returns its name there. An error of the disk is a *fs.PathError; others are the
// reader's.
func (s *spool) write(reverse, to string, r io.Reader) (name string, err error) {
	name = rand.Text()
	f, err := os.OpenFile(s.path(inTmp, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	_, err = io.WriteString(f, "Return-Path: <"+reverse+">\r\nDelivered-To: "+to+"\r\n")
	if err == nil {
		_, err = io.Copy(f, r)
	}
	if err == nil {
		err = f.Sync()
	}
	if close := f.Close(); err == nil {
		err = close
	}
	if err != nil {
		_ = os.Remove(s.path(inTmp, name))
	}
	return name, err
}

// head reads the header of a mail.
func (s *spool) head(folder, name string, max int) (head, error) {
	f, err := os.Open(s.path(folder, name))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return readHead(f, max)
}

// move renames a mail, or takes it away where there is one of its name. One that another delivery of the same mail has moved
// already is no error. What is moved to new is there after a crash; what is moved on may be in new again, and is taken again.
func (s *spool) move(from, name, to, as string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if _, err := os.Lstat(s.path(to, as)); err == nil {
		s.remove(from, name)
		return nil
	}
	if err := os.Rename(s.path(from, name), s.path(to, as)); err != nil || to != inNew {
		return err
	}
	d, err := os.Open(filepath.Join(s.dir, to))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (s *spool) remove(folder, name string) { _ = os.Remove(s.path(folder, name)) } // else it is taken once more, which is harmless

// left are the mails in new that nobody works on, the eldest first: of before a time, or of more than a minute ago.
func (s *spool) left(before time.Time) ([]fs.FileInfo, error) {
	entries, err := os.ReadDir(filepath.Join(s.dir, inNew))
	var list []fs.FileInfo
	for _, e := range entries {
		info, gone := e.Info()
		if gone == nil && info.Mode().IsRegular() && (info.ModTime().Before(before) || time.Since(info.ModTime()) > time.Minute) {
			list = append(list, info)
		}
	}
	slices.SortFunc(list, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	return list, err
}

// sweep takes what lies in new: a crash came before it was decided, or the line gave no answer. The server in front was not told
// that we have it, and hands it in again: it is the same contact.
func (a *Adapter) sweep(ctx context.Context) {
	began := time.Now()
	for pause := time.Second; ctx.Err() == nil; pause = min(2*pause, a.cfg.Door.RetryMax) {
		left, err := a.spool.left(began)
		for _, info := range left {
			if err == nil && ctx.Err() == nil {
				err = a.swept(ctx, info)
			}
		}
		if err != nil && !errors.Is(err, errLater) {
			a.cfg.Log.Error("the spool cannot be read", "error", err)
		}
		channel.Rest(ctx, pause)
	}
}

// swept settles a mail that was left.
func (a *Adapter) swept(ctx context.Context, info fs.FileInfo) error {
	s, id := a.spool, info.Name()
	h, err := s.head(inNew, id, a.cfg.HeaderMax)
	if err != nil {
		return nil // another delivery settled it
	}
	to, _ := h.first("Delivered-To")
	err = a.settle(ctx, letter{head: h, id: id, arrived: info.ModTime(), attributes: a.recipients[to]})
	if _, final := errors.AsType[refusal](err); final {
		s.remove(inNew, id) // the server in front will be told
		return nil
	}
	return err
}
