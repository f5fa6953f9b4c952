package experiment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func again(t testing.TB, l Launch, program Program) (*Comparison, error) {
	t.Helper()
	next := into(t)
	next.Program = program
	return Rerun(context.Background(), filepath.Join(l.Folder, ManifestFile), next, Options{})
}

// TestRerun: a run comes out the same again; what was changed by hand is found, with the first line that differs.
func TestRerun(t *testing.T) {
	text := strings.Replace(days, "replications: 3", "replications: 1", 1)
	for name, c := range map[string]struct {
		hurt    func(folder string)
		same    int
		file    string
		finding string
		line    int
	}{
		"identical": {func(string) {}, 7, "", "", 0},
		"a number": {func(folder string) {
			file := filepath.Join(folder, replicationsTable)
			lines := strings.SplitAfter(read(t, file), "\n")
			lines[41] = strings.Replace(lines[41], ",", ",1", 1)
			write(t, file, strings.Join(lines, ""))
		}, 6, replicationsTable, "was changed after the run", 42},
		"a row less": {func(folder string) { cut(t, filepath.Join(folder, "agents.csv"), 3) }, 6, "agents.csv", "was changed after the run", -1},
		"no table": {func(folder string) {
			if err := os.Remove(filepath.Join(folder, "tickets.csv")); err != nil {
				t.Fatal(err)
			}
		}, 6, "tickets.csv", "is gone", 0},
		"the manifest": {func(folder string) {
			m, err := ReadManifest(filepath.Join(folder, ManifestFile))
			if err != nil {
				t.Fatal(err)
			}
			m.Outputs[1].Hash = "0000"
			if err := m.write(folder); err != nil {
				t.Fatal(err)
			}
		}, 6, intervalsTable, "is as it should be, but the manifest says otherwise", 0},
		"table and manifest": {func(folder string) {
			m, _ := ReadManifest(filepath.Join(folder, ManifestFile))
			write(t, filepath.Join(folder, dictionaryTable), "kind\n")
			m.Outputs[2].Hash = hashOf([]byte("kind\n"))
			if err := m.write(folder); err != nil {
				t.Fatal(err)
			}
		}, 6, dictionaryTable, "comes out otherwise", 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, l := ran(t, text, Options{})
			c.hurt(l.Folder)
			got, err := again(t, l, l.Program)
			if err != nil || got.Same() != c.same || len(got.Tables) != 7 || len(got.Notes) != 0 {
				t.Fatalf("%d of %d the same, want %d; %v %v", got.Same(), len(got.Tables), c.same, got.Notes, err)
			}
			for _, table := range got.Tables {
				switch {
				case table.File != c.file && table.Finding != "":
					t.Errorf("%s %s", table.File, table.Finding)
				case table.File == c.file && (table.Finding != c.finding || c.line >= 0 && table.Line != c.line || c.line < 0 && table.Line == 0):
					t.Errorf("%s %s, line %d; want %s, line %d", table.File, table.Finding, table.Line, c.finding, c.line)
				}
			}
		})
	}
}

// TestRerunSays: another program is a note, a changed input an error, and a run that is not complete cannot be compared.
func TestRerunSays(t *testing.T) {
	text := strings.Replace(days, "replications: 3", "replications: 1", 1)
	_, _, l := ran(t, text, Options{})
	c, err := again(t, l, Program{Version: "v2", Go: "go"})
	if err != nil || c.Same() != 7 || len(c.Notes) != 1 || !strings.Contains(c.Notes[0], "v2") {
		t.Errorf("another program: %v %v", c, err)
	}
	file := filepath.Join(l.Folder, inputsFolder, "scenarios", "desk.yaml")
	write(t, file, strings.Replace(read(t, file), "60 per hour", "61 per hour", 1))
	if _, err := again(t, l, l.Program); !errors.Is(err, ErrInputChanged) {
		t.Errorf("a changed scenario: %v", err)
	}
	part, _ := interrupted(t, days, 2, Options{})
	if _, err := again(t, part, part.Program); err == nil || !strings.Contains(err.Error(), "not complete") {
		t.Errorf("a run that is not complete: %v", err)
	}
}
