package report

import (
	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

// A pairing is the samples of the policies of a table. A policy may have fewer replications than the base, never more.
type pairing struct {
	run     *Run
	table   *Table
	samples [][]statistics.Sample // by policy, the base first, then by key
	targets map[string]float64    // see agree
}

// pairing takes the samples of a table's policies: of the base as many as the longest of the others has, and the reverse.
// Antithetic pairs are one observation.
func (r *Run) pairing(s *setting, t *Table) *pairing {
	p := &pairing{run: r, table: t}
	for _, policy := range append([]string{t.Base}, t.With...) {
		a, _ := s.arm(policy)
		t.arms = append(t.arms, a)
	}
	longest := 0
	for _, a := range t.arms[1:] {
		longest = max(longest, a.n())
	}
	most := min(longest, t.arms[0].n())
	for _, a := range t.arms {
		n := min(a.n(), most)
		t.Dropped = t.Dropped || n != a.n() || n != most
		list := make([]statistics.Sample, len(a.Samples))
		for i, sample := range a.Samples {
			list[i] = cutTo(sample, n)
			if r.Antithetic && r.metric(r.Keys[i].Metric).Pool != measure.Maximum {
				list[i] = joined(list[i])
			}
		}
		p.samples = append(p.samples, list)
	}
	if t.Replications = most; r.Antithetic {
		t.Replications /= 2
	}
	p.agree(t.arms)
	return p
}

// n returns the number of replications.
func (a *Arm) n() int {
	if len(a.Samples) == 0 {
		return 0
	}
	return a.Samples[0].N()
}

func cutTo(s statistics.Sample, n int) statistics.Sample {
	return statistics.Sample{Num: s.Num[:n], Den: s.Den[:n]}
}

// pair returns key i under the base and under With[j], in the replications that both have.
func (p *pairing) pair(j, i int) (a, b statistics.Sample) {
	a, b = p.samples[0][i], p.samples[j+1][i]
	return cutTo(a, b.N()), b
}

// joined makes one observation of each antithetic pair; one without its other is left out.
func joined(s statistics.Sample) statistics.Sample {
	var u, mirrored statistics.Sample
	for i := 0; i+1 < s.N(); i += 2 {
		u.Add(s.Num[i], s.Den[i])
		mirrored.Add(s.Num[i+1], s.Den[i+1])
	}
	return statistics.Antithetic(u, mirrored)
}
