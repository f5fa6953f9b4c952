package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"fairline/policy"
	"fairline/simulations/experiment"
	"fairline/simulations/scenario"
	"fairline/simulations/whatif"
)

const simulateLong = `Run an experiment: scenarios under policies, often enough to say how sure the result is.

EXPERIMENT is a YAML file that names scenarios, policies and what is looked at. Each policy meets the same
customers. The folder of the run gets a manifest, copies of all that was read, and tidy CSV tables; it is
runs/DATE-NAME unless --out says otherwise. The tables do not depend on the number of workers, nor on whether
the run was interrupted (Ctrl-C) and resumed.

Exit codes: 0 fine, 1 a threshold of the experiment is not met, 2 usage, input or a
replication that breaks a law, 4 interrupted.`

// simulateFlags are what `fairline simulate` is told.
type simulateFlags struct {
	out, resume  string
	replications int
	workers      int
	seed         uint64
	json, quiet  bool
}

func simulateCommand() *cobra.Command {
	var f simulateFlags
	cmd := &cobra.Command{
		Use:   "simulate EXPERIMENT",
		Short: "Run scenarios under policies and measure them",
		Long:  simulateLong,
		Example: "  fairline simulate busy-monday.yaml\n  fairline simulate busy-monday.yaml --replications 20 --out runs/try\n" +
			"  fairline simulate --resume runs/2026-04-13-busy-monday",
		Args:          cobra.MaximumNArgs(1),
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(cmd *cobra.Command, args []string) error { return simulate(cmd, args, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.out, "out", "", "folder of the run (default runs/DATE-NAME)")
	flags.StringVar(&f.resume, "resume", "", "go on with the interrupted run in this folder")
	flags.IntVar(&f.replications, "replications", 0, "play exactly so many, whatever the experiment says; of antithetic ones whole pairs")
	flags.IntVar(&f.workers, "workers", 0, "replications at once (default the number of processors)")
	flags.Uint64Var(&f.seed, "seed", 0, "seed instead of the experiment's")
	flags.BoolVar(&f.json, "json", false, "print JSON, schema fairline.simulate/1")
	flags.BoolVar(&f.quiet, "quiet", false, "no progress")
	cmd.AddCommand(simulateSchemaCommand())
	return cmd
}

func simulateSchemaCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "schema", Short: "Print the JSON Schemas of what simulate reads, for editors"}
	cmd.AddCommand(
		schemaCommand("scenario", "scenario", "simulate schema scenario > scenario.schema.json", scenario.Schema),
		schemaCommand("experiment", "experiment", "simulate schema experiment > experiment.schema.json", scenario.ExperimentSchema))
	return cmd
}

func simulate(cmd *cobra.Command, args []string, f simulateFlags) error {
	changed := cmd.Flags().Changed
	switch {
	case (f.resume == "") != (len(args) == 1):
		return errors.New("give an experiment file, or --resume with the folder of a run")
	case f.resume != "" && (f.out != "" || changed("replications") || changed("seed")):
		return errors.New("a run is resumed as it was begun: --out, --replications and --seed do not go with --resume")
	case changed("replications") && f.replications < 1, f.workers < 0:
		return errors.New("--replications and --workers are 1 or more")
	}
	l := experiment.Launch{Folder: f.resume, Program: thisProgram(), Now: time.Now, Command: commandOf(cmd, args)}
	bar := newProgressBar(cmd.ErrOrStderr(), f.quiet || f.json)
	o := experiment.Options{Workers: f.workers, Progress: bar.tell, Extras: whatif.Extras(), Game: whatif.PlayGame}
	var r *experiment.Results
	var m *experiment.Manifest
	var err error
	if f.resume != "" {
		r, m, err = experiment.Resume(cmd.Context(), l, o)
	} else {
		l.Settings.Replications = f.replications
		if changed("seed") {
			l.Settings.Seed = &f.seed
		}
		r, m, err = f.begin(cmd, args[0], &l, o)
	}
	bar.end()
	if err != nil {
		return notFinished(cmd.Context(), err, m, l.Folder, cmd.ErrOrStderr())
	}
	s := newSimulated(r, m, l.Folder)
	if f.json {
		err = writeJSON(cmd.OutOrStdout(), s)
	} else {
		err = s.print(cmd.OutOrStdout())
	}
	if err == nil && !s.Passed {
		return exitError{code: exitFindings}
	}
	return err
}

// begin reads an experiment and runs it into a new folder, which it enters into the launch.
func (f *simulateFlags) begin(cmd *cobra.Command, file string, l *experiment.Launch, o experiment.Options) (*experiment.Results,
	*experiment.Manifest, error) {
	x, in, faults, err := experiment.Load(file)
	if err != nil {
		return nil, nil, err
	}
	if narration := cmd.ErrOrStderr(); x == nil || len(faults) > 0 && !f.quiet {
		if err := policy.Render(narration, faults, in.Source(file), colored(narration)); err != nil {
			return nil, nil, err
		}
	}
	if x == nil {
		return nil, nil, exitError{code: exitUsage}
	}
	if l.Folder = f.out; l.Folder == "" {
		l.Folder = freeFolder(filepath.Join("runs", l.Now().Format(time.DateOnly)+"-"+x.Name))
	}
	return experiment.Run(cmd.Context(), x, in, *l, o)
}

// freeFolder is a folder that is not there, of this name or with a number behind it.
func freeFolder(name string) string {
	for n, folder := 2, name; ; n++ {
		if _, err := os.Stat(folder); err != nil {
			return folder
		}
		folder = fmt.Sprintf("%s-%d", name, n)
	}
}

// notFinished says how to go on where a run was interrupted, and otherwise returns the error that ended it.
func notFinished(ctx context.Context, err error, m *experiment.Manifest, folder string, narration io.Writer) error {
	if ctx.Err() == nil || !errors.Is(err, context.Cause(ctx)) {
		return err
	}
	if m == nil {
		return exitError{code: exitUndecided, err: errors.New("interrupted before anything was done")}
	}
	fmt.Fprintf(narration, "interrupted: %s finished. Go on with: fairline simulate --resume %s\n",
		plural(m.Replications, "replication is", "replications are"), folder)
	return exitError{code: exitUndecided}
}

// commandOf is the command as it can be typed again: flags that were set, and arguments.
func commandOf(cmd *cobra.Command, args []string) []string {
	list := []string{"fairline", cmd.Name()}
	cmd.Flags().Visit(func(f *pflag.Flag) { list = append(list, "--"+f.Name+"="+f.Value.String()) })
	return append(list, args...)
}

// thisProgram is the program that runs.
func thisProgram() experiment.Program {
	p := experiment.Program{Version: "(devel)", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return p
	}
	if info.Main.Version != "" {
		p.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			p.Commit = s.Value + p.Commit
		case s.Key == "vcs.modified" && s.Value == "true":
			p.Commit += "+changes"
		}
	}
	return p
}
