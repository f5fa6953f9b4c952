package recorded

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Limits of a log.
const (
	RowLenMax = 4096    // bytes; a longer row is left out
	CallsMax  = 1 << 20 // calls kept; the whole year has 444,000
)

// ErrTooManyCalls says that a log has more than CallsMax calls on the days asked for.
var ErrTooManyCalls = errors.New("too many calls")

// A Log is what was read: calls by date, then arrival, then row.
type Log struct {
	Calls  []Call
	Report Report
}

// Open reads the log at path as [Read] does; "-" is the standard input.
func Open(path string, day Date) (Log, error) {
	if path == "-" {
		return Read(os.Stdin, day)
	}
	f, err := os.Open(path)
	if err != nil {
		return Log{}, fmt.Errorf("open log: %w", err)
	}
	defer f.Close() // only read: nothing is lost if closing fails
	log, err := Read(f, day)
	if err != nil {
		return Log{}, fmt.Errorf("%s: %w", path, err)
	}
	return log, nil
}

// Read reads a log, plain or gzip, with or without its header, and keeps the calls of one day, or of all
// days if day is zero. A row that cannot be read is left out and counted, never an error; errors are
// those of r, of the compression, and ErrTooManyCalls.
func Read(r io.Reader, day Date) (Log, error) {
	in, err := plain(r)
	if err != nil {
		return Log{}, err
	}
	log := Log{Report: Report{LeftOut: map[Reason]int{}, Mended: map[Mend]int{}}}
	for n := 0; ; n++ {
		row, long, err := readRow(in)
		if err == io.EOF {
			break
		}
		if err != nil {
			return Log{}, fmt.Errorf("read row %d: %w", n+1, err)
		}
		if n == 0 && strings.HasPrefix(row, "vru+line\t") {
			continue
		}
		log.add(n, row, long, day)
		if len(log.Calls) > CallsMax {
			return Log{}, fmt.Errorf("read row %d: %w: more than %d", n+1, ErrTooManyCalls, CallsMax)
		}
	}
	slices.SortFunc(log.Calls, func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Arrived, b.Arrived), cmp.Compare(a.row, b.row))
	})
	borrow(log.Calls)
	return log, nil
}

func (l *Log) add(n int, row string, long bool, day Date) {
	l.Report.Rows++
	if long {
		l.Report.LeftOut[TooLong]++
		return
	}
	call, mends, reason := parse(n, row, day)
	if reason != "" {
		l.Report.LeftOut[reason]++
		return
	}
	l.Calls = append(l.Calls, call)
	l.Report.keep(call, mends)
}

// plain undoes the compression, which it knows by the first two bytes.
func plain(r io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, RowLenMax)
	if head, err := in.Peek(2); err != nil || head[0] != 0x1f || head[1] != 0x8b {
		return in, nil // a read error comes again with the first row
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("read gzip: %w", err)
	}
	return bufio.NewReaderSize(z, RowLenMax), nil
}

// readRow returns the next row without its end, and whether it was too long to be one.
func readRow(in *bufio.Reader) (row string, long bool, err error) {
	line, more, err := in.ReadLine()
	if err != nil {
		return "", false, err
	}
	row = string(line)
	for more {
		long = true
		if _, more, err = in.ReadLine(); err != nil && err != io.EOF {
			return "", false, err
		}
	}
	return row, long, nil
}
