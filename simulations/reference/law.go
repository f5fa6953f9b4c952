package reference

import (
	"fmt"
	"math"
	"strings"

	"fairline/simulations/dist"
)

// A law is one of spans in the unit of an entry.
type law struct {
	name string // tells it apart
	mean float64
	scv  float64                              // squared coefficient of variation
	make func(unit float64) (dist.Law, error) // in seconds, of a unit that has so many
}

func exponential(mean float64) law {
	return law{fmt.Sprintf("exponential(%v)", mean), mean, 1,
		func(unit float64) (dist.Law, error) { return dist.Exponential(mean * unit) }}
}

func constant(value float64) law {
	return law{fmt.Sprintf("constant(%v)", value), value, 0,
		func(unit float64) (dist.Law, error) { return dist.Constant(value * unit) }}
}

func erlang(phases int, mean float64) law {
	return law{fmt.Sprintf("erlang(%d, %v)", phases, mean), mean, 1 / float64(phases),
		func(unit float64) (dist.Law, error) { return dist.Erlang(phases, mean*unit) }}
}

func lognormal(mean, cv float64) law {
	return law{fmt.Sprintf("lognormal(%v, %v)", mean, cv), mean, cv * cv,
		func(unit float64) (dist.Law, error) { return dist.Lognormal(mean*unit, mean*cv*unit) }}
}

func uniform(low, high float64) law {
	mean := (low + high) / 2
	return law{fmt.Sprintf("uniform(%v, %v)", low, high), mean, (high - low) * (high - low) / 12 / mean / mean,
		func(unit float64) (dist.Law, error) { return dist.Uniform(low*unit, high*unit) }}
}

// twoPhases is exponential of one rate with probability p, else of another.
func twoPhases(p, rate1, rate2 float64) law {
	mean, square := p/rate1+(1-p)/rate2, 2*p/rate1/rate1+2*(1-p)/rate2/rate2
	return law{fmt.Sprintf("hyperexponential(%v, %v, %v)", p, rate1, rate2), mean, square/mean/mean - 1,
		func(unit float64) (dist.Law, error) {
			return dist.Hyperexponential([]dist.Part{{Weight: p, Mean: unit / rate1}, {Weight: 1 - p, Mean: unit / rate2}})
		}}
}

// service reads the law of handling from the parameter S, in words.
func (f *form) service() law {
	var value, phases float64
	switch s := f.text("S"); {
	case scan(s, "deterministic %g", &value):
		return constant(value)
	case scan(s, "Erlang-%g", &phases):
		return erlang(int(phases), f.or("mean", 1))
	case strings.HasPrefix(s, "lognormal"):
		return lognormal(f.or("mean", 1), f.n("cv"))
	case strings.HasPrefix(s, "hyperexp") && f.has("rate1"):
		return twoPhases(f.n("p"), f.n("rate1"), f.n("rate2"))
	case strings.HasPrefix(s, "hyperexp"): // balanced means
		p := (1 + math.Sqrt((f.n("scv")-1)/(f.n("scv")+1))) / 2
		return twoPhases(p, 2*p/f.or("mean", 1), 2*(1-p)/f.or("mean", 1))
	case strings.HasPrefix(s, "exponential"):
		return exponential(f.or("mean", 1))
	default:
		f.wrong("no law of handling %q", s)
		return exponential(1)
	}
}

// patience is exponential with rate theta, unless it has a law in words.
func (f *form) patience() law {
	if f.has("theta") {
		return exponential(1 / f.n("theta"))
	}
	var a, b float64
	switch s := f.text("patience"); {
	case scan(s, "lognormal mean%g cv%g", &a, &b):
		return lognormal(a, b)
	case scan(s, "uniform(%g,%g)", &a, &b):
		return uniform(a, b)
	case scan(s, "deterministic %g", &a):
		return constant(a)
	case scan(s, "Erlang-%g mean%g", &a, &b):
		return erlang(int(a), b)
	case scan(s, "exponential mean%g", &a):
		return exponential(a)
	default:
		f.wrong("no law of patience %q", s)
		return exponential(1)
	}
}

// scan reads numbers that stand in a text as a format says.
func scan(text, format string, into ...any) bool {
	n, err := fmt.Sscanf(text, format, into...)
	return err == nil && n == len(into)
}
