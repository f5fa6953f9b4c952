package recorded

import (
	"fmt"
	"time"
)

// A Date is a day of the log, written 1999-03-04. The zero value stands for every day.
type Date string

// ParseDate reads a date written 1999-03-04. The empty string gives the zero value.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", fmt.Errorf("read date %q: want one like 1999-03-04", s)
	}
	return Date(s), nil
}

// logDate reads the six digits of a row, yymmdd.
func logDate(s string) (Date, bool) {
	if len(s) != 6 {
		return "", false
	}
	t, err := time.Parse("060102", s)
	if err != nil {
		return "", false
	}
	return Date(t.Format(time.DateOnly)), true
}
