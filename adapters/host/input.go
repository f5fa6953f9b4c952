package host

import (
	"encoding/binary"
	"errors"
	"fmt"

	"fairline/engine"
)

// ErrInput says that bytes of a frame are not an input as this package writes them.
var ErrInput = errors.New("not a canonical input")

// An Input is a command as the journal keeps it: with the texts that the engine knows only as Words, so
// that a reader needs nothing but the journal.
//
// The texts of Arrive begin with those of [Origin], the texts of SignIn with the agent's name, the texts of Depart with
// the other line and the ticket as it was handed in there, the texts of Adopt are the policy file's name, its bytes,
// the zone it was read with, and who adopted it. All others are the texts of Words in the command, and of what
// supervisors do their names.
type Input struct {
	Command engine.Command
	Texts   []string
}

const (
	originTexts = 4 // of an Arrive are those of its Origin
	departTexts = 2 // of a Depart are no Words
	adoptTexts  = 4 // of an Adopt at most; the zone and the supervisor may be missing
)

// An Origin is what the outside calls a ticket.
type Origin struct {
	Adapter  string
	ID       string // unique for its adapter
	Ref      string // where the content is
	Customer string
}

// Origin gives the first texts of an Arrive. Of another input it is zero.
func (in *Input) Origin() Origin {
	if in.Command.Kind != engine.Arrive {
		return Origin{}
	}
	return Origin{Adapter: in.Texts[0], ID: in.Texts[1], Ref: in.Texts[2], Customer: in.Texts[3]}
}

// File gives the name and the bytes of the policy file of an Adopt. Of another input they are empty.
func (in *Input) File() (name string, src []byte) {
	if in.Command.Kind != engine.Adopt {
		return "", nil
	}
	return in.Texts[0], []byte(in.Texts[1])
}

// Zone gives the text of the zone with which the policy of an Adopt was read; "" where its hours were read in UTC. Of
// another input it is empty.
func (in *Input) Zone() string { return in.adoptText(2) }

// By gives the supervisor who adopted a policy, "" where it came with the configuration.
func (in *Input) By() string { return in.adoptText(3) }

func (in *Input) adoptText(i int) string {
	if in.Command.Kind != engine.Adopt || i >= len(in.Texts) {
		return ""
	}
	return in.Texts[i]
}

// Words gives the texts of Words.
func (in *Input) Words() []string {
	switch in.Command.Kind {
	case engine.Arrive:
		return in.Texts[originTexts:]
	case engine.SignIn:
		return in.Texts[1:]
	case engine.Depart:
		return in.Texts[departTexts:]
	case engine.Adopt:
		return nil
	}
	return in.Texts
}

// AppendInput appends the one encoding of an input to dst: the command, then the texts, each behind its
// length.
func AppendInput(dst []byte, in *Input) []byte {
	var buf [512]byte
	command := engine.AppendCommand(buf[:0], &in.Command)
	dst = binary.AppendUvarint(dst, uint64(len(command)))
	dst = append(dst, command...)
	dst = binary.AppendUvarint(dst, uint64(len(in.Texts)))
	for _, text := range in.Texts {
		dst = binary.AppendUvarint(dst, uint64(len(text)))
		dst = append(dst, text...)
	}
	return dst
}

// DecodeInput reads one encoded input. Nothing of the result is part of b. The error wraps ErrInput, or
// engine.ErrEncoding for the command inside; it refuses what AppendInput would not have produced for the
// command's kind, and an Arrive whose key is not that of its adapter and id.
func DecodeInput(b []byte) (Input, error) {
	var in Input
	err := decodeInput(new(engine.Decoder), b, &in)
	return in, err
}

// decodeInput is DecodeInput with a Decoder to reuse: what the command points to is the Decoder's own and
// valid until its next use.
func decodeInput(d *engine.Decoder, b []byte, in *Input) error {
	r := inputReader{b: b}
	command := r.bytes()
	n := r.uvarint()
	if r.bad || n > uint64(len(r.b)) {
		return fmt.Errorf("input of %d bytes: %w", len(b), ErrInput)
	}
	in.Texts = nil
	if n > 0 {
		in.Texts = make([]string, n)
	}
	for i := range in.Texts {
		in.Texts[i] = string(r.bytes())
	}
	if r.bad || len(r.b) > 0 {
		return fmt.Errorf("input of %d bytes: %w", len(b), ErrInput)
	}
	if err := d.Command(command, &in.Command); err != nil {
		return err
	}
	return in.check()
}

// check says whether the texts fit the command.
func (in *Input) check() error {
	switch in.Command.Kind {
	case engine.Arrive:
		if len(in.Texts) < originTexts {
			return fmt.Errorf("arrival with %d texts, want at least %d: %w", len(in.Texts), originTexts, ErrInput)
		}
		if engine.KeyOf(in.Texts[0], in.Texts[1]) != in.Command.Key {
			return fmt.Errorf("arrival of %q %q has the key of another: %w", in.Texts[0], in.Texts[1], ErrInput)
		}
	case engine.SignIn:
		if len(in.Texts) == 0 || engine.WordOf(in.Texts[0]) != in.Command.Agent {
			return fmt.Errorf("sign-in without the agent's name: %w", ErrInput)
		}
	case engine.Adopt:
		if n := len(in.Texts); n < 2 || n > adoptTexts {
			return fmt.Errorf("adoption with %d texts, want 2 to %d: %w", n, adoptTexts, ErrInput)
		}
	case engine.Depart:
		if len(in.Texts) < departTexts {
			return fmt.Errorf("departure with %d texts, want at least %d: %w", len(in.Texts), departTexts, ErrInput)
		}
	}
	return nil
}

// An inputReader walks over an encoded input. After its first fault all further reads give nothing.
type inputReader struct {
	b   []byte // what is left
	bad bool
}

func (r *inputReader) uvarint() uint64 {
	x, n := binary.Uvarint(r.b)
	if n <= 0 || n > 1 && r.b[n-1] == 0 {
		r.bad = true
	}
	if r.bad {
		return 0
	}
	r.b = r.b[n:]
	return x
}

func (r *inputReader) bytes() []byte {
	n := r.uvarint()
	if r.bad || n > uint64(len(r.b)) {
		r.bad = true
		return nil
	}
	part := r.b[:n]
	r.b = r.b[n:]
	return part
}
