package email

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func opened(t *testing.T, dir string, max int) *memory {
	t.Helper()
	m, err := openMemory(dir, max)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.close() })
	return m
}

// A part of a thread: a mail's own id, its References, its In-Reply-To, and the thread it belongs to.
type part struct{ id, references, answers, thread string }

func (p part) head() (h head) {
	for key, list := range map[string]string{"Message-Id": p.id, "References": p.references, "In-Reply-To": p.answers} {
		for _, id := range strings.Fields(list) {
			h = append(h, field{key, "<" + id + "@a.example>"})
		}
	}
	return h
}

// TestThreads: mails come in the order given; those with the same letter are one thread.
func TestThreads(t *testing.T) {
	for name, mails := range map[string][]part{
		"a conversation":              {{"1", "", "", "a"}, {"2", "1", "1", "a"}, {"3", "1 2", "2", "a"}, {"4", "", "", "b"}},
		"only In-Reply-To":            {{"1", "", "", "a"}, {"2", "", "1", "a"}, {"3", "", "2", "a"}},
		"the root never came":         {{"2", "1", "1", "a"}, {"3", "1", "1", "a"}},
		"the root comes last":         {{"3", "1 2", "2", "a"}, {"2", "1", "1", "a"}, {"1", "", "", "a"}},
		"a parent is missing":         {{"1", "", "", "a"}, {"4", "1 2 3", "3", "a"}, {"5", "", "3", "a"}},
		"all parents are missing":     {{"4", "1 2 3", "3", "a"}, {"6", "", "2", "a"}},
		"cut References":              {{"1", "", "", "a"}, {"2", "1", "1", "a"}, {"4", "2 3", "3", "a"}},
		"a ghost among the ancestors": {{"1", "", "", "a"}, {"2", "ghost 1", "1", "a"}, {"3", "ghost", "", "a"}},
		"In-Reply-To names nobody":    {{"1", "", "", "a"}, {"2", "1", "1", "a"}, {"3", "1 2 gone", "gone", "a"}},
		"References before In-Reply-To, where both are known":  {{"1", "", "", "a"}, {"2", "", "", "b"}, {"3", "1", "2", "a"}},
		"In-Reply-To, where References are not known":          {{"1", "", "", "a"}, {"2", "typo", "1", "a"}},
		"the nearest of References that are of two threads":    {{"1", "", "", "a"}, {"2", "", "", "b"}, {"3", "1 2", "", "b"}, {"4", "1", "", "a"}},
		"two threads stay two, whoever is named later in both": {{"1", "", "", "a"}, {"2", "", "", "b"}, {"3", "1 2", "", "b"}, {"5", "2", "", "b"}, {"6", "1 3", "", "b"}},
		"a mail that answers itself":                           {{"1", "1", "1", "a"}, {"2", "1", "", "a"}},
		"the same mail again":                                  {{"1", "", "", "a"}, {"2", "1", "", "a"}, {"2", "1", "", "a"}},
		"a name of another thread is not taken over":           {{"1", "", "", "a"}, {"9", "9x 1", "", "a"}, {"2", "", "", "b"}, {"8", "2", "1", "b"}},
	} {
		m := opened(t, t.TempDir(), 1000)
		roots, letters := map[string]key{}, map[key]string{}
		for i, p := range mails {
			root, ok := m.thread(p.head())
			if want, known := roots[p.thread]; !ok || known && want != root {
				t.Errorf("%s: mail %d (%s) is not of thread %s", name, i, p.id, p.thread)
			}
			if other, known := letters[root]; known && other != p.thread {
				t.Errorf("%s: mail %d (%s) is of thread %s, want %s", name, i, p.id, other, p.thread)
			}
			roots[p.thread], letters[root] = root, p.thread
		}
	}
	if _, ok := opened(t, t.TempDir(), 1000).thread(headOf(t, "From: a@b.example\r\n\r\n")); ok {
		t.Error("a mail without any id has a thread")
	}
}

// TestMemoryAfterACrash cuts and spoils the file at each place: what stands before is known, what was there is written anew.
func TestMemoryAfterACrash(t *testing.T) {
	dir := t.TempDir()
	m := opened(t, dir, 1000)
	name := func(n int) key { return keyOf("mail", fmt.Sprint(n)) }
	for n := range 5 {
		m.remember(name(n), name(100+n))
	}
	if err := m.sync(); err != nil {
		t.Fatal(err)
	}
	if _, err := openMemory(dir, 1000); err == nil {
		t.Error("two use one memory")
	}
	if err := m.close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "threads")
	whole, err := os.ReadFile(path)
	if err != nil || len(whole) != 5*recordSize {
		t.Fatalf("%d bytes: %v", len(whole), err)
	}
	for cut := 0; cut <= len(whole); cut += 7 {
		spoiled := append([]byte(nil), whole...)
		if cut < len(whole) {
			spoiled[cut] ^= 1
		}
		for _, text := range [][]byte{whole[:cut], spoiled} {
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
			for again := range 2 { // what is written behind the damage is there after one more restart
				m := opened(t, dir, 1000)
				for n := range 5 {
					root, ok := m.root(name(n))
					if want := again == 1 || n < cut/recordSize; ok != want || ok && root != name(100+n) {
						t.Errorf("cut at %d, restart %d: %d known %t, want %t", cut, again, n, ok, want)
					}
					m.remember(name(n), name(100+n))
				}
				_ = m.close()
			}
		}
	}
}

// TestMemoryIsBounded, and remembers what is asked for.
func TestMemoryIsBounded(t *testing.T) {
	dir := t.TempDir()
	const max = 1000
	m := opened(t, dir, max)
	name := func(n int) key { return keyOf("mail", fmt.Sprint(n)) }
	for n := range 5 * max {
		m.remember(name(n), name(n))
		if !m.knows(name(0)) {
			t.Fatalf("forgot after %d what was asked for all the time", n)
		}
		if len(m.young)+len(m.old) > max {
			t.Fatalf("%d are remembered", len(m.young)+len(m.old))
		}
	}
	if m.knows(name(1)) || !m.knows(name(5*max-max/3)) {
		t.Error("the eldest are to be forgotten, the youngest known")
	}
	_ = m.close()
	m = opened(t, dir, max)
	if !m.knows(name(0)) || !m.knows(name(5*max-1)) || !m.knows(name(5*max-max/3)) || m.knows(name(1)) {
		t.Error("a restart changed what is known")
	}
	for _, file := range []string{"threads", "threads.old"} {
		if info, err := os.Stat(filepath.Join(dir, file)); err != nil || info.Size() > max/2*recordSize {
			t.Errorf("%s: %v bytes, %v", file, info, err)
		}
	}
}

// TestMemoryOnAFullDisk goes on without.
func TestMemoryOnAFullDisk(t *testing.T) {
	m := opened(t, t.TempDir(), 1000)
	_ = m.file.Close()
	m.remember(key{1}, key{2})
	if !m.knows(key{1}) {
		t.Error("not known")
	}
	if m.sync() == nil {
		t.Error("nobody is told")
	}
}
