package policy

import (
	"testing"
)

const slotFile = `fairline: 1
policy: slots
attributes:
  need:  {one_of: [medical, other], else: other}
  reach: {type: int, min: 0, max: 10, else: 3}
  open:  {type: bool, else: false}
  left:  {type: int}
channels: {phone: {takes: agent}}
classes:
  - {name: first, when: 'ticket.need == "medical" && ticket.reach > 2', reason: R}
  - {name: second, when: ticket.open, reason: R}
  - {name: rest}
order: {strict: [first, second, rest]}
`

// TestSlotIsTheDoor compares the short way to Facts with the long one.
func TestSlotIsTheDoor(t *testing.T) {
	p, faults := Parse("slots.yaml", []byte(slotFile))
	if p == nil {
		t.Fatal(faults)
	}
	for _, test := range []struct {
		name, text string
		raw        any
	}{{"need", "medical", "medical"}, {"need", "rare", "rare"}, {"reach", "7", 7}, {"reach", "99", 99}, {"open", "true", true}, {"open", "false", false}} {
		r := p.Ticket(Ticket{Channel: "phone", Attributes: map[string]any{test.name: test.raw}})
		s, ok := p.Slot(test.name)
		if !ok || s.Index < 0 || r.Err() != nil {
			t.Fatalf("%s: %v, slot %d, %v", test.name, ok, s.Index, r.Err())
		}
		num, has, err := s.Number(test.text)
		if err != nil || has != (r.Facts.Has>>s.Index&1 == 1) || num != r.Facts.Attrs[s.Index] {
			t.Errorf("%s %q is %d, %t, %v; the door says %d", test.name, test.text, num, has, err, r.Facts.Attrs[s.Index])
		}
	}
	if s, ok := p.Slot("left"); !ok || s.Index != -1 {
		t.Errorf("what nothing reads has the slot %d, %t", s.Index, ok)
	}
	if _, ok := p.Slot("reech"); ok {
		t.Error("an attribute that is not declared has a slot")
	}
	s, _ := p.Slot("open")
	if _, _, err := s.Number("perhaps"); err == nil {
		t.Error("a word was read as true or false")
	}
	if _, _, err := s.Whole(1); err == nil {
		t.Error("a number was read as true or false")
	}
	reach, _ := p.Slot("reach")
	if n, has, err := reach.Whole(-4); n != 3 || !has || err != nil {
		t.Errorf("a number out of range is %d, %t, %v, want the else", n, has, err)
	}
}
