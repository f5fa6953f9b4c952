package main

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// initial has the files of a new site, as they are written.
//
//go:embed initial
var initial embed.FS

// configName is what the configuration of a new site is called.
const configName = "fairline.yaml"

const initLong = `Begin a site: write a configuration, a policy and its tests, all with comments, into DIR (the current directory without
one), and say what to do next. Files that are there already are never touched, and then nothing is written: --force replaces them.`

// initCommand returns `fairline init`.
func initCommand() *cobra.Command {
	var force, asJSON bool
	cmd := &cobra.Command{
		Use:     "init [DIR]",
		Short:   "Begin a site: a configuration, a policy and its tests, with comments",
		Long:    initLong,
		Example: "  fairline init\n  fairline init ~/lines/desk",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s := site{Schema: "fairline.init/1", Dir: "."}
			if len(args) > 0 {
				s.Dir = filepath.Clean(args[0])
			}
			if err := s.write(force); err != nil {
				return err
			}
			if asJSON {
				return writeJSON(cmd.OutOrStdout(), s)
			}
			return s.print(cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace the files that are there")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// A site is a directory with what a line needs to begin; --json prints it.
type site struct {
	Schema string   `json:"schema"`
	Dir    string   `json:"dir"`
	Files  []string `json:"files"` // relative to Dir
	Next   []string `json:"next"`  // commands
}

// write puts the files into the directory; unless it is forced, all of them or none.
func (s *site) write(force bool) error {
	files, err := fs.Sub(initial, "initial")
	if err != nil {
		return err
	}
	err = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			s.Files = append(s.Files, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	if there := s.there(); len(there) > 0 && !force {
		return fmt.Errorf("init: %s there already: nothing was written; --force replaces what is there", areThere(there))
	}
	for _, name := range s.Files {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if err := writeNew(filepath.Join(s.Dir, name), text, force); err != nil {
			return fmt.Errorf("init: %w", err)
		}
	}
	s.Next = s.next()
	return nil
}

// there are the paths of the files that exist.
func (s *site) there() []string {
	var list []string
	for _, name := range s.Files {
		path := filepath.Join(s.Dir, name)
		if _, err := os.Lstat(path); err == nil {
			list = append(list, path)
		}
	}
	return list
}

func areThere(names []string) string {
	if len(names) == 1 {
		return names[0] + " is"
	}
	return strings.Join(names, " and ") + " are"
}

// writeNew writes a file that must not be there yet, unless it is to be replaced.
func writeNew(path string, text []byte, replace bool) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	how := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if replace {
		how = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, how, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// next are the commands that come next, to be pasted where init was called: the program may be named from there.
func (s *site) next() []string {
	program, config := program0(), quoted(filepath.Join(s.Dir, configName))
	return []string{
		program + " policy test " + quoted(filepath.Join(s.Dir, "policies/weekday.test.yaml")),
		program + " serve --config " + config,
		program + " ticket send --config " + config + " --channel phone",
		program + " top --config " + config}
}

// siteNotes say what each file is for, and each command by its verb.
var siteNotes = map[string]string{
	"fairline.yaml":              "where the line keeps its journal and where it listens",
	"policies/weekday.yaml":      "who is served next, and why",
	"policies/weekday.test.yaml": "what that must do, as tests",
	"policy":                     "is the policy what it should be?",
	"serve":                      "runs the line until Ctrl-C",
	"ticket":                     "in a second terminal: the first ticket",
	"top":                        "the line, live",
}

func (s *site) print(w io.Writer) error {
	p := &explainPrinter{w: w}
	p.line("Written in %s:", s.Dir)
	for _, name := range s.Files {
		p.line("  %-27s %s", name, siteNotes[name])
	}
	p.line("")
	p.line("Next:")
	for _, command := range s.Next {
		if note := siteNotes[strings.Fields(strings.TrimPrefix(command, program0()+" "))[0]]; note != "" {
			command += "   # " + note
		}
		p.line("  %s", command)
	}
	return p.err
}
