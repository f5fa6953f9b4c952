package mapping

import (
	"embed"

	"fairline/policy"
	"fairline/policy/sheet"
)

//go:embed shipped/*.yaml
var files embed.FS

var shipped = sheet.Library{Kind: "mapping", Files: files}

// Names are the mappings that the program ships, sorted.
func Names() []string { return shipped.Names() }

// Read returns the bytes of a mapping file: of the shipped one of that name, else of the file at that path. A name that is
// neither gives an error that wraps fs.ErrNotExist and says what is shipped.
func Read(pathOrName string) ([]byte, error) { return shipped.Read(pathOrName) }

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
