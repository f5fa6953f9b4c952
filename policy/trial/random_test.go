package trial_test

import (
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"fairline/policy"
	"fairline/policy/trial"
)

// TestMutatedFilesAreReadOrRefused changes words and lines of test files at random. Nothing may panic, every fault
// must lie inside the file, and what is read can be played.
func TestMutatedFilesAreReadOrRefused(t *testing.T) {
	src, err := os.ReadFile("testdata/shipped/weekday.test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := policy.Load("weekday")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	read, refused := 0, 0
	for range 1000 {
		text := mutate(r, string(src))
		f, faults := trial.Parse("x.test.yaml", []byte(text), nil)
		if (f == nil) != (len(faults) > 0) {
			t.Fatalf("file %v with %d faults:\n%s", f != nil, len(faults), text)
		}
		if f == nil {
			refused++
			if err := policy.Render(io.Discard, faults, []byte(text), false); err != nil {
				t.Fatal(err)
			}
			continue
		}
		read++
		s := trial.NewSuite(p)
		for _, test := range f.Tests {
			s.Run(test)
		}
	}
	if read < 50 || refused < 50 {
		t.Errorf("%d read and %d refused: the mutations do not test much", read, refused)
	}
}

func mutate(r *rand.Rand, src string) string {
	lines := strings.Split(src, "\n")
	for range 1 + r.IntN(2) {
		i, j := r.IntN(len(lines)), r.IntN(len(lines))
		switch r.IntN(5) {
		case 0:
			lines = append(lines[:i:i], lines[min(i+1, len(lines)):]...)
		case 1:
			lines[i], lines[j] = lines[j], lines[i]
		case 2:
			lines[i] = lines[j]
		default:
			words := strings.Fields(lines[i])
			if len(words) > 0 {
				others := strings.Fields(src)
				lines[i] = strings.Replace(lines[i], words[r.IntN(len(words))], others[r.IntN(len(others))], 1)
			}
		}
	}
	return strings.Join(lines, "\n")
}
