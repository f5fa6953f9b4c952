package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fairline/policy"
	"fairline/policy/trial"
)

// testSuffix ends the name of a test file; what stands before it names the policy.
const testSuffix = ".test.yaml"

// trialFlags are the flags of policy test.
type trialFlags struct {
	policy  string
	run     string
	verbose bool
	json    bool
	junit   bool
	cover   int
}

func policyTestCommand() *cobra.Command {
	var f trialFlags
	cmd := &cobra.Command{
		Use:   "test PATH...",
		Short: "Run the tests that stand beside policy files",
		Long: "Run the tests that stand beside policy files, in the engine that serves.\n\n" +
			"PATH is a test file (NAME.test.yaml), a policy file, whose tests stand beside it, or a folder. A test file is for the\n" +
			"policy that its key `policy` names, else for NAME.yaml beside it, else for the shipped policy NAME.\n" +
			"The format is in docs/policy-tools.md.\n\n" +
			"Exit codes: 0 all pass, 1 an expectation fails or too little is covered, 2 a file or a test cannot be used.",
		Example: "  fairline policy test policies/\n  fairline policy test --run noise -v weekday.test.yaml\n" +
			"  fairline policy test --policy loudest-first weekday.test.yaml",
		Args:          cobra.MinimumNArgs(1),
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return testPolicies(cmd.OutOrStdout(), cmd.ErrOrStderr(), args, f)
		},
	}
	cmd.Flags().StringVar(&f.policy, "policy", "", "test this policy, a file or a shipped name, instead of the one each test file is for")
	cmd.Flags().StringVar(&f.run, "run", "", "run only tests whose name matches this regular expression")
	cmd.Flags().BoolVarP(&f.verbose, "verbose", "v", false, "say for each test that passes what was decided")
	cmd.Flags().BoolVar(&f.json, "json", false, "write JSON, schema fairline.test/1")
	cmd.Flags().BoolVar(&f.junit, "junit", false, "write JUnit's XML")
	cmd.Flags().IntVar(&f.cover, "cover-fail-under", 0, "fail when less than this percentage of the policy is used")
	return cmd
}

// A trialRun is one call of policy test.
type trialRun struct {
	flags     trialFlags
	only      *regexp.Regexp
	out       io.Writer
	narration io.Writer
	report    trial.Report
	suites    map[string]*trial.Suite // by policy; nil: it cannot be used
	zones     map[string]*policy.Zone
}

func testPolicies(out, narration io.Writer, paths []string, f trialFlags) error {
	only, err := regexp.Compile(f.run)
	if err != nil {
		return exitError{code: exitUsage, err: fmt.Errorf("--run: %w", err)}
	}
	if f.json && f.junit || f.cover < 0 || f.cover > 100 {
		return exitError{code: exitUsage, err: errors.New("--json and --junit exclude each other, and --cover-fail-under takes 0 to 100")}
	}
	r := &trialRun{flags: f, only: only, out: out, narration: narration, suites: map[string]*trial.Suite{}, zones: map[string]*policy.Zone{}}
	begin := time.Now()
	files, err := testFiles(paths)
	if err != nil {
		return exitError{code: exitUsage, err: err}
	}
	for _, name := range files {
		if err := r.file(name); err != nil {
			return exitError{code: exitUsage, err: err}
		}
	}
	return r.end(time.Since(begin))
}

func (r *trialRun) end(took time.Duration) error {
	var err error
	switch {
	case r.flags.json:
		err = writeJSON(r.out, r.report.JSON())
	case r.flags.junit:
		err = r.report.WriteJUnit(r.out)
	default:
		err = r.report.Write(r.out, r.flags.verbose, took)
	}
	passed, failed, faulty := r.report.Count()
	used, all, _ := r.report.Coverage()
	low := used*100 < r.flags.cover*all
	if low {
		fmt.Fprintf(r.narration, "rule coverage %d/%d is under %d %%\n", used, all, r.flags.cover)
	}
	switch {
	case err != nil:
		return err
	case faulty > 0:
		return exitError{code: exitUsage}
	case failed > 0 || low:
		return exitError{code: exitFindings}
	case passed == 0 && r.flags.run != "":
		return exitError{code: exitUsage, err: fmt.Errorf("no test matches %q", r.flags.run)}
	}
	return nil
}

// testFiles lists what the paths stand for: test files, and policies, which may have tests beside them.
func testFiles(paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if _, ok := policy.Shipped(p); ok && err != nil {
			files = append(files, p)
			continue
		}
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, p)
			continue
		}
		before := len(files)
		err = filepath.WalkDir(p, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(path, testSuffix) {
				files = append(files, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(files) == before {
			return nil, fmt.Errorf("no file in %s ends in %s", p, testSuffix)
		}
	}
	return files, nil
}

// file runs one test file, or the tests and examples of one policy.
func (r *trialRun) file(name string) error {
	if strings.HasSuffix(name, testSuffix) {
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return r.tests(name, src, r.policyFor(name, src))
	}
	tests := strings.TrimSuffix(name, filepath.Ext(name)) + testSuffix
	src, err := os.ReadFile(tests)
	if errors.Is(err, fs.ErrNotExist) {
		_, _, err := r.suite(name)
		return err
	}
	if err != nil {
		return err
	}
	return r.tests(tests, src, name)
}

// policyFor says which policy a test file is for.
func (r *trialRun) policyFor(name string, src []byte) string {
	named := trial.PolicyOf(src)
	if r.flags.policy != "" {
		return r.flags.policy
	}
	if _, ok := policy.Shipped(named); ok {
		return named
	}
	if named != "" {
		return filepath.Join(filepath.Dir(name), named)
	}
	beside := strings.TrimSuffix(name, testSuffix) + ".yaml"
	if _, err := os.Stat(beside); err == nil {
		return beside
	}
	return strings.TrimSuffix(filepath.Base(name), testSuffix)
}

// suite reads a policy once. A policy with an error is reported, and its tests are not run.
func (r *trialRun) suite(name string) (*trial.Suite, *policy.Zone, error) {
	if s, ok := r.suites[name]; ok {
		return s, r.zones[name], nil
	}
	p, faults, err := policy.Load(name)
	if err != nil {
		return nil, nil, err
	}
	r.suites[name] = nil
	if p == nil {
		src, err := policy.Read(name)
		if err != nil {
			return nil, nil, err
		}
		r.report.Fault()
		return nil, nil, policy.Render(r.narration, faults, src, colored(r.narration))
	}
	if err := p.Serveable(); err != nil {
		r.report.Fault()
		fmt.Fprintln(r.narration, err)
		return nil, nil, nil
	}
	r.suites[name], r.zones[name] = trial.NewSuite(p), p.Zone
	r.report.Use(r.suites[name])
	return r.suites[name], p.Zone, nil
}

func (r *trialRun) tests(name string, src []byte, policyName string) error {
	s, zone, err := r.suite(policyName)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	f, faults := trial.Parse(name, src, zone)
	if f == nil {
		r.report.Fault()
		return policy.Render(r.narration, faults, src, colored(r.narration))
	}
	if s == nil {
		return nil
	}
	tests := slices.DeleteFunc(f.Tests, func(t *trial.Test) bool { return !r.only.MatchString(t.Name) })
	for _, t := range tests {
		begin := time.Now()
		result := s.Run(t)
		r.report.Add(name, s, result, time.Since(begin))
	}
	return nil
}
