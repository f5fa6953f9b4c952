package theory

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// order is the order of service that the model's name has.
func (e entry) order() Order {
	switch {
	case strings.Contains(e.Model, "ROS"):
		return ROS
	case strings.Contains(e.Model, "LCFS"):
		return LCFS
	}
	return FCFS
}

func viaQueue(e entry) (float64, error) {
	q, o := e.queue(), e.order()
	if e.has("RAQFM") {
		d := []Discipline{FirstCome, AtRandom, LastCome}[o]
		if strings.HasSuffix(e.Model, "LCFS-P") {
			d = LastComePreempts
		}
		return q.Unfairness(d)
	}
	s, err := q.Steady()
	if err != nil {
		return 0, err
	}
	switch {
	case e.has("DEPARTURE"):
		return s.DepartureOvertakes(), nil
	case e.has("P(slips>=1)") && o == LCFS:
		return s.OvertakenLCFS(), nil
	case e.has("E[number in system]"):
		return s.Number(), nil
	case e.has("P(wait<=T)"):
		return s.Within(e.n("T")), nil
	case e.has("p-quantile"):
		return s.Quantile(e.n("p")), nil
	case e.has("Gini"):
		return s.Gini(), nil
	}
	return viaWaits(e, s.Waits)
}

// viaWaits answers what M/M/c and M/G/1 have in common.
func viaWaits(e entry, w Waits) (float64, error) {
	o := e.order()
	for _, q := range []struct {
		name  string
		value float64
	}{
		{"E[wait^2]", w.Square(o)}, {"E[wait]", w.Mean}, {"Var[wait]", w.Variance(o)}, {"P(wait>0)", w.Delay}, {"E[queue length]", w.Length},
		{"E[sojourn]", w.Sojourn()}, {"Jain", w.Jain(o)}, {"SQF", w.SQF(o)}, {"E[slips", w.Slips(o)},
	} {
		if e.has(q.name) {
			return q.value, nil
		}
	}
	return 0, errNoFunction
}

func viaErlangB(e entry) (float64, error) { return e.queue().ErlangB() }

// law is the law of handling times that the parameters describe.
func (e entry) law() Law {
	name := e.Params["S"].(string)
	var x float64
	var k int
	switch {
	case scan(name, "deterministic %g", &x):
		return Fixed{x}
	case name == "lognormal":
		return Lognormal{e.n("mean"), e.n("cv")}
	case scan(name, "Erlang-%d", &k):
		return Erlang(k, e.n("mean"))
	case name == "hyperexp balanced means":
		return BalancedMeans(e.n("mean"), e.n("scv"))
	}
	return Exponential{e.n("mean")}
}

func scan(text, form string, into ...any) bool {
	n, err := fmt.Sscanf(text, form, into...)
	return err == nil && n == len(into)
}

func viaSingle(e entry) (float64, error) {
	w, err := Single{Arrivals: e.n("lam"), Handling: e.law()}.Steady()
	if err != nil {
		return 0, err
	}
	return viaWaits(e, w)
}

func viaFixed(e entry) (float64, error) {
	s, err := FixedHandling{Arrivals: e.n("lam"), Handling: e.n("D"), Agents: e.i("c")}.Steady()
	return pick(e, map[string]float64{"E[wait]": s.Mean, "P(wait>0)": s.Delay, "E[queue length]": s.Length}, err)
}

func viaErlangA(e entry) (float64, error) {
	s, err := Impatient{Queue{e.n("lam"), e.n("mu"), e.i("n")}, e.n("theta")}.Steady()
	if err != nil {
		return 0, err
	}
	t := e.n("T")
	return pick(e, map[string]float64{
		"P_ab": s.Abandoned, "P_wait": s.Delay, "E_wait_all": s.Mean, "E_wait_served": s.MeanServed, "E_wait_abandoned": s.MeanAbandoned,
		"Lq": s.Length, "occupancy": s.Occupancy, "P_served_within_T": s.ServedWithin(t), "P_wait_gt_T": s.WaitBeyond(t),
		"P_offeredwait_gt_T": s.OfferedBeyond(t),
	}, nil)
}

func viaPatience(e entry) (float64, error) {
	name := e.Params["patience"].(string)
	var law Law
	var a, b float64
	var k int
	switch {
	case scan(name, "lognormal mean%g cv%g", &a, &b):
		law = Lognormal{a, b}
	case scan(name, "uniform(%g,%g)", &a, &b):
		law = Uniform{a, b}
	case scan(name, "deterministic %g", &a), scan(name, "deterministic(%g)", &a):
		law = Fixed{a}
	case scan(name, "exponential mean%g", &a), scan(name, "exp mean%g", &a):
		law = Exponential{a}
	case scan(name, "Erlang-%d mean%g", &k, &a):
		law = Erlang(k, a)
	default:
		return 0, fmt.Errorf("no law for a patience %q", name)
	}
	s, err := Patience{Queue{e.n("lam"), e.n("mu"), e.i("n")}, law}.Steady()
	return pick(e, map[string]float64{
		"P_offered_wait_pos": s.OfferedDelay, "P_ab": s.Abandoned, "E_offered_wait": s.OfferedMean, "E_wait_all": s.Mean,
	}, err)
}

func viaPriority(e entry) (float64, error) {
	c, err := e.classes()
	if err != nil {
		return 0, err
	}
	more, ok := c.PriorityMarkov()
	if !ok {
		return 0, errNoFunction
	}
	switch {
	case e.has("Var[wait class k]"):
		return more[e.i("cls")-1].Variance, nil
	case e.has("P(slips>=1) lowest class"):
		return more[len(more)-1].Overtaken, nil
	}
	return e.class(c.Priority(), nil)
}

func viaStreams(e entry) (float64, error) {
	var streams []Stream
	for k, rate := range e.list("lams") {
		streams = append(streams, Stream{rate, Exponential{1 / e.list("mus")[k]}})
	}
	c, err := OneAgent(streams)
	if err != nil {
		return 0, err
	}
	return e.class(c.Priority(), nil)
}

func viaAccumulating(e entry) (float64, error) {
	c, err := e.classes()
	if err != nil {
		return 0, err
	}
	if e.has("P(slips>=1) lowest-slope class") {
		part, ok := c.AccumulatingOvertaken(e.list("slopes"))
		if !ok {
			return 0, errNoFunction
		}
		return part, nil
	}
	return e.class(c.Accumulating(e.list("slopes")))
}

func viaLottery(e entry) (float64, error) {
	c, err := e.classes()
	if err != nil {
		return 0, err
	}
	return e.class(c.Lottery(e.list("weights")))
}

func (f Favour) quantities() map[string]float64 {
	return map[string]float64{
		"W1": f.First.Wait, "W2": f.Second.Wait, "WF": f.FCFS, "slips2": f.Second.Slips, "skips1": f.First.Skips, "pslip2": f.Overtaken,
		"premium": f.Premium,
	}
}

func viaHeadStart(e entry) (float64, error) {
	switch e.Quantity {
	case "Emin":
		return e.pair().QuietCapped(e.n("h"))
	case "PW2gth":
		return e.pair().QuietBeyond(e.n("h"))
	}
	f, err := e.pair().HeadStart(e.n("h"))
	return pick(e, f.quantities(), err)
}

func viaCountBound(e entry) (float64, error) {
	f, err := e.pair().CountBound(e.i("k"))
	return pick(e, f.quantities(), err)
}

func viaRule(e entry) (float64, error) {
	var rule Rule
	switch {
	case strings.Contains(e.Model, "fixed queue ratio"):
		rule = QueueRatio(e.n("r1"), e.n("r2"))
	case strings.Contains(e.Model, "longest queue"):
		rule = LongestQueue()
	case strings.Contains(e.Model, "class lottery"):
		rule = ClassLottery(e.n("w1"), e.n("w2"))
	case strings.Contains(e.Model, "generalised c-mu"):
		rule = QueueCost(e.n("g1"), e.n("g2"))
	}
	w, err := solve(e, func() (RuleWaits, error) { return e.pair().Serve(rule) })
	return pick(e, map[string]float64{"E[wait class 1]": w.First, "E[wait class 2]": w.Second, "P(wait>0)": w.Delay}, err)
}

func viaImpatientPriority(e entry) (float64, error) {
	w, err := solve(e, func() (ImpatientPriority, error) {
		return e.pair().PriorityWithAbandonment(e.n("theta1"), e.n("theta2"))
	})
	return pick(e, map[string]float64{
		"E[wait class 1]": w.First, "E[wait class 2]": w.Second, "P(wait>0)": w.Delay,
		"P(abandon class 1)": w.FirstAbandoned, "P(abandon class 2)": w.SecondAbandoned,
	}, err)
}

func viaReservation(e entry) (float64, error) {
	r, err := solve(e, func() (Reserved, error) { return e.pair().Reserve(e.i("cutoff2")) })
	return pick(e, map[string]float64{"W1": r.First, "W2": r.Second, "pw1": r.FirstDelay, "pw2": r.SecondDelay, "busy": r.Busy}, err)
}

func viaSkills(e entry) (float64, error) {
	s, err := solve(e, Skills{e.n("lam1"), e.n("lam2"), e.n("mu"), e.i("sA"), e.i("sB"), e.i("B_prefers")}.Steady)
	return pick(e, map[string]float64{
		"W1": s.First, "W2": s.Second, "pw1": s.FirstDelay, "pw2": s.SecondDelay, "utilA": s.BusyA, "utilB": s.BusyB,
	}, err)
}

func viaDiscrimination(e entry) (float64, error) {
	d, err := solve(e, func() ([2]float64, error) {
		first, second, err := e.pair().Discrimination()
		return [2]float64{first, second}, err
	})
	return pick(e, map[string]float64{
		"RAQFM class discrimination E[D class 1]": d[0], "RAQFM class discrimination E[D class 2]": d[1],
	}, err)
}

func viaPremium(e entry) (float64, error) {
	q, p := e.queue(), e.n("p")
	switch {
	case strings.Contains(e.Model, "count bound"):
		return q.CountBoundPremium(p, e.i("k"))
	case strings.Contains(e.Model, "APQ"):
		return q.AccumulatingPremium(p, e.n("beta"))
	case strings.Contains(e.Model, "head start"):
		return q.HeadStartPremium(p, e.n("h"))
	}
	return q.PriorityPremium(p)
}

func viaEquilibrium(e entry) (float64, error) {
	q, policy, x, k := e.queue(), e.Params["policy"].(string), 0.0, 0
	var premium Premium
	switch {
	case scan(policy, "apq%g", &x):
		premium = func(p float64) (float64, error) { return q.AccumulatingPremium(p, x) }
	case scan(policy, "headstart %g", &x):
		premium = func(p float64) (float64, error) { return q.HeadStartPremium(p, x) }
	case scan(policy, "count %d", &k):
		premium = func(p float64) (float64, error) { return q.CountBoundPremium(p, k) }
	case policy == "prio":
		premium = q.PriorityPremium
	default:
		return 0, fmt.Errorf("no premium for the policy %q", policy)
	}
	found, err := Equilibria(premium, ExponentialCost(e.n("kbar")))
	number := 0
	if _, after, ok := strings.Cut(e.Quantity, "#"); ok {
		number, _ = strconv.Atoi(strings.Fields(after)[0])
	}
	if err != nil || number >= len(found) {
		return 0, fmt.Errorf("%d equilibria, %w", len(found), err)
	}
	return found[number].Share, nil
}

func viaStaffing(e entry) (float64, error) {
	s, err := Queue{Arrivals: e.n("lam"), Service: e.n("mu")}.StaffWithin(e.n("T"), e.n("target"))
	return pick(e, map[string]float64{
		"min c with P(W<=T)>=target": float64(s.Agents), "achieved SL at min c": s.Within(e.n("T")),
	}, err)
}

func viaStaffingA(e entry) (float64, error) {
	q := Impatient{Queue{Arrivals: e.n("lam"), Service: e.n("mu")}, e.n("theta")}
	part := 0.0
	if scan(e.Quantity, "min n with P(abandon)<=%g", &part) {
		s, err := q.StaffAbandoned(part)
		return float64(s.Agents), err
	}
	s, err := q.StaffWithin(e.n("T"), e.n("target"))
	if strings.HasPrefix(e.Quantity, "achieved") {
		return s.ServedWithin(e.n("T")), err
	}
	return float64(s.Agents), err
}

func viaHalfinWhitt(e entry) (float64, error)     { return HalfinWhitt(e.n("beta")) }
func viaHalfinWhittBeta(e entry) (float64, error) { return HalfinWhittBeta(e.n("alpha")) }

func viaGarnett(e entry) (float64, error) {
	delay, abandoned, err := Garnett(e.n("beta"), e.n("theta_over_mu"))
	return pick(e, map[string]float64{"limit P(wait>0)": delay, "limit sqrt(n) P(abandon)": abandoned}, err)
}

func viaSinusoid(e entry) (float64, error) {
	return SinusoidLoad(e.n("lb"), e.n("A"), e.n("g"), e.n("mu"), e.n("t"))
}

func viaKimNelson(e entry) (float64, error) {
	eta, h2, err := KimNelson(e.i("k"), e.i("n0"), e.n("alpha"))
	return pick(e, map[string]float64{"eta": eta, "h^2": h2}, err)
}

func viaStudent(e entry) (float64, error) { return StudentQuantile(e.n("df"), e.n("p")) }
func viaNormal(e entry) (float64, error)  { return NormalQuantile(e.n("p")) }
func viaBeta(e entry) (float64, error) {
	return IncompleteBeta(e.n("a"), e.n("b"), math.Min(1, e.n("x")))
}
