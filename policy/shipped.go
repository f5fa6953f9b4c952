package policy

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

//go:embed shipped/*.yaml
var shipped embed.FS

// Names are the policies that the program ships, sorted.
func Names() []string {
	files, err := fs.Glob(shipped, "shipped/*.yaml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	slices.Sort(files) // "bank-arrival.yaml" sorts before "bank.yaml", the names the other way round
	return files
}

// Shipped returns the file of a shipped policy, and false when there is none of that name.
func Shipped(name string) ([]byte, bool) {
	src, err := shipped.ReadFile("shipped/" + name + ".yaml")
	return src, err == nil
}

// Read returns the bytes of a policy file: of the shipped policy of that name, else of the file at that path. A name
// that is neither gives an error that wraps fs.ErrNotExist and says what is shipped.
func Read(pathOrName string) ([]byte, error) {
	if src, ok := Shipped(pathOrName); ok {
		return src, nil
	}
	src, err := os.ReadFile(pathOrName)
	if err != nil && !strings.ContainsAny(pathOrName, `./\`) {
		help := "shipped are " + strings.Join(Names(), ", ")
		if near := spelling.DidYouMean(pathOrName, Names()); near != "" {
			help = near
		}
		return nil, fmt.Errorf("read policy %s: %w (%s)", pathOrName, err, help)
	}
	if err != nil {
		return nil, fmt.Errorf("read policy %s: %w", pathOrName, err)
	}
	return src, nil
}

// Load reads and parses a policy, given as the name of a shipped one or as a path. The error is about reading; faults
// of the file come as Faults, and the Policy is nil when one of them is an Error.
func Load(pathOrName string) (*Policy, Faults, error) {
	src, err := Read(pathOrName)
	if err != nil {
		return nil, nil, err
	}
	name := pathOrName
	if _, ok := Shipped(pathOrName); ok {
		name = pathOrName + ".yaml"
	}
	p, faults := Parse(name, src)
	return p, faults, nil
}
