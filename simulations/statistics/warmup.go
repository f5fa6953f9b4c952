package statistics

import "math"

// mserBatch is the number of observations in a batch of MSER5.
const mserBatch = 5

// MSER5 returns how many of the first observations of y to leave out because the run had not settled: the number of batches
// of five, times five, that minimises the squared standard error of what remains (White 1997; White, Cobb & Spratt 2000).
// statistic has that for each number of batches left out, from none to half of them; incomplete batches are not used. ok is
// false where the minimum is at half, or there is no batch: the run is too short to tell, and should be longer before
// anything is left out.
//
// Apply it to the mean over replications of each metric, and leave out the most that any asks for. Cost: linear.
func MSER5(y []float64) (truncate int, ok bool, statistic []float64) {
	batches := make([]float64, len(y)/mserBatch)
	for i := range batches {
		batches[i] = mean(y[i*mserBatch : (i+1)*mserBatch])
	}
	half := len(batches) / 2
	if len(batches) == 0 {
		return 0, false, nil
	}
	statistic = make([]float64, half+1)
	var rest Moments // of the last batches, and growing towards the first
	best := half
	for d := len(batches) - 1; d >= 0; d-- {
		rest.Add(batches[d])
		if d > half {
			continue
		}
		n := float64(rest.n)
		statistic[d] = rest.square / (n * n)
		if statistic[d] <= statistic[best] {
			best = d
		}
	}
	return best * mserBatch, best < half, statistic
}

// Welch returns the moving average of the mean over replications, for a look at how a run settles (Welch 1983): series[r][i]
// is observation i of replication r. Each point is the mean of 2·window+1 observations about it; the first points have as
// many on either side as there are. There are window points fewer than in the shortest series. No points where there is no
// series.
func Welch(series [][]float64, window int) []float64 {
	if len(series) == 0 {
		return nil
	}
	length := math.MaxInt
	for _, s := range series {
		length = min(length, len(s))
	}
	across := make([]float64, length)
	for i := range across {
		for _, s := range series {
			across[i] += s[i]
		}
		across[i] /= float64(len(series))
	}
	smooth := make([]float64, max(0, length-max(0, window)))
	for i := range smooth {
		w := min(i, max(0, window))
		smooth[i] = mean(across[i-w : i+w+1])
	}
	return smooth
}
