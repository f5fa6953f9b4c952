package natsbus

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"fairline/engine/journal"
)

// anchorLenMax bounds what is read of an anchor file.
const anchorLenMax = 512

// An Anchor is one line in a file outside the stream: how far a journal had come, and the hash of
// its frame there. It is the only thing that notices a journal that lost its tail: what is left of
// such a journal is a good chain. It lags the journal by at most a second of appends, so that the
// loss of less than that may go unnoticed.
type Anchor struct {
	Stream string
	Seq    uint64
	Hash   [32]byte // zero when Seq is 0: a journal that exists and is empty
}

// String gives the line of the file, such as "FL_JRN_0_1 412 9f86d0…".
func (a Anchor) String() string {
	return fmt.Sprintf("%s %d %x", a.Stream, a.Seq, a.Hash)
}

// ParseAnchor reads the line back; it takes what String gives and nothing else.
func ParseAnchor(line string) (Anchor, error) {
	fields := strings.Split(line, " ")
	if len(fields) != 3 {
		return Anchor{}, fmt.Errorf("anchor %q: want stream, sequence and hash", line)
	}
	a := Anchor{Stream: fields[0]}
	seq, err := strconv.ParseUint(fields[1], 10, 64)
	if err != nil {
		return Anchor{}, fmt.Errorf("anchor %q: sequence: %w", line, err)
	}
	a.Seq = seq
	hash, err := hex.DecodeString(fields[2])
	if err != nil || len(hash) != len(a.Hash) {
		return Anchor{}, fmt.Errorf("anchor %q: want a hash of %d hexadecimal digits",
			line, 2*len(a.Hash))
	}
	copy(a.Hash[:], hash)
	if a.String() != line {
		return Anchor{}, fmt.Errorf("anchor %q: want it as %q", line, a)
	}
	return a, nil
}

// ReadAnchor reads an anchor file. A missing file is an error that wraps fs.ErrNotExist.
func ReadAnchor(file string) (Anchor, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Anchor{}, fmt.Errorf("read anchor: %w", err)
	}
	if len(text) > anchorLenMax {
		return Anchor{}, fmt.Errorf("read anchor %s: %d bytes, want at most %d",
			file, len(text), anchorLenMax)
	}
	a, err := ParseAnchor(strings.TrimSuffix(string(text), "\n"))
	if err != nil {
		return Anchor{}, fmt.Errorf("read anchor %s: %w", file, err)
	}
	return a, nil
}

// WriteAnchor replaces an anchor file durably and in one step.
func WriteAnchor(file string, a Anchor) error {
	if err := writeFile(file, []byte(a.String()+"\n")); err != nil {
		return fmt.Errorf("write anchor %s: %w", file, err)
	}
	return nil
}

// loadAnchor reads the anchor of a stream; found is false when there is no file.
func loadAnchor(file, stream string) (a Anchor, found bool, err error) {
	a, err = ReadAnchor(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Anchor{Stream: stream}, false, nil
	case err != nil:
		return a, false, err
	case a.Stream != stream:
		return a, false, fmt.Errorf("anchor %s is of journal %s, want %s", file, a.Stream, stream)
	}
	return a, true, nil
}

// regressed is the refusal of a journal that ends, with last, before its anchor.
func (a Anchor) regressed(file string, last Anchor) error {
	err := fmt.Errorf("it ends at sequence %d, but the anchor %s was at %d with hash %x: %w; %s",
		last.Seq, file, a.Seq, a.Hash[:8], journal.ErrRegressed, remedy(file, last))
	return &journal.Error{Op: "open", Stream: a.Stream, Seq: a.Seq, Err: err}
}

// differs is the refusal of a journal that has another frame where the anchor is.
func (a Anchor) differs(file string, hash [32]byte, last Anchor) error {
	err := fmt.Errorf("the frame has hash %x, but the anchor %s has %x: %w; %s",
		hash[:8], file, a.Hash[:8], journal.ErrChain, remedy(file, last))
	return &journal.Error{Op: "open", Stream: a.Stream, Seq: a.Seq, Err: err}
}

// missing is the refusal of a journal with frames and no anchor file.
func missing(file string, last Anchor) error {
	err := fmt.Errorf("there is no anchor %s, so whether frames behind are lost cannot be known: %w; %s",
		file, journal.ErrRegressed, remedy(file, last))
	return &journal.Error{Op: "open", Stream: last.Stream, Seq: last.Seq, Err: err}
}

// remedy says what an operator can do.
func remedy(file string, last Anchor) string {
	return fmt.Sprintf("restore the newest copy of the journal, or, to go on without what is lost, "+
		"put this line into %s: %s", file, last)
}
