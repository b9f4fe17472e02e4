package sweep

import (
	"fmt"
	"slices"
)

// Values are the values of a setting in the sweep, none if it is not set.
func (s *Spec) Values(name string) []string {
	for _, f := range s.Fixed {
		if f.Name == name {
			return []string{f.Value}
		}
	}
	for _, a := range s.Axes {
		if a.Name == name {
			return a.Values
		}
	}
	return nil
}

// Fields are the fields inside of a profile that the sweep sets.
func (s *Spec) Fields() (out []string) {
	for _, name := range s.names() {
		if field, ok := cutField(name); ok {
			out = append(out, field)
		}
	}
	return out
}

// FieldValues are the values of a field inside of a profile.
func (s *Spec) FieldValues(field string) []string { return s.Values(chipField + field) }

// Path is the path of a value that names a file or a folder, and the value itself if there is none
// of that name.
func (s *Spec) Path(value string) string {
	if s.file(value) {
		return s.path(value)
	}
	return value
}

// checkConditions refuses conditions on what no result will have, before any point runs.
func (s *Spec) checkConditions() error {
	names := s.names()
	for _, c := range columns(s.Command, nil) {
		names = append(names, c.name)
	}
	if s.Command == commands[0] {
		names = append(names, energyColumn)
		names = append(names, priced...)
	}
	names = append(names, "status", "front")
	for _, c := range s.Where {
		if err := c.check(names); err != nil {
			return fmt.Errorf("where: %w", err)
		}
	}
	return nil
}

// Failure is a reason why points have no result.
type Failure struct {
	Status Status
	Text   string
	// Points is the number of points with it, First the number of the first one.
	Points, First int
}

// Failures are the messages of the points that have no result, each once.
func (t *Table) Failures() (out []Failure) {
	for i := range t.Rows {
		r := &t.Rows[i]
		if r.Status == "" || r.Status == Done {
			continue
		}
		at := slices.IndexFunc(out, func(c Failure) bool {
			return c.Status == r.Status && c.Text == r.Error
		})
		if at < 0 {
			out = append(out, Failure{Status: r.Status, Text: r.Error, First: r.Number})
			at = len(out) - 1
		}
		out[at].Points++
	}
	return out
}

// Valueless are the objectives of which no result has a value, where there are results.
func (t *Table) Valueless() (out []string) {
	for _, o := range t.Objectives {
		done, met := false, false
		for i := range t.Rows {
			if t.Rows[i].Status == Done {
				done = true
				met = met || t.cell(i, o.Column) != ""
			}
		}
		if done && !met {
			out = append(out, o.Column)
		}
	}
	return out
}
