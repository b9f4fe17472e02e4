package sweep

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Names of settings that are not flags.
const (
	// ModelName is the word of a command: a model or an image.
	ModelName = "model"
	// DataName is the flag of the samples, which sweep.yaml may name in addition to the flags.
	DataName = "data"
	// chipField begins the name of a field inside of a profile, such as
	// chip.core.neurons.
	chipField = "chip."
)

// Setting is a value that a point gives to a flag, to the model, or to a field of a profile.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// taken are flags that the sweep gives itself, with the reason.
var taken = map[string]string{
	"json":    "results are JSON",
	"workers": "it changes no result: --workers of `adder sweep` says it",
	"out":     "points write no files of their own", "o": "points write no files of their own",
	"plot": "points write no files of their own", "plot-bill": "points write no files of their own",
	"plot-map": "points write no files of their own", "csv": "the table is table.csv",
	"trace": "points write no files of their own", "write-placement": "points write no files of " +
		"their own",
	"checkpoint": "a sweep goes on where it ended by itself", "every": "a sweep goes on where it " +
		"ended by itself",
}

// files are the flags whose values may be names of files or folders.
var files = []string{
	ModelName, DataName, "calibrate", "ann", "spikes", "events", "placement", "chip", "energy",
	"fault",
}

func checkName(name string) error {
	name, isField := strings.CutPrefix(name, chipField)
	if !isField {
		if why, ok := taken[name]; ok {
			return fmt.Errorf("%s cannot be set: %s", name, why)
		}
	}
	if name == "" || strings.HasPrefix(name, "-") || strings.ContainsAny(name, " =\t\n") {
		return fmt.Errorf("%q is no name of a flag: write it without dashes before it, such as "+
			"activation-bits", name)
	}
	return nil
}

// word is a value as a command line takes it.
func word(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return "", errors.New("not a number")
		}
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case int, int64, uint64:
		return fmt.Sprint(v), nil
	case []any:
		return words(v)
	case nil:
		return "", errors.New("no value")
	}
	return "", fmt.Errorf("%v is neither a number, a text, true or false nor a list of them", v)
}

// words is a list as a flag takes it: with commas.
func words(list []any) (string, error) {
	var out []string
	for _, v := range list {
		one, err := word(v)
		if err != nil {
			return "", err
		}
		if strings.Contains(one, ",") {
			return "", fmt.Errorf("%q in a list: a value with a comma stands alone", one)
		}
		out = append(out, one)
	}
	return strings.Join(out, ","), nil
}

// namesFile says that a setting's value may be a file.
func namesFile(name string) bool { return slices.Contains(files, name) }

// cutField is the field inside of a profile that a setting names, if it names one.
func cutField(name string) (field string, ok bool) { return strings.CutPrefix(name, chipField) }
