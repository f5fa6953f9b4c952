package mapped

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fairline/adapters/channel"
	"fairline/adapters/channel/channeltest"
	"fairline/policy/mapping"
)

type people struct{ err error }

func (p people) Person(_ context.Context, kind, identity string, _ bool) (string, error) {
	return "key-of-" + kind + "-" + identity, p.err
}

func contact(id, text string) mapping.Contact {
	return mapping.Contact{ID: id, Channel: "chat", Kind: "mail", Identity: "ana@example.org", Verified: true, Content: map[string]any{"text": text}}
}

// TestContentsComeAndGo with their contacts.
func TestContentsComeAndGo(t *testing.T) {
	var line channeltest.Line
	var kept channeltest.Contents
	d := &Door{People: people{}, Contents: &kept}
	if e, err := d.Arrive(t.Context(), &line, contact("1", "no dial tone"), false); err != nil || e != (Entered{}) {
		t.Errorf("%+v, %v", e, err)
	}
	if got := kept.Of("1"); got != `key-of-mail-ana@example.org {"text":"no dial tone"}` {
		t.Errorf("kept %s", got)
	}
	if e, err := d.Arrive(t.Context(), &line, contact("1", "again"), false); err != nil || e != (Entered{Duplicate: true}) {
		t.Errorf("a repeat: %+v, %v", e, err)
	}
	large := contact("2", strings.Repeat("x", channel.ContentMax))
	if e, err := d.Arrive(t.Context(), &line, large, false); err != nil || e != (Entered{NotKept: true}) || len(line.Contacts()) != 2 {
		t.Errorf("a large one: %+v, %v", e, err)
	}
	if there, err := d.Leave(t.Context(), &line, mapping.Ending{ID: "1", Reason: "deleted"}); err != nil || !there || kept.Len() != 0 {
		t.Errorf("deleted: %t, %v, %d kept", there, err, kept.Len())
	}
	if there, err := d.Leave(t.Context(), &line, mapping.Ending{ID: "3", Reason: "deleted"}); err != nil || there {
		t.Errorf("before it came: %t, %v", there, err)
	}
	if e, err := d.Arrive(t.Context(), &line, contact("3", "too late"), false); err != nil || e != (Entered{Early: true}) || kept.Len() != 0 {
		t.Errorf("behind its deletion: %+v, %v", e, err)
	}
}

// TestRefusedContactsLeaveNothing, and those that may come again keep what they said.
func TestRefusedContactsLeaveNothing(t *testing.T) {
	for code, left := range map[int]int{400: 0, 429: 1, 503: 1} {
		var line channeltest.Line
		var kept channeltest.Contents
		line.Refuse(&channel.Refusal{Code: code})
		if _, err := (&Door{People: people{}, Contents: &kept}).Arrive(t.Context(), &line, contact("1", "x"), false); err == nil || kept.Len() != left {
			t.Errorf("%d: %v, %d kept, want %d", code, err, kept.Len(), left)
		}
	}
}

// TestTakenBackTooLate: a contact that an agent has, or that was served, is taken back without anything left to do but to forget what it said.
func TestTakenBackTooLate(t *testing.T) {
	var line late
	var kept channeltest.Contents
	d := &Door{People: people{}, Contents: &kept}
	if _, err := d.Arrive(t.Context(), &line, contact("1", "no dial tone"), false); err != nil {
		t.Fatal(err)
	}
	if there, err := d.Leave(t.Context(), &line, mapping.Ending{ID: "1", Reason: "deleted"}); err != nil || there || kept.Len() != 0 {
		t.Errorf("%t, %v, %d kept", there, err, kept.Len())
	}
}

// A late line has served each contact already.
type late struct{ channeltest.Line }

func (l *late) Leave(context.Context, string, string) error {
	return &channel.Refusal{Code: 409, Description: "ticket 1: was served, want one that waits"}
}

// TestNobodysNameIsInAnError of the door.
func TestNobodysNameIsInAnError(t *testing.T) {
	var line channeltest.Line
	_, err := (&Door{People: people{errors.New("ana@example.org is unknown")}}).Arrive(t.Context(), &line, contact("1", "x"), false)
	if err == nil || strings.Contains(err.Error(), "ana") {
		t.Error(err)
	}
}

// Slow people let something else happen before they answer.
type slow func()

func (s slow) Person(context.Context, string, string, bool) (string, error) {
	s()
	return "k", nil
}

// TestWhatIsTakenBackStaysGone whatever comes later: the message itself once more, after a restart too, or its second try.
func TestWhatIsTakenBackStaysGone(t *testing.T) {
	var line channeltest.Line
	var kept channeltest.Contents
	told := contact("1", "no dial tone")
	told.ReplyTo = "ana"
	d := &Door{People: people{}, Contents: &kept}
	if _, err := d.Arrive(t.Context(), &line, told, true); err != nil || kept.Len() != 2 {
		t.Fatal(err, kept.Len())
	}
	if _, err := d.Leave(t.Context(), &line, mapping.Ending{ID: "1", Reason: "revoked"}); err != nil {
		t.Fatal(err)
	}
	d = &Door{People: people{}, Contents: &kept} // a restart
	if e, err := d.Arrive(t.Context(), &line, told, true); err != nil || !e.Duplicate || kept.Of("1") != "" || kept.Of(ReplyID("1")) != "" {
		t.Errorf("a repeat after it was taken back: %+v, %v; kept are %q and %q", e, err, kept.Of("1"), kept.Of(ReplyID("1")))
	}
	line.Refuse(errors.New("no answer"))
	d.People = slow(func() {
		if _, err := d.Leave(t.Context(), &line, mapping.Ending{ID: "2", Reason: "revoked"}); err != nil {
			t.Error(err)
		}
	})
	second := contact("2", "no dial tone")
	if _, err := d.Arrive(t.Context(), &line, second, false); err == nil || kept.Of("2") == "" {
		t.Fatal("the line answered")
	}
	if e, err := d.Arrive(t.Context(), &line, second, false); err != nil || !e.Early || kept.Of("2") != "" {
		t.Errorf("its second try: %+v, %v, kept is %q", e, err, kept.Of("2"))
	}
}
