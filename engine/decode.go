package engine

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

// DecodeCommand reads one encoded command. Facts, Profile and Policy of the result are its own; of the policy only
// Hash is set. The error wraps ErrEncoding and names the field and the offset; it refuses every byte string that
// AppendCommand would not have produced, and never panics.
func DecodeCommand(b []byte) (Command, error) {
	var c Command
	err := new(Decoder).Command(b, &c)
	return c, err
}

// DecodeEvent reads one encoded event in the manner of DecodeCommand.
func DecodeEvent(b []byte) (Event, error) {
	var ev Event
	err := new(Decoder).Event(b, &ev)
	return ev, err
}

// A Decoder reads records one after the other without allocating: what Facts, Profile and Policy of a record point to
// is the Decoder's own and valid until its next use. The zero value is ready. It is not safe for concurrent use.
type Decoder struct {
	facts   Facts
	profile Profile
	policy  Policy
	skills  [SkillsMax]Word
}

// Command reads one command into c, as DecodeCommand does. After an error the content of c means nothing.
func (d *Decoder) Command(b []byte, c *Command) error {
	var ev Event
	kind, wrap, err := d.record(b, commandForms[:], &ev)
	*c = Command{Kind: CommandKind(kind), At: ev.At, Key: ev.Key, Ticket: ev.Ticket, Agent: ev.Agent, Other: ev.Rival,
		Offer: ev.Offer, Why: ev.Why, Until: ev.Until, Reason: ev.Reason, Wrap: wrap, Facts: ev.Facts,
		Profile: ev.Profile, Policy: ev.Policy}
	return err
}

// Event reads one event into ev, as DecodeEvent does. After an error the content of ev means nothing.
func (d *Decoder) Event(b []byte, ev *Event) error {
	*ev = Event{}
	kind, _, err := d.record(b, eventForms[:], ev)
	ev.Kind = EventKind(kind)
	return err
}

func (d *Decoder) record(b []byte, forms []form, ev *Event) (kind uint8, wrap Duration, err error) {
	r := reader{b: b}
	kind = r.byte("kind")
	f, ok := formOf(forms, kind)
	switch {
	case r.err != nil:
		return kind, 0, r.err
	case !ok:
		return kind, 0, fmt.Errorf("kind %d is unknown: %w", kind, ErrEncoding)
	}
	ev.At = Instant(r.varint("at"))
	wrap = d.fields(&r, f.has, ev)
	if r.err == nil && r.at != len(b) {
		r.fail("end", "bytes are left over")
	}
	if r.err != nil {
		return kind, 0, fmt.Errorf("%s: %w", f.name, r.err)
	}
	return kind, wrap, nil
}

// fields reads the fields of the set in the order of their bits.
func (d *Decoder) fields(r *reader, has fields, ev *Event) (wrap Duration) {
	for ; has != 0; has &= has - 1 {
		switch has & -has {
		case hasEnd:
			ev.End = EndKind(r.byte("end"))
		case hasWhy:
			ev.Why = Cause(r.byte("why"))
		case hasGuard:
			ev.Guard = int8(r.byte("guard"))
		case hasClass:
			ev.Class = ClassID(r.uvarint("class", math.MaxUint16))
		case hasNode:
			ev.Node = NodeID(r.uvarint("node", math.MaxUint16))
		case hasDemand:
			ev.Demand = DemandID(r.uvarint("demand", math.MaxUint16))
		case hasAttempt:
			ev.Attempt = uint32(r.uvarint("attempt", math.MaxUint32))
		case hasTicket:
			ev.Ticket = TicketID(r.uvarint("ticket", math.MaxUint64))
		case hasRival:
			ev.Rival = TicketID(r.uvarint("rival", math.MaxUint64))
		case hasAgent:
			ev.Agent = r.word("agent")
		case hasOffer:
			ev.Offer = OfferID(r.uvarint("offer", math.MaxUint64))
		case hasUntil:
			ev.Until = Instant(r.varint("until"))
		case hasWrap:
			wrap = Duration(r.varint("wrap"))
		case hasKeyWon:
			ev.KeyWon = r.varint("key won")
		case hasKeyLost:
			ev.KeyLost = r.varint("key lost")
		case hasCount:
			ev.Count = uint32(r.uvarint("count", math.MaxUint32))
		case hasSkill:
			ev.Skill = uint32(r.uvarint("skill", math.MaxUint32))
		case hasRoom:
			ev.Room = uint32(r.uvarint("room", math.MaxUint32))
		case hasSlips:
			ev.Slips = uint32(r.uvarint("slips", math.MaxUint32))
		case hasFrom:
			ev.From = r.place("from")
		case hasBefore:
			ev.Before = r.place("before")
		case hasKey:
			copy(ev.Key[:], r.take("key", len(ev.Key)))
		case hasReason:
			ev.Reason = r.word("reason")
		case hasFacts:
			ev.Facts = d.readFacts(r)
		case hasValues:
			for i := range ev.Values {
				ev.Values[i] = r.varint("values")
			}
		case hasProfile:
			ev.Profile = d.readProfile(r)
		case hasPolicy:
			d.policy = Policy{}
			copy(d.policy.Hash[:], r.take("policy", len(d.policy.Hash)))
			ev.Policy = &d.policy
		}
	}
	return wrap
}

func (d *Decoder) readFacts(r *reader) *Facts {
	f := &d.facts
	*f = Facts{Channel: ChannelID(r.byte("channel"))}
	flags := r.byte("flags")
	if flags >= hasOnly<<1 {
		r.fail("flags", "unknown")
	}
	f.Overheard = flags&isOverheard != 0
	f.NeedsLen = r.byte("needs")
	if f.NeedsLen > NeedsMax {
		r.fail("needs", "too many")
		return f
	}
	f.Has = uint32(r.uvarint("has", 1<<AttrsMax-1))
	f.Arrived = Instant(r.varint("arrived"))
	f.Due = Instant(r.varint("due"))
	for i := range f.NeedsLen {
		f.Needs[i] = r.word("needs")
	}
	for has := f.Has; has != 0; has &= has - 1 {
		f.Attrs[bits.TrailingZeros32(has)] = r.varint("attributes")
	}
	readFlagged(r, f, flags)
	if r.err == nil && factFlags(f) != flags {
		r.fail("flags", "of what is not there")
	}
	return f
}

// readFlagged reads what follows the attributes.
func readFlagged(r *reader, f *Facts, flags byte) {
	if flags&hasIdentity != 0 {
		f.Customer, f.Matter = r.word("customer"), r.word("matter")
	}
	if flags&hasNotBefore != 0 {
		f.NotBefore = Instant(r.varint("not before"))
	}
	if flags&hasGiven != 0 {
		f.Given = r.byte("given")
		if f.Given>>f.NeedsLen != 0 {
			r.fail("given", "more than the needs")
		}
	}
	if flags&hasOnly != 0 {
		f.Only = r.word("only")
	}
}

func (d *Decoder) readProfile(r *reader) *Profile {
	p := &d.profile
	*p = Profile{}
	n := int(r.uvarint("skills", SkillsMax))
	for i := range n {
		d.skills[i] = r.word("skills")
		if i > 0 && d.skills[i-1] >= d.skills[i] {
			r.fail("skills", "not in order")
		}
	}
	if n > 0 {
		p.Skills = d.skills[:n:n]
	}
	takes := r.byte("takes")
	p.Answers, takes = takes&doesAnswer != 0, takes&^doesAnswer
	if takes > ChannelsMax {
		r.fail("takes", "too many")
		return p
	}
	if copy(p.Takes[:], r.take("takes", int(takes))) > 0 && p.Takes[takes-1] == 0 {
		r.fail("takes", "ends in zero")
	}
	return p
}

// A reader walks over an encoded record. After its first error all further reads give zero.
type reader struct {
	b   []byte
	at  int // Invariant: 0 <= at <= len(b)
	err error
}

func (r *reader) fail(field, why string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s at offset %d: %s: %w", field, r.at, why, ErrEncoding)
	}
}

func (r *reader) take(field string, n int) []byte {
	if r.err != nil {
		return nil
	}
	if n > len(r.b)-r.at {
		r.fail(field, "cut short")
		return nil
	}
	part := r.b[r.at : r.at+n]
	r.at += n
	return part
}

func (r *reader) byte(field string) byte {
	if b := r.take(field, 1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) word(field string) Word {
	if b := r.take(field, 8); b != nil {
		return Word(binary.BigEndian.Uint64(b))
	}
	return 0
}

// uvarint reads an unsigned varint of at most limit in its shortest form.
func (r *reader) uvarint(field string, limit uint64) uint64 {
	if r.err != nil {
		return 0
	}
	x, n := binary.Uvarint(r.b[r.at:])
	switch {
	case n == 0:
		r.fail(field, "cut short")
	case n < 0 || x > limit:
		r.fail(field, "number too large")
	case n > 1 && r.b[r.at+n-1] == 0:
		r.fail(field, "number not in its shortest form")
	default:
		r.at += n
		return x
	}
	return 0
}

func (r *reader) varint(field string) int64 {
	x := r.uvarint(field, math.MaxUint64)
	return int64(x>>1) ^ -int64(x&1)
}

func (r *reader) place(field string) Place {
	return Place{Arrived: Instant(r.varint(field)), Seq: TicketID(r.uvarint(field, math.MaxUint64))}
}
