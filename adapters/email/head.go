package email

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/mail"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-message/textproto"
)

// fieldsMax bounds the fields of a header, and lines that are none.
const fieldsMax = 1000

// headEndSize is the empty line behind a header.
const headEndSize = 2

// Why a mail cannot be read.
var (
	errNoHead  = errors.New("there is no header")
	errBigHead = errors.New("the header is over a limit")
)

// A field is one field of a header, unfolded.
type field struct{ key, value string }

// A head is a mail's header, in its order.
type head []field

// readHead reads a header of at most max bytes and stops at its end. Lines that are no fields are passed over, as other readers
// of mail do: a mail with a broken line is still a mail.
func readHead(r io.Reader, max int) (head, error) {
	raw, err := io.ReadAll(io.LimitReader(r, int64(max)+headEndSize))
	if err != nil {
		return nil, err
	}
	if end := headEnd(raw); end > max {
		return nil, errBigHead
	} else if end < len(raw) {
		raw = raw[:end]
	}
	var h head
	believed := soundResults(raw)
	in := bufio.NewReader(bytes.NewReader(raw))
	for broken := 0; ; broken++ {
		fields, err := textproto.ReadHeader(in)
		for f := fields.Fields(); f.Next(); {
			if f.Key() == resultsKey {
				if believed--; believed < 0 {
					continue
				}
			}
			h = append(h, field{f.Key(), f.Value()})
		}
		if len(h) > fieldsMax || broken > fieldsMax {
			return nil, errBigHead
		}
		if err == nil {
			break
		}
	}
	if len(h) == 0 {
		return nil, errNoHead
	}
	return h, nil
}

const resultsKey = "Authentication-Results"

// soundResults is how many fields of results stand before the first line about which readers of mail disagree: that ends in
// another way than the first, has a NUL or a bare CR, is blank and no end, or no field. The server that removes forged results may
// have taken that line for the header's end, so what stands behind it may be anybody's.
func soundResults(raw []byte) (n int) {
	crlf := false
	for at, first := 0, true; at < len(raw); first = false {
		end := bytes.IndexByte(raw[at:], '\n')
		if end < 0 {
			return n
		}
		line := raw[at : at+end]
		at += end + 1
		whole := line
		if line = bytes.TrimSuffix(line, []byte("\r")); first {
			crlf = len(line) < len(whole)
		}
		if crlf != (len(line) < len(whole)) || bytes.ContainsAny(line, "\r\x00") {
			return n
		}
		if !first && len(line) > 0 && (line[0] == ' ' || line[0] == '\t') && len(bytes.TrimSpace(line)) > 0 {
			continue
		}
		key, _, ok := bytes.Cut(line, []byte(":"))
		if !ok || len(key) == 0 || bytes.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return n
		}
		if bytes.EqualFold(key, []byte(resultsKey)) {
			n++
		}
	}
	return n
}

// headEnd is where the empty line that ends a header begins; without one, the length.
func headEnd(raw []byte) int {
	for at := 0; at < len(raw); {
		n := bytes.IndexByte(raw[at:], '\n')
		if n < 0 {
			break
		}
		if len(bytes.TrimRight(raw[at:at+n], "\r")) == 0 {
			return at
		}
		at += n + 1
	}
	return len(raw)
}

// all are the values of a field, the topmost first. The key is in canonical form.
func (h head) all(key string) (values []string) {
	for _, f := range h {
		if f.key == key {
			values = append(values, f.value)
		}
	}
	return values
}

// first is the topmost value of a field.
func (h head) first(key string) (value string, ok bool) {
	for _, f := range h {
		if f.key == key {
			return f.value, true
		}
	}
	return "", false
}

// idsOf are the message ids in a field, and in its repeats.
func (h head) idsOf(key string) []string { return ids(strings.Join(h.all(key), " ")) }

// word is the first word of a field in lower case, without parameters and comments.
func (h head) word(key string) string {
	v, _ := h.first(key)
	return firstWord(v)
}

func firstWord(v string) string {
	v = strings.TrimSpace(v)
	for strings.HasPrefix(v, "(") {
		end := commentEnd(v, 0)
		if end < 0 {
			return ""
		}
		v = strings.TrimSpace(v[end:])
	}
	if i := strings.IndexAny(v, ";( \t,"); i >= 0 {
		v = v[:i]
	}
	return lower(v)
}

// mediaType is the type of the content in lower case, as far as it can be read.
func (h head) mediaType() string {
	v, _ := h.first("Content-Type")
	if t, _, err := mime.ParseMediaType(v); err == nil {
		return t
	}
	v, _, _ = strings.Cut(v, ";")
	return lower(strings.TrimSpace(v))
}

// from is the address of the author, in lower case; sole says that the header names one author and nobody else, and can be read.
// Without From, which must be there, it is the Sender, or who wants the answer; then nobody is sure.
func (h head) from() (addr string, sole bool) {
	for _, key := range []string{"From", "Sender", "Reply-To"} {
		if _, there := h.first(key); there {
			addr, sole = h.authorIn(key)
			return addr, sole && key == "From"
		}
	}
	return "", false
}

// authorMax bounds a field that names an author. Reading one takes time as the square of its length: a header may be a thousand
// times as long, and would have kept a machine busy for a minute.
const authorMax = 4 << 10

// authorIn is the first address in a field, as from.
func (h head) authorIn(key string) (addr string, sole bool) {
	values := h.all(key)
	if len(values) == 0 || len(values[0]) > authorMax {
		return "", false
	}
	text := strings.ToValidUTF8(values[0], "\ufffd") // a name in an old charset
	parser := mail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: anyCharset}}
	list, err := parser.ParseList(text)
	if err != nil || len(list) == 0 {
		return salvage(text), false
	}
	addr, ok := address(list[0].Address)
	return addr, ok && len(values) == 1 && len(list) == 1 && !isGroup(text)
}

// isGroup says that a field of addresses has a group (RFC 5322, 3.4), in which readers of mail may see different authors.
func isGroup(v string) bool {
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case ':':
			return true
		case '"':
			_, i = quoted(v, i)
			i--
		case '(':
			i = commentEnd(v, i) - 1
		case '<':
			end := strings.IndexByte(v[i:], '>')
			i += max(end, 0)
		}
		if i < 0 {
			return true // it does not end
		}
	}
	return false
}

// salvage finds the first thing like an address in a field that breaks the rules, or that follows RFC 822's older ones.
func salvage(v string) string {
	var b strings.Builder
	for i := strings.IndexByte(v, '('); i >= 0; i = strings.IndexByte(v, '(') {
		end := commentEnd(v, i)
		if end < 0 {
			end = len(v)
		}
		b.WriteString(v[:i] + " ")
		v = v[end:]
	}
	b.WriteString(v)
	v = looseSign.ReplaceAllString(b.String(), "$1")
	for _, word := range strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(" \t,;:<>\"", r) }) {
		if addr, ok := address(word); ok {
			return addr
		}
	}
	return ""
}

// looseSign is a sign of an address with spaces around it.
var looseSign = regexp.MustCompile(`[ \t]*([.@])[ \t]*`)

// anyCharset keeps names in unknown charsets from spoiling an address: nobody reads the name.
func anyCharset(_ string, r io.Reader) (io.Reader, error) { return r, nil }

// addressMax is the longest address of RFC 5321.
const addressMax = 254

// address is an address in lower case, of ASCII alone: some other letters have a lower case that is another letter's. Nothing else
// of it is changed: who writes as ann+shop is not the same as ann, and a blank in quotes is a part of it, which nobody has.
func address(text string) (addr string, ok bool) {
	text = strings.TrimSuffix(lower(text), ".")
	at := strings.IndexByte(text, '@')
	if at < 1 || at == len(text)-1 || strings.IndexByte(text[at+1:], '@') >= 0 || len(text) > addressMax || strings.ContainsFunc(text, notInAddress) {
		return "", false
	}
	return text, true
}

func notInAddress(r rune) bool {
	return r <= ' ' || r == 0x7f || r == '<' || r == '>' || r == utf8.RuneError
}

// lower is a text with ASCII letters in lower case.
func lower(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

func domainOf(addr string) string { return addr[strings.LastIndexByte(addr, '@')+1:] }

// id is the contact's: the same for each delivery of a mail, and for no other mail. It is of the Message-ID, with From and Date
// because there are programs that use one Message-ID for all they send. A mail without it is its whole header, Received
// included, and one without Received and Date too is told from its like by where it lies only.
func (h head) id(place string) string {
	sum := sha256.New()
	put := func(parts ...string) {
		for _, p := range parts {
			_, _ = sum.Write(append([]byte(strings.Join(strings.Fields(p), " ")), 0)) // a hash takes all
		}
	}
	own := h.idsOf("Message-Id")
	from, _ := h.first("From")
	date, dated := h.first("Date")
	_, passed := h.first("Received")
	switch {
	case len(own) > 0:
		put("message", own[0], from, date)
	case dated || passed:
		put("header")
		for _, f := range h {
			if f.key != "Return-Path" && f.key != "Delivered-To" { // the door's own
				put(f.key, f.value)
			}
		}
	default:
		put("place", place)
	}
	return hex.EncodeToString(sum.Sum(nil)[:20])
}

// How many ids of a thread are read, and how long one may be (a line of RFC 5322).
const (
	idsMax = 50
	idMax  = 998
)

// ids are the message ids in a field, whatever stands around them. Of more than idsMax the first is kept, which is the root's,
// and the last ones, which are the nearest.
func ids(value string) (list []string) {
	for rest := value; ; {
		_, after, ok := strings.Cut(rest, "<")
		if !ok {
			break
		}
		id, tail, ok := strings.Cut(after, ">")
		if !ok {
			break
		}
		if i := strings.LastIndexByte(id, '<'); i >= 0 {
			id = id[i+1:]
		}
		id = strings.Join(strings.Fields(id), "") // folded in the middle
		if id != "" && len(id) <= idMax {
			list = append(list, id)
		}
		rest = tail
	}
	bare := strings.TrimSpace(value)
	if len(list) == 0 && len(bare) <= idMax && strings.Contains(bare, "@") && !strings.ContainsAny(bare, " \t<>") {
		return []string{bare}
	}
	if len(list) > idsMax {
		list = append(list[:1:1], list[len(list)-idsMax+1:]...)
	}
	return list
}

// A letter is a mail as far as the adapter knows it.
type letter struct {
	head       head
	arrived    time.Time // at the server that received it
	id         string
	ref        string // where it lies
	where      *placement
	attributes map[string]any
}
