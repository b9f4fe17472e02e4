package frame

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"
	"strings"

	"adder/internal/dataset"
)

// Fingerprint is a checksum of images and labels.
func Fingerprint(set *dataset.Set) uint32 {
	labels := make([]uint8, set.Len())
	for i, label := range set.Labels {
		labels[i] = uint8(label)
	}
	return crc32.Update(Checksum(set.Bytes), castagnoli(), labels)
}

// SameTraining returns an error for the checkpoint of another training or of other images.
func SameTraining(have, want json.RawMessage, images uint32, set *dataset.Set) error {
	if string(want) != string(have) {
		return fmt.Errorf("it belongs to another training: %s; remove it or ask for the same",
			unlike(have, want))
	}
	if images != Fingerprint(set) {
		return errors.New("it belongs to a training on other images; remove it or give the same " +
			"data and limit")
	}
	return nil
}

// unlike names the settings in which two trainings differ.
func unlike(have, want json.RawMessage) string {
	there, here := map[string]string{}, map[string]string{}
	if err := errors.Join(settings(have, there), settings(want, here)); err != nil {
		return fmt.Sprintf("it was made with %s, this is %s", have, want)
	}
	names := slices.Collect(maps.Keys(there))
	for name := range here {
		if _, ok := there[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []string
	for _, name := range names {
		if here[name] != there[name] {
			out = append(out, fmt.Sprintf("%s: here %s, there %s", name, orNothing(here[name]),
				orNothing(there[name])))
		}
	}
	return strings.Join(out, "; ")
}

// settings lists the values of a document by their paths.
func settings(text json.RawMessage, into map[string]string) error {
	var root any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&root); err != nil {
		return err
	}
	leaves("", root, into)
	return nil
}

func leaves(path string, value any, into map[string]string) {
	fields, ok := value.(map[string]any)
	if !ok {
		into[path] = fmt.Sprint(value)
		return
	}
	for name, below := range fields {
		if path != "" {
			name = path + "." + name
		}
		leaves(name, below, into)
	}
}

func orNothing(text string) string {
	if text == "" || text == "<nil>" {
		return "nothing"
	}
	return text
}
