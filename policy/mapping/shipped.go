package mapping

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"fairline/policy"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
)

//go:embed shipped/*.yaml
var shipped embed.FS

// Names are the mappings that the program ships, sorted.
func Names() []string {
	files, err := fs.Glob(shipped, "shipped/*.yaml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(strings.TrimPrefix(f, "shipped/"), ".yaml")
	}
	return files
}

// Read returns the bytes of a mapping file: of the shipped one of that name, else of the file at that path. A name that is
// neither gives an error that wraps fs.ErrNotExist and says what is shipped.
func Read(pathOrName string) ([]byte, error) {
	if src, err := shipped.ReadFile("shipped/" + pathOrName + ".yaml"); err == nil {
		return src, nil
	}
	src, err := os.ReadFile(pathOrName)
	if err != nil && !strings.ContainsAny(pathOrName, `./\`) {
		help := "shipped are " + strings.Join(Names(), ", ")
		if near := spelling.DidYouMean(pathOrName, Names()); near != "" {
			help = near
		}
		return nil, fmt.Errorf("read mapping %s: %w (%s)", pathOrName, err, help)
	}
	if err != nil {
		return nil, fmt.Errorf("read mapping %s: %w", pathOrName, err)
	}
	return src, nil
}

// Load reads and parses a mapping, given as the name of a shipped one or as a path. The error is about reading; faults of
// the file come as Faults, and the Mapping is nil when one of them is an Error.
func Load(pathOrName string, p *policy.Policy) (*Mapping, sheet.Faults, error) {
	src, err := Read(pathOrName)
	if err != nil {
		return nil, nil, err
	}
	m, faults := Parse(pathOrName, src, p)
	return m, faults, nil
}
