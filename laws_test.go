// Package fairline holds the laws of the house: what a program can check of STYLE.md runs with every test.
package fairline

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which of our folders the packages of a folder may import, and why no others.
var mayImport = map[string][]string{
	"engine":      {"engine"},                          // a second copy of it must run in the simulator
	"policy":      {"policy", "engine"},                // it answers questions; it reaches nothing
	"simulations": {"simulations", "engine", "policy"}, // the same core as production, nothing live
	"adapters":    {"engine", "policy"},                // and never another adapter, but for the kit they are made with
	"cmd":         {"cmd", "adapters", "simulations", "engine", "policy"},
}

// mayUse is what the core may use of the standard library: nothing with a clock, a network, a file or chance in it.
var mayUse = []string{"bytes", "cmp", "context", "crypto/sha256", "encoding/binary", "encoding/hex", "errors", "fmt",
	"iter", "maps", "math", "math/bits", "slices", "sort", "strconv", "strings", "sync", "unicode", "unicode/utf8"}

// kit is what every channel adapter is made with, see ADR 46.
const kit = "adapters/channel"

const functionLinesMax = 70

// A source is one parsed file of the project.
type source struct {
	path string // with slashes, from the root
	file *ast.File
	fset *token.FileSet
}

func (s source) top() string { return strings.SplitN(s.path, "/", 2)[0] }
func (s source) test() bool  { return strings.HasSuffix(s.path, "_test.go") }
func (s source) core() bool {
	return s.top() == "engine" && !s.test() && !strings.Contains(s.path, "journaltest/")
}
func (s source) folder() string { return filepath.ToSlash(filepath.Dir(s.path)) }

func sources(t *testing.T) []source {
	t.Helper()
	var list []source
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata") {
			return orSkip(err)
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		list = append(list, source{path: filepath.ToSlash(path), file: f, fset: fset})
		return err
	})
	if err != nil || len(list) < 20 {
		t.Fatalf("read %d files: %v", len(list), err)
	}
	return list
}

func orSkip(err error) error {
	if err != nil {
		return err
	}
	return filepath.SkipDir
}

func imports(s source) (ours, others []string) {
	for _, i := range s.file.Imports {
		path, _ := strconv.Unquote(i.Path.Value)
		if own, ok := strings.CutPrefix(path, "fairline/"); ok {
			ours = append(ours, own)
		} else {
			others = append(others, path)
		}
	}
	return ours, others
}

func TestImportsPointOneWay(t *testing.T) {
	for _, s := range sources(t) {
		ours, others := imports(s)
		for _, path := range ours {
			if !allowed(s, path) {
				t.Errorf("%s imports %s: %s may import only %v of ours", s.path, path, s.top(), mayImport[s.top()])
			}
		}
		for _, path := range others {
			if s.core() && !slices.Contains(mayUse, path) {
				t.Errorf("%s imports %s: the core may use only %v", s.path, path, mayUse)
			}
		}
	}
}

// allowed reports whether a file may import one of our packages. An adapter may import the parts of its own folder.
func allowed(s source, path string) bool {
	if s.top() == "laws_test.go" {
		return true
	}
	if s.top() == "adapters" {
		own := strings.Join(strings.SplitN(s.path, "/", 3)[:2], "/")
		if path == own || strings.HasPrefix(path, own+"/") || path == kit || strings.HasPrefix(path, kit+"/") {
			return true
		}
	}
	return slices.Contains(mayImport[s.top()], strings.SplitN(path, "/", 2)[0])
}

// TestCoreIsPure holds the engine to commands in, events out: no goroutine, channel, float, or package variable that
// could change.
func TestCoreIsPure(t *testing.T) {
	for _, s := range sources(t) {
		if !s.core() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if what := impure(n); what != "" {
				t.Errorf("%s: %s in the core", s.fset.Position(n.Pos()), what)
			}
			return true
		})
	}
}

func impure(n ast.Node) string {
	switch n := n.(type) {
	case *ast.GoStmt:
		return "a go statement"
	case *ast.ChanType, *ast.SelectStmt, *ast.SendStmt:
		return "a channel"
	case *ast.Ident:
		if n.Name == "float64" || n.Name == "float32" {
			return "a float"
		}
	case *ast.BasicLit:
		if n.Kind == token.FLOAT {
			return "a float"
		}
	}
	return ""
}

func TestFunctionsCanBeSeenAtOnce(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			if n := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1; n > functionLinesMax {
				t.Errorf("%s: %s has %d lines, want at most %d", s.fset.Position(f.Pos()), f.Name.Name, n, functionLinesMax)
			}
		}
	}
}

func TestExportedNamesSayWhatTheyPromise(t *testing.T) {
	for _, s := range sources(t) {
		if s.test() || s.top() == "cmd" {
			continue
		}
		for _, d := range s.file.Decls {
			for _, name := range undocumented(d) {
				t.Errorf("%s: %s has no doc comment", s.fset.Position(d.Pos()), name)
			}
		}
	}
}

// undocumented returns the exported names of a declaration that no comment explains. A comment on a group of constants
// or variables is one for all.
func undocumented(d ast.Decl) (names []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
			names = append(names, d.Name.Name)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				if spec.Name.IsExported() && spec.Doc == nil && d.Doc == nil {
					names = append(names, spec.Name.Name)
				}
			case *ast.ValueSpec:
				if spec.Names[0].IsExported() && spec.Doc == nil && spec.Comment == nil && d.Doc == nil {
					names = append(names, spec.Names[0].Name)
				}
			}
		}
	}
	return names
}

// exportedReceiver reports whether f is a function, or a method of an exported type.
func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	name, ok := typ.(*ast.Ident)
	return ok && name.IsExported()
}

// TestNoRoomForEverything keeps the house's rooms named after what is in them.
func TestNoRoomForEverything(t *testing.T) {
	for _, s := range sources(t) {
		for _, part := range strings.Split(s.folder(), "/") {
			if slices.Contains([]string{"util", "utils", "common", "types", "models", "helpers", "misc"}, part) {
				t.Errorf("%s: a folder is named after what is in it", s.path)
			}
		}
	}
}

// TestNoSkips holds that no test is skipped: a test that needs a program gets it from `make deps`.
func TestNoSkips(t *testing.T) {
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || !s.test() || !slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name) {
				return true
			}
			if of, ok := sel.X.(*ast.Ident); ok && slices.Contains([]string{"t", "b", "f", "tb"}, of.Name) {
				t.Errorf("%s: a test is skipped", s.fset.Position(n.Pos()))
			}
			return true
		})
	}
}

// TestEveryFuzzTestIsRun holds the Makefile's list of fuzz tests to those that there are.
func TestEveryFuzzTestIsRun(t *testing.T) {
	text, err := os.ReadFile("Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && s.test() && strings.HasPrefix(f.Name.Name, "Fuzz") {
				if want := "./" + s.folder() + ":" + f.Name.Name; !strings.Contains(string(text), want) {
					t.Errorf("make fuzz does not run %s", want)
				}
			}
		}
	}
}

// TestDocumentsLinkToWhatIsThere checks the links between files of the project.
func TestDocumentsLinkToWhatIsThere(t *testing.T) {
	docs, err := filepath.Glob("docs/*.md")
	adrs, err2 := filepath.Glob("docs/adr/*.md")
	if err != nil || err2 != nil || len(docs) < 3 || len(adrs) < 1 {
		t.Fatalf("docs: %d, decisions: %d, %v %v", len(docs), len(adrs), err, err2)
	}
	for _, doc := range append(append(docs, adrs...), "README.md") {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Error(err)
		}
		for _, part := range strings.Split(string(text), "](")[1:] {
			link, _, _ := strings.Cut(part, ")")
			link, _, _ = strings.Cut(link, "#")
			if link == "" || strings.Contains(link, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(doc), link)); err != nil {
				t.Errorf("%s links to %s, which is not there", doc, link)
			}
		}
	}
}
