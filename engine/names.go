package engine

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
)

// An Instant is a point of logical time in nanoseconds since the Unix epoch. The host stamps it; the engine has no
// clock. Zero means none.
type Instant int64

// A Duration is a span of logical time in nanoseconds.
type Duration int64

// Units of Duration.
const (
	Millisecond Duration = 1_000_000
	Second               = 1000 * Millisecond
	Minute               = 60 * Second
	Hour                 = 60 * Minute
	Day                  = 24 * Hour
)

// Add returns the instant d after i.
func (i Instant) Add(d Duration) Instant { return i + Instant(d) }

// Sub returns how much later i is than j.
func (i Instant) Sub(j Instant) Duration { return Duration(i - j) }

// A Word stands for a name or a text in the engine: the first eight bytes of its SHA-256. The zero Word stands for
// the empty text. Equal texts have equal words on every machine, so a journal needs no table of names to be replayed.
type Word uint64

// WordOf returns the Word of a text. It costs about 100 ns and belongs to the door, not to a decision.
func WordOf(text string) Word {
	if text == "" {
		return 0
	}
	sum := sha256.Sum256([]byte(text))
	return Word(binary.BigEndian.Uint64(sum[:8]))
}

// An AgentID is the Word of an agent's name.
type AgentID = Word

// A Key identifies a ticket to the outside: the first sixteen bytes of the SHA-256 of its adapter and its id there.
type Key [16]byte

// KeyOf returns the Key of the ticket that an adapter calls id.
func KeyOf(adapter, id string) Key {
	sum := sha256.Sum256([]byte(adapter + "\x00" + id))
	return Key(sum[:16])
}

// A TicketID numbers the tickets of a line in the order in which they were accepted, from 1.
type TicketID uint64

// An OfferID numbers the offers of a line, from 1.
type OfferID uint64

// A Place is where an entry stands by arrival. Places of two entries are never equal.
type Place struct {
	Arrived Instant
	Seq     TicketID // breaks ties: the earlier accepted is first
}

// compare is negative where p is earlier than q, and 0 where they are the same.
func (p Place) compare(q Place) int {
	return cmp.Or(cmp.Compare(p.Arrived, q.Arrived), cmp.Compare(p.Seq, q.Seq))
}

// Before reports whether p is earlier in the line than q.
func (p Place) Before(q Place) bool {
	if p.Arrived != q.Arrived {
		return p.Arrived < q.Arrived
	}
	return p.Seq < q.Seq
}
