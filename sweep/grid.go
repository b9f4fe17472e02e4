package sweep

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
)

// Points are the points of a sweep in its order: that of the grid, whose last axis turns fastest,
// or of the draw. Points that fail a condition on settings are left out. program is the hash of the
// executable.
func (s *Spec) Points(program string) ([]Point, error) {
	total := 1
	for _, a := range s.Axes {
		if total > MaxPoints/len(a.Values) {
			return nil, fmt.Errorf("grid: more than %d points: leave values out, or let `sample` "+
				"draw from a smaller grid", MaxPoints)
		}
		total *= len(a.Values)
	}
	hasher := newHasher(program)
	var out []Point
	for _, i := range s.order(total) {
		if s.Sample.N > 0 && len(out) == s.Sample.N {
			break
		}
		p := s.point(i)
		ok, err := s.admits(&p)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if p.Hash, err = hasher.hash(s, &p); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return distinct(out)
}

// order are the indices of the grid's points in the order of the sweep: in turn, or by a key that
// depends on the seed and the point's own settings alone, so that a draw from a wider grid has the
// same order among the points that both have.
func (s *Spec) order(total int) []int {
	out := make([]int, total)
	for i := range out {
		out[i] = i
	}
	if s.Sample.N == 0 {
		return out
	}
	keys := make([][sha256.Size]byte, total)
	for i := range keys {
		p := s.point(i)
		keys[i] = sha256.Sum256(fmt.Appendf(nil, "%d %q", s.Sample.Seed, p.Settings))
	}
	slices.SortStableFunc(out, func(a, b int) int { return bytes.Compare(keys[a][:], keys[b][:]) })
	return out
}

// point is the grid's point of an index.
func (s *Spec) point(index int) Point {
	values := make([]Setting, len(s.Axes))
	for i := len(s.Axes) - 1; i >= 0; i-- {
		n := len(s.Axes[i].Values)
		values[i] = Setting{s.Axes[i].Name, s.Axes[i].Values[index%n]}
		index /= n
	}
	return Point{Command: s.Command, Settings: append(slices.Clone(s.Fixed), values...)}
}

// admits says that a point meets the conditions on settings.
func (s *Spec) admits(p *Point) (bool, error) {
	for _, c := range s.Where {
		if !s.onSettings(c) {
			continue
		}
		ok, err := c.holds(settingsOf(p))
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// onSettings says that a condition reads settings alone, and no column of results.
func (s *Spec) onSettings(c *Condition) bool {
	return c.onSettings(slices.DeleteFunc(s.names(), func(n string) bool {
		return n == energyColumn
	}))
}

// names are those of all settings.
func (s *Spec) names() (out []string) {
	for _, f := range s.Fixed {
		out = append(out, f.Name)
	}
	for _, a := range s.Axes {
		out = append(out, a.Name)
	}
	return out
}

// Flags are the names of all settings that are flags of the command.
func (s *Spec) Flags() (out []string) {
	for _, name := range s.names() {
		if _, isField := cutField(name); name != ModelName && !isField {
			out = append(out, name)
		}
	}
	return out
}

// distinct refuses points that are the same, such as two names of one model.
func distinct(points []Point) ([]Point, error) {
	at := map[string]int{}
	for i, p := range points {
		if first, ok := at[p.Hash]; ok {
			return nil, fmt.Errorf("points %d and %d of the grid are the same: two of its files "+
				"have the same contents", first+1, i+1)
		}
		at[p.Hash] = i
	}
	return points, nil
}
