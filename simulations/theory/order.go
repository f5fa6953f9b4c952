package theory

// An Order is an order of service that does not look at classes or handling times. All orders have the same mean wait.
type Order int

// The orders: first come, at random, last come; none interrupts a service.
const (
	FCFS Order = iota // first come, first served: the least variance (Kingman 1962)
	ROS               // random order of service
	LCFS              // last come, first served: the greatest variance
)

// stretch is E[W²] of the order over E[W²] of FCFS (Takács 1963): M/G/1 with any law, M/M/c with ρ = λ/(cµ).
func (o Order) stretch(rho float64) float64 {
	switch o {
	case ROS:
		return 2 / (2 - rho)
	case LCFS:
		return 1 / (1 - rho)
	}
	return 1
}

// slips is how often a ticket is overtaken, over the mean length of the queue.
func (o Order) slips() float64 {
	switch o {
	case ROS:
		return 0.5
	case LCFS:
		return 1
	}
	return 0
}

// Waits are the mean and the mean square of the waits of all tickets under FCFS, from which those of the other orders
// follow.
type Waits struct {
	Mean       float64 // E[W], of any order
	Length     float64 // mean number waiting, of any order (Little 1961)
	Occupancy  float64 // ρ, the part of their time that agents serve
	Delay      float64 // P(W > 0), of any order
	square     float64 // E[W²] under FCFS
	handling   float64 // E[S]
	handlingSq float64 // Var[S]
}

// Square returns E[W²].
func (w Waits) Square(o Order) float64 { return w.square * o.stretch(w.Occupancy) }

// Variance returns Var[W].
func (w Waits) Variance(o Order) float64 { return w.Square(o) - w.Mean*w.Mean }

// Slips returns how often a ticket is overtaken in the mean, which is how often it overtakes.
func (w Waits) Slips(o Order) float64 { return w.Length * o.slips() }

// Sojourn returns the mean time from the arrival to the end of the service.
func (w Waits) Sojourn() float64 { return w.Mean + w.handling }

// Jain returns Jain's index of the waits of all tickets, E[W]²/E[W²] (Jain, Chiu & Hawe 1984); 1 where nobody waits.
func (w Waits) Jain(o Order) float64 {
	if w.square == 0 {
		return 1
	}
	return w.Mean * w.Mean / w.Square(o)
}

// SQF returns E[(T − κS)²] with κ = E[T]/E[S], the slowdown fairness of Avi-Itzhak, Brosh & Levy (2007): a sojourn T should
// be in proportion to the service S.
func (w Waits) SQF(o Order) float64 {
	kappa := w.Mean / w.handling // κ − 1
	return w.Variance(o) + kappa*kappa*w.handlingSq
}
