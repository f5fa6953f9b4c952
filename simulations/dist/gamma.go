package dist

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Gamma returns the gamma law with the mean and the standard deviation, both positive, the latter from a thousandth of the mean
// to five times the mean: below, digits of its distribution function are lost; above, numbers of some probability are too small
// for a float64. Making it costs about a
// millisecond, drawing about as much as an exponential number.
func Gamma(mean, sd float64) (Law, error) {
	if err := moments("a gamma law", mean, sd); err != nil {
		return nil, err
	}
	cv := sd / mean
	if err := spread("a gamma law", cv, 1e-3, 5); err != nil {
		return nil, err
	}
	return &gamma{newGammaShape(1/cv/cv, mean), sd}, nil
}

type gamma struct {
	gammaShape
	sd float64
}

func (g *gamma) SD() float64 { return g.sd }

func (g *gamma) String() string {
	return fmt.Sprintf("gamma, mean %s, sd %s", number(g.mean), number(g.sd))
}

// A gammaShape is a gamma law as it is reckoned with: mean/shape times a number of the law with scale 1.
type gammaShape struct {
	mean, scale float64
	unit        unitGamma
	inverse     *inverse
}

func newGammaShape(shape, mean float64) gammaShape {
	unit := unitGamma(shape)
	return gammaShape{mean, mean / shape, unit, newInverse(unit, shape)}
}

func (g *gammaShape) Quantile(u float64) float64 { return g.scale * g.inverse.quantile(u) }
func (g *gammaShape) Mean() float64              { return g.mean }
func (g *gammaShape) CDF(x float64) float64      { return g.unit.CDF(x / g.scale) }
func (g *gammaShape) survival(x float64) float64 { return g.unit.survival(x / g.scale) }

// A unitGamma is the gamma law with this shape and scale 1.
type unitGamma float64

func (g unitGamma) CDF(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return mathext.GammaIncReg(float64(g), x)
}

func (g unitGamma) survival(x float64) float64 {
	if x <= 0 {
		return 1
	}
	return mathext.GammaIncRegComp(float64(g), x)
}

// phasesMost bounds the phases of an Erlang law: beyond, the digits of its distribution function are lost.
const phasesMost = 1_000_000

// Erlang returns the Erlang law: the sum of exponential times of that many phases, 1 to 1,000,000, all with the same mean; mean
// is that of the sum.
func Erlang(phases int, mean float64) (Law, error) {
	if phases < 1 || phases > phasesMost {
		return nil, fmt.Errorf("an Erlang law must have from 1 to %d phases, not %d", phasesMost, phases)
	}
	if err := positive("the mean of an Erlang law", mean); err != nil {
		return nil, err
	}
	return &erlang{newGammaShape(float64(phases), mean), phases}, nil
}

type erlang struct {
	gammaShape
	phases int
}

func (e *erlang) SD() float64 { return e.mean / math.Sqrt(float64(e.phases)) }

func (e *erlang) String() string {
	return fmt.Sprintf("erlang, phases %d, mean %s", e.phases, number(e.mean))
}
