package mapping

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// pointerMax bounds the segments of a pointer.
const pointerMax = 16

// parsePointer reads a JSON pointer (RFC 6901). A segment * stands for every element of a list, where those are allowed.
func parsePointer(text string, stars bool) ([]string, error) {
	if !strings.HasPrefix(text, "/") {
		return nil, fmt.Errorf("a JSON pointer begins with /")
	}
	segments := strings.Split(text[1:], "/")
	if len(segments) > pointerMax {
		return nil, fmt.Errorf("%d steps, at most %d", len(segments), pointerMax)
	}
	for i, s := range segments {
		switch {
		case s == "":
			return nil, fmt.Errorf("a step is empty")
		case s == "*" && !stars:
			return nil, fmt.Errorf("* stands in `each` only")
		case strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(s), "~"):
			return nil, fmt.Errorf("~ is written ~0, and / in a name ~1")
		}
		segments[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(s)
	}
	return segments, nil
}

// at is the value at a pointer without *, and whether there is one.
func at(v any, segments []string) (any, bool) {
	for _, s := range segments {
		switch in := v.(type) {
		case map[string]any:
			next, ok := in[s]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(s)
			if err != nil || i < 0 || i >= len(in) || strconv.Itoa(i) != s {
				return nil, false
			}
			v = in[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// A place is a value with where it stands.
type place struct {
	value any
	key   string
}

// all are the values at a pointer with *, in the order of the body, and not many more than AskedMax.
func all(v any, segments []string, key string, to []place) []place {
	i := slices.Index(segments, "*")
	if i < 0 {
		if value, ok := at(v, segments); ok {
			to = append(to, place{value, key + steps(segments)})
		}
		return to
	}
	in, _ := at(v, segments[:i])
	list, _ := in.([]any)
	for n, element := range list {
		if len(to) > AskedMax {
			return to
		}
		to = all(element, segments[i+1:], key+steps(segments[:i])+"/"+strconv.Itoa(n), to)
	}
	return to
}

// steps are segments as they stand in the key of a place: that of the body is empty.
func steps(segments []string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteString("/" + s)
	}
	return b.String()
}

// A path is a place that a source reads, in the event or in the body; * is every element, and # how many there are.
type path struct {
	inEvent bool
	steps   []string
	key     bool // it is read to find another place only
}

func (p path) same(q path) bool {
	return p.inEvent == q.inEvent && p.key == q.key && slices.Equal(p.steps, q.steps)
}

// in are the paths from the body's root, for events that stand at each of some places.
func (p path) in(each [][]string) [][]string {
	if !p.inEvent {
		return [][]string{p.steps}
	}
	var all [][]string
	for _, at := range each {
		all = append(all, slices.Concat(at, p.steps))
	}
	return all
}

// overlap reports whether what stands at one of the paths is part of what stands at the other.
func overlap(a, b []string) bool {
	for i := range min(len(a), len(b)) {
		star := (a[i] == "*" && b[i] != "#") || (b[i] == "*" && a[i] != "#")
		if a[i] != b[i] && !star {
			return false
		}
	}
	return true
}
