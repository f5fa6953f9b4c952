package theory

import "gonum.org/v1/gonum/floats"

// A point is a state of a Markov chain.
type point struct{ x, y, z int }

// A chain is a continuous-time Markov chain on a list of points. Moves to points that are not in the list are left out.
type chain struct {
	points []point
	moves  func(from point, to func(p point, rate float64))
}

// means returns the expectations of rewards in the steady state. It takes one state after the other out of the chain, from the
// last to the first, and gives the rate of passing through it, with its time and rewards, to the states around it (Grassmann,
// Taksar & Heyman 1985). Nothing is subtracted, so that no digit is lost. It costs n·b² where b is how far apart in the list two
// neighbours stand, and keeps b² numbers: list the points so that b is small.
func (c chain) means(rewards func(p point) []float64) []float64 {
	n := len(c.points)
	number := make(map[point]int, n)
	for i, p := range c.points {
		number[p] = i
	}
	low, width := c.profile(number)
	// Row i holds the rates to the states from low to width above i, at i's place in a ring.
	ring := make([][]float64, width+1)
	gained := make([][]float64, width+1)
	filled := n
	row := func(i int) []float64 { return ring[i%(width+1)] }
	fill := func(i int) {
		at := i % (width + 1)
		if ring[at] == nil {
			ring[at] = make([]float64, 2*width+1)
		}
		clear(ring[at])
		c.moves(c.points[i], func(p point, rate float64) {
			if j, ok := number[p]; ok {
				ring[at][j-i+width] += rate
			}
		})
		gained[at] = append(append(gained[at][:0], 1), rewards(c.points[i])...)
	}
	for s := n - 1; s > 0; s-- {
		for filled > low[s] {
			filled--
			fill(filled)
		}
		from := row(s)
		out := from[low[s]-s+width : width]
		total := floats.Sum(out)
		worth := gained[s%(width+1)]
		for r := low[s]; r < s; r++ {
			to := row(r)
			if rate := to[s-r+width]; rate > 0 {
				floats.AddScaled(to[low[s]-r+width:s-r+width], rate/total, out)
				floats.AddScaled(gained[r%(width+1)], rate/total, worth)
			}
		}
	}
	if filled > 0 {
		fill(0)
	}
	floats.Scale(1/gained[0][0], gained[0])
	return gained[0][1:]
}

// profile returns for each state the lowest that it is joined with once those above it are taken out, and the greatest distance.
func (c chain) profile(number map[point]int) (low []int, width int) {
	low = make([]int, len(c.points))
	for i := range low {
		low[i] = i
	}
	for i, p := range c.points {
		c.moves(p, func(q point, _ float64) {
			if j, ok := number[q]; ok {
				low[max(i, j)] = min(low[max(i, j)], min(i, j))
			}
		})
	}
	for i := len(low) - 1; i > 0; i-- {
		low[i-1] = min(low[i-1], low[i])
		width = max(width, i-low[i])
	}
	return low, width
}
