package measure

import "fmt"

// A Variant is a formula of the service level. Of the tickets that have a target T: A answered, B abandoned, A_T and B_T those
// within T, B_s those abandoned within Shape.Short, W_T those who still wait and have for longer than T. A ticket that waits
// exactly T is in time. None of them counts tickets that were closed or refused.
type Variant uint8

// The variants, by their names in files. OfferedMinusShort is the default.
const (
	OfferedMinusShort Variant = iota // A_T / (A + B - B_s)
	Offered                          // A_T / (A + B)
	Answered                         // A_T / A
	Credit                           // (A_T + B_T) / (A + B)
	LateAbandons                     // A_T / (A + B - B_T)
	ShortCredit                      // (A_T + B_s) / (A + B)
	Live                             // A_T / (A + B - B_s + W_T)
	variants
)

var variantNames = [variants]string{"offered-minus-short", "offered", "answered", "credit", "late-abandons", "short-credit", "live"}

var variantFormulas = [variants]string{"A_T/(A+B-B_s)", "A_T/(A+B)", "A_T/A", "(A_T+B_T)/(A+B)", "A_T/(A+B_>T)",
	"(A_T+B_s)/(A+B)", "A_T/(A+B-B_s+W_T)"}

// String returns the name of v as it stands in files.
func (v Variant) String() string {
	if v < variants {
		return variantNames[v]
	}
	return fmt.Sprintf("variant %d", uint8(v))
}

// Formula returns v in the symbols of Variant.
func (v Variant) Formula() string { return variantFormulas[v] }

// VariantOf returns the variant of a name. The empty name stands for the default.
func VariantOf(name string) (Variant, error) {
	if name == "" {
		return OfferedMinusShort, nil
	}
	for v, n := range variantNames {
		if n == name {
			return Variant(v), nil
		}
	}
	return 0, fmt.Errorf("service level %q: not known; use one of %q", name, variantNames)
}

// level computes a service level of a group.
func (v Variant) level(s *sums) Fact {
	a, b := s[answeredT], s[leftT]
	switch v {
	case Offered:
		return Fact{s[answeredIn], a + b}
	case Answered:
		return Fact{s[answeredIn], a}
	case Credit:
		return Fact{s[answeredIn] + s[leftIn], a + b}
	case LateAbandons:
		return Fact{s[answeredIn], a + b - s[leftIn]}
	case ShortCredit:
		return Fact{s[answeredIn] + s[leftShortT], a + b}
	case Live:
		return Fact{s[answeredIn], a + b - s[leftShortT] + s[remainLate]}
	default:
		return Fact{s[answeredIn], a + b - s[leftShortT]}
	}
}
