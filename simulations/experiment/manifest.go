package experiment

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"fairline/simulations/scenario"
)

// Names in the folder of a run.
const (
	ManifestFile      = "manifest.json"
	manifestSchema    = "fairline.run/1"
	inputsFolder      = "inputs"
	partsFolder       = "parts"
	journalFile       = "done.log"
	replicationsTable = "replications.csv"
	intervalsTable    = "intervals.csv"
	dictionaryTable   = "dictionary.csv"
)

// A Program is what a run was made with.
type Program struct {
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

// String is the program on one line.
func (p Program) String() string {
	commit := ""
	if p.Commit != "" {
		commit = fmt.Sprintf(" (%.12s)", p.Commit)
	}
	return fmt.Sprintf("fairline %s%s, %s, %s/%s", p.Version, commit, p.Go, p.OS, p.Arch)
}

// Settings are what was asked for instead of what stands in the experiment file.
type Settings struct {
	Seed         *uint64 `json:"seed,omitempty"`
	Replications int     `json:"replications,omitempty"` // exactly so many, or where one policy is selected at most; 0: as in the file
}

// on returns the experiment with the settings.
func (s Settings) on(x scenario.Experiment) *scenario.Experiment {
	if s.Seed != nil {
		x.Seed = *s.Seed
	}
	if s.Replications > 0 {
		x.Replications, x.Until = s.Replications, nil
	}
	return &x
}

// A Manifest says what was run, and what came of it.
type Manifest struct {
	Schema       string      `json:"schema"`
	Experiment   string      `json:"experiment"`
	Complete     bool        `json:"complete"` // false: it runs, or was interrupted
	Program      Program     `json:"program"`
	Command      []string    `json:"command"`
	Settings     Settings    `json:"settings"`
	Seed         uint64      `json:"seed"`
	Generator    string      `json:"generator"` // of random numbers, and how streams are named
	Started      time.Time   `json:"started"`
	Seconds      float64     `json:"duration_s"` // of work, breaks left out
	Workers      int         `json:"workers"`
	Replications int         `json:"replications"` // done, of all arms
	Tickets      float64     `json:"tickets"`      // that entered the lines of all arms in the time that is measured
	Arms         []armRecord `json:"arms"`
	Selections   []Selection `json:"selections,omitempty"`
	Inputs       []Input     `json:"inputs"`
	Outputs      []Output    `json:"outputs"`
}

// An armRecord is an arm in a manifest.
type armRecord struct {
	Scenario     string             `json:"scenario"`
	Staffing     string             `json:"staffing,omitempty"`
	Policy       string             `json:"policy"`
	Hash         string             `json:"policy_sha256"`
	WarmupNS     int64              `json:"warmup_ns"`
	Targets      map[string]float64 `json:"targets_s,omitempty"`
	Replications int                `json:"replications"`
	Notes        []string           `json:"notes,omitempty"`
}

// An Output is a table of a run.
type Output struct {
	File string `json:"file"`
	Hash string `json:"sha256"`
}

// ReadManifest reads the manifest of a run.
func ReadManifest(path string) (*Manifest, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is no run of fairline simulate: %w", filepath.Dir(path), err)
	}
	if err != nil {
		return nil, err
	}
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if m.Schema != manifestSchema {
		return nil, fmt.Errorf("%s has the schema %q, this program reads %s", path, m.Schema, manifestSchema)
	}
	return &m, nil
}

// write puts a manifest into a folder: the old one stands until the new one does.
func (m *Manifest) write(folder string) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(folder, ManifestFile)
	if err := os.WriteFile(path+".new", append(b, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// of puts down what a study came to so far.
func (m *Manifest) of(s *study) {
	m.Seed, m.Workers, m.Arms, m.Replications = s.experiment.Seed, s.options.Workers, nil, 0
	for _, a := range s.arms {
		done := 0
		for _, f := range a.facts {
			if f != nil {
				done++
			}
		}
		m.Replications += done
		m.Arms = append(m.Arms, armRecord{a.Scenario, a.Staffing, a.Policy, a.Hash, int64(a.Warmup), a.Targets, done, a.Notes})
	}
}
