package journal_test

import (
	"errors"
	"testing"

	"fairline/engine/journal"
	"fairline/engine/journal/journaltest"
)

// memoryStorage opens one memory journal again and again.
type memoryStorage struct{ m *journal.Memory }

func (s memoryStorage) Open(testing.TB) journal.Log { return s.m.Reopen() }

func TestMemoryConforms(t *testing.T) {
	journaltest.Run(t, func(*testing.T) journaltest.Storage {
		return memoryStorage{journal.NewMemory()}
	})
}

func TestMemoryFaults(t *testing.T) {
	tests := []struct {
		name   string
		fault  journal.Fault
		want   error
		stored uint64 // frames there afterwards, of two before and one appended
	}{
		{"none", journal.FaultNone, nil, 3},
		{"lost", journal.FaultLost, journal.ErrUnknownOutcome, 2},
		{"acknowledgement lost", journal.FaultAckLost, journal.ErrUnknownOutcome, 3},
		{"fenced", journal.FaultFenced, journal.ErrFenced, 2},
		{"regressed", journal.FaultRegressed, journal.ErrRegressed, 1},
		{"full", journal.FaultFull, journal.ErrFull, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, frames := journal.NewMemory(), journaltest.Frames(t, 3, 10)
			journaltest.MustAppend(t, m, frames[:2]...)
			m.FailNext(test.fault)
			if _, err := m.Append(t.Context(), frames[2]); !errors.Is(err, test.want) {
				t.Fatalf("Append = %v, want %v", err, test.want)
			}
			if seq, _ := m.Reopen().Last(); seq != test.stored {
				t.Fatalf("stored frames = %d, want %d", seq, test.stored)
			}
			again := m.Reopen()
			journaltest.MustAppend(t, again, frames[test.stored:]...) // the fault is over
		})
	}
}

func TestMemoryWentBack(t *testing.T) {
	m, frames := journal.NewMemory(), journaltest.Frames(t, 4, 10)
	journaltest.MustAppend(t, m, frames[:3]...)
	m.Truncate(1)
	err := m.Read(t.Context(), 1, func(uint64, []byte) error { return nil })
	if want := "read sequence 2: the journal went back behind an acknowledged frame"; err == nil ||
		err.Error() != want {
		t.Errorf("Read = %v, want %s", err, want)
	}
	if _, err = m.Append(t.Context(), frames[3]); !errors.Is(err, journal.ErrRegressed) {
		t.Errorf("Append = %v, want ErrRegressed", err)
	}
}
