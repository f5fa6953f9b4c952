package host

import (
	"fmt"
	"strings"
)

// A Code is a way to refuse, as docs/bus.md lists them.
type Code int

// The codes. The err_code on the wire is 60000 more.
const (
	Malformed Code = 400
	Protected Code = 403
	Unknown   Code = 404
	Misplaced Code = 409
	Over      Code = 410
	TooMuch   Code = 413
	Closed    Code = 423
	LineFull  Code = 429
	Internal  Code = 500
	Unserved  Code = 503
)

// codes has a line for each way to refuse: its number, and the word by which refusals are counted.
var codes = []struct {
	code Code
	name string
}{
	{Malformed, "malformed"},
	{Protected, "protected"},
	{Unknown, "unknown"},
	{Misplaced, "misplaced"},
	{Over, "over"},
	{TooMuch, "too-much"},
	{Closed, "closed"},
	{LineFull, "line-full"},
	{Internal, "internal"},
	{Unserved, "unserved"},
}

// String gives the word by which refusals with this code are counted.
func (c Code) String() string {
	for _, row := range codes {
		if row.code == c {
			return row.name
		}
	}
	return fmt.Sprintf("code(%d)", int(c))
}

// ErrCode is the number that names the refusal beside the code, in JetStream's manner.
func (c Code) ErrCode() int { return 60000 + int(c) }

// A Refusal is an answer that nothing was done, and why. The text names the field and what was wanted.
type Refusal struct {
	Code Code
	Text string
}

// Error gives the text.
func (r *Refusal) Error() string { return r.Text }

func refuse(code Code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Text: fmt.Sprintf(format, args...)}
}

// shown is a text from outside as a message may repeat it: quoted, and not too long.
func shown(text string) string {
	const most = 40
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return fmt.Sprintf("%q", text)
}
