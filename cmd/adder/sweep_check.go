package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"adder/bench/energy"
	"adder/chip/profile"
	"adder/internal/dataset"
	"adder/sweep"
)

// sweptFiles are the settings that name a file or a folder and nothing else.
var sweptFiles = []string{sweep.ModelName, sweep.DataName, "calibrate", "ann", "spikes", "events",
	"placement"}

// checkSweepFiles refuses files and energy tables that are not there, before any point runs.
func checkSweepFiles(spec *sweep.Spec) error {
	for _, name := range sweptFiles {
		for _, value := range spec.Values(name) {
			if value == dataset.DigitsName && (name == sweep.DataName || name == "calibrate") {
				continue
			}
			if _, err := os.Stat(spec.Path(value)); err != nil {
				return fmt.Errorf("%s: %w: paths start in the folder of sweep.yaml", name, err)
			}
		}
	}
	for _, value := range spec.Values("energy") {
		var tables []string
		for one := range strings.SplitSeq(value, ",") {
			tables = append(tables, spec.Path(one))
		}
		if _, err := energy.LoadTables(tables); err != nil {
			return fmt.Errorf("energy: %w", err)
		}
	}
	return nil
}

// checkSweepChips refuses profiles that are not there, and fields that none of them has.
func checkSweepChips(spec *sweep.Spec) error {
	names := spec.Values("chip")
	if len(names) == 0 {
		names = []string{defaultChip}
	}
	var chips []*profile.Profile
	for _, name := range names {
		p, err := profile.Load(spec.Path(name))
		if err != nil {
			return fmt.Errorf("chip: %w", err)
		}
		chips = append(chips, p)
	}
	for _, field := range spec.Fields() {
		var err error
		for _, p := range chips {
			if _, err = profile.Set(p.Text(), field, spec.FieldValues(field)[0]); err == nil {
				break
			}
		}
		if err != nil {
			return fmt.Errorf("chip.%s: %w: `adder chips NAME` lists the fields", field, err)
		}
	}
	return nil
}

// maxFailures is how many messages a sweep prints; the table has all.
const maxFailures = 5

// printFailures says why points have no result.
func (a *app) printFailures(t *sweep.Table) {
	all := t.Failures()
	for i, c := range all {
		if i == maxFailures {
			a.printf("and %s more, in table.csv", count(len(all)-i, "message"))
			return
		}
		a.printf("%s %s, the first is %d: %s", count(c.Points, "point"), c.Status, c.First, c.Text)
	}
}

// checkSweepResults ends a sweep without any result, or with objectives that none has.
func checkSweepResults(s *sweep.Summary) error {
	failures := s.Table.Failures()
	if len(failures) > 0 && s.ByStatus[sweep.Done] == 0 {
		return limitError{fmt.Errorf("no point has a result: point %d says: %s",
			failures[0].First, failures[0].Text)}
	}
	if names := s.Table.Valueless(); len(names) > 0 {
		return errors.New("objectives: no result has " + strings.Join(names, " or ") +
			": name a column (" + strings.Join(s.Table.Columns, ", ") +
			") or a place in the JSON, such as snn.spikes_per_synapse; the results are kept")
	}
	return nil
}
