package sweep

import (
	"context"
	"fmt"
	"slices"
	"strconv"
)

// Successive halving (Jamieson and Talwalkar, AISTATS 2016): all points run on few samples,
// the better half on twice as many, and so on to the last, which have all of theirs.

// limitName is the flag that says how many samples are run.
const limitName = "limit"

// leastSamples is the smallest number of samples that says something of an accuracy.
const leastSamples = 32

// rung is a stage: so many points on so many samples.
type rung struct{ points, samples int }

// rungs plans a budget: the fewest stages that it pays for, so that as much as it allows is
// decided on many samples.
func rungs(points, samples, budget int) ([]rung, error) {
	if budget >= points {
		return []rung{{points, samples}}, nil
	}
	for stages := 2; samples>>(stages-1) >= leastSamples; stages++ {
		// Each stage costs the same: half of the points on twice the samples.
		plan := make([]rung, stages)
		cost := 0
		for i := range plan {
			plan[i] = rung{(points + 1<<i - 1) >> i, samples >> (stages - 1 - i)}
			cost += plan[i].points * plan[i].samples
		}
		if cost <= budget*samples {
			return plan, nil
		}
	}
	return nil, fmt.Errorf("--budget %d: too little for %d points: even with %d samples each "+
		"they cost more; let `sample` draw fewer", budget, points, leastSamples)
}

// halve runs the points within the budget and returns those that ran on all samples.
func (r *running) halve(ctx context.Context, points []Point) ([]Point, error) {
	samples, err := r.spec.samples()
	if err != nil {
		return nil, err
	}
	plan, err := rungs(len(points), samples, r.options.Budget)
	if err != nil {
		return nil, err
	}
	hasher := newHasher(r.options.Program)
	for i, stage := range plan {
		at := make([]Point, len(points))
		for k := range points {
			at[k] = points[k].with(limitName, strconv.Itoa(stage.samples))
			if at[k].Hash, err = hasher.hash(r.spec, &at[k]); err != nil {
				return nil, err
			}
		}
		if err := r.all(ctx, at); err != nil {
			return at, err
		}
		if i == len(plan)-1 {
			return at, nil
		}
		if points, err = r.best(at, plan[i+1].points); err != nil {
			return at, err
		}
	}
	return points, nil
}

// best are the n most promising of points that have run: front after front, and within a
// front in the sweep's order.
func (r *running) best(points []Point, n int) ([]Point, error) {
	table, err := r.spec.table(r.folder, points)
	if err != nil {
		return nil, err
	}
	ranks := table.ranks()
	order := make([]int, len(points))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return ranks[a] - ranks[b] })
	order = order[:min(n, len(order))]
	slices.Sort(order)
	out := make([]Point, len(order))
	for i, k := range order {
		out[i] = points[k]
	}
	return out, nil
}

// samples is the number of samples of a whole point.
func (s *Spec) samples() (int, error) {
	for _, f := range s.Fixed {
		if f.Name != limitName {
			continue
		}
		n, err := strconv.Atoi(f.Value)
		if err == nil && n >= leastSamples {
			return n, nil
		}
	}
	return 0, fmt.Errorf("--budget needs the samples of a whole point: write `limit: N` under "+
		"flags, N %d at least", leastSamples)
}
