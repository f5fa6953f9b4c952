package email

import (
	"slices"
	"strings"
)

// vouched says whether an authority of ours vouches for the domain of the author: DMARC passed, and for that domain. All results
// for DMARC under names of ours must say so, and each such field must be readable: a second opinion is a forgery or a fault.
func (a *Adapter) vouched(h head, from string) bool {
	passed := false
	for _, v := range h.all("Authentication-Results") {
		server, results, ok := readResults(v)
		if !slices.Contains(a.authorities, server) {
			continue
		}
		if !ok {
			return false
		}
		for _, r := range results {
			if r.method != "dmarc" {
				continue
			}
			if r.result != "pass" || !slices.Equal(r.from, []string{domainOf(from)}) {
				return false
			}
			passed = true
		}
	}
	return passed
}

// A result is what a server found by one method.
type result struct {
	method, result string
	from           []string // header.from
}

// readResults reads a field of RFC 8601, 2.2. The name of the server is said even where what follows cannot be read. A name in
// quotes, or behind a comment, is nobody's: the RFC allows it, no server writes it, and one that removes forged fields may not see it.
func readResults(v string) (server string, list []result, ok bool) {
	tokens, whole := resultTokens(v)
	if len(tokens) == 0 || !tokens[0].isWord() || tokens[0].quoted || !strings.HasPrefix(strings.TrimLeft(v, " \t"), tokens[0].text) {
		return "", nil, false
	}
	server = lower(tokens[0].text)
	rest := tokens[1:]
	if len(rest) > 0 && rest[0].isWord() {
		if rest[0].text != "1" { // the only version that there is
			return server, nil, false
		}
		rest = rest[1:]
	}
	if !whole || len(rest) == 0 {
		return server, nil, false
	}
	for len(rest) > 0 {
		if !rest[0].is(';') {
			return server, nil, false
		}
		part := rest[1:]
		if end := slices.IndexFunc(part, func(t token) bool { return t.is(';') }); end >= 0 {
			part = part[:end]
		}
		rest = rest[1+len(part):]
		if len(part) == 0 && len(rest) == 0 || len(part) == 1 && part[0].text == "none" {
			continue // an empty end is common; none: no method was tried
		}
		r, ok := readResult(part)
		if !ok {
			return server, nil, false
		}
		list = append(list, r)
	}
	return server, list, true
}

// readResult reads "method=result key=value ...".
func readResult(part []token) (r result, ok bool) {
	if len(part) == 0 || len(part)%3 != 0 {
		return r, false
	}
	for i := 0; i < len(part); i += 3 {
		key, value := part[i], part[i+2]
		if !key.isWord() || key.quoted || !part[i+1].is('=') || !value.isWord() {
			return r, false
		}
		name, text := lower(key.text), lower(value.text)
		switch {
		case i == 0:
			r.method, _, _ = strings.Cut(name, "/") // method/version
			r.result = text
		case name == "header.from":
			r.from = append(r.from, text)
		}
	}
	return r, true
}

// A token is a word, or one of ; and =.
type token struct {
	text   string
	quoted bool
}

func (t token) isWord() bool   { return t.quoted || t.text != ";" && t.text != "=" }
func (t token) is(c byte) bool { return !t.quoted && t.text == string(c) }

// resultTokens cuts a field into words and signs, without comments. It is not ok where a comment or a quoted text does not end.
func resultTokens(v string) (list []token, ok bool) {
	for i := 0; i < len(v); {
		switch c := v[i]; {
		case c == ' ' || c == '\t':
			i++
		case c == '(':
			end := commentEnd(v, i)
			if end < 0 {
				return list, false
			}
			i = end
		case c == '"':
			text, end := quoted(v, i)
			if end < 0 {
				return list, false
			}
			list, i = append(list, token{text, true}), end
		case c == ';' || c == '=':
			list, i = append(list, token{text: string(c)}), i+1
		case c < ' ' || c > '~' || c == ')':
			return list, false
		default:
			end := i
			for end < len(v) && v[end] > ' ' && v[end] <= '~' && !strings.ContainsRune("()\";=", rune(v[end])) {
				end++
			}
			list, i = append(list, token{text: v[i:end]}), end
		}
	}
	return list, true
}

func commentEnd(v string, i int) int {
	for depth := 0; i < len(v); i++ {
		switch v[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

func quoted(v string, i int) (text string, end int) {
	var b strings.Builder
	for i++; i < len(v); i++ {
		switch v[i] {
		case '"':
			return b.String(), i + 1
		case '\\':
			if i++; i < len(v) {
				b.WriteByte(v[i])
			}
		default:
			b.WriteByte(v[i])
		}
	}
	return "", -1
}
