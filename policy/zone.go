package policy

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The years that a Zone covers, in seconds since 1970: from 1990 on, up to 2070. Before and after them a line with hours
// is closed.
const (
	ZoneFrom  = 631_152_000
	ZoneUntil = 3_155_760_000
)

// ErrUnknownZone is in errors about a timezone that the table does not have.
var ErrUnknownZone = errors.New("unknown timezone")

// A Zone is the local time of a place as a table of whole numbers: all that a policy needs to know of a timezone. A
// journal carries it beside the policy file, so that a replay asks no machine which hours were summer time.
//
// Invariant: Turns is not empty, its first From is ZoneFrom, From rises and stays under ZoneUntil, and neighbours differ
// in Offset.
type Zone struct {
	Name  string // such as Europe/Vienna
	Turns []Turn
}

// A Turn is an instant from which on local time is so far from UTC.
type Turn struct {
	From   int64 // seconds since 1970
	Offset int64 // local time minus UTC, in seconds; between -86399 and 86399
}

// The archive is the zoneinfo.zip of Go's own distribution: the IANA database of timezones, which is in the public
// domain. Package time/tzdata has the same, but package time asks the machine first.
//
//go:embed zoneinfo.zip
var zoneArchive []byte

// ZoneTable returns the table of a timezone by its IANA name. It depends on the name alone. The error wraps
// ErrUnknownZone when there is no such zone.
func ZoneTable(name string) (Zone, error) {
	r, err := zip.NewReader(bytes.NewReader(zoneArchive), int64(len(zoneArchive)))
	if err != nil {
		panic(err) // the archive is a constant
	}
	i := slices.IndexFunc(r.File, func(f *zip.File) bool { return f.Name == name && !f.FileInfo().IsDir() })
	if i < 0 {
		return Zone{}, fmt.Errorf("%w %q", ErrUnknownZone, name)
	}
	data, err := readZipped(r.File[i])
	if err != nil {
		panic(err)
	}
	loc, err := time.LoadLocationFromTZData(name, data)
	if err != nil {
		panic(err)
	}
	return tableOf(name, loc), nil
}

func readZipped(f *zip.File) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(in)
	return data, errors.Join(err, in.Close())
}

func tableOf(name string, loc *time.Location) Zone {
	z := Zone{Name: name}
	for at := time.Unix(ZoneFrom, 0).In(loc); ; {
		_, offset := at.Zone()
		if n := len(z.Turns); n == 0 || z.Turns[n-1].Offset != int64(offset) {
			z.Turns = append(z.Turns, Turn{at.Unix(), int64(offset)})
		}
		_, end := at.ZoneBounds()
		if end.IsZero() {
			return z
		}
		if !end.After(at) { // on the last day of a leap year package time says that the year ends as it begins
			end = at.Add(24 * time.Hour)
		}
		if at = end; at.Unix() >= ZoneUntil {
			return z
		}
	}
}

// zoneNames are all timezones there are, sorted.
func zoneNames() []string {
	r, err := zip.NewReader(bytes.NewReader(zoneArchive), int64(len(zoneArchive)))
	if err != nil {
		panic(err)
	}
	var names []string
	for _, f := range r.File {
		if f.Mode()&fs.ModeDir == 0 && strings.Contains(f.Name, "/") || f.Name == "UTC" {
			names = append(names, f.Name)
		}
	}
	slices.Sort(names)
	return names
}

// MarshalText writes the table on one line: the name, the offset at ZoneFrom, and for each further turn the seconds
// since the one before and the offset, such as "Europe/Vienna 3600 7520400/7200 15724800/3600". Equal tables give equal
// texts. The error says where z is not a table.
func (z Zone) MarshalText() ([]byte, error) {
	if err := z.check(); err != nil {
		return nil, err
	}
	out := append([]byte(z.Name), ' ')
	out = strconv.AppendInt(out, z.Turns[0].Offset, 10)
	for i, t := range z.Turns[1:] {
		out = strconv.AppendInt(append(out, ' '), t.From-z.Turns[i].From, 10)
		out = strconv.AppendInt(append(out, '/'), t.Offset, 10)
	}
	return out, nil
}

// UnmarshalText reads what MarshalText writes, and nothing else: it refuses a second way to write a table. After an
// error z is as before.
func (z *Zone) UnmarshalText(text []byte) error {
	name, rest, _ := strings.Cut(string(text), " ")
	read := Zone{Name: name}
	at := int64(ZoneFrom)
	for i, part := range strings.Split(rest, " ") {
		after, offset, two := strings.Cut(part, "/")
		if i == 0 {
			after, offset = "0", part
		}
		d, err := strconv.ParseInt(after, 10, 64)
		o, err2 := strconv.ParseInt(offset, 10, 64)
		if err != nil || err2 != nil || two != (i > 0) || d < 0 || d >= ZoneUntil {
			return fmt.Errorf("read timezone %.40q: turn %d is %.40q", name, i, part)
		}
		at += d
		read.Turns = append(read.Turns, Turn{at, o})
	}
	again, err := read.MarshalText()
	if err != nil {
		return err
	}
	if !bytes.Equal(again, text) {
		return fmt.Errorf("read timezone %.40q: not as a table is written", name)
	}
	*z = read
	return nil
}

var zoneForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_+/-]{0,63}$`)

const (
	turnsMax  = 2000
	offsetMax = 86_399
)

func (z Zone) check() error {
	switch {
	case !zoneForm.MatchString(z.Name):
		return fmt.Errorf("timezone %.40q: no name of a timezone", z.Name)
	case len(z.Turns) == 0 || len(z.Turns) > turnsMax || z.Turns[0].From != ZoneFrom:
		return fmt.Errorf("timezone %s: %d turns, want 1 to %d that begin with 1990", z.Name, len(z.Turns), turnsMax)
	}
	for i, t := range z.Turns {
		if t.Offset < -offsetMax || t.Offset > offsetMax || t.From >= ZoneUntil || i > 0 && (t.From <= z.Turns[i-1].From || t.Offset == z.Turns[i-1].Offset) {
			return fmt.Errorf("timezone %s: turn %d is %d at %d", z.Name, i, t.Offset, t.From)
		}
	}
	return nil
}
