package experiment

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"fairline/policy"
	"fairline/simulations/scenario"
)

// ErrInputChanged says that an input in the folder of a run is not the one that was run.
var ErrInputChanged = errors.New("was changed after the run")

// An Input is a file that an experiment was read from. The first is the experiment itself.
type Input struct {
	Path string `json:"path"` // as it stands in the experiment; of a shipped policy "shipped:NAME"
	File string `json:"file"` // the copy in the folder of the run
	Hash string `json:"sha256"`
	data []byte
}

// Inputs are all files that an experiment was read from, so that they can be kept beside what came of them. Nil: it was made
// otherwise, and can be neither resumed nor run again.
type Inputs struct{ files []Input }

const shippedPrefix = "shipped:"

// Load reads an experiment file, and keeps what it reads. The error is about reading that one file; what is wrong with it comes
// as faults, and the experiment is nil when one of them is an error.
func Load(file string) (*scenario.Experiment, *Inputs, policy.Faults, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("read experiment: %w", err)
	}
	whole, err := filepath.Abs(file)
	if err != nil {
		return nil, nil, nil, err
	}
	in := &Inputs{}
	in.add(filepath.Base(file), src)
	beside := scenario.Beside(file)
	x, faults := scenario.ParseExperiment(file, src, func(path string) ([]byte, error) {
		b, err := beside(path)
		if err == nil {
			in.add(path, b)
		}
		return b, err
	})
	if x != nil {
		for _, p := range x.Policies {
			if _, shipped := policy.Shipped(p.Path); shipped {
				in.add(shippedPrefix+p.Path, p.Source)
			}
		}
	}
	in.place(filepath.ToSlash(filepath.Dir(whole)))
	return x, in, faults, nil
}

// add keeps a file, once.
func (in *Inputs) add(name string, data []byte) {
	if !slices.ContainsFunc(in.files, func(f Input) bool { return f.Path == name }) {
		in.files = append(in.files, Input{Path: name, Hash: hashOf(data), data: data})
	}
}

// place says where the copies stand: to one another as the files do that stand in or beside home, the folder of the experiment,
// so that the copy of the experiment can be run by itself.
func (in *Inputs) place(home string) {
	up := 0 // folders above home that are gone into
	for _, f := range in.files {
		n, rest := 0, path.Clean(filepath.ToSlash(f.Path))
		for strings.HasPrefix(rest, "../") {
			n, rest = n+1, rest[len("../"):]
		}
		up = max(up, n)
	}
	root := home
	for range up {
		root = path.Dir(root)
	}
	for i := range in.files {
		f := &in.files[i]
		shipped, ok := strings.CutPrefix(f.Path, shippedPrefix)
		switch {
		case ok:
			f.File = path.Join(inputsFolder, "shipped", shipped+".yaml")
		case filepath.IsAbs(f.Path):
			f.File = path.Join(inputsFolder, "elsewhere", fmt.Sprintf("%d-%s", i, filepath.Base(f.Path)))
		default:
			from := strings.TrimPrefix(path.Join(home, filepath.ToSlash(f.Path)), strings.TrimSuffix(root, "/")+"/")
			f.File = path.Join(inputsFolder, from)
		}
	}
}

func (in *Inputs) list() []Input {
	if in == nil {
		return []Input{}
	}
	return in.files
}

// write copies the inputs into the folder of a run.
func (in *Inputs) write(folder string) error {
	for _, f := range in.list() {
		to := filepath.Join(folder, filepath.FromSlash(f.File))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, f.data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// inputsOf reads the experiment of a run from the copies in its folder.
func inputsOf(folder string, m *Manifest) (*scenario.Experiment, *Inputs, error) {
	if len(m.Inputs) == 0 {
		return nil, nil, fmt.Errorf("%s has no copy of its experiment: it was not read from a file", folder)
	}
	in := &Inputs{}
	for _, f := range m.Inputs {
		if !filepath.IsLocal(filepath.FromSlash(f.File)) {
			return nil, nil, fmt.Errorf("%s: input %s lies outside the folder", folder, f.File)
		}
		name := filepath.Join(folder, filepath.FromSlash(f.File))
		var err error
		if f.data, err = os.ReadFile(name); err != nil {
			return nil, nil, err
		}
		if hashOf(f.data) != f.Hash {
			return nil, nil, fmt.Errorf("%s %w", name, ErrInputChanged)
		}
		in.files = append(in.files, f)
	}
	first := &in.files[0]
	x, faults := scenario.ParseExperiment(filepath.Join(folder, filepath.FromSlash(first.File)), first.data, in.open)
	if x == nil {
		return nil, nil, fmt.Errorf("the experiment of %s cannot be read by this version: %w", folder, faults.Err())
	}
	for i := range x.Policies { // a shipped policy may be another one by now
		if b, err := in.open(shippedPrefix + x.Policies[i].Path); err == nil {
			x.Policies[i].Source = b
		}
	}
	return x, in, nil
}

// open reads an input by the path that stands in the experiment.
func (in *Inputs) open(path string) ([]byte, error) {
	for _, f := range in.files {
		if f.Path == path {
			return f.data, nil
		}
	}
	return nil, fmt.Errorf("%s: %w", path, os.ErrNotExist)
}

// Source is the text of a file by the name that its faults bear, nil where it is none of the inputs.
func (in *Inputs) Source(name string) []byte {
	for _, f := range in.list() {
		if f.Path == name || f.Path == filepath.Base(name) {
			return f.data
		}
	}
	return nil
}

func hashOfReader(r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
