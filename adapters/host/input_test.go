package host

import (
	"bytes"
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
