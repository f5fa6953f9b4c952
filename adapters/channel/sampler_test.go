package channel

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSamples(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dropped")
	s := &Sampler{Dir: dir, Every: 2}
	for n := range 2*SamplesMax + 2 {
		if err := s.Take(Dropped{Source: "/x", Event: "post", Why: "the filter does not take it"}, []byte{byte('a' + n%26)}); err != nil {
			t.Fatal(err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != SamplesMax {
		t.Fatalf("%d files, %v", len(files), err)
	}
	first := filepath.Join(dir, files[0].Name())
	text, err := os.ReadFile(first)
	if err != nil || !strings.Contains(string(text), `"body": "s"`) { // number 200, written over number 0
		t.Errorf("%s, %v", text, err)
	}
	if info, err := os.Stat(first); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := (&Sampler{}).Take(Dropped{}, nil); err != nil {
		t.Error(err)
	}
	if err := (&Sampler{Dir: filepath.Join(first, "x"), Every: 1}).Take(Dropped{}, nil); err == nil {
		t.Error("a folder that cannot be made is no error")
	}
}
