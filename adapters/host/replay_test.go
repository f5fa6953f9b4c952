package host

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"fairline/engine"
	"fairline/engine/journal"
)

// A forger rewrites a journal: frame by frame, with the chain made good again, as somebody could who has
// the disk and no anchor.
type forger struct {
	t      *testing.T
	frames []journal.Frame
}

func forge(t *testing.T, memory *journal.Memory) *forger {
	f := &forger{t: t}
	for _, b := range framesOf(t, memory) {
		frame, err := journal.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		f.frames = append(f.frames, frame)
	}
	return f
}

// journal writes the frames with good hashes.
func (f *forger) journal() *journal.Memory {
	f.t.Helper()
	memory := journal.NewMemory()
	for i := range f.frames {
		_, f.frames[i].Prev = memory.Last()
		b, err := f.frames[i].AppendBinary(nil)
		if err != nil {
			f.t.Fatal(err)
		}
		if _, err := memory.Append(f.t.Context(), b); err != nil {
			f.t.Fatal(err)
		}
	}
	return memory
}

// TestReplayRefuses starts on journals that are not what a host wrote. Each error names the place.
func TestReplayRefuses(t *testing.T) {
	tests := []struct {
		name string
		edit func(f *forger)
		is   error
		says string
	}{
		{"another digest", func(f *forger) { f.frames[5].Digest++ }, ErrDigest, "replay: sequence 6: digest "},
		{"an event less", func(f *forger) { f.frames[3].Events = f.frames[3].Events[:1] }, ErrDigest, "replay: sequence 4: digest "},
		{"an event cut", func(f *forger) { f.frames[3].Events[1] = f.frames[3].Events[1][:9] }, engine.ErrEncoding,
			"replay: sequence 4 event 2: Offered: "},
		{"an input cut", func(f *forger) { f.frames[3].Inputs[0] = f.frames[3].Inputs[0][:20] }, ErrInput,
			"replay: sequence 4 input 1: input of 20 bytes: "},
		{"a kind of tomorrow", func(f *forger) { f.frames[3].Events[1] = []byte{99, 0} }, engine.ErrEncoding,
			"replay: sequence 4 event 2: kind 99 is unknown: "},
		{"another id", func(f *forger) { f.editInput(3, func(in *Input) { in.Texts[1] = "2" }) }, ErrInput,
			`replay: sequence 4 input 1: arrival of "pbx" "2" has the key of another: `},
		{"another policy", func(f *forger) { f.editInput(1, func(in *Input) { in.Texts[1] += "\n" }) }, ErrInput,
			"replay: sequence 2 input 1: policy one-line.yaml has the hash of another: "},
		{"a policy that is none", func(f *forger) { f.editInput(1, func(in *Input) { in.Texts[1] = "fairline: 2" }) }, nil,
			"replay: sequence 2 input 1: policy one-line.yaml of the journal: one-line.yaml:1:"},
		{"a policy nobody has", func(f *forger) { f.frames[1].Inputs = nil }, ErrInput,
			"replay: sequence 2 event 1: adopts a policy that no input has: "},
		{"the epoch of another", func(f *forger) { f.frames[4].Epoch = 7 }, journal.ErrChain,
			"replay: chain FL_JRN_0_1 sequence 5: "},
		{"a frame less", func(f *forger) { f.frames = append(f.frames[:3], f.frames[4:]...) }, nil, "replay: "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := forge(t, written(t))
				test.edit(f)
				s := newSite(t, f.journal(), nil).run()
				err := <-s.done
				if err == nil || test.is != nil && !errors.Is(err, test.is) ||
					!strings.HasPrefix(err.Error(), "host: line main: "+test.says) {
					t.Errorf("Run: %v\nwant %v, and host: line main: %s", err, test.is, test.says)
				}
				if s.host.Ready() || len(s.heard()) > 0 {
					t.Error("a host on a broken journal has spoken")
				}
			})
		})
	}
}

// editInput changes one input of a frame.
func (f *forger) editInput(frame int, edit func(*Input)) {
	in, err := DecodeInput(f.frames[frame].Inputs[0])
	if err != nil {
		f.t.Fatal(err)
	}
	edit(&in)
	f.frames[frame].Inputs[0] = AppendInput(nil, &in)
}

// written gives the journal of a short day: frame 4 is an arrival with its offer.
func written(t *testing.T) *journal.Memory {
	memory := journal.NewMemory()
	s := startSite(t, memory, func(cfg *Config) { cfg.DigestEvery = 1 })
	s.send("fl.agent.main.ana.sign-in", "")
	s.send("fl.in.main.pbx.ticket", `{"id":"1","data":{"channel":"phone"}}`)
	s.send("fl.agent.main.ana.accept", `{"offer":1}`)
	s.send("fl.agent.main.ana.finish", `{"offer":1}`)
	s.close()
	return memory
}

// TestVerify decides a journal again, and finds the event that was not decided.
func TestVerify(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := written(t)
		v, err := Verify(t.Context(), memory, &journal.Chain{Generation: 1})
		if err != nil || v.Frames != 7 || v.Inputs != 5 || v.Events != 7 || v.Digests != 7 || v.Epochs != 1 {
			t.Errorf("Verify: %+v, %v; want 7 frames, 5 inputs, 7 events, 7 digests", v, err)
		}
		for name, edit := range map[string]func(f *forger){
			"sequence 4 input 1: event 2 is another": func(f *forger) {
				ev, err := engine.DecodeEvent(f.frames[3].Events[1])
				if err != nil {
					t.Fatal(err)
				}
				ev.Until++
				f.frames[3].Events[1] = engine.AppendEvent(nil, &ev)
			},
			"sequence 5: 1 events, decided again 0": func(f *forger) { f.frames[4].Inputs = nil },
			"sequence 5 input 1: the engine decides otherwise than the journal says: no policy": func(f *forger) {
				f.frames[1].Inputs, f.frames[1].Events, f.frames[1].HasDigest, f.frames[1].Digest = nil, nil, false, 0
				f.frames[2], f.frames[3] = f.frames[1], f.frames[1]
			},
		} {
			f := forge(t, memory)
			edit(f)
			_, err := Verify(t.Context(), f.journal(), &journal.Chain{Generation: 1})
			if !errors.Is(err, ErrDecision) || !strings.Contains(err.Error(), name) {
				t.Errorf("Verify: %v, want %s", err, name)
			}
		}
	})
}

// TestStartNeedsAPolicy starts on an empty journal without one, and with one that is wrong.
func TestStartNeedsAPolicy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := journal.NewMemory()
		s := newSite(t, memory, func(cfg *Config) { cfg.PolicySource = nil }).run()
		if err := <-s.done; !errors.Is(err, ErrNoPolicy) {
			t.Errorf("Run: %v, want %v", err, ErrNoPolicy)
		}
		s = newSite(t, memory, func(cfg *Config) { cfg.PolicySource = []byte("fairline: 2\n") }).run()
		if err := <-s.done; err == nil || !strings.Contains(err.Error(), "one-line.yaml:1:") {
			t.Errorf("Run with a wrong policy: %v, want its first fault", err)
		}
		if seq, _ := memory.Last(); seq != 0 {
			t.Errorf("a refused start has written %d frames", seq)
		}
		s = startSite(t, written(t), func(cfg *Config) { cfg.PolicySource = nil })
		if got := s.send("fl.ask.main.status", ""); !strings.Contains(got, `"name":"one-line"`) {
			t.Errorf("status: %s, want the journal's policy", got)
		}
		s.close()
	})
}
