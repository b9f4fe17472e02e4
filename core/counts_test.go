package core

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCountsNameEveryField gives each field a value of its own and expects all
// of them, once, under the field's name.
func TestCountsNameEveryField(t *testing.T) {
	var c Counts
	value := reflect.ValueOf(&c).Elem()
	want := map[string]int64{}
	for i := range value.NumField() {
		value.Field(i).SetInt(int64(i + 1))
		name := regexp.MustCompile("([a-z])([A-Z])").ReplaceAllString(value.Type().Field(i).Name,
			"${1}_${2}")
		want[strings.ToLower(name)] = int64(i + 1)
	}
	got := map[string]int64{}
	for name, n := range c.All() {
		require.NotContains(t, got, name)
		got[name] = n
	}
	require.Equal(t, want, got)

	sum := c
	sum.Add(&c)
	for i := range value.NumField() {
		require.Equal(t, int64(2*(i+1)), reflect.ValueOf(sum).Field(i).Int())
	}
	for name := range c.All() {
		require.Equal(t, "synops", name)
		break
	}
}

// TestCountsAreDocumented expects each name in the page that defines it.
func TestCountsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/neurocore.md")
	require.NoError(t, err)
	for name := range (Counts{}).All() {
		require.Contains(t, string(page), "`"+name+"`")
	}
}

func TestResetCounts(t *testing.T) {
	c, err := New(benchConfig(plainGroup, Dense8))
	require.NoError(t, err)
	c.Begin()
	require.Equal(t, Counts{ResetWrites: 2 * benchNeurons}, c.Counts())
	c.ResetCounts()
	require.Equal(t, Counts{}, c.Counts())
}

// TestForksSideBySide runs forks of one core in parallel: with the same input all
// of them do and count the same.
func TestForksSideBySide(t *testing.T) {
	cfg := benchConfig(Group{DecayV: 3933, DecayU: 3686, HasCurrent: true, Refractory: 2}, Dense8)
	origin, err := New(cfg)
	require.NoError(t, err)
	input := benchSpikes(16, 0.05)
	run := func(c *Core) (spikes []int32) {
		c.SetHost(cfg.Threshold)
		c.Begin()
		for tick, axons := range input {
			c.DeliverAll(axons)
			spikes = c.Tick(int32(tick), 16, spikes)
		}
		return spikes
	}
	var group sync.WaitGroup
	forks, spikes := make([]*Core, 4), make([][]int32, 4)
	for i := range forks {
		forks[i] = origin.Fork()
		group.Go(func() { spikes[i] = run(forks[i]) })
	}
	group.Wait()
	want := run(origin)
	require.NotEmpty(t, want)
	for i := range forks {
		require.Equal(t, want, spikes[i])
		require.Equal(t, origin.Counts(), forks[i].Counts())
		require.Equal(t, origin.potential, forks[i].potential)
	}
}

// TestTickAllocatesNothing covers every row format, with a core that merges.
func TestTickAllocatesNothing(t *testing.T) {
	for _, format := range []RowFormat{Dense8, Dense16, Sparse, Others} {
		cfg := benchConfig(Group{DecayV: 3933, HasCurrent: true, Refractory: 1}, format)
		cfg.Widths.MergeDuplicates = true
		c, err := New(cfg)
		require.NoError(t, err)
		axons := benchSpikes(1, 0.1)[0]
		out := make([]int32, 0, benchNeurons)
		require.Zero(t, testing.AllocsPerRun(10, func() {
			c.DeliverAll(axons)
			out = c.Tick(0, 1, out[:0])
			c.Begin()
		}), "format %d", format)
	}
}
