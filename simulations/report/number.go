package report

import (
	"math"
	"strconv"
	"strings"

	"fairline/simulations/statistics"
)

// A measured value is written with as many digits as its interval supports: the half width to two digits where it begins with 1
// to 3, else to one, and the value to the same place. Without an interval it has three digits, or as many as its neighbours.
const (
	digits   = 3
	placeMax = 6 // behind the point
	dash     = "—"
	minus    = "−" // U+2212
)

// A unit is how the values of a row are written.
type unit struct {
	factor      float64
	name, apart string // of values, and of differences
}

// unitOf chooses the unit for values of which the largest is so large. All values of a row share it.
func unitOf(name string, largest float64) unit {
	switch {
	case name == "%":
		return unit{100, " %", " pt"}
	case name == "s" && largest >= 60000:
		return unit{1.0 / 3600, " h", " h"}
	case name == "s" && largest >= 1000:
		return unit{1.0 / 60, " min", " min"}
	case name == "s":
		return unit{1, " s", " s"}
	case name == "min" || name == "/h":
		return unit{1, " " + name, " " + name}
	case name == "s^2":
		return unit{1, " s²", " s²"}
	}
	return unit{1, "", ""}
}

// places returns how many digits behind the point a half width supports.
func places(half float64) int {
	at := math.Floor(math.Log10(half))
	n := 0
	if half/math.Pow(10, at) < 3.95 {
		n = 1
	}
	return min(placeMax, max(0, n-int(at)))
}

// plain returns how many digits behind the point a value without an interval is written with.
func plain(value float64) int {
	if value == math.Trunc(value) {
		return 0
	}
	return min(placeMax, max(0, digits-1-int(math.Floor(math.Log10(math.Abs(value))))))
}

// A cell is an estimate in writing.
type cell struct{ value, half string }

// A form is how the values of a row are written: in one unit, and to the same place where intervals nearly support it.
type form struct {
	unit
	places int // behind the point: of values without an interval, -1: unknown
	least  int // the fewest that an interval supports
}

// form chooses how a row is written.
func (w *Row) form() form {
	largest := 0.0
	for _, e := range w.estimates() {
		largest = max(largest, math.Abs(e.Value))
	}
	f := form{unit: unitOf(w.Metric.Unit, largest), places: -1, least: placeMax}
	for _, e := range w.estimates() {
		if n := f.placesOf(e); n >= 0 {
			f.places, f.least = max(f.places, n), min(f.least, n)
		}
	}
	return f
}

// placesOf returns the digits behind the point for an estimate, -1 where its interval does not say.
func (f form) placesOf(e statistics.Estimate) int {
	if !e.Defined || e.Half == 0 {
		return -1
	}
	return places(e.Half * f.factor)
}

func (f form) value(e statistics.Estimate) cell {
	n := f.placesOf(e)
	if n == f.least+1 && e.Half*f.factor >= 2*math.Pow10(-f.least) {
		n = f.least // one digit of the half width remains
	}
	return f.write(e, n, f.name, false)
}

func (f form) difference(e statistics.Estimate) cell { return f.write(e, f.placesOf(e), f.apart, true) }

// write writes an estimate with n digits behind the point; -1: as its neighbours.
func (f form) write(e statistics.Estimate, n int, name string, signed bool) cell {
	if !e.Known {
		return cell{value: dash}
	}
	value := e.Value * f.factor
	if n < 0 {
		n = f.places
	}
	if n < 0 {
		n = plain(value)
	}
	c := cell{value: number(value, n, signed) + name}
	if e.Defined && e.Half > 0 {
		c.half = "±" + number(e.Half*f.factor, n, false)
	}
	return c
}

// number writes a value with so many digits behind the point. What rounds to 0 has no sign.
func number(value float64, places int, signed bool) string {
	text := strconv.FormatFloat(math.Abs(value), 'f', places, 64)
	zero := strings.Trim(text, "0.") == ""
	switch {
	case zero:
		return text
	case value < 0:
		return minus + text
	case signed:
		return "+" + text
	}
	return text
}

// percent writes a part of 1.
func percent(part float64) string {
	return strconv.FormatFloat(math.Round(part*1e8)/1e6, 'f', -1, 64) + " %"
}
