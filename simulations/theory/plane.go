package theory

import (
	"errors"
	"math"
)

// A plane is a chain on points x, y (and z, a small mark) of which x and y have no bound. moves may lead to any x and y from 0.
type plane struct {
	marks int                                              // how many values z has
	inner func(x, y int) bool                              // whether the chain can be there; nil for everywhere
	moves func(from point, to func(p point, rate float64)) //
	gains func(p point) []float64                          //
}

// errPlane is returned where a chain cannot be cut off at a size that a computer can take.
var errPlane = errors.New("the queues can grow too long for a chain of two queues: add agents, or simulate")

// workMax bounds the multiplications for one solution of a plane.
const workMax = 3e10

// means returns the expectations of the gains. The plane is cut off where the chain hardly ever is: the sizes grow
// until the time at each edge, times its distance, is below 1e-14.
func (p plane) means() ([]float64, error) {
	sizeX, sizeY := 24, 24
	for {
		narrow := float64(min(sizeX, sizeY) * p.marks)
		if float64(sizeX*sizeY*p.marks)*narrow*narrow > workMax {
			return nil, errPlane
		}
		result := p.cut(sizeX, sizeY)
		atX, atY := result[0]*float64(sizeX), result[1]*float64(sizeY)
		switch {
		case math.IsNaN(atX + atY):
			return nil, errPlane
		case atX < 1e-14 && atY < 1e-14:
			return result[2:], nil
		}
		if atX >= 1e-14 {
			sizeX += sizeX / 2
		}
		if atY >= 1e-14 {
			sizeY += sizeY / 2
		}
	}
}

// cut solves the plane on x < sizeX and y < sizeY. The time at the two edges comes before the gains.
func (p plane) cut(sizeX, sizeY int) []float64 {
	c := chain{moves: p.moves}
	add := func(x, y int) {
		for z := 0; z < p.marks && (p.inner == nil || p.inner(x, y)); z++ {
			c.points = append(c.points, point{x, y, z})
		}
	}
	for i := range sizeX * sizeY {
		if sizeX < sizeY {
			add(i%sizeX, i/sizeX)
		} else {
			add(i/sizeY, i%sizeY)
		}
	}
	return c.means(func(q point) []float64 {
		return append([]float64{one(q.x == sizeX-1), one(q.y == sizeY-1)}, p.gains(q)...)
	})
}

// one is 1 where something holds, and 0 where not.
func one(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}
