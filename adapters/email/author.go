package email

import (
	"regexp"
	"slices"
	"strings"
)

// An author is whose mail it is.
type author struct {
	addr     string // in lower case; empty: nobody can be made out
	verified bool
}

// author is whose a mail is, and whether an authority of ours vouches for it. Where From stands for somebody else (a form of the
// site, a group of ours, an address that nobody reads) it is who Reply-To names: what a visitor typed, which nobody vouches for.
func (a *Adapter) author(h head) author {
	from, sole := h.from()
	if !a.standsIn(h, from) {
		return author{from, sole && a.vouched(h, from)}
	}
	if to, ok := a.visitor(h, from); ok {
		return author{addr: to}
	}
	return author{addr: from}
}

// standsIn says that From is not who wants something.
func (a *Adapter) standsIn(h head, from string) bool {
	return slices.Contains(a.forms, from) || unread(from) || slices.Contains(a.own, from) && a.ourList(h)
}

// ourList: through a list through which customers write.
func (a *Adapter) ourList(h head) bool {
	return slices.ContainsFunc(h.all("List-Id"), func(v string) bool { return slices.Contains(a.lists, listID(v)) })
}

// visitor is the one address in Reply-To, if it is neither From nor ours.
func (a *Adapter) visitor(h head, from string) (addr string, ok bool) {
	addr, ok = h.authorIn("Reply-To")
	return addr, ok && addr != from && !slices.Contains(a.own, addr) && !unread(addr)
}

// form says that one of our forms writes for a visitor. That it is a program does not matter then.
func (a *Adapter) form(h head) bool {
	from, _ := h.from()
	if !slices.Contains(a.forms, from) {
		return false
	}
	_, ok := a.visitor(h, from)
	return ok
}

// nobodyReads are the names of addresses that say so, in the languages in which they are common.
var nobodyReads = regexp.MustCompile(`(^|[-_.])((no|do[-_.]?not|dont)[-_.]?(reply|respond|answer)|no[-_.]?responder|nao[-_.]?respond(a|er)|` +
	`ne[-_.]?pas[-_.]?repondre|keine?[-_.]?antwort|nicht[-_.]?antworten|non[-_.]?rispondere)([-_.+]|$)`)

// unread says that nobody reads what is sent to an address.
func unread(addr string) bool {
	local, _, ok := strings.Cut(addr, "@")
	return ok && nobodyReads.MatchString(local)
}
