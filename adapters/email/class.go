package email

import (
	"slices"
	"strings"
)

// A class is what a mail is.
type class uint8

const (
	customer  class = iota
	autoReply       // a program answers, RFC 3834
	report          // of delivery, RFC 3464, or reading, RFC 8098
	list            // a mailing list, RFC 2369 and 2919
	loop            // our own mail come back, or one that goes in circles
	own             // one of us wrote it
)

// autoFields are said by programs that answer, whatever their value but "no".
var autoFields = []string{"X-Autoreply", "X-Auto-Reply", "X-Autorespond", "X-Autoresponder", "X-Autoresponse", "X-Mail-Autoreply"}

// listFields are those of RFC 2919 and RFC 2369.
var listFields = []string{"List-Id", "List-Help", "List-Subscribe", "List-Unsubscribe", "List-Post", "List-Owner", "List-Archive"}

// classify says what a mail is. What comes first counts: a delivery report in a circle is a loop.
func (a *Adapter) classify(h head) class {
	switch {
	case a.loops(h):
		return loop
	case reports(h):
		return report
	case a.ours(h):
		return own
	case automatic(h):
		return autoReply
	case a.listed(h):
		return list
	}
	return customer
}

// loops: our token or one of our own ids is on it, or it passed too many servers.
func (a *Adapter) loops(h head) bool {
	if len(h.all("Received")) > a.cfg.ReceivedMax {
		return true
	}
	if a.token != "" && slices.Contains(h.all("X-Loop"), a.token) {
		return true
	}
	for _, id := range h.idsOf("Message-Id") {
		if a.memory.knows(keyOf("sent", id)) {
			return true
		}
	}
	return false
}

// reports: the content says so, or the sender is a mail system. Reports that old servers write as plain text have only that.
func reports(h head) bool {
	switch h.mediaType() {
	case "multipart/report", "message/delivery-status", "message/disposition-notification":
		return true
	}
	if _, ok := h.first("X-Failed-Recipients"); ok {
		return true
	}
	from, _ := h.from()
	return strings.HasPrefix(from, "mailer-daemon@")
}

func (a *Adapter) ours(h head) bool {
	from, _ := h.from()
	return from != "" && slices.Contains(a.own, from)
}

// automatic: RFC 3834 and what was used before it. X-Auto-Response-Suppress is Exchange's: All is on what programs send;
// single kinds are on ordinary mail too, and only keep it from being acknowledged.
func automatic(h head) bool {
	if w := h.word("Auto-Submitted"); w != "" && w != "no" {
		return true
	}
	if slices.Contains([]string{"bulk", "junk", "auto_reply"}, h.word("Precedence")) {
		return true
	}
	for _, v := range h.all("X-Auto-Response-Suppress") {
		for _, kind := range strings.Split(v, ",") {
			if strings.EqualFold(strings.TrimSpace(kind), "all") {
				return true
			}
		}
	}
	for _, key := range autoFields {
		if _, ok := h.first(key); ok && h.word(key) != "no" {
			return true
		}
	}
	return nullPath(h)
}

// nullPath says that nobody wants an answer: the reverse path is empty.
func nullPath(h head) bool {
	v, ok := h.first("Return-Path")
	return ok && strings.ReplaceAll(v, " ", "") == "<>"
}

// listed: through a list that is not one of ours.
func (a *Adapter) listed(h head) bool {
	for _, v := range h.all("List-Id") {
		if slices.Contains(a.lists, listID(v)) {
			return false
		}
	}
	for _, key := range listFields {
		if _, ok := h.first(key); ok {
			return true
		}
	}
	return h.word("Precedence") == "list"
}

// listID is the identifier of a List-Id field: what is in the angle brackets.
func listID(v string) string {
	if _, id, ok := strings.Cut(v, "<"); ok {
		v, _, _ = strings.Cut(id, ">")
	}
	return strings.ToLower(strings.TrimSpace(v))
}
