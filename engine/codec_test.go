package engine

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// sample returns a record with all the fields of the set, each with a value of its own, and the Wrap of a command.
func sample(has fields) (Event, Duration) {
	ev := Event{At: 1_764_000_000_000_000_000}
	var wrap Duration
	set := func(f fields, fill func()) {
		if has&f != 0 {
			fill()
		}
	}
	set(hasEnd, func() { ev.End = Abandoned })
	set(hasWhy, func() { ev.Why = ByGuard })
	set(hasGuard, func() { ev.Guard = -1 })
	set(hasClass, func() { ev.Class = 3 })
	set(hasNode, func() { ev.Node = 300 })
	set(hasDemand, func() { ev.Demand = 5 })
	set(hasAttempt, func() { ev.Attempt = 2 })
	set(hasTicket, func() { ev.Ticket = 812 })
	set(hasRival, func() { ev.Rival = 811 })
	set(hasAgent, func() { ev.Agent = WordOf("ana") })
	set(hasOffer, func() { ev.Offer = 77 })
	set(hasUntil, func() { ev.Until = ev.At.Add(20 * Second) })
	set(hasWrap, func() { wrap = 30 * Second })
	set(hasKeyWon, func() { ev.KeyWon = -4 })
	set(hasKeyLost, func() { ev.KeyLost = math.MaxInt64 })
	set(hasCount, func() { ev.Count = 12 })
	set(hasSkill, func() { ev.Skill = 13 })
	set(hasRoom, func() { ev.Room = 14 })
	set(hasSlips, func() { ev.Slips = 15 })
	set(hasFrom, func() { ev.From = Place{Arrived: ev.At.Add(-Minute), Seq: 3} })
	set(hasBefore, func() { ev.Before = Place{Arrived: ev.At, Seq: 9} })
	set(hasKey, func() { ev.Key = KeyOf("pbx", "36468") })
	set(hasReason, func() { ev.Reason = WordOf("lunch") })
	set(hasFacts, func() { ev.Facts = sampleFacts() })
	set(hasValues, func() { ev.Values = [ValuesMax]int64{1, -2, 3, -4} })
	set(hasProfile, func() { ev.Profile = sampleProfile() })
	set(hasPolicy, func() { ev.Policy = &Policy{Hash: [32]byte{0: 0xfa, 31: 0x1e}} })
	return ev, wrap
}

func sampleFacts() *Facts {
	return &Facts{Channel: 2, Overheard: true, NeedsLen: 2, Has: 0b1000_0000_0000_0101,
		Arrived: 1_764_000_000, Due: 1_764_000_001, Needs: [NeedsMax]Word{WordOf("PS"), WordOf("PT")},
		Attrs: [AttrsMax]int64{0: -7, 2: 8, 15: int64(WordOf("gold"))}}
}

func sampleProfile() *Profile {
	skills := []Word{WordOf("PS"), WordOf("PT")}
	slices.Sort(skills)
	return &Profile{Skills: skills, Takes: [ChannelsMax]uint8{1, 0, 3}}
}

// TestAnswersIsAFlag holds that agents who answer at once differ in one bit, so that profiles written before read as they did.
func TestAnswersIsAFlag(t *testing.T) {
	ev := Event{Kind: SignedIn, At: 1, Agent: 2, Profile: sampleProfile()}
	plain := AppendEvent(nil, &ev)
	ev.Profile.Answers = true
	answers := AppendEvent(nil, &ev)
	at := len(plain) - 4 // the number of channels, before three of them
	if want := slices.Concat(plain[:at], []byte{plain[at] | 1<<7}, plain[at+1:]); !bytes.Equal(answers, want) {
		t.Errorf("encoded as %x, want %x", answers, want)
	}
	if got, err := DecodeEvent(answers); err != nil || !got.Profile.Answers || got.Profile.Takes != ev.Profile.Takes {
		t.Errorf("decoded as %+v, %v", got.Profile, err)
	}
	if got, err := DecodeEvent(plain); err != nil || got.Profile.Answers {
		t.Errorf("decoded as %+v, %v", got.Profile, err)
	}
}

func sampleCommand(kind CommandKind) Command {
	ev, wrap := sample(commandForms[kind].has)
	if kind >= Link {
		known(ev.Facts)
	}
	return Command{Kind: kind, At: ev.At, Key: ev.Key, Ticket: ev.Ticket, Other: ev.Rival, Agent: ev.Agent, Offer: ev.Offer,
		Why: ev.Why, Until: ev.Until, Reason: ev.Reason, Wrap: wrap, Facts: ev.Facts, Profile: ev.Profile, Policy: ev.Policy}
}

func sampleEvent(kind EventKind) Event {
	ev, _ := sample(eventForms[kind].has)
	ev.Kind = kind
	if kind >= Held {
		known(ev.Facts)
	}
	return ev
}

// known adds what later kinds may say of a ticket.
func known(f *Facts) {
	if f != nil {
		f.Customer, f.Matter, f.NotBefore = WordOf("c-17"), WordOf("invoice"), f.Due+1
		f.Given, f.Only = 0b10, WordOf("ben")
	}
}

// TestCodecGolden holds the encoding of each kind to what journals already contain.
func TestCodecGolden(t *testing.T) {
	seen := map[string]bool{}
	datadriven.RunTest(t, "testdata/codec.txt", func(t *testing.T, d *datadriven.TestData) string {
		name := d.CmdArgs[0].Key
		seen[d.Cmd+" "+name] = true
		var b []byte
		switch d.Cmd {
		case "command":
			c := sampleCommand(CommandKind(kindOf(t, commandForms[:], name)))
			b = AppendCommand(nil, &c)
		case "event":
			ev := sampleEvent(EventKind(kindOf(t, eventForms[:], name)))
			b = AppendEvent(nil, &ev)
		}
		return wrapped(hex.EncodeToString(b))
	})
	for _, f := range commandForms[1:] {
		if !seen["command "+f.name] {
			t.Errorf("testdata/codec.txt has no command %s", f.name)
		}
	}
	for _, f := range eventForms[1:] {
		if !seen["event "+f.name] {
			t.Errorf("testdata/codec.txt has no event %s", f.name)
		}
	}
}

func kindOf(t *testing.T, forms []form, name string) int {
	t.Helper()
	kind := slices.IndexFunc(forms, func(f form) bool { return f.name == name })
	if kind < 1 {
		t.Fatalf("no kind is called %q", name)
	}
	return kind
}

func wrapped(text string) string {
	var b strings.Builder
	for part := range slices.Chunk([]byte(text), 64) {
		fmt.Fprintf(&b, "%s\n", part)
	}
	return b.String()
}

func TestCodecRoundTrip(t *testing.T) {
	for kind := CommandKind(1); int(kind) < len(commandForms); kind++ {
		want := sampleCommand(kind)
		got, err := DecodeCommand(AppendCommand(nil, &want))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("decoding %s: %+v, %v; want %+v", commandForms[kind].name, got, err, want)
		}
	}
	for kind := EventKind(1); int(kind) < len(eventForms); kind++ {
		want := sampleEvent(kind)
		got, err := DecodeEvent(AppendEvent(nil, &want))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("decoding %s: %+v, %v; want %+v", eventForms[kind].name, got, err, want)
		}
	}
}

// TestCodecCarriesEveryField fails when Event gets a field that no form can carry.
func TestCodecCarriesEveryField(t *testing.T) {
	ev, wrap := sample(hasPolicy<<1 - 1)
	if got := carried(&ev, wrap); got != hasPolicy<<1-1 {
		t.Errorf("carried: %b, want all of %b", got, hasPolicy<<1-1)
	}
	v := reflect.ValueOf(ev)
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; name != "Kind" && v.Field(i).IsZero() {
			t.Errorf("Event.%s is known to no form", name)
		}
	}
}

func TestCodecPanics(t *testing.T) {
	unsorted := &Profile{Skills: []Word{2, 1}}
	for name, encode := range map[string]func(){
		"unknown command":  func() { AppendCommand(nil, &Command{Kind: 99}) },
		"no event":         func() { AppendEvent(nil, &Event{}) },
		"a field too many": func() { AppendEvent(nil, &Event{Kind: Readied, Agent: 1, Count: 1}) },
		"Wrap too many":    func() { AppendCommand(nil, &Command{Kind: Tick, Wrap: 1}) },
		"skills unsorted":  func() { AppendCommand(nil, &Command{Kind: SignIn, Agent: 1, Profile: unsorted}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: encoded without a panic", name)
				}
			}()
			encode()
		}()
	}
}

// TestCodecRefuses breaks good encodings in every way that has a name.
func TestCodecRefuses(t *testing.T) {
	tests := []struct {
		name, hex, want string
	}{
		{"empty", "", "kind at offset 0: cut short: not a canonical encoding"},
		{"kind 0", "0000", "kind 0 is unknown: not a canonical encoding"},
		{"kind of tomorrow", "6300", "kind 99 is unknown: not a canonical encoding"},
		{"no time", "0d", "Tick: at at offset 1: cut short: not a canonical encoding"},
		{"left over", "0d0000", "Tick: end at offset 2: bytes are left over: not a canonical encoding"},
		{"long number", "0d8000", "Tick: at at offset 1: number not in its shortest form: not a canonical encoding"},
		{"huge number", "0dffffffffffffffffffff01", "Tick: at at offset 1: number too large: not a canonical encoding"},
		{"word cut", "060001", "SignOut: agent at offset 2: cut short: not a canonical encoding"},
		{"flag", "0300011720" + "0000" + "000000", "Change: flags at offset 5: unknown: not a canonical encoding"},
		{"needs", "030001" + "000009", "Change: needs at offset 6: too many: not a canonical encoding"},
		{"attributes", "030001" + "000000808004", "Change: has at offset 6: number too large: not a canonical encoding"},
		{"skills", "0500000000000000000102" + "0000000000000002" + "0000000000000001" + "00",
			"SignIn: skills at offset 27: not in order: not a canonical encoding"},
		{"takes", "0500000000000000000100" + "020100", "SignIn: takes at offset 14: ends in zero: not a canonical encoding"},
		{"takes many", "0500000000000000000100" + "11", "SignIn: takes at offset 12: too many: not a canonical encoding"},
	}
	for _, test := range tests {
		b, err := hex.DecodeString(test.hex)
		if err != nil {
			t.Fatal(err)
		}
		_, err = DecodeCommand(b)
		if !errors.Is(err, ErrEncoding) || err.Error() != test.want {
			t.Errorf("%s: DecodeCommand(%s): %v; want %s", test.name, test.hex, err, test.want)
		}
	}
}

func TestCodecAllocatesNothing(t *testing.T) {
	arrive, offered := sampleCommand(Arrive), sampleEvent(Offered)
	arrived, signedIn := sampleEvent(Arrived), sampleEvent(SignedIn)
	buf := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() {
		buf = AppendCommand(buf[:0], &arrive)
		buf = AppendEvent(buf, &offered)
		buf = AppendEvent(buf, &arrived)
		buf = AppendEvent(buf, &signedIn)
	}); n != 0 {
		t.Errorf("appending allocates %v times, want 0", n)
	}
	b := AppendEvent(nil, &arrived)
	var d Decoder
	var ev Event
	if n := testing.AllocsPerRun(100, func() {
		if err := d.Event(b, &ev); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("Decoder.Event allocates %v times, want 0", n)
	}
}

// FuzzCodec says that decoding never panics and that what it accepts is exactly what encoding makes.
func FuzzCodec(f *testing.F) {
	for kind := CommandKind(1); int(kind) < len(commandForms); kind++ {
		c := sampleCommand(kind)
		f.Add(AppendCommand(nil, &c), true)
	}
	for kind := EventKind(1); int(kind) < len(eventForms); kind++ {
		ev := sampleEvent(kind)
		f.Add(AppendEvent(nil, &ev), false)
	}
	f.Fuzz(func(t *testing.T, b []byte, command bool) {
		var again []byte
		if command {
			c, err := DecodeCommand(b)
			if err != nil {
				return
			}
			again = AppendCommand(nil, &c)
		} else {
			ev, err := DecodeEvent(b)
			if err != nil {
				return
			}
			again = AppendEvent(nil, &ev)
		}
		if !bytes.Equal(again, b) {
			t.Errorf("decoded and encoded again: %x, want %x", again, b)
		}
	})
}

// TestCodecMutations is the fuzz target's short form: ten thousand random edits of good encodings.
func TestCodecMutations(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	accepted := 0
	for range 10_000 {
		want := sampleEvent(EventKind(1 + rng.IntN(len(eventForms)-1)))
		b := AppendEvent(nil, &want)
		b[rng.IntN(len(b))] ^= 1 << rng.IntN(8)
		b = b[:len(b)-rng.IntN(2)]
		ev, err := DecodeEvent(b)
		if err != nil {
			continue
		}
		accepted++
		if again := AppendEvent(nil, &ev); !bytes.Equal(again, b) {
			t.Fatalf("decoded and encoded again: %x, want %x", again, b)
		}
	}
	if accepted == 0 {
		t.Error("no mutation was accepted: the test tests nothing")
	}
}

func BenchmarkAppendEvent(b *testing.B) {
	ev := sampleEvent(Offered)
	buf := make([]byte, 0, 512)
	for b.Loop() {
		buf = AppendEvent(buf[:0], &ev)
	}
	b.SetBytes(int64(len(buf)))
}

func BenchmarkDecodeEvent(b *testing.B) {
	ev := sampleEvent(Offered)
	buf := AppendEvent(nil, &ev)
	var d Decoder
	for b.Loop() {
		if err := d.Event(buf, &ev); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(buf)))
}
