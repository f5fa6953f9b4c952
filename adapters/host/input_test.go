package host

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"fairline/engine"
)

func sampleInputs() []Input {
	return []Input{
		{Command: engine.Command{Kind: engine.Tick, At: 5}},
		{Command: engine.Command{Kind: engine.Resume, At: 5}, Texts: []string{"the line was started again"}},
		{Command: engine.Command{Kind: engine.Arrive, At: 5, Key: engine.KeyOf("pbx", "1"), Facts: &engine.Facts{NeedsLen: 1}},
			Texts: []string{"pbx", "1", "crm/1", "k7", "PS"}},
		{Command: engine.Command{Kind: engine.SignIn, Agent: engine.WordOf("ana"), Profile: &engine.Profile{}}, Texts: []string{"ana", "PS"}},
		{Command: engine.Command{Kind: engine.Adopt, Policy: &engine.Policy{Hash: [32]byte{1}}}, Texts: []string{"a.yaml", "fairline: 1"}},
		{Command: engine.Command{Kind: engine.Adopt, Policy: &engine.Policy{Hash: [32]byte{1}}},
			Texts: []string{"a.yaml", "fairline: 1", "Europe/Lisbon 0", "mia"}},
		{Command: engine.Command{Kind: engine.Depart, Agent: engine.WordOf("ana"), Offer: 3, Reason: engine.WordOf("sales")},
			Texts: []string{"other", "{}", "sales"}},
	}
}

func TestInput(t *testing.T) {
	for _, want := range sampleInputs() {
		got, err := DecodeInput(AppendInput(nil, &want))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("DecodeInput: %+v, %v; want %+v", got, err, want)
		}
	}
	in := sampleInputs()[2]
	if got, want := in.Origin(), (Origin{Adapter: "pbx", ID: "1", Ref: "crm/1", Customer: "k7"}); got != want {
		t.Errorf("Origin: %+v, want %+v", got, want)
	}
	if got := in.Words(); len(got) != 1 || got[0] != "PS" {
		t.Errorf("Words: %q, want PS", got)
	}
	if in = sampleInputs()[6]; len(in.Words()) != 1 || in.Words()[0] != "sales" {
		t.Errorf("Words: %q, want the reason", in.Words())
	}
	old, in := sampleInputs()[4], sampleInputs()[5]
	if old.Zone() != "" || old.By() != "" || in.Zone() != "Europe/Lisbon 0" || in.By() != "mia" || len(in.Words()) != 0 {
		t.Errorf("an adoption has the zone %q and is by %q, an old one has %q and %q", in.Zone(), in.By(), old.Zone(), old.By())
	}
}

// TestInputWithWrongTexts refuses what has too few texts or too many.
func TestInputWithWrongTexts(t *testing.T) {
	for _, test := range []struct {
		of    int // of the samples
		texts []string
	}{{2, []string{"pbx", "1"}}, {3, nil}, {4, []string{"a.yaml"}}, {5, []string{"a", "b", "", "", ""}}, {6, []string{"other"}}} {
		in := sampleInputs()[test.of]
		in.Texts = test.texts
		if _, err := DecodeInput(AppendInput(nil, &in)); !errors.Is(err, ErrInput) {
			t.Errorf("DecodeInput with the texts %q = %v, want %v", test.texts, err, ErrInput)
		}
	}
}

// FuzzInput says that decoding never panics, and that what it accepts is exactly what encoding makes.
func FuzzInput(f *testing.F) {
	for _, in := range sampleInputs() {
		f.Add(AppendInput(nil, &in))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		in, err := DecodeInput(b)
		if err != nil {
			return
		}
		in.Words()
		in.Origin()
		in.File()
		if again := AppendInput(nil, &in); !bytes.Equal(again, b) {
			t.Errorf("decoded and encoded again: %x, want %x", again, b)
		}
	})
}
