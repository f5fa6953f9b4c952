package statistics

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// Antithetic returns one observation for each pair of replications that were run on u and on 1-u: the means of their
// numerators and of their denominators. The two of a pair depend on one another, so neither counts by itself. It panics where
// a and b differ in the number of replications.
func Antithetic(a, b Sample) Sample {
	paired(a, b)
	var s Sample
	for i := range a.Num {
		s.Add((a.Num[i]+b.Num[i])/2, (a.Den[i]+b.Den[i])/2)
	}
	return s
}

// ControlVariate returns the mean of x, made sharper by what is known beforehand: controls[j][i] is what replication i
// yielded for a quantity whose true mean is known[j], such as the mean wait in order of arrival where Erlang's formula holds.
// The mean of x is moved along its regression on the controls to where they ought to have been (Lavenberg & Welch 1981). DF
// is n−q−1 with q controls.
//
// A control that is the same in all replications says nothing and is left out. Not Defined where there are too few
// replications for so many controls, or where controls determine one another. Not Known of no replications.
func ControlVariate(x []float64, controls [][]float64, known []float64, confidence float64) Estimate {
	if len(controls) != len(known) {
		panic(mismatch("a control variate", len(controls), "controls", len(known), "known means; give one for each"))
	}
	n := len(x)
	e := MeanOf(x).Estimate(confidence)
	columns := [][]float64{}
	for j, control := range controls {
		if len(control) != n {
			panic(mismatch("a control variate", n, "replications", len(control), "values of a control; give one for each"))
		}
		if column := scaled(control, known[j]); column != nil {
			columns = append(columns, column)
		}
	}
	q := len(columns)
	if q == 0 || !e.Known {
		return e
	}
	e.DF, e.SE, e.Half, e.Defined = 0, 0, 0, false
	if n-q-1 < 1 {
		return e
	}
	value, se, ok := intercept(x, columns)
	if !ok {
		return e
	}
	e.Value, e.SE, e.DF, e.Defined = value, se, n-q-1, true
	return e.At(confidence)
}

// scaled returns how far a control is from its known mean in units of its spread, nil where it has none.
func scaled(control []float64, known float64) []float64 {
	if len(control) < 2 {
		return nil
	}
	spread := math.Sqrt(variance(control))
	if !(spread > roundOff*math.Abs(mean(control))) {
		return nil
	}
	column := make([]float64, len(control))
	for i, c := range control {
		column[i] = (c - known) / spread
	}
	return column
}

// intercept returns the value of the least-squares plane through x where all columns are 0, and its standard error.
func intercept(x []float64, columns [][]float64) (value, se float64, ok bool) {
	n, q := len(x), len(columns)
	design := mat.NewDense(n, q+1, nil)
	for i := range n {
		design.Set(i, 0, 1)
		for j, column := range columns {
			design.Set(i, j+1, column[i])
		}
	}
	var qr mat.QR
	qr.Factorize(design)
	var beta, fit mat.VecDense
	y := mat.NewVecDense(n, x)
	if err := qr.SolveVecTo(&beta, false, y); err != nil {
		return 0, 0, false
	}
	fit.MulVec(design, &beta)
	fit.SubVec(y, &fit)
	residual := mat.Dot(&fit, &fit) / float64(n-q-1)
	// The variance of the intercept is the residual's times the first diagonal element of the inverse of the normal matrix.
	var normal, inverse mat.Dense
	normal.Mul(design.T(), design)
	if err := inverse.Inverse(&normal); err != nil {
		return 0, 0, false
	}
	value, se = beta.AtVec(0), math.Sqrt(residual*inverse.At(0, 0))
	return value, se, finite(value) && finite(se)
}
