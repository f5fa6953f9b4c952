package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// ErrEncoding says that bytes are not the one encoding of a command or an event of this version. An unknown kind is
// one of its causes: a journal of a later version must not be replayed as if the rest did not matter.
var ErrEncoding = errors.New("not a canonical encoding")

// A fields is a set of what commands and events can carry besides Kind and At. The bits are in the order in which the
// fields are written.
type fields uint32

const (
	hasEnd fields = 1 << iota
	hasWhy
	hasGuard
	hasClass
	hasNode
	hasDemand
	hasAttempt
	hasTicket
	hasRival
	hasAgent
	hasOffer
	hasUntil
	hasWrap
	hasKeyWon
	hasKeyLost
	hasCount
	hasSkill
	hasRoom
	hasSlips
	hasFrom
	hasBefore
	hasKey
	hasReason
	hasFacts
	hasValues
	hasProfile
	hasPolicy
)

// hasBranch is what Offered and Passed say of the node that decided.
const hasBranch = hasWhy | hasGuard | hasClass | hasNode | hasDemand | hasRival | hasKeyWon | hasKeyLost

// A form is how one kind is written: its name, and which fields follow Kind and At.
type form struct {
	name string
	has  fields
}

// commandForms has one line for each kind of command. A line is never changed once it was in a journal.
var commandForms = [...]form{
	Adopt:   {"Adopt", hasPolicy},
	Arrive:  {"Arrive", hasKey | hasFacts},
	Change:  {"Change", hasTicket | hasFacts},
	Leave:   {"Leave", hasTicket | hasReason},
	SignIn:  {"SignIn", hasAgent | hasProfile},
	SignOut: {"SignOut", hasAgent},
	Break:   {"Break", hasAgent | hasReason},
	Ready:   {"Ready", hasAgent},
	Accept:  {"Accept", hasAgent | hasOffer},
	Decline: {"Decline", hasAgent | hasOffer | hasReason},
	Finish:  {"Finish", hasAgent | hasOffer | hasWrap},
	Resume:  {"Resume", 0},
	Tick:    {"Tick", 0},

	Link:     {"Link", hasTicket | hasRival | hasReason},
	Unlink:   {"Unlink", hasTicket | hasReason},
	Hold:     {"Hold", hasTicket | hasAgent | hasOffer | hasWhy | hasUntil | hasReason},
	Release:  {"Release", hasTicket | hasAgent | hasReason},
	Lease:    {"Lease", hasAgent | hasWrap},
	Lose:     {"Lose", hasAgent},
	Pull:     {"Pull", hasAgent | hasTicket | hasReason},
	Transfer: {"Transfer", hasAgent | hasOffer | hasFacts | hasReason},
	Move:     {"Move", hasAgent | hasTicket | hasReason},
	Close:    {"Close", hasAgent | hasTicket | hasReason},
	Open:     {"Open", hasAgent | hasReason},
	Depart:   {"Depart", hasAgent | hasOffer | hasTicket | hasReason},
}

// eventForms has one line for each kind of event. A line is never changed once it was in a journal.
var eventForms = [...]form{
	Adopted:   {"Adopted", hasPolicy},
	Arrived:   {"Arrived", hasTicket | hasKey | hasFacts | hasClass | hasValues | hasFrom},
	Changed:   {"Changed", hasTicket | hasFacts | hasClass | hasValues},
	SignedIn:  {"SignedIn", hasAgent | hasProfile},
	SignedOut: {"SignedOut", hasAgent},
	OnBreak:   {"OnBreak", hasAgent | hasReason | hasWhy},
	Readied:   {"Readied", hasAgent},
	Offered: {"Offered", hasBranch | hasOffer | hasTicket | hasAgent | hasUntil | hasAttempt | hasCount | hasSkill |
		hasRoom | hasSlips | hasFrom},
	Passed:    {"Passed", hasBranch | hasOffer | hasTicket | hasAgent | hasCount | hasFrom | hasBefore},
	Accepted:  {"Accepted", hasOffer | hasTicket | hasAgent | hasAttempt | hasClass | hasCount},
	Withdrawn: {"Withdrawn", hasOffer | hasTicket | hasAgent | hasWhy | hasUntil | hasReason | hasAttempt},
	Missed:    {"Missed", hasOffer | hasTicket | hasAgent | hasRival | hasCount},
	Returned:  {"Returned", hasOffer | hasTicket | hasAgent | hasWhy},
	Finished:  {"Finished", hasOffer | hasTicket | hasAgent | hasUntil},
	WrapEnded: {"WrapEnded", hasOffer | hasAgent},
	Cooled:    {"Cooled", hasTicket | hasAgent},
	Ended:     {"Ended", hasTicket | hasEnd | hasReason | hasSlips | hasClass},
	Resumed:   {"Resumed", 0},

	Held:        {"Held", hasTicket | hasWhy | hasUntil | hasReason | hasAgent | hasOffer | hasAttempt},
	Released:    {"Released", hasTicket | hasWhy | hasReason | hasAgent | hasFrom | hasKey},
	Joined:      {"Joined", hasTicket | hasRival | hasReason},
	Related:     {"Related", hasTicket | hasRival},
	Unlinked:    {"Unlinked", hasTicket | hasRival | hasReason},
	Left:        {"Left", hasTicket | hasRival | hasReason},
	Relaxed:     {"Relaxed", hasTicket | hasFacts | hasCount},
	Classified:  {"Classified", hasTicket | hasClass | hasWhy},
	OverLimit:   {"OverLimit", hasOffer | hasTicket | hasClass | hasCount},
	Opened:      {"Opened", hasClass | hasWhy | hasAgent | hasReason},
	Closed:      {"Closed", hasClass | hasWhy | hasAgent | hasReason},
	CalledBack:  {"CalledBack", hasTicket | hasWhy},
	Leased:      {"Leased", hasAgent | hasUntil},
	Lost:        {"Lost", hasAgent | hasUntil},
	Found:       {"Found", hasAgent},
	Pulled:      {"Pulled", hasTicket | hasAgent | hasReason},
	Moved:       {"Moved", hasTicket | hasAgent | hasReason},
	Transferred: {"Transferred", hasOffer | hasTicket | hasAgent | hasFacts | hasClass | hasValues | hasFrom | hasReason},
	Drained:     {"Drained", hasAgent | hasTicket},
	Undrained:   {"Undrained", hasAgent | hasTicket},
	PutAside:    {"PutAside", hasOffer | hasTicket | hasAgent},
	TakenUp:     {"TakenUp", hasOffer | hasTicket | hasAgent},
	Spent:       {"Spent", hasOffer | hasTicket | hasNode | hasGuard},
	Uncapped:    {"Uncapped", hasAgent},
}

// formOf returns the line of a kind, and whether there is one.
func formOf(forms []form, kind uint8) (form, bool) {
	if int(kind) >= len(forms) || forms[kind].name == "" {
		return form{}, false
	}
	return forms[kind], true
}

// AppendCommand appends the one encoding of c to dst. It allocates only where dst is too short. Of a policy only the
// hash is written. A command of no known kind, or with a field that its kind does not have, is our bug: it panics.
//
// The layout: kind (one byte); At; then the fields of the kind in a fixed order. Numbers are varints, zigzag where
// they can be negative; Words are 8 bytes, big endian; keys and hashes are their bytes.
func AppendCommand(dst []byte, c *Command) []byte {
	ev := c.asEvent()
	return appendRecord(dst, commandForms[:], uint8(c.Kind), &ev, c.Wrap)
}

// AppendEvent appends the one encoding of ev to dst, in the manner of AppendCommand.
func AppendEvent(dst []byte, ev *Event) []byte {
	return appendRecord(dst, eventForms[:], uint8(ev.Kind), ev, 0)
}

// asEvent puts the fields of a command where an event has them, all but Wrap.
func (c *Command) asEvent() Event {
	return Event{At: c.At, Key: c.Key, Ticket: c.Ticket, Rival: c.Other, Agent: c.Agent, Offer: c.Offer,
		Why: c.Why, Until: c.Until, Reason: c.Reason, Facts: c.Facts, Profile: c.Profile, Policy: c.Policy}
}

// appendRecord writes one record: ev has all its fields but the wrap-up of a command.
func appendRecord(dst []byte, forms []form, kind uint8, ev *Event, wrap Duration) []byte {
	f, ok := formOf(forms, kind)
	if !ok {
		panic(fmt.Sprintf("engine: encoding a record of the unknown kind %d", kind))
	}
	if extra := carried(ev, wrap) &^ f.has; extra != 0 {
		panic(fmt.Sprintf("engine: %s carries field %d, which its kind does not have",
			f.name, bits.TrailingZeros32(uint32(extra))))
	}
	dst = append(dst, kind)
	dst = binary.AppendVarint(dst, int64(ev.At))
	return appendFields(dst, f.has, ev, wrap)
}

// appendFields writes the fields of the set in the order of their bits.
func appendFields(dst []byte, has fields, ev *Event, wrap Duration) []byte {
	for ; has != 0; has &= has - 1 {
		switch has & -has {
		case hasEnd:
			dst = append(dst, byte(ev.End))
		case hasWhy:
			dst = append(dst, byte(ev.Why))
		case hasGuard:
			dst = append(dst, byte(ev.Guard))
		case hasClass:
			dst = binary.AppendUvarint(dst, uint64(ev.Class))
		case hasNode:
			dst = binary.AppendUvarint(dst, uint64(ev.Node))
		case hasDemand:
			dst = binary.AppendUvarint(dst, uint64(ev.Demand))
		case hasAttempt:
			dst = binary.AppendUvarint(dst, uint64(ev.Attempt))
		case hasTicket:
			dst = binary.AppendUvarint(dst, uint64(ev.Ticket))
		case hasRival:
			dst = binary.AppendUvarint(dst, uint64(ev.Rival))
		case hasAgent:
			dst = binary.BigEndian.AppendUint64(dst, uint64(ev.Agent))
		case hasOffer:
			dst = binary.AppendUvarint(dst, uint64(ev.Offer))
		case hasUntil:
			dst = binary.AppendVarint(dst, int64(ev.Until))
		case hasWrap:
			dst = binary.AppendVarint(dst, int64(wrap))
		case hasKeyWon:
			dst = binary.AppendVarint(dst, ev.KeyWon)
		case hasKeyLost:
			dst = binary.AppendVarint(dst, ev.KeyLost)
		case hasCount:
			dst = binary.AppendUvarint(dst, uint64(ev.Count))
		case hasSkill:
			dst = binary.AppendUvarint(dst, uint64(ev.Skill))
		case hasRoom:
			dst = binary.AppendUvarint(dst, uint64(ev.Room))
		case hasSlips:
			dst = binary.AppendUvarint(dst, uint64(ev.Slips))
		case hasFrom:
			dst = appendPlace(dst, ev.From)
		case hasBefore:
			dst = appendPlace(dst, ev.Before)
		case hasKey:
			dst = append(dst, ev.Key[:]...)
		case hasReason:
			dst = binary.BigEndian.AppendUint64(dst, uint64(ev.Reason))
		case hasFacts:
			dst = appendFacts(dst, ev.Facts)
		case hasValues:
			dst = appendValues(dst, &ev.Values)
		case hasProfile:
			dst = appendProfile(dst, ev.Profile)
		case hasPolicy:
			dst = append(dst, ev.Policy.Hash[:]...)
		}
	}
	return dst
}

func appendPlace(dst []byte, p Place) []byte {
	dst = binary.AppendVarint(dst, int64(p.Arrived))
	return binary.AppendUvarint(dst, uint64(p.Seq))
}

// What the flags of facts say; all others are refused. What is behind a flag follows the attributes, in this order.
const (
	isOverheard = 1 << iota // nobody addressed us
	hasIdentity             // Customer, Matter
	hasNotBefore
	hasGiven
	hasOnly
)

func factFlags(f *Facts) (flags byte) {
	set := func(flag byte, on bool) {
		if on {
			flags |= flag
		}
	}
	set(isOverheard, f.Overheard)
	set(hasIdentity, f.Customer != 0 || f.Matter != 0)
	set(hasNotBefore, f.NotBefore != 0)
	set(hasGiven, f.Given != 0)
	set(hasOnly, f.Only != 0)
	return flags
}

// appendFacts writes the needs in force, and of the attributes those that the ticket has.
func appendFacts(dst []byte, f *Facts) []byte {
	flags := factFlags(f)
	dst = append(dst, byte(f.Channel), flags, f.NeedsLen)
	dst = binary.AppendUvarint(dst, uint64(f.Has))
	dst = binary.AppendVarint(dst, int64(f.Arrived))
	dst = binary.AppendVarint(dst, int64(f.Due))
	for _, need := range f.Needs[:f.NeedsLen] {
		dst = binary.BigEndian.AppendUint64(dst, uint64(need))
	}
	for has := f.Has; has != 0; has &= has - 1 {
		dst = binary.AppendVarint(dst, f.Attrs[bits.TrailingZeros32(has)])
	}
	if flags&hasIdentity != 0 {
		dst = binary.BigEndian.AppendUint64(dst, uint64(f.Customer))
		dst = binary.BigEndian.AppendUint64(dst, uint64(f.Matter))
	}
	if flags&hasNotBefore != 0 {
		dst = binary.AppendVarint(dst, int64(f.NotBefore))
	}
	if flags&hasGiven != 0 {
		dst = append(dst, f.Given)
	}
	if flags&hasOnly != 0 {
		dst = binary.BigEndian.AppendUint64(dst, uint64(f.Only))
	}
	return dst
}

func appendValues(dst []byte, values *[ValuesMax]int64) []byte {
	for _, v := range values {
		dst = binary.AppendVarint(dst, v)
	}
	return dst
}

// doesAnswer stands beside the number of channels of a profile: the agent answers at once.
const doesAnswer = 1 << 7

// appendProfile writes the skills, and the channels up to the last that the agent serves.
func appendProfile(dst []byte, p *Profile) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(p.Skills)))
	for i, skill := range p.Skills {
		if i > 0 && p.Skills[i-1] >= skill {
			panic("engine: encoding a profile whose skills are not in order")
		}
		dst = binary.BigEndian.AppendUint64(dst, uint64(skill))
	}
	n := len(p.Takes)
	for n > 0 && p.Takes[n-1] == 0 {
		n--
	}
	count := byte(n)
	if p.Answers {
		count |= doesAnswer
	}
	dst = append(dst, count)
	return append(dst, p.Takes[:n]...)
}

// carried returns the fields that are not zero.
func carried(ev *Event, wrap Duration) fields {
	var has fields
	set := func(f fields, carries bool) {
		if carries {
			has |= f
		}
	}
	set(hasEnd, ev.End != 0)
	set(hasWhy, ev.Why != 0)
	set(hasGuard, ev.Guard != 0)
	set(hasClass, ev.Class != 0)
	set(hasNode, ev.Node != 0)
	set(hasDemand, ev.Demand != 0)
	set(hasAttempt, ev.Attempt != 0)
	set(hasTicket, ev.Ticket != 0)
	set(hasRival, ev.Rival != 0)
	set(hasAgent, ev.Agent != 0)
	set(hasOffer, ev.Offer != 0)
	set(hasUntil, ev.Until != 0)
	set(hasWrap, wrap != 0)
	set(hasKeyWon, ev.KeyWon != 0)
	set(hasKeyLost, ev.KeyLost != 0)
	set(hasCount, ev.Count != 0)
	set(hasSkill, ev.Skill != 0)
	set(hasRoom, ev.Room != 0)
	set(hasSlips, ev.Slips != 0)
	set(hasFrom, ev.From != Place{})
	set(hasBefore, ev.Before != Place{})
	set(hasKey, ev.Key != Key{})
	set(hasReason, ev.Reason != 0)
	set(hasFacts, ev.Facts != nil)
	set(hasValues, ev.Values != [ValuesMax]int64{})
	set(hasProfile, ev.Profile != nil)
	set(hasPolicy, ev.Policy != nil)
	return has
}
