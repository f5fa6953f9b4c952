// Package spelling finds the name that a misspelt name was probably meant to be.
package spelling

import "strings"

// Nearest returns the name that is closest to word, when it is close enough to be a slip of the finger: at most a
// third of the letters differ. Of equally close names the first is taken.
func Nearest(word string, names []string) (string, bool) {
	best, at := "", len(word)/3+2
	if len(word) <= 2 {
		at = 2
	}
	for _, name := range names {
		if d := Distance(strings.ToLower(word), strings.ToLower(name)); d < at && name != word {
			best, at = name, d
		}
	}
	return best, best != ""
}

// DidYouMean is a question to put behind a message, or nothing when no name is near.
func DidYouMean(word string, names []string) string {
	if near, ok := Nearest(word, names); ok {
		return "did you mean `" + near + "`?"
	}
	return ""
}

// List joins names as they stand in a message: `a`, `b` and `c`.
func List(names []string) string {
	var b strings.Builder
	for i, n := range names {
		switch {
		case i > 0 && i == len(names)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString("`" + n + "`")
	}
	return b.String()
}

// Distance is how many letters have to be inserted, removed, replaced, or exchanged with a neighbour (Damerau's
// optimal string alignment).
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
