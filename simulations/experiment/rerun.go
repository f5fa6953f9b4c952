package experiment

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A Comparison says whether a run comes out the same again.
type Comparison struct {
	Tables []Compared
	Notes  []string // what is different about the surroundings, and no fault
}

// Same is how many of the tables are identical.
func (c *Comparison) Same() (n int) {
	for _, t := range c.Tables {
		if t.Finding == "" {
			n++
		}
	}
	return n
}

// A Compared is a table of a run beside that of the run done again.
type Compared struct {
	File    string
	Finding string // what is not as it should be; empty: the same, byte for byte
	Line    int    // the first that differs; 0: none does, or there is no such table
	Before  string // that line in the folder of the run
	Again   string // and in the run done again
}

// Rerun runs again what a manifest says, from the inputs in its folder, into another folder, and compares the tables: those of the
// folder with what the manifest says of them, and both with those of the new run. The launch says into which folder.
func Rerun(ctx context.Context, manifest string, l Launch, o Options) (*Comparison, error) {
	m, err := ReadManifest(manifest)
	if err != nil {
		return nil, err
	}
	folder := filepath.Dir(manifest)
	if !m.Complete {
		return nil, fmt.Errorf("the run in %s is not complete: resume it first", folder)
	}
	x, in, err := inputsOf(folder, m)
	if err != nil {
		return nil, err
	}
	l.Settings = m.Settings
	_, again, err := Run(ctx, x, in, l, o)
	if err != nil {
		return nil, err
	}
	c := &Comparison{}
	if m.Program != l.Program {
		c.Notes = append(c.Notes, fmt.Sprintf("the run was made by %s; this is %s", m.Program, l.Program))
	}
	if m.Generator != again.Generator {
		c.Notes = append(c.Notes, "random numbers were made otherwise: "+m.Generator)
	}
	for _, was := range m.Outputs {
		t, err := compared(folder, l.Folder, was, again.Outputs)
		if err != nil {
			return nil, err
		}
		c.Tables = append(c.Tables, t)
	}
	return c, nil
}

// compared compares one table.
func compared(folder, other string, was Output, again []Output) (t Compared, err error) {
	t.File = was.File
	is, err := hashFile(filepath.Join(folder, was.File))
	if errors.Is(err, fs.ErrNotExist) {
		t.Finding = "is gone"
		return t, nil
	}
	if err != nil {
		return t, err
	}
	now := ""
	for _, a := range again {
		if a.File == was.File {
			now = a.Hash
		}
	}
	switch {
	case now == "":
		t.Finding = "is not written by this version"
		return t, nil
	case is != was.Hash && is == now:
		t.Finding = "is as it should be, but the manifest says otherwise"
	case is != was.Hash:
		t.Finding = "was changed after the run"
	case is != now:
		t.Finding = "comes out otherwise"
	}
	if is == now {
		return t, nil
	}
	t.Line, t.Before, t.Again, err = firstDifference(filepath.Join(folder, was.File), filepath.Join(other, was.File))
	return t, err
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	return hashOfReader(f)
}

// firstDifference returns the first line in which two files differ; a file that is at its end has an empty one.
func firstDifference(a, b string) (line int, inA, inB string, err error) {
	fa, err := os.Open(a)
	if err != nil {
		return 0, "", "", err
	}
	defer func() { _ = fa.Close() }()
	fb, err := os.Open(b)
	if err != nil {
		return 0, "", "", err
	}
	defer func() { _ = fb.Close() }()
	ra, rb := bufio.NewReader(fa), bufio.NewReader(fb)
	for line = 1; ; line++ {
		x, errA := ra.ReadString('\n')
		y, errB := rb.ReadString('\n')
		if x != y {
			return line, x, y, nil
		}
		if errA != nil || errB != nil {
			return 0, "", "", errors.Join(notEnd(errA), notEnd(errB))
		}
	}
}

func notEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
