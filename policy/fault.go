package policy

import (
	"io"

	"fairline/policy/sheet"
)

// Faults of a policy file are those of every file that package sheet reads.
type (
	Severity = sheet.Severity // what a Fault costs
	Span     = sheet.Span     // a piece of one line
	Fault    = sheet.Fault    // one mistake, at the place where it can be mended
	Related  = sheet.Related  // a second place that has to do with a Fault
	Faults   = sheet.Faults   // all that is wrong with a file, in file order
)

// The severities. A file with an Error gives no Policy; with a Warning or a Note it does.
const (
	Error   = sheet.Error
	Warning = sheet.Warning
	Note    = sheet.Note
)

// Render writes the faults as pictures: the line of the file, the words underlined, and a way to mend it. Src is the
// file that was parsed. With color, signs stand in ANSI colours; without, nothing but colour is lost.
func Render(w io.Writer, faults Faults, src []byte, color bool) error {
	return sheet.Render(w, faults, src, color)
}

// RenderGitHub writes the faults as workflow commands, which GitHub shows beside the lines of a change.
func RenderGitHub(w io.Writer, faults Faults) error { return sheet.RenderGitHub(w, faults) }
