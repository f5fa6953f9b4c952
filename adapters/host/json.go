package host

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a payload.
const (
	PayloadMax    = 64 << 10 // bytes
	AttributesMax = 64       // members of data.attributes
	NeedsListMax  = 64       // members of data.needs; the engine takes fewer
	TextLenMax    = 256      // bytes of an id, a name, a customer, a value
	RefLenMax     = 1024     // bytes of a ref, a reason, a matter
)

// A decoder walks over one payload. It reads JSON more strictly than the standard library does: keys
// are not repeated, names are exact, texts are valid UTF-8 without control characters, nothing
// follows the value. After its first fault all further reads give zero.
type decoder struct {
	b     []byte
	at    int
	fault *Refusal
}

// fail notes the first fault. The path names the field; empty is the payload as a whole.
func (d *decoder) fail(code Code, path, format string, args ...any) {
	if d.fault != nil {
		return
	}
	if path == "" {
		path = "payload"
	}
	d.fault = &Refusal{Code: code, Text: path + ": " + fmt.Sprintf(format, args...)}
}

// next skips white space and returns the byte that follows, 0 at the end or after a fault.
func (d *decoder) next() byte {
	for d.fault == nil && d.at < len(d.b) {
		switch c := d.b[d.at]; c {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return c
		}
	}
	return 0
}

// take reads the byte c, if it is next.
func (d *decoder) take(c byte) bool {
	if d.next() != c {
		return false
	}
	d.at++
	return true
}

// broken notes that the payload is not JSON at this place.
func (d *decoder) broken(path, want string) {
	if d.next() == 0 {
		d.fail(Malformed, path, "ends at offset %d, want %s", d.at, want)
		return
	}
	d.fail(Malformed, path, "%q at offset %d, want %s", rune(d.b[d.at]), d.at, want)
}

// found names the kind of the value that follows, for messages.
func (d *decoder) found() string {
	switch c := d.next(); {
	case c == '{':
		return "an object"
	case c == '[':
		return "a list"
	case c == '"':
		return "a text"
	case c == '-' || '0' <= c && c <= '9':
		return "a number"
	case c == 't' || c == 'f':
		return "true or false"
	case c == 'n':
		return "null"
	default:
		return ""
	}
}

// wrong notes that a value of another kind stands here.
func (d *decoder) wrong(path, want string) {
	if found := d.found(); found != "" {
		d.fail(Malformed, path, "is %s, want %s", found, want)
		return
	}
	d.broken(path, want)
}

// object reads the members of an object, at most most of them; member must read each one's value.
func (d *decoder) object(path string, most int, member func(name string)) {
	if !d.take('{') {
		d.wrong(path, "an object")
		return
	}
	var seen []string
	for more := !d.take('}'); more && d.fault == nil; more = d.comma(path, '}') {
		if d.next() != '"' {
			d.broken(path, "a key in quotes")
			return
		}
		name := d.text(path, TextLenMax)
		for _, before := range seen {
			if before == name {
				d.fail(Malformed, joined(path, name), "stands here twice, want it once")
			}
		}
		if seen = append(seen, name); len(seen) > most {
			d.fail(TooMuch, path, "has more than %d members", most)
		}
		if d.fault == nil && !d.take(':') {
			d.broken(joined(path, name), "a colon")
		}
		if d.fault == nil {
			member(name)
		}
	}
}

// list reads the members of a list, at most most of them; member must read each one.
func (d *decoder) list(path, want string, most int, member func()) {
	if !d.take('[') {
		d.wrong(path, want)
		return
	}
	n := 0
	for more := !d.take(']'); more && d.fault == nil; more = d.comma(path, ']') {
		if n++; n > most {
			d.fail(TooMuch, path, "has more than %d members", most)
			return
		}
		member()
	}
}

// comma reads what stands behind a member, and reports whether another one follows.
func (d *decoder) comma(path string, end byte) bool {
	switch {
	case d.fault != nil || d.take(end):
		return false
	case d.take(','):
		return true
	}
	d.broken(path, "a comma or "+string(rune(end)))
	return false
}

// text reads a text of at most most bytes, without control characters.
func (d *decoder) text(path string, most int) string {
	if !d.take('"') {
		d.wrong(path, "a text")
		return ""
	}
	text, ok := d.quoted(path)
	switch {
	case !ok:
		return ""
	case len(text) > most:
		d.fail(TooMuch, path, "has %d bytes, want at most %d", len(text), most)
	case strings.ContainsFunc(text, unicode.IsControl):
		d.fail(Malformed, path, "has a control character, want a text without")
	}
	return text
}

// quoted reads up to the closing quotation mark. Texts without escapes cost one copy.
func (d *decoder) quoted(path string) (string, bool) {
	for i := d.at; i < len(d.b); i++ {
		switch c := d.b[i]; {
		case c == '"':
			text := string(d.b[d.at:i])
			d.at = i + 1
			return text, true
		case c == '\\':
			return d.escaped(path)
		case c < ' ':
			d.fail(Malformed, path, "has a control character, want a text without")
			return "", false
		}
	}
	d.fail(Malformed, path, "ends at offset %d, want a closing quotation mark", len(d.b))
	return "", false
}

// escapes are those of one letter.
var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escaped reads a text that has escapes.
func (d *decoder) escaped(path string) (string, bool) {
	var out []byte
	for d.at < len(d.b) {
		c := d.b[d.at]
		d.at++
		switch {
		case c == '"':
			return string(out), true
		case c < ' ':
			d.fail(Malformed, path, "has a control character, want a text without")
			return "", false
		case c != '\\':
			out = append(out, c)
		case d.at < len(d.b) && escapes[d.b[d.at]] != 0:
			out = append(out, escapes[d.b[d.at]])
			d.at++
		default:
			r, ok := d.unicode()
			if !ok {
				d.fail(Malformed, path, "has a broken escape before offset %d, want one of JSON", d.at)
				return "", false
			}
			out = utf8.AppendRune(out, r)
		}
	}
	d.fail(Malformed, path, "ends at offset %d, want a closing quotation mark", len(d.b))
	return "", false
}

// unicode reads uXXXX behind a backslash, with its second half where it is one of a surrogate pair.
func (d *decoder) unicode() (rune, bool) {
	r, ok := d.hex()
	if !ok || r < 0xd800 || r > 0xdfff {
		return r, ok
	}
	if d.at >= len(d.b) || d.b[d.at] != '\\' {
		return 0, false
	}
	d.at++
	low, ok := d.hex()
	if !ok || r > 0xdbff || low < 0xdc00 || low > 0xdfff {
		return 0, false
	}
	return (r-0xd800)<<10 | (low - 0xdc00) + 0x10000, true
}

func (d *decoder) hex() (rune, bool) {
	if len(d.b)-d.at < 5 || d.b[d.at] != 'u' {
		return 0, false
	}
	digits := string(d.b[d.at+1 : d.at+5])
	x, err := strconv.ParseUint(digits, 16, 32)
	d.at += 5
	return rune(x), err == nil
}

// number reads a number as it is written.
func (d *decoder) number(path, want string) string {
	if d.found() != "a number" {
		d.wrong(path, want)
		return ""
	}
	start := d.at
	for d.at < len(d.b) && strings.IndexByte("+-.eE0123456789", d.b[d.at]) >= 0 {
		d.at++
	}
	text := string(d.b[start:d.at])
	if !isNumber(text) {
		d.fail(Malformed, path, "%s is no number, want %s", shown(text), want)
		return ""
	}
	return text
}

// isNumber reports whether a text is a number by the grammar of JSON.
func isNumber(text string) bool {
	whole := strings.TrimPrefix(text, "-")
	rest := strings.TrimLeft(whole, "0123456789")
	digits := len(whole) - len(rest)
	if digits == 0 || digits > 1 && whole[0] == '0' {
		return false
	}
	if fraction, ok := strings.CutPrefix(rest, "."); ok {
		rest = strings.TrimLeft(fraction, "0123456789")
		if rest == fraction {
			return false
		}
	}
	if rest == "" {
		return true
	}
	if rest[0] != 'e' && rest[0] != 'E' {
		return false
	}
	exponent := strings.TrimLeft(rest[1:], "+-")
	return len(rest)-1-len(exponent) <= 1 && exponent != "" && strings.Trim(exponent, "0123456789") == ""
}

// whole reads a whole number from least to most.
func (d *decoder) whole(path string, least, most uint64) uint64 {
	want := "a whole number from " + strconv.FormatUint(least, 10) + " to " + strconv.FormatUint(most, 10)
	text := d.number(path, want)
	if d.fault != nil {
		return 0
	}
	x, err := strconv.ParseUint(text, 10, 64)
	if err != nil || x < least || x > most {
		d.fail(Malformed, path, "is %s, want %s", shown(text), want)
		return 0
	}
	return x
}

// boolean reads true or false.
func (d *decoder) boolean(path string) bool {
	switch d.next() {
	case 't':
		d.literal(path, "true")
		return true
	case 'f':
		d.literal(path, "false")
	default:
		d.wrong(path, "true or false")
	}
	return false
}

// null reads null, if it is next.
func (d *decoder) null(path string) bool {
	if d.next() != 'n' {
		return false
	}
	d.literal(path, "null")
	return true
}

// literal reads a word whose first letter is next.
func (d *decoder) literal(path, word string) {
	if rest := d.b[d.at:]; len(rest) < len(word) || string(rest[:len(word)]) != word {
		d.broken(path, word)
		return
	}
	d.at += len(word)
}

// end checks that nothing follows.
func (d *decoder) end() {
	if d.next() != 0 || d.fault == nil && d.at < len(d.b) {
		d.fail(Malformed, "", "goes on at offset %d, want its end", d.at)
	}
}

func joined(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}
