package engine

import (
	"fmt"
	"slices"
)

// WeightMax is the greatest rate, weight of a cost, weight of a share, and weight of a lot.
const WeightMax = 1000

// fitsMembers reports whether an order has a number for each of n members.
func fitsMembers(o Order, n int) error {
	switch o := o.(type) {
	case nil:
		return fmt.Errorf("it has no order")
	case HeadStart:
		return numbers(o, len(o.Credit), n, o.By)
	case Due:
		if o.Own != nil && len(o.Own) != n {
			return fmt.Errorf("due says of %d members whether they have a date of their own, want %d", len(o.Own), n)
		}
		return numbers(o, len(o.Target), n, o.By)
	case Greatest:
		if o.By == 0 {
			return fmt.Errorf("greatest of what?")
		}
		return numbers(o, n, n, o.By)
	case Accumulate:
		return weights(o, o.Rate, n, 1)
	case Draw:
		return weights(o, o.Weight, n, 1)
	case WaitingMix:
		sum := int64(0)
		for _, p := range o.Percent {
			sum += p
		}
		if sum != 100 {
			return fmt.Errorf("waiting_mix has %d percent in all, want 100", sum)
		}
		return weights(o, o.Percent, n, 0)
	case Share:
		return shares(o, n)
	case Cost:
		if len(o.Power) != n || slices.ContainsFunc(o.Power, func(p int) bool { return p < 1 || p > PowerMax }) || o.Per < 1 {
			return fmt.Errorf("cost has powers %v per %d for %d members, want 1 to %d each", o.Power, o.Per, n, PowerMax)
		}
		return weights(o, o.Weight, n, 1)
	}
	return nil
}

func shares(o Share, n int) error {
	slots := o.By < 0 || o.By > ValuesMax || o.WeightBy < 0 || o.WeightBy > ValuesMax
	switch {
	case slots || o.HalfLife < 0 || o.AtArrival && (o.Minutes || o.HalfLife > 0):
		return fmt.Errorf("share by slots %d and %d, half-life %d, at arrival %v", o.By, o.WeightBy, o.HalfLife, o.AtArrival)
	case !o.valued():
		return weights(o, o.Weight, n, 1)
	case !o.Customer && o.By == 0 || o.Unknown < UnknownAlone || o.Unknown > UnknownAverage:
		return fmt.Errorf("share by what, and what of those where it is not known?")
	}
	return nil
}

// numbers reports whether o has a number for each of n members, or a slot.
func numbers(o Order, have, n, slot int) error {
	if slot < 0 || slot > ValuesMax || slot == 0 && have != n || have != n && have != 0 {
		return fmt.Errorf("%s has %d numbers for %d members, slot %d", o.Name(), have, n, slot)
	}
	return nil
}

// weights reports whether o has a number from least to WeightMax for each of n members.
func weights(o Order, have []int64, n int, least int64) error {
	if len(have) != n || slices.ContainsFunc(have, func(w int64) bool { return w < least || w > WeightMax }) {
		return fmt.Errorf("%s has the numbers %v for %d members, want %d to %d each", o.Name(), have, n, least, WeightMax)
	}
	return nil
}
