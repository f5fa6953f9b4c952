package email

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"strings"
	"unicode/utf8"

	"fairline/adapters/channel"
)

// A verdict is what became of a mail.
type verdict uint8

const (
	taken   verdict = iota // the line has it
	skipped                // it is no customer's
	refused                // by the line, or it cannot be read; a person has to look
)

// errLater says that a mail must be taken later.
var errLater = errors.New("the line or the vault is not there")

// errUnheard says the same where the line may have it nevertheless.
var errUnheard = fmt.Errorf("%w: it gave no answer", errLater)

// refusal is a no of the line that is final.
type refusal struct{ code int }

func (r refusal) Error() string { return fmt.Sprintf("the line refuses (%d)", r.code) }

// take hands in a mail: with errLater nothing is decided yet, and another error is the reason of a refusal.
func (a *Adapter) take(ctx context.Context, l letter) (verdict, error) {
	c := a.classify(l.head)
	if c != customer {
		if c == own {
			a.memory.thread(l.head) // its answers join
		}
		a.skip(c)
		return skipped, nil
	}
	contact, who, err := a.contact(ctx, l)
	if err != nil {
		a.count(func(s *Stats) { s.Later++ })
		return 0, errLater
	}
	if l.where != nil && a.tells() { // before the line can say anything of it
		a.memory.placed(l.id, *l.where)
	}
	got, err := a.line.Arrive(ctx, contact)
	switch no, isNo := errors.AsType[*channel.Refusal](err); {
	case isNo && no.Again():
		a.count(func(s *Stats) { s.Later++ })
		return 0, errLater
	case isNo:
		a.count(func(s *Stats) { s.Refused[no.Code]++ })
		return refused, refusal{no.Code}
	case err != nil:
		a.count(func(s *Stats) { s.Later++; s.Kept++ })
		return 0, errUnheard
	}
	a.count(func(s *Stats) {
		switch {
		case got.Duplicate:
			s.Duplicates++
		case got.Joined != 0:
			s.Joined++
		default:
			s.Taken++
		}
	})
	if !got.Duplicate {
		a.acknowledge(l.head, contact, who)
	}
	return taken, nil
}

// remembered has the threads of mails that were taken survive a crash. It is called before they are marked or answered for;
// where it fails no mail is lost, but an answer to one may begin a thread.
func (a *Adapter) remembered() {
	if err := a.memory.sync(); err != nil {
		a.cfg.Log.Warn("threads are not remembered", "error", err)
	}
}

func (a *Adapter) skip(c class) {
	a.count(func(s *Stats) {
		switch c {
		case autoReply:
			s.AutoReplies++
		case report:
			s.Reports++
		case list:
			s.Lists++
		case loop:
			s.Loops++
		case own:
			s.Own++
		}
	})
}

// idOf is the id of a contact. A mail that an authority vouches for is never the same as one that says it is by the same author,
// so a forged copy that comes first does not make a duplicate of it.
func (a *Adapter) idOf(h head, place string) string {
	id := h.id(place)
	if a.author(h).verified {
		k := sha256.Sum256([]byte("verified\x00" + id))
		return hex.EncodeToString(k[:20])
	}
	return id
}

// tells says whether customers hear of more than the arrival.
func (a *Adapter) tells() bool {
	return a.cfg.Ack != nil && (a.cfg.Ack.Ended != nil || a.cfg.Ack.Place != nil)
}

// contact is a mail as the line is told of it, with the author, whose address it is not told.
func (a *Adapter) contact(ctx context.Context, l letter) (c channel.Contact, who author, err error) {
	c = channel.Contact{ID: l.id, Channel: "email", Arrived: l.arrived, Ref: l.ref, Attributes: a.attributes(l)}
	if who = a.author(l.head); who.addr != "" {
		c.Unverified = !who.verified
		if c.Customer, err = a.people.Person(ctx, "mail", who.addr, who.verified); err != nil {
			return c, who, err
		}
	}
	if root, ok := a.memory.thread(l.head); ok {
		c.Matter = root.String()
	}
	return c, who, nil
}

// valueMax bounds an attribute that comes from a header, as the line does.
const valueMax = 256

func (a *Adapter) attributes(l letter) map[string]any {
	set := maps.Clone(l.attributes)
	for field, name := range a.cfg.Headers {
		for _, f := range l.head {
			if !strings.EqualFold(f.key, field) {
				continue
			}
			if v := plain(f.value); v != "" {
				if set == nil {
					set = map[string]any{}
				}
				set[name] = v
			}
			break
		}
	}
	return set
}

// plain is a value without what the bus refuses: control characters, broken UTF-8, and what is too long.
func plain(v string) string {
	v = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, v)
	for len(v) > valueMax {
		_, n := utf8.DecodeLastRuneInString(v)
		v = v[:len(v)-n]
	}
	return strings.TrimSpace(v)
}
