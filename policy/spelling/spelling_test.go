package spelling_test

import (
	"testing"

	"fairline/policy/spelling"
)

func TestNearest(t *testing.T) {
	names := []string{"phone", "chat", "email", "social", "overtaken_only_within"}
	for word, want := range map[string]string{
		"socal": "social", "e-mail": "email", "fone": "phone", "caht": "chat", "Email": "email", "phone": "",
		"overtaken_within": "overtaken_only_within", "fax": "", "": "", "x": "", "letter": "",
	} {
		if got, _ := spelling.Nearest(word, names); got != want {
			t.Errorf("Nearest(%q): got %q, want %q", word, got, want)
		}
	}
}

func TestList(t *testing.T) {
	for want, names := range map[string][]string{"": nil, "`a`": {"a"}, "`a` and `b`": {"a", "b"}, "`a`, `b` and `c`": {"a", "b", "c"}} {
		if got := spelling.List(names); got != want {
			t.Errorf("List(%v): got %s, want %s", names, got, want)
		}
	}
}
