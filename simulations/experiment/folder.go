package experiment

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"fairline/simulations/scenario"
	"fairline/simulations/stream"
)

// ErrUsed says that a folder holds a run already.
var ErrUsed = errors.New("there is a run in it already: resume it, or give another folder")

// A Launch is where a run is written, and what its manifest says of how it came about. Time is the caller's: nothing but the
// manifest depends on it.
type Launch struct {
	Folder   string
	Program  Program
	Command  []string
	Settings Settings
	Now      func() time.Time
}

// Play runs an experiment and writes nothing. The results are the same as those of Run.
func Play(ctx context.Context, x *scenario.Experiment, o Options) (*Results, error) {
	s, err := newStudy(x, o)
	if err == nil {
		err = s.warm(ctx, nil)
	}
	if err == nil {
		err = s.run(ctx)
	}
	if err != nil {
		return nil, err
	}
	return s.results(), nil
}

// Run runs an experiment into a folder that it makes. Where ctx ends, its cause is returned, and what is done is kept: Resume
// goes on. The manifest is returned as soon as there is one, with or without an error.
func Run(ctx context.Context, x *scenario.Experiment, in *Inputs, l Launch, o Options) (*Results, *Manifest, error) {
	s, err := newStudy(l.Settings.on(*x), o)
	if err != nil {
		return nil, nil, err
	}
	if _, err := os.Stat(filepath.Join(l.Folder, ManifestFile)); err == nil {
		return nil, nil, fmt.Errorf("%s: %w", l.Folder, ErrUsed)
	}
	if err := os.MkdirAll(l.Folder, 0o755); err != nil {
		return nil, nil, err
	}
	m := &Manifest{Schema: manifestSchema, Experiment: x.Name, Program: l.Program, Command: l.Command, Settings: l.Settings,
		Generator: stream.Name, Started: l.Now().UTC(), Inputs: in.list(), Outputs: []Output{}}
	if err := in.write(l.Folder); err != nil {
		return nil, nil, err
	}
	m.Seed, m.Workers = s.experiment.Seed, s.options.Workers
	if err := m.write(l.Folder); err != nil {
		return nil, nil, err
	}
	r, err := s.into(ctx, l, m)
	return r, m, err
}

// Resume goes on with a run that was interrupted: what is finished is not played again. The tables are the same as if it had never
// been. Of a run that is complete it returns the results. The program must be the one that began.
func Resume(ctx context.Context, l Launch, o Options) (*Results, *Manifest, error) {
	m, err := ReadManifest(filepath.Join(l.Folder, ManifestFile))
	if err != nil {
		return nil, nil, err
	}
	if m.Complete {
		r, err := Open(l.Folder)
		return r, m, err
	}
	if m.Program != l.Program {
		return nil, m, fmt.Errorf("%s was begun by %s, and this is %s: the rest would not be the same; run it anew",
			l.Folder, m.Program, l.Program)
	}
	x, _, err := inputsOf(l.Folder, m)
	if err != nil {
		return nil, m, err
	}
	s, err := newStudy(m.Settings.on(*x), o)
	if err != nil {
		return nil, m, err
	}
	r, err := s.into(ctx, l, m)
	return r, m, err
}

// into runs a study into the folder of a launch, from where m says it is.
func (s *study) into(ctx context.Context, l Launch, m *Manifest) (*Results, error) {
	s.folder = l.Folder
	began, before := l.Now(), m.Seconds
	if err := s.warm(ctx, m.Arms); err != nil {
		return nil, err
	}
	m.of(s)
	if err := m.write(l.Folder); err != nil {
		return nil, err
	}
	if err := s.openFolder(l.Program); err != nil {
		return nil, err
	}
	err := errors.Join(s.run(ctx), s.journal.close())
	m.Seconds = before + l.Now().Sub(began).Seconds()
	m.of(s)
	if err != nil {
		return nil, errors.Join(err, m.write(l.Folder))
	}
	r := s.results()
	if r.Games, err = s.games(ctx); err != nil {
		return nil, errors.Join(err, m.write(l.Folder))
	}
	if m.Outputs, err = s.tables(r); err != nil {
		return nil, err
	}
	m.Complete, m.Selections, m.Tickets = true, r.Selections, r.Tickets()
	m.Seconds = before + l.Now().Sub(began).Seconds()
	if err := m.write(l.Folder); err != nil {
		return nil, err
	}
	return r, errors.Join(os.Remove(filepath.Join(l.Folder, journalFile)), os.RemoveAll(filepath.Join(l.Folder, partsFolder)))
}

// openFolder opens the journal, and takes over what is done.
func (s *study) openFolder(program Program) (err error) {
	if s.experiment.Rows != (scenario.Rows{}) {
		if err := os.MkdirAll(filepath.Join(s.folder, partsFolder), 0o755); err != nil {
			return err
		}
	}
	var records []record
	if s.journal, records, err = openJournal(filepath.Join(s.folder, journalFile), s.identity(program)); err != nil {
		return err
	}
	s.before = make(map[[2]int]record, len(records))
	for _, r := range records {
		s.before[[2]int{r.arm, r.replication}] = r
	}
	return nil
}

// Tickets is how many tickets entered the lines of all arms in the time that is measured.
func (r *Results) Tickets() (sum float64) {
	if k, ok := r.Key(scenario.Metric{Name: "offered"}); ok {
		for i := range r.Arms {
			for _, facts := range r.Arms[i].Facts {
				sum += facts[k].Num
			}
		}
	}
	return sum
}
