package trial

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"fairline/policy/outline"
)

// A Report is the outcome of a run over any number of test files.
type Report struct {
	runs     []run
	suites   []*Suite // one for each policy
	examples int
	faults   int // of test files
}

type run struct {
	file   string
	policy string
	took   time.Duration
	Result
}

// Add enters the result of a test of a file.
func (r *Report) Add(file string, s *Suite, res Result, took time.Duration) {
	r.runs = append(r.runs, run{file, s.tree.Policy.File, took, res})
}

// Use enters a policy whose coverage and examples are to be counted.
func (r *Report) Use(s *Suite) {
	r.suites = append(r.suites, s)
	r.examples += s.Examples()
}

// Fault notes that a test file or its policy cannot be used.
func (r *Report) Fault() { r.faults++ }

// Count returns how many tests passed, how many failed, and how many could not be played, faulty files included.
func (r *Report) Count() (passed, failed, errors int) {
	for _, t := range r.runs {
		switch {
		case t.Err != nil:
			errors++
		case len(t.Failures) > 0:
			failed++
		default:
			passed++
		}
	}
	return passed, failed, errors + r.faults
}

// Coverage returns how many parts of the policies there are, how many were used, and the others.
func (r *Report) Coverage() (used, all int, unused []string) {
	for _, s := range r.suites {
		for _, p := range s.Parts() {
			all++
			switch {
			case p.Used:
				used++
			case p.Line > 0:
				unused = append(unused, p.What+": "+s.tree.Place(p.Line))
			default:
				unused = append(unused, p.What+": "+s.tree.Policy.File)
			}
		}
	}
	return used, all, unused
}

// Write writes the outcome for people. With verbose, tests that pass say what was decided.
func (r *Report) Write(w io.Writer, verbose bool, took time.Duration) error {
	b := &strings.Builder{}
	broken, wide := 0, placeWidth
	for _, t := range r.runs {
		wide = max(wide, len(t.place()))
	}
	for _, t := range r.runs {
		t.write(b, verbose, wide)
		broken += len(t.Failures)
	}
	passed, failed, errors := r.Count()
	if r.examples > 0 {
		fmt.Fprintf(b, "%s of the policy hold\n", outline.Count(r.examples, "example", "examples"))
	}
	fmt.Fprintf(b, "%d passed, %d failed, %s in %d ms", passed, failed, outline.Count(errors, "error", "errors"), took.Milliseconds())
	if used, all, unused := r.Coverage(); all > 0 {
		fmt.Fprintf(b, "      rule coverage %d/%d", used, all)
		if len(unused) == 1 {
			fmt.Fprintf(b, " (%s)", unused[0])
		}
		b.WriteByte('\n')
		for _, u := range unused {
			if len(unused) > 1 {
				fmt.Fprintf(b, "      %s\n", u)
			}
		}
	} else {
		b.WriteByte('\n')
	}
	if failed > 0 {
		fmt.Fprintf(b, "%s failed in %s.\n", outline.Count(broken, "expectation", "expectations"), outline.Count(failed, "test", "tests"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// placeWidth is the least width of the column of places; a longer place widens it for all.
const placeWidth = 26

func (t *run) place() string { return fmt.Sprintf("%s:%d", t.file, t.Test.At1.Line) }

func (t *run) write(b *strings.Builder, verbose bool, wide int) {
	name := t.Test.Name
	if t.Err != nil {
		fmt.Fprintf(b, "ERROR %s:%d:%d  %s\n      %s\n", t.file, t.Err.Line, t.Err.Column, name, t.Err.Message)
		return
	}
	if len(t.Failures) == 0 {
		fmt.Fprintf(b, "ok    %-*s  %-66s  %.1f ms\n", wide, t.place(), name, float64(t.took.Microseconds())/1000)
	}
	if verbose && len(t.Failures) == 0 {
		for _, s := range t.Story {
			fmt.Fprintf(b, "      %s\n", s)
		}
	}
	for _, f := range t.Failures {
		fmt.Fprintf(b, "FAIL  %s:%d:%d  %s\n      %s\n", t.file, f.Line, f.Column, name, f.Scene)
		fmt.Fprintf(b, "      %-18s%s\n      %-18s%s\n", "expected "+f.label(), f.Expected, "got", f.Got)
		if f.Because != "" {
			fmt.Fprintf(b, "      %-18s%s", "because", f.Because)
			if f.Where != "" {
				fmt.Fprintf(b, "   %s", f.Where)
			}
			b.WriteByte('\n')
		}
	}
}

// label is what stands behind "expected": nothing where the expectation says it.
func (f *Failure) label() string {
	if len(f.What) > 7 {
		return ""
	}
	return f.What
}

// A JSONReport is a Report for programs, schema fairline.test/1.
type JSONReport struct {
	Schema   string     `json:"schema"`
	Passed   int        `json:"passed"`
	Failed   int        `json:"failed"`
	Errors   int        `json:"errors"`
	Examples int        `json:"examples"` // of the policies' own files; all hold
	Coverage JSONCover  `json:"coverage"`
	Tests    []JSONTest `json:"tests"`
}

// A JSONCover is the rule coverage.
type JSONCover struct {
	Used   int      `json:"used"`
	All    int      `json:"all"`
	Unused []string `json:"unused"`
}

// A JSONTest is one test.
type JSONTest struct {
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Name     string        `json:"name"`
	Policy   string        `json:"policy"`
	OK       bool          `json:"ok"`
	Error    string        `json:"error,omitempty"`
	Failures []JSONFailure `json:"failures,omitempty"`
	Micros   int64         `json:"us"`
}

// A JSONFailure is an expectation that does not hold.
type JSONFailure struct {
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Scene    string `json:"scene"`
	What     string `json:"what"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
	Because  string `json:"because,omitempty"`
	Where    string `json:"where,omitempty"`
}

// JSON returns the outcome for programs.
func (r *Report) JSON() JSONReport {
	out := JSONReport{Schema: "fairline.test/1", Examples: r.examples, Tests: []JSONTest{}}
	out.Passed, out.Failed, out.Errors = r.Count()
	out.Coverage.Used, out.Coverage.All, out.Coverage.Unused = r.Coverage()
	if out.Coverage.Unused == nil {
		out.Coverage.Unused = []string{}
	}
	for _, t := range r.runs {
		j := JSONTest{File: t.file, Line: t.Test.At1.Line, Name: t.Test.Name, Policy: t.policy, Micros: t.took.Microseconds(), OK: t.Err == nil && len(t.Failures) == 0}
		if t.Err != nil {
			j.Error = fmt.Sprintf("%s:%d:%d: %s", t.file, t.Err.Line, t.Err.Column, t.Err.Message)
		}
		for _, f := range t.Failures {
			j.Failures = append(j.Failures, JSONFailure{f.Line, f.Column, f.Scene, f.What, f.Expected, f.Got, f.Because, f.Where})
		}
		out.Tests = append(out.Tests, j)
	}
	return out
}

type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string     `xml:"name,attr"`
	Class   string     `xml:"classname,attr"`
	File    string     `xml:"file,attr"`
	Line    int        `xml:"line,attr"`
	Time    string     `xml:"time,attr"`
	Failure *junitText `xml:"failure,omitempty"`
	Error   *junitText `xml:"error,omitempty"`
}

type junitText struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the outcome as JUnit's XML, which build servers read.
func (r *Report) WriteJUnit(w io.Writer) error {
	passed, failed, errors := r.Count()
	s := junitSuite{Name: "fairline policy test", Tests: passed + failed + errors, Failures: failed, Errors: errors}
	for _, t := range r.runs {
		c := junitCase{Name: t.Test.Name, Class: t.file, File: t.file, Line: t.Test.At1.Line, Time: fmt.Sprintf("%.6f", t.took.Seconds())}
		var b strings.Builder
		t.write(&b, false, 0)
		switch {
		case t.Err != nil:
			c.Error = &junitText{t.Err.Message, b.String()}
		case len(t.Failures) > 0:
			f := t.Failures[0]
			c.Failure = &junitText{"expected " + f.Expected + ", got " + f.Got, b.String()}
		}
		s.Cases = append(s.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(s); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
