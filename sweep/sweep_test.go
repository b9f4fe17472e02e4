package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// specText is the sweep of most tests.
const specText = `
model: m.onnx
data: digits
flags: {limit: 256}
grid:
  bits: [2, 4, 8]
  ticks: [8, 16, 32, 64]
where: bits > 2 or ticks > 8
`

// newSweep writes a folder with a sweep.yaml and a model.
func newSweep(t testing.TB, text string) *Spec {
	t.Helper()
	folder := t.TempDir()
	write(t, filepath.Join(folder, "m.onnx"), "a model")
	write(t, filepath.Join(folder, specName), text)
	return reopen(t, folder)
}

func reopen(t testing.TB, folder string) *Spec {
	t.Helper()
	s, err := Open(filepath.Join(folder, specName))
	require.NoError(t, err)
	return s
}

func write(t testing.TB, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
}

func read(t testing.TB, s *Spec, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.Folder(), name))
	require.NoError(t, err)
	return string(text)
}

// counting is a runner whose results follow from the words, and which counts them.
type counting struct {
	mu  sync.Mutex
	ran []string
}

func (c *counting) run(ctx context.Context, j Job) (*Record, error) {
	c.mu.Lock()
	c.ran = append(c.ran, strings.Join(j.Words, " "))
	c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return &Record{Status: Done, Result: invented(j)}, nil
}

// invented is a result in bench's form: more bits and ticks are better and dearer.
func invented(j Job) json.RawMessage {
	var bits, ticks float64
	for _, w := range j.Words {
		name, value, _ := strings.Cut(w, "=")
		x, _ := strconv.ParseFloat(value, 64)
		switch name {
		case "--bits":
			bits = x
		case "--ticks":
			ticks = x
		}
	}
	return json.RawMessage(
		fmt.Sprintf(`{"snn":{"accuracy":%g},"energy":[{"table":"45nm","snn_pj":%g}]}`,
			1-1/(bits*ticks), bits+100*ticks))
}

func TestRunOnce(t *testing.T) {
	s := newSweep(t, specText)
	var c counting
	o := Options{Program: "p", Workers: 3, Runner: c.run}
	first, err := s.Run(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, 11, first.Ran)
	require.Len(t, c.ran, 11)
	require.Contains(t, c.ran, "bench "+filepath.Join(s.Folder(), "m.onnx")+" --data=digits "+
		"--limit=256 --bits=4 --ticks=8")
	table := read(t, s, tableName)

	second, err := s.Run(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, 0, second.Ran)
	require.Equal(t, 11, second.Found)
	require.Equal(t, table, read(t, s, tableName))

	// Another program makes other points; a wider grid runs what is new.
	_, err = s.Run(t.Context(), Options{Program: "q", Runner: c.run})
	require.NoError(t, err)
	require.Len(t, c.ran, 22)
	write(t, filepath.Join(s.Folder(), specName), strings.Replace(specText, "4, 8", "4, 6, 8", 1))
	wider, err := reopen(t, s.Folder()).Run(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, 4, wider.Ran)

	// So does a model with other contents, whatever its name.
	write(t, filepath.Join(s.Folder(), "m.onnx"), "another model")
	changed, err := reopen(t, s.Folder()).Run(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, 15, changed.Ran)
}

// TestNoPaths: where a sweep lies changes no byte of its table.
func TestNoPaths(t *testing.T) {
	var tables []string
	for range 2 {
		s := newSweep(t, specText)
		_, err := s.Run(t.Context(), Options{Program: "p", Runner: new(counting).run})
		require.NoError(t, err)
		tables = append(tables, read(t, s, tableName))
		require.NotContains(t, tables[0], s.Folder())
	}
	require.Equal(t, tables[0], tables[1])
}

// TestInterrupted: whatever ends a run where, the same command finishes, no point runs
// twice but those under way, and the table is that of an undisturbed run.
func TestInterrupted(t *testing.T) {
	whole := newSweep(t, specText)
	_, err := whole.Run(t.Context(), Options{Program: "p", Runner: new(counting).run})
	require.NoError(t, err)
	want := read(t, whole, tableName)
	rapid.Check(t, func(rt *rapid.T) {
		s := newSweep(t, specText)
		var c counting
		stops := rapid.SliceOfN(rapid.IntRange(0, 6), 0, 3).Draw(rt, "stops")
		dropped := 0
		for _, after := range stops {
			ctx, cancel := context.WithCancel(context.Background())
			left := after
			_, err := s.Run(ctx,
				Options{Program: "p", Workers: 1,
					Runner: func(ctx context.Context, j Job) (*Record, error) {
						if left == 0 {
							cancel()
							dropped++
						}
						left--
						return c.run(ctx, j)
					}})
			if err != nil {
				require.ErrorIs(rt, err, context.Canceled)
			}
			cancel()
		}
		_, err := s.Run(context.Background(), Options{Program: "p", Workers: 1, Runner: c.run})
		require.NoError(rt, err)
		require.Equal(rt, want, read(t, s, tableName))
		require.Len(rt, c.ran, 11+dropped)
	})
}

// TestShards: parts that share a folder give the table of one run.
func TestShards(t *testing.T) {
	whole := newSweep(t, specText)
	_, err := whole.Run(t.Context(), Options{Program: "p", Runner: new(counting).run})
	require.NoError(t, err)
	s := newSweep(t, specText)
	var c counting
	var wait sync.WaitGroup
	for i := range 3 {
		wait.Go(func() {
			_, err := s.Run(context.Background(), Options{Program: "p", Shard: Shard{i, 3},
				Runner: c.run})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	require.Len(t, c.ran, 11)
	for _, name := range []string{tableName, frontName} {
		require.Equal(t, strings.ReplaceAll(read(t, whole, name), filepath.Base(whole.Folder()),
			""),
			strings.ReplaceAll(read(t, s, name), filepath.Base(s.Folder()), ""))
	}
}

// TestDamage: a result that cannot be read is run again; one that differs is an error.
func TestDamage(t *testing.T) {
	s := newSweep(t, specText)
	o := Options{Program: "p", Runner: new(counting).run}
	_, err := s.Run(t.Context(), o)
	require.NoError(t, err)
	table := read(t, s, tableName)
	points, err := s.Points("p")
	require.NoError(t, err)
	folder := &Folder{s.Folder()}
	path := folder.result(points[3].Hash)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	step := 1
	if testing.Short() {
		step = 5
	}
	for bit := 0; bit < 8*len(text); bit += step {
		broken := slices.Clone(text)
		broken[bit/8] ^= 1 << (bit % 8)
		write(t, path, string(broken))
		found, err := folder.Find(points[3].Hash)
		require.NoError(t, err)
		if found != nil { // a bit of white space or of a name that is not read
			again, err := found.Text()
			require.NoError(t, err)
			require.Equal(t, text, again)
		}
	}
	write(t, path, string(text[:len(text)/2]))
	again, err := s.Run(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, 1, again.Ran)
	require.Equal(t, table, read(t, s, tableName))

	require.NoError(t,
		folder.Record(&Record{Hash: points[3].Hash, Status: Done,
			Result: invented(s.Job(&points[3]))}))
	err = folder.Record(&Record{Hash: points[3].Hash, Status: Done, Result: json.RawMessage(`{}`)})
	require.ErrorIs(t, err, ErrUnequal)
}

// TestRunnerFails: what cannot be recorded is an error, and what others found stays.
func TestRunnerFails(t *testing.T) {
	s := newSweep(t, specText)
	full := errors.New("disk full")
	var c counting
	_, err := s.Run(t.Context(),
		Options{Program: "p", Runner: func(ctx context.Context, j Job) (*Record, error) {
			if slices.Contains(j.Words, "--bits=8") {
				return nil, full
			}
			return c.run(ctx, j)
		}})
	require.ErrorIs(t, err, full)
	after, err := s.Run(t.Context(), Options{Program: "p", Runner: c.run})
	require.NoError(t, err)
	require.Equal(t, len(c.ran), 11)
	require.Equal(t, 11, after.Ran+after.Found)
}

func TestSample(t *testing.T) {
	draw := func(seed string, bits string) (out []string) {
		s := newSweep(t,
			fmt.Sprintf("model: m.onnx\ngrid:\n  bits: %s\n  ticks: [1, 2, 3, 4, 5]\nsample: {n: "+
				"6, seed: %s}\n", bits, seed))
		points, err := s.Points("p")
		require.NoError(t, err)
		require.Len(t, points, 6)
		for _, p := range points {
			out = append(out, p.Get("bits")+"/"+p.Get("ticks"))
		}
		return out
	}
	require.Equal(t, draw("1", "[2, 4, 8]"), draw("1", "[2, 4, 8]"))
	require.NotEqual(t, draw("1", "[2, 4, 8]"), draw("2", "[2, 4, 8]"))
	// Points of a wider grid come between: those that both have keep their order.
	narrow, wide := draw("1", "[2, 4, 8]"), draw("1", "[2, 3, 4, 8]")
	var both []string
	for _, p := range wide {
		if slices.Contains(narrow, p) {
			both = append(both, p)
		}
	}
	require.Equal(t, narrow[:len(both)], both)
}

func TestFront(t *testing.T) {
	table := &Table{Columns: []string{"accuracy", "energy"},
		Objectives: []Objective{{"accuracy", true}, {"energy", false}}}
	for _, r := range [][]string{{"0.9", "10"}, {"0.8", "20"}, {"0.95", "10"}, {"0.7", "5"},
		{"", "1"}, {"0.95", "10"}, {"0.6", "7"}} {
		table.Rows = append(table.Rows, Row{Cells: r, Wanted: true})
	}
	table.Rows = append(table.Rows, Row{Cells: []string{"1", "1"}})
	table.details = make([]values, len(table.Rows))
	require.Equal(t, []int{1, 2, 0, 0, 8, 0, 1, 8}, table.ranks())
}

func TestRungs(t *testing.T) {
	plan, err := rungs(100, 1000, 200)
	require.NoError(t, err)
	require.Equal(t, []rung{{100, 1000}}, plan)
	plan, err = rungs(64, 1024, 32)
	require.NoError(t, err)
	require.Equal(t, []rung{{64, 128}, {32, 256}, {16, 512}, {8, 1024}}, plan)
	_, err = rungs(1000, 64, 2)
	require.ErrorContains(t, err, "--budget 2")
	rapid.Check(t, func(t *rapid.T) {
		points, samples := rapid.IntRange(1, 500).Draw(t, "points"), rapid.IntRange(32,
			10000).Draw(t, "samples")
		budget := rapid.IntRange(1, 500).Draw(t, "budget")
		plan, err := rungs(points, samples, budget)
		if err != nil {
			return
		}
		cost := 0
		for _, r := range plan {
			cost += r.points * r.samples
		}
		require.LessOrEqual(t, cost, max(budget, points)*samples)
		require.Equal(t, samples, plan[len(plan)-1].samples)
	})
}

func TestBudget(t *testing.T) {
	s := newSweep(t, specText)
	var c counting
	o := Options{Program: "p", Budget: 8, Runner: c.run}
	first, err := s.Run(t.Context(), o)
	require.NoError(t, err)
	require.Less(t, len(first.Table.Rows), 11)
	require.Equal(t, first.Ran, len(c.ran))
	table := read(t, s, tableName)
	second, err := s.Run(t.Context(), o)
	require.NoError(t, err)
	require.Zero(t, second.Ran)
	require.Equal(t, table, read(t, s, tableName))
}

func TestShow(t *testing.T) {
	s := newSweep(t, specText)
	_, err := s.Show()
	require.ErrorContains(t, err, "has not been run")
	_, err = s.Run(t.Context(), Options{Program: "p", Runner: new(counting).run})
	require.NoError(t, err)
	table, err := s.Show()
	require.NoError(t, err)
	c, err := NewCondition(`accuracy > 0.97 and snn_pj["45nm"] < 5000 and bits < 8`)
	require.NoError(t, err)
	require.NoError(t, table.Where(c))
	require.NoError(t, table.Sort("-energy"))
	var got []string
	for _, r := range table.Rows {
		got = append(got, strings.Join(r.Cells[:2], "/"))
	}
	require.Equal(t, []string{"4/32", "2/32", "4/16"}, got)
	require.ErrorContains(t, table.Sort("nothing"), "no such column")
	c, err = NewCondition("nothing > 1")
	require.NoError(t, err)
	require.ErrorContains(t, table.Where(c), "no setting or column nothing")
}

func TestScript(t *testing.T) {
	for _, scheduler := range Schedulers() {
		text, err := Script(scheduler, "a folder/it's.yaml", 4)
		require.NoError(t, err)
		require.Contains(t, text, `'a folder/it'\''s.yaml'`)
	}
	_, err := Script("cron", "x", 1)
	require.ErrorContains(t, err, "slurm, parallel")
	_, err = Script("slurm", "x", 0)
	require.Error(t, err)
}

// TestWeightsBeside: weights in a file of their own are part of a point.
func TestWeightsBeside(t *testing.T) {
	s := newSweep(t, specText)
	weights := filepath.Join(s.Folder(), "w.bin")
	write(t, weights, "one")
	s.Beside = func(path string) ([]string, error) {
		if filepath.Base(path) == "m.onnx" {
			return []string{weights}, nil
		}
		return nil, nil
	}
	one, err := s.Points("p")
	require.NoError(t, err)
	write(t, weights, "two")
	two, err := s.Points("p")
	require.NoError(t, err)
	require.NotEqual(t, one[0].Hash, two[0].Hash)
	job := s.Job(&two[0])
	require.Equal(t, []string{"w.bin"}, job.Files[0].Beside)
	require.Equal(t, "m.onnx and w.bin", job.Clean(job.Files[0].Path+" and "+weights))
	require.NoError(t, os.Remove(weights))
	_, err = s.Points("p")
	require.ErrorContains(t, err, "w.bin")
}
