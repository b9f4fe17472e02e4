package sweep

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"adder/internal/yamlguard"
)

// Commands are those that can be swept.
var commands = []string{"bench", "run", "compile"}

const (
	// maxSpecBytes is the largest sweep.yaml.
	maxSpecBytes = 1 << 20
	// MaxPoints is the largest sweep.
	MaxPoints = 1 << 20
)

// Spec is a sweep.yaml.
type Spec struct {
	// Command is bench, run or compile; bench where the file does not say.
	Command string
	// Fixed are the settings of all points: those of flags, and model and data.
	Fixed []Setting
	// Axes are the settings that vary.
	Axes []Axis
	// Sample.N is the number of points drawn from the grid, 0 for all, and Sample.Seed the seed of
	// the draw.
	Sample Sample
	// Objectives are the columns to maximise or minimise.
	Objectives []Objective
	// Where has conditions: on settings, which points must meet to be run, and on
	// columns of results.
	Where []*Condition

	// Beside, if not nil, lists the other files that are read with a file, such as the external
	// weights of a model. They are part of a point, too.
	Beside func(path string) ([]string, error)

	// folder is the folder of the file; paths start there.
	folder string
}

// Axis is a setting with the values that it takes.
type Axis struct {
	Name   string
	Values []string
}

// Sample is a draw from a grid.
type Sample struct {
	N    int    `yaml:"n"`
	Seed uint64 `yaml:"seed"`
}

// Objective is a column of the table that should be large, or small.
type Objective struct {
	Column string
	Large  bool
}

// document is a sweep.yaml as YAML sees it. Mappings keep their order, which is that of
// points and columns.
type document struct {
	Command    string        `yaml:"command"`
	Model      string        `yaml:"model"`
	Data       string        `yaml:"data"`
	Flags      yaml.MapSlice `yaml:"flags"`
	Grid       yaml.MapSlice `yaml:"grid"`
	Sample     *Sample       `yaml:"sample"`
	Objectives yaml.MapSlice `yaml:"objectives"`
	Where      conditions    `yaml:"where"`
}

// conditions are one or several.
type conditions []string

// UnmarshalYAML implements yaml.InterfaceUnmarshaler.
func (c *conditions) UnmarshalYAML(read func(any) error) error {
	var one string
	if err := read(&one); err == nil {
		*c = conditions{one}
		return nil
	}
	var many []string
	if err := read(&many); err != nil {
		return err
	}
	*c = many
	return nil
}

// Open reads a sweep.yaml.
func Open(path string) (*Spec, error) {
	if slices.Contains(modelEndings, strings.ToLower(filepath.Ext(path))) {
		return nil, fmt.Errorf("sweep %s: a model is no sweep file: write a sweep.yaml of, say, the "+
			"lines `model: %s`, `data: digits` and `grid: {bits: [4, 8], ticks: [8, 16]}`, and give "+
			"that; see `adder sweep --help`", path, filepath.Base(path))
	}
	text, err := yamlguard.Read(path, maxSpecBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("sweep: %w: a sweep file says what is run and which flags take which "+
			"values: `adder sweep --help` has one to start from", err)
	}
	if err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	s, err := parse(text, filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("sweep %s: %w", path, err)
	}
	return s, nil
}

// modelEndings are those of what a sweep runs, which is no sweep itself.
var modelEndings = []string{".onnx", ".nir", ".snn", ".adder"}

// parse reads a sweep.yaml whose paths start in a folder.
func parse(text []byte, folder string) (*Spec, error) {
	if err := yamlguard.Check(text); err != nil {
		return nil, err
	}
	var d document
	if err := yaml.UnmarshalWithOptions(text, &d, yaml.Strict()); err != nil {
		return nil, errors.New(yaml.FormatError(err, false, true))
	}
	return d.spec(folder)
}

func (d *document) spec(folder string) (*Spec, error) {
	s := &Spec{Command: d.Command, folder: folder}
	if s.Command == "" {
		s.Command = commands[0]
	}
	if !slices.Contains(commands, s.Command) {
		return nil, fmt.Errorf("command: %q cannot be swept: use one of %v", s.Command, commands)
	}
	if err := d.settings(s); err != nil {
		return nil, err
	}
	if d.Sample != nil {
		s.Sample = *d.Sample
		if s.Sample.N < 1 {
			return nil, fmt.Errorf("sample: n is %d: draw one point at least", s.Sample.N)
		}
	}
	var err error
	if s.Objectives, err = objectives(d.Objectives); err != nil {
		return nil, err
	}
	for _, text := range d.Where {
		c, err := NewCondition(text)
		if err != nil {
			return nil, fmt.Errorf("where: %w", err)
		}
		s.Where = append(s.Where, c)
	}
	return s, nil
}

// settings reads what is fixed and what differs.
func (d *document) settings(s *Spec) error {
	if d.Model != "" {
		s.Fixed = append(s.Fixed, Setting{ModelName, d.Model})
	}
	if d.Data != "" {
		s.Fixed = append(s.Fixed, Setting{DataName, d.Data})
	}
	for _, item := range d.Flags {
		name := fmt.Sprint(item.Key)
		value, err := word(item.Value)
		if err != nil {
			return fmt.Errorf("flags: %s: %w", name, err)
		}
		s.Fixed = append(s.Fixed, Setting{name, value})
	}
	for _, item := range d.Grid {
		axis, err := newAxis(item)
		if err != nil {
			return err
		}
		s.Axes = append(s.Axes, axis)
	}
	return s.check()
}

func newAxis(item yaml.MapItem) (Axis, error) {
	axis := Axis{Name: fmt.Sprint(item.Key)}
	list, ok := item.Value.([]any)
	if !ok || len(list) == 0 {
		return axis, fmt.Errorf("grid: %s: give a list of values, such as [2, 4, 8]", axis.Name)
	}
	for _, v := range list {
		value, err := word(v)
		if err != nil {
			return axis, fmt.Errorf("grid: %s: %w", axis.Name, err)
		}
		if slices.Contains(axis.Values, value) {
			return axis, fmt.Errorf("grid: %s: %s is listed twice", axis.Name, value)
		}
		axis.Values = append(axis.Values, value)
	}
	return axis, nil
}

// check refuses settings that no point can have.
func (s *Spec) check() error {
	var names []string
	for _, f := range s.Fixed {
		names = append(names, f.Name)
	}
	for _, a := range s.Axes {
		names = append(names, a.Name)
	}
	for i, name := range names {
		if err := checkName(name); err != nil {
			return err
		}
		if slices.Contains(names[:i], name) {
			return fmt.Errorf(
				"%s is set twice: name a setting once, under flags, grid, model or data", name)
		}
	}
	if !slices.Contains(names, ModelName) {
		return errors.New("no model: write `model: m.onnx`, or a list under grid")
	}
	return nil
}

// objectives reads a mapping from columns to max or min.
func objectives(items yaml.MapSlice) (out []Objective, err error) {
	for _, item := range items {
		column, aim := fmt.Sprint(item.Key), fmt.Sprint(item.Value)
		if aim != "max" && aim != "min" {
			return nil, fmt.Errorf("objectives: %s: %q: say max or min", column, aim)
		}
		out = append(out, Objective{column, aim == "max"})
	}
	if len(out) == 1 {
		return nil, errors.New("objectives: name two at least: a front lies between them")
	}
	return out, nil
}

// Folder is the folder of the sweep and its sweep.yaml.
func (s *Spec) Folder() string { return s.folder }

// path is a file that sweep.yaml names.
func (s *Spec) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.folder, name)
}

// file says that a value names a file or a folder that is there.
func (s *Spec) file(value string) bool {
	if value == "" {
		return false
	}
	_, err := os.Stat(s.path(value))
	return err == nil
}
