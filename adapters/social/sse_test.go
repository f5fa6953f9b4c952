package social

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

// heard are the events of a stream, heartbeats as : and large ones as !.
func heard(in *sse) string {
	var list []string
	for {
		kind, data, err := in.next(func() {})
		switch {
		case errors.Is(err, errLarge):
			list = append(list, "!")
		case err != nil:
			return strings.Join(list, " ")
		case kind == heartbeat:
			list = append(list, ":")
		default:
			list = append(list, kind+"="+string(data))
		}
	}
}

// TestStreamsAreReadAsTheyComeIn: whatever the ends of lines, what stands between the lines of an event, and how it is cut up.
func TestStreamsAreReadAsTheyComeIn(t *testing.T) {
	for text, want := range map[string]string{
		"event: update\ndata: {}\n\n":                             "update={}",
		"event:update\r\ndata:{}\r\n\r\n":                         "update={}",
		"\ufeffevent: update\ndata: {}\n\n":                       "update={}",
		":thump\nevent: update\ndata: {}\n\n:thump\n":             ": update={} :",
		"event: update\n:thump\ndata: {}\n:thump\n\n":             "update={}",
		"data: a\ndata: b\nevent: update\n\n":                     "update=a\nb",
		"data\n\n":                                                "=",
		"data: {}\n\n":                                            "={}",
		"event: update\n\ndata: {}\n\n":                           "={}",
		"event: filters_changed\ndata: undefined\n\n":             "filters_changed=undefined",
		"id: 7\nretry: 3\nevent: update\ndata: {}\nfoo: 1\n\n":    "update={}",
		"event: update\ndata: a\r\r\n\n":                          "update=a\r",
		"event: update\ndata: cut off":                            "",
		"event: update\ndata: cut off\n":                          "",
		"data: " + strings.Repeat("a", 2000) + "\n\ndata: b\n\n":  "! =b",
		strings.Repeat("data: aaaaaaaa\n", 200) + "\ndata: b\n\n": "! =b",
		":" + strings.Repeat("a", 2000) + "\ndata: b\n\n":         ": =b",
		"\n\n\n": "",
	} {
		if got := heard(newSSE(strings.NewReader(text), 1000)); got != want {
			t.Errorf("%.60q gives %q, want %q", text, got, want)
		}
		if got := heard(newSSE(iotest.OneByteReader(strings.NewReader(text)), 1000)); got != want {
			t.Errorf("%.60q by the byte gives %q, want %q", text, got, want)
		}
	}
}

// TestALineEndMayBeCut: CR and LF may stand in two pieces.
func TestALineEndMayBeCut(t *testing.T) {
	for n := range 40 {
		data := strings.Repeat("a", (16<<10)-20+n)
		if got := heard(newSSE(strings.NewReader("data: "+data+"\r\n\r\n"), 1<<20)); got != "="+data {
			t.Errorf("%d bytes: %d came", len(data), len(got)-1)
		}
	}
}

// FuzzSSE holds the reader to one that has all in its memory, and to its bound.
func FuzzSSE(f *testing.F) {
	for _, seed := range []string{"event: update\ndata: {}\n\n", ":thump\r\n", "data: a\ndata: b\n\n", "\ufeffdata\n\n", "event: a\n:b\ndata: c\n\n", "data: " + strings.Repeat("x", 300) + "\n\n"} {
		f.Add(seed, uint16(200))
	}
	f.Fuzz(func(t *testing.T, text string, most uint16) {
		bound := int(most) + 1
		beats, n := 0, 0
		in := newSSE(iotest.HalfReader(strings.NewReader(text)), bound)
		for {
			kind, data, err := in.next(func() { beats++ })
			if err != nil && !errors.Is(err, errLarge) {
				break
			}
			if n++; len(data) > bound || len(kind) > bound+64 || n > beats || beats > strings.Count(text, "\n") {
				t.Fatalf("event %d of %d bytes, %d lines", n, len(data), beats)
			}
		}
		if got, want := heard(newSSE(strings.NewReader(text), len(text)+1)), plainly(text); got != want {
			t.Fatalf("%q gives %q, want %q", text, got, want)
		}
	})
}

// plainly is what heard gives of a stream that is not bounded.
func plainly(text string) string {
	var list []string
	kind, data, begun := "", []string(nil), false
	lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
	for _, line := range lines[:len(lines)-1] {
		line = strings.TrimSuffix(line, "\r")
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "":
			if begun {
				list = append(list, kind+"="+strings.Join(data, "\n"))
			}
			kind, data, begun = "", nil, false
		case field == "" && kind == "" && !begun:
			list = append(list, ":")
		case field == "event":
			kind = value
		case field == "data":
			data, begun = append(data, value), true
		}
	}
	return strings.Join(list, " ")
}
