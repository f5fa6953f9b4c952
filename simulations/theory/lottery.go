package theory

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// Lottery returns the fates where the next ticket is drawn from all that wait, with odds in proportion to the weights of their
// classes, which are positive (Haviv & van der Wal 2007): W_k = W_0 + Σ_l ρ_l (W_k + W_l) p_l/(p_k + p_l). It costs O(K³).
func (c Classes) Lottery(weights []float64) ([]Fate, error) {
	if err := c.fit("weight", weights, false); err != nil {
		return nil, err
	}
	passed := func(k, l int) float64 { return weights[l] / (weights[k] + weights[l]) }
	n := len(weights)
	a, b := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
	for k := range n {
		b.SetVec(k, c.residual)
		a.Set(k, k, 1)
		for l, load := range c.loads {
			a.Set(k, k, a.At(k, k)-load*passed(k, l))
			a.Set(k, l, a.At(k, l)-load*passed(k, l))
		}
	}
	var waits mat.VecDense
	if err := waits.SolveVec(a, b); err != nil {
		return nil, fmt.Errorf("a lottery with weights %v: %w", weights, err)
	}
	return c.fates(waits.RawVector().Data, passed), nil
}
