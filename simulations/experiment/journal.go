package experiment

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"

	"fairline/simulations/measure"
)

// A journal keeps the replications that are finished while a run goes on. It begins with a mark and the hash of what is run;
// then come records: arm, replication, number of facts, size of the rows in files of their own; the facts; and a checksum. It is
// written through the system's cache: what a loss of power takes is torn, or does not fit its checksum or size, and is played
// again.
type journal struct{ file *os.File }

// A record is one finished replication.
type record struct {
	arm, replication int
	rows             int64
	facts            []measure.Fact
}

const journalMark = "fairline done 1\n"

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	// errOtherRun says that a journal is about something else than what is to be resumed.
	errOtherRun = errors.New("what is done there belongs to another experiment or another version of fairline; run it anew")
)

// openJournal opens a journal for what has this identity, or makes it, and returns the replications in it. What is torn or does
// not fit its checksum is cut off, with all behind it.
func openJournal(path string, identity [32]byte) (*journal, []record, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, nil, err
	}
	records, good, err := readJournal(f, identity)
	if err == nil && good == 0 {
		good = int64(len(journalMark) + len(identity))
		_, err = f.WriteAt(append([]byte(journalMark), identity[:]...), 0)
	}
	if err == nil {
		err = f.Truncate(good)
	}
	if err == nil {
		_, err = f.Seek(good, io.SeekStart)
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("read %s: %w", path, err), f.Close())
	}
	return &journal{f}, records, nil
}

// readJournal returns the records of a journal and where the last whole one ends, 0 where there is not even a whole head.
func readJournal(f *os.File, identity [32]byte) (records []record, good int64, err error) {
	r := bufio.NewReaderSize(f, 1<<16)
	head := make([]byte, len(journalMark)+len(identity))
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, 0, nil // it was torn before anything was done
	}
	if string(head[:len(journalMark)]) != journalMark || [32]byte(head[len(journalMark):]) != identity {
		return nil, 0, errOtherRun
	}
	good = int64(len(head))
	for {
		rec, size, ok := readRecord(r)
		if !ok {
			return records, good, nil
		}
		records, good = append(records, rec), good+size
	}
}

const recordHead = 20

// factsMax bounds what a record may say of its size, so that a torn one cannot ask for all memory.
const factsMax = 1 << 24

func readRecord(r io.Reader) (rec record, size int64, ok bool) {
	head := make([]byte, recordHead)
	if _, err := io.ReadFull(r, head); err != nil {
		return rec, 0, false
	}
	n := binary.LittleEndian.Uint32(head[8:])
	if n > factsMax {
		return rec, 0, false
	}
	body := make([]byte, 16*int(n)+4)
	if _, err := io.ReadFull(r, body); err != nil {
		return rec, 0, false
	}
	sum := crc32.Update(crc32.Checksum(head, castagnoli), castagnoli, body[:16*n])
	if sum != binary.LittleEndian.Uint32(body[16*n:]) {
		return rec, 0, false
	}
	rec = record{arm: int(binary.LittleEndian.Uint32(head)), replication: int(binary.LittleEndian.Uint32(head[4:])),
		rows: int64(binary.LittleEndian.Uint64(head[12:])), facts: make([]measure.Fact, n)}
	for i := range rec.facts {
		rec.facts[i].Num = math.Float64frombits(binary.LittleEndian.Uint64(body[16*i:]))
		rec.facts[i].Den = math.Float64frombits(binary.LittleEndian.Uint64(body[16*i+8:]))
	}
	return rec, int64(len(head) + len(body)), true
}

// append adds a finished replication.
func (j *journal) append(rec record) error {
	b := make([]byte, 0, recordHead+16*len(rec.facts)+4)
	b = binary.LittleEndian.AppendUint32(b, uint32(rec.arm))
	b = binary.LittleEndian.AppendUint32(b, uint32(rec.replication))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(rec.facts)))
	b = binary.LittleEndian.AppendUint64(b, uint64(rec.rows))
	for _, f := range rec.facts {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f.Num))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f.Den))
	}
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	_, err := j.file.Write(b)
	return err
}

func (j *journal) close() error { return j.file.Close() }
