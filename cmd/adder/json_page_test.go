package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestJSONPage holds the documents of the commands against docs/json.md: every field
// that the page lists is there.
func TestJSONPage(t *testing.T) {
	m, dir := model(t), t.TempDir()
	image := filepath.Join(dir, "m.adder")
	recording := filepath.Join(dir, "a.bin")
	require.NoError(t, os.WriteFile(recording, []byte{3, 4, 0x80, 0, 9, 5, 6, 0, 0, 12}, 0o644))
	lanes := filepath.Join("..", "..", "rtl", "testdata")
	commands := map[string][]string{
		"errors":         {"run", "none.adder", "--data", "digits"},
		"adder run":      {"run", m, "--data", "digits", "--limit", "2"},
		"adder compile":  {"compile", m, "--calibrate", "digits", "-o", image},
		"adder fit":      {"fit", m},
		"adder bench":    {"bench", m, "--data", "digits", "--limit", "20"},
		"adder diagnose": {"diagnose", m, "--data", "digits", "--limit", "5"},
		"adder demo":     {"demo"},
		"adder faults": {"faults", m, "--data", "digits", "--limit", "5", "--rates", "0.1",
			"--seeds", "1"},
		"adder train ann": {"train", "ann", "--data", "digits", "--hidden", "8", "--epochs", "1",
			"--limit", "100", "-o", filepath.Join(dir, "m.onnx")},
		"adder train snn": {"train", "snn", "--data", "digits", "--net", "8", "--ticks", "2",
			"--epochs", "1", "--limit", "100", "-o", filepath.Join(dir, "m.nir")},
		"adder train stdp": {"train", "stdp", "--data", "digits", "--neurons", "8", "--limit", "20",
			"--label-images", "20",
			"--encoder", "bernoulli", "-o", filepath.Join(dir, "n.snn")},
		"adder reproduce": {"reproduce", "table4", "--data", "digits", "--limit", "64",
			"--neuron", "dc", "--rule", "postpre"},
		"adder data inspect": {"data", "inspect", recording},
		"adder bench speed": {"bench", "speed", "--workloads", "mlp-784-128-10", "--duration",
			"1ms", "--threads", "1"},
		"adder rtl": {"rtl", m, "--data", "digits", "--limit", "1", "-o",
			filepath.Join(dir, "chip")},
		"adder rtl energy": {"rtl", "energy", filepath.Join(lanes, "lanes"), "--liberty",
			filepath.Join(lanes, "few.lib")},
	}
	page := pageFields(t, filepath.Join("..", "..", "docs", "json.md"))
	require.Len(t, page, len(commands), "a section per command")
	for section, fields := range page {
		require.Contains(t, commands, section)
		require.NotEmpty(t, fields, section)
		t.Run(section, func(t *testing.T) {
			if section == "adder demo" && testing.Short() {
				t.Skip("trains and emulates for a while")
			}
			doc := decode(t, runCommand(append(commands[section], "--json")...).out)
			for _, field := range fields {
				require.True(t, hasField(doc, strings.Split(field, ".")), "%s: no field %s",
					section, field)
			}
		})
	}
}

var quoted = regexp.MustCompile("`([^`]+)`")

// pageFields lists the paths in the first column of the page's tables, by section.
func pageFields(t *testing.T, path string) map[string][]string {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	fields, section := map[string][]string{}, ""
	for line := range strings.Lines(string(text)) {
		if name, ok := strings.CutPrefix(line, "## "); ok {
			section = strings.TrimSpace(name)
			continue
		}
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			continue
		}
		for _, found := range quoted.FindAllStringSubmatch(cells[1], -1) {
			fields[section] = append(fields[section], found[1])
		}
	}
	return fields
}

// hasField follows a path; a step that ends in [] goes on in the first element of a list.
func hasField(at any, path []string) bool {
	if len(path) == 0 {
		return true
	}
	name, list := strings.CutSuffix(path[0], "[]")
	object, ok := at.(map[string]any)
	if !ok {
		return false
	}
	next, ok := object[name]
	if !ok || !list {
		return ok && hasField(next, path[1:])
	}
	elements, _ := next.([]any)
	return len(elements) > 0 && hasField(elements[0], path[1:])
}
