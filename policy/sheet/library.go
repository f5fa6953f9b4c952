package sheet

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"fairline/policy/spelling"
)

// A Library is the files of a kind that the program ships: Files holds them as shipped/NAME.yaml.
type Library struct {
	Kind  string // "policy": how errors call a file
	Files embed.FS
}

// Names are the files that the program ships, without their extension, sorted.
func (l Library) Names() []string {
	files, err := fs.Glob(l.Files, "shipped/*.yaml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	slices.Sort(files) // "bank-arrival.yaml" sorts before "bank.yaml", the names the other way round
	return files
}

// Shipped returns the shipped file of that name, and false when there is none.
func (l Library) Shipped(name string) ([]byte, bool) {
	src, err := l.Files.ReadFile("shipped/" + name + ".yaml")
	return src, err == nil
}

// Read returns the bytes of the shipped file of that name, else of the file at that path. A name that is neither gives an
// error that wraps fs.ErrNotExist and says what is shipped.
func (l Library) Read(pathOrName string) ([]byte, error) {
	if src, ok := l.Shipped(pathOrName); ok {
		return src, nil
	}
	src, err := os.ReadFile(pathOrName)
	if err != nil && !strings.ContainsAny(pathOrName, `./\`) {
		help := "shipped are " + strings.Join(l.Names(), ", ")
		if near := spelling.DidYouMean(pathOrName, l.Names()); near != "" {
			help = near
		}
		return nil, fmt.Errorf("read %s %s: %w (%s)", l.Kind, pathOrName, err, help)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s %s: %w", l.Kind, pathOrName, err)
	}
	return src, nil
}
