package sweep

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Runner runs a job to its end. It returns an error only if there is nothing to record: the context
// is done, or the machine fails.
type Runner func(ctx context.Context, j Job) (*Record, error)

// Shard is a part of a sweep: every Of-th point, from Index on.
type Shard struct{ Index, Of int }

// has says that the shard has the point of an index.
func (s Shard) has(i int) bool { return s.Of == 0 || i%s.Of == s.Index }

// Options are the options of a run.
type Options struct {
	// Program is the hash of the executable.
	Program string
	// Workers is the number of points run in parallel.
	Workers int
	Shard   Shard
	// Budget, if not 0, bounds the cost of the sweep, in points with all their samples; runs on few
	// samples then choose the points that get more.
	Budget int
	Runner Runner
	// Progress, if not nil, is called for each point that has its result, from one goroutine at a
	// time.
	Progress func(done, total int, p *Point, r *Record)
}

// Summary is the result of a run.
type Summary struct {
	// Points is the number of points of this run's part, Ran those that were run now, and
	// Found those whose results were there.
	Points, Ran, Found int
	// ByStatus counts the results.
	ByStatus map[Status]int
	Table    *Table
}

// Run runs the points without a result and writes the tables. When ctx is done, running points are
// dropped, and the tables have those that are complete.
func (s *Spec) Run(ctx context.Context, o Options) (*Summary, error) {
	if err := s.checkConditions(); err != nil {
		return nil, err
	}
	points, err := s.Points(o.Program)
	if err != nil {
		return nil, err
	}
	if len(points) == 0 {
		return nil, errors.New("the sweep has no points: `where` refuses all of them")
	}
	folder, err := openFolder(s.folder)
	if err != nil {
		return nil, err
	}
	r := &running{spec: s, options: o, folder: folder, summary: Summary{ByStatus: map[Status]int{}}}
	if o.Budget > 0 {
		points, err = r.halve(ctx, points)
	} else {
		err = r.all(ctx, points)
	}
	if len(points) > 0 {
		table, saveErr := s.save(folder, points)
		r.summary.Table = table
		err = errors.Join(err, saveErr)
	}
	return &r.summary, err
}

// running is the state of a run.
type running struct {
	spec    *Spec
	options Options
	folder  *Folder

	mu      sync.Mutex
	summary Summary
}

// all runs the points of the shard that have no result.
func (r *running) all(ctx context.Context, points []Point) error {
	if err := r.folder.savePoints(points); err != nil {
		return err
	}
	var mine []*Point
	for i := range points {
		if r.options.Shard.has(i) {
			mine = append(mine, &points[i])
		}
	}
	return r.some(ctx, mine)
}

// some runs points side by side.
func (r *running) some(ctx context.Context, points []*Point) error {
	r.summary.Points += len(points)
	var missing []*Point
	for _, p := range points {
		found, err := r.folder.Find(p.Hash)
		if err != nil {
			return err
		}
		if found == nil {
			missing = append(missing, p)
			continue
		}
		r.summary.Found++
		r.summary.ByStatus[found.Status]++
	}
	total, done := len(points), len(points)-len(missing)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(r.options.Workers, 1))
	for _, p := range missing {
		group.Go(func() error {
			record, err := r.one(ctx, p)
			if err != nil {
				return err
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			done++
			r.summary.Ran++
			r.summary.ByStatus[record.Status]++
			if r.options.Progress != nil {
				r.options.Progress(done, total, p, record)
			}
			return nil
		})
	}
	return group.Wait()
}

// one runs a point and records it.
func (r *running) one(ctx context.Context, p *Point) (*Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	record, err := r.options.Runner(ctx, r.spec.Job(p))
	if err != nil {
		return nil, fmt.Errorf("point %s: %w", p.Hash, err)
	}
	record.Hash = p.Hash
	return record, r.folder.Record(record)
}

// Show reads the results of the points in points.jsonl, and runs nothing.
func (s *Spec) Show() (*Table, error) {
	folder := &Folder{s.folder}
	points, err := folder.points()
	if err != nil {
		return nil, err
	}
	return s.table(folder, points)
}
