package policy

import (
	"embed"

	"fairline/policy/sheet"
)

//go:embed shipped/*.yaml
var files embed.FS

var shipped = sheet.Library{Kind: "policy", Files: files}

// Names are the policies that the program ships, sorted.
func Names() []string { return shipped.Names() }

// Shipped returns the file of a shipped policy, and false when there is none of that name.
func Shipped(name string) ([]byte, bool) { return shipped.Shipped(name) }

// Read returns the bytes of a policy file: of the shipped policy of that name, else of the file at that path. A name
// that is neither gives an error that wraps fs.ErrNotExist and says what is shipped.
func Read(pathOrName string) ([]byte, error) { return shipped.Read(pathOrName) }

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
