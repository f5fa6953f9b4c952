package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"fairline/simulations/experiment"
	"fairline/simulations/whatif"
)

const rerunLong = `Run again what a manifest says, from the inputs in its folder, and compare each table byte for byte.

MANIFEST is the manifest.json of a run, or its folder. Nothing is written there. Another version of the program
is said, and is no fault as long as the tables come out the same.

Exit codes: 0 all identical, 1 a table or an input differs, 2 usage or input, 4 interrupted.`

func rerunCommand() *cobra.Command {
	var workers int
	var asJSON, quiet bool
	cmd := &cobra.Command{
		Use:           "rerun MANIFEST",
		Short:         "Run an experiment again and compare the tables",
		Long:          rerunLong,
		Example:       "  fairline rerun runs/2026-04-13-busy-monday/manifest.json",
		Args:          cobra.ExactArgs(1),
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			bar := newProgressBar(cmd.ErrOrStderr(), quiet || asJSON)
			c, err := rerun(cmd, args[0], experiment.Options{Workers: workers, Progress: bar.tell, Extras: whatif.Extras(), Game: whatif.PlayGame})
			bar.end()
			switch {
			case errors.Is(err, experiment.ErrInputChanged):
				return exitError{code: exitFindings, err: err}
			case err != nil:
				return err
			}
			return showRerun(cmd.OutOrStdout(), c, asJSON)
		},
	}
	cmd.Flags().IntVar(&workers, "workers", 0, "replications at once (default the number of processors)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, schema fairline.rerun/1")
	cmd.Flags().BoolVar(&quiet, "quiet", false, "no progress")
	return cmd
}

func rerun(cmd *cobra.Command, manifest string, o experiment.Options) (c *experiment.Comparison, err error) {
	if info, err := os.Stat(manifest); err == nil && info.IsDir() {
		manifest = filepath.Join(manifest, experiment.ManifestFile)
	}
	folder, err := os.MkdirTemp("", "fairline-rerun-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	l := experiment.Launch{Folder: folder, Program: thisProgram(), Command: commandOf(cmd, []string{manifest}), Now: time.Now}
	c, err = experiment.Rerun(cmd.Context(), manifest, l, o)
	if err != nil && cmd.Context().Err() != nil {
		return nil, exitError{code: exitUndecided, err: errors.New("interrupted: nothing was compared")}
	}
	return c, err
}

// A rerunReport is what --json prints.
type rerunReport struct {
	Schema string       `json:"schema"`
	Passed bool         `json:"passed"`
	Notes  []string     `json:"notes"`
	Tables []rerunTable `json:"tables"`
}

type rerunTable struct {
	File    string `json:"file"`
	Same    bool   `json:"identical"`
	Finding string `json:"finding,omitempty"`
	Line    int    `json:"line,omitempty"`
	Before  string `json:"before,omitempty"`
	Again   string `json:"again,omitempty"`
}

func showRerun(out io.Writer, c *experiment.Comparison, asJSON bool) (err error) {
	r := rerunReport{Schema: "fairline.rerun/1", Passed: c.Same() == len(c.Tables), Notes: append([]string{}, c.Notes...)}
	for _, t := range c.Tables {
		r.Tables = append(r.Tables, rerunTable{t.File, t.Finding == "", t.Finding, t.Line, strings.TrimSuffix(t.Before, "\n"),
			strings.TrimSuffix(t.Again, "\n")})
	}
	if asJSON {
		err = writeJSON(out, r)
	} else {
		p := &explainPrinter{w: out}
		for _, n := range r.Notes {
			p.line("note: %s", n)
		}
		for _, t := range r.Tables {
			if t.Same {
				continue
			}
			p.line("%s %s", t.File, t.Finding)
			if t.Line > 0 {
				p.line("  line %d was   %s", t.Line, t.Before)
				p.line("  and again%s  %s", strings.Repeat(" ", len(fmt.Sprint(t.Line))), t.Again)
			}
		}
		p.line("%d of %d tables identical", c.Same(), len(c.Tables))
		err = p.err
	}
	if err == nil && !r.Passed {
		return exitError{code: exitFindings}
	}
	return err
}
