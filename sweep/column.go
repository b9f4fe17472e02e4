package sweep

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// values reads a result by paths with dots. An element of a list is named by its table,
// layer, or what else it has of that kind.
type values struct{ root any }

func parseValues(result json.RawMessage) (values, error) {
	if len(result) == 0 {
		return values{}, nil
	}
	dec := json.NewDecoder(bytes.NewReader(result))
	dec.UseNumber() // digits are unchanged
	var v values
	err := dec.Decode(&v.root)
	return v, err
}

// names are the fields by which elements of lists are known.
var names = []string{"table", "layer", "dataflow", "source", "chip", "core", "tick", "name"}

// at is the value of a path, nil where there is none.
func (v values) at(path string) any {
	here := v.root
	for part := range strings.SplitSeq(path, ".") {
		switch now := here.(type) {
		case map[string]any:
			here = now[part]
		case []any:
			here = element(now, part)
		default:
			return nil
		}
	}
	return here
}

// has reports whether a path's last field is there, be it null.
func (v values) has(path string) bool {
	dot := strings.LastIndexByte(path, '.')
	fields, _ := v.at(path[:max(dot, 0)]).(map[string]any)
	_, ok := fields[path[dot+1:]]
	return ok
}

func element(list []any, name string) any {
	for _, e := range list {
		fields, ok := e.(map[string]any)
		if !ok {
			continue
		}
		for _, key := range names {
			if value, ok := fields[key]; ok && fmt.Sprint(value) == name {
				return e
			}
		}
	}
	return nil
}

// text is the value of a path as a cell, "" where there is none or it is no single value.
func (v values) text(path string) string {
	switch value := v.at(path).(type) {
	case nil:
		if v.has(path) && strings.HasSuffix(path, ".winner") {
			return "nobody" // as the report has it
		}
	case json.Number:
		return value.String()
	case string:
		return value
	case bool:
		return fmt.Sprint(value)
	}
	return ""
}

// column is one of the table.
type column struct{ name, path string }

// columns are those of a command's results.
func columns(command string, results []values) []column {
	switch command {
	case "run":
		return []column{
			{"accuracy", "accuracy"}, {"samples", "samples"}, {"latency", "latency"},
			{"synops", "per_sample.synops"},
			{"spikes", "per_sample.spikes"}, {"input_spikes", "per_sample.input_spikes"},
			{"cycles", "cycles.per_sample"}, {"dropped", "counts.dropped"},
		}
	case "compile":
		return []column{
			{"fits", "fits"}, {"cores", "cores_used"}, {"neurons", "neurons"},
			{"synapses", "synapses"},
			{"synapse_bits", "synapse_bits"}, {"footprint_bytes", "footprint_bytes"},
			{"latency", "latency"},
			{"routed_hops", "routed_hops"},
		}
	}
	out := []column{
		{"accuracy", "snn.accuracy"}, {"ann_accuracy", "ann.accuracy"}, {"samples", "samples"},
		{"difference", "difference.points"},
		{"comparable", "difference.comparable"}, {"snn_ticks", "snn.ticks"},
		{"synops", "snn.synops"},
		{"spikes", "snn.spikes"}, {"input_spikes", "snn.input_spikes"},
		{"footprint_bytes", "snn.footprint_bytes"},
		{"ann_macs", "ann.macs"}, {"ann_effective_macs", "ann.effective_macs"},
	}
	for i, table := range tables(results) {
		path := "energy." + table + "."
		if i == 0 {
			out = append(out, column{energyColumn, path + "snn_pj"})
		}
		for _, c := range priced {
			out = append(out, column{c + "." + table, path + c})
		}
	}
	return out
}

// priced are the columns of each energy table.
var priced = []string{"snn_pj", "ann_pj", "ratio", "winner"}

// energyColumn is the SNN's energy under the first table.
const energyColumn = "energy"

// tables are the energy tables of results, in their order.
func tables(results []values) (out []string) {
	for _, r := range results {
		list, _ := r.at("energy").([]any)
		for _, e := range list {
			fields, _ := e.(map[string]any)
			name, _ := fields["table"].(string)
			if name != "" && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// defaultObjectives are those of a command where sweep.yaml names none.
func defaultObjectives(command string) []Objective {
	switch command {
	case "run":
		return []Objective{{"accuracy", true}, {"synops", false}}
	case "compile":
		return []Objective{{"cores", false}, {"footprint_bytes", false}}
	}
	return []Objective{{"accuracy", true}, {energyColumn, false}}
}
