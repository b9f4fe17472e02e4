package casefile

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"adder/core"
	"adder/internal/yamlguard"
)

// maxBytes is the largest case file that is read: weights that take more belong into an
// npz file.
const maxBytes = 4 << 20

// Open reads a case file.
func Open(path string) (*Case, error) {
	text, err := yamlguard.Read(path, maxBytes)
	if err != nil {
		return nil, fmt.Errorf("case file: %w", err)
	}
	c, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c.folder = filepath.Dir(path)
	if c.Name == "" {
		c.Name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	return c, nil
}

// Parse reads the text of a case file. Paths of other files are relative to the working directory.
func Parse(text []byte) (c *Case, err error) {
	// The YAML parser is foreign code that reads foreign text: any panic is reported as an error in
	// the text.
	defer func() {
		if r := recover(); r != nil {
			c, err = nil, fmt.Errorf("this is not YAML: %v", r)
		}
	}()
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, errors.New("this is not a case file, which is text (docs/case-files.md has " +
			"the format)")
	}
	if err := yamlguard.Check(text); err != nil {
		return nil, fmt.Errorf("this is not a case file (docs/case-files.md has the format): %w",
			err)
	}
	c = new(Case)
	if err := yaml.UnmarshalWithOptions(text, c, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("this is not a case file (docs/case-files.md has the format): %w",
			err)
	}
	if c.Ticks < 0 || c.Ticks > core.MaxTicks {
		return nil, fmt.Errorf("ticks: %d: write 1 to %d", c.Ticks, core.MaxTicks)
	}
	return c, nil
}

// UnmarshalYAML reads an integer or a list of them.
func (v *Integers) UnmarshalYAML(unmarshal func(any) error) error {
	var one int64
	if unmarshal(&one) == nil {
		*v = Integers{one}
		return nil
	}
	var list []int64
	if err := unmarshal(&list); err != nil {
		return fmt.Errorf("write an integer, or a list with one per neuron: %w", err)
	}
	*v = list
	return nil
}
