package nir

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
)

type jnode struct {
	G     map[string]*jnode
	Shape []int
	Text  []string
	Num   []float64
}

func openFile(path string) (folder, func(), error) {
	b, err := os.ReadFile("/tmp/nirjson/" + filepath.Base(path) + ".json")
	if err != nil {
		return nil, nil, err
	}
	var j jnode
	if err := json.Unmarshal(b, &j); err != nil {
		return nil, nil, err
	}
	return jf{&j}, func() {}, nil
}

type jf struct{ *jnode }

func (j jf) members() ([]string, error) {
	var out []string
	for k := range j.G {
		out = append(out, k)
	}
	slices.Sort(out)
	return out, nil
}
func (j jf) folder(name string) (folder, error) {
	m := j.G[name]
	if m == nil || m.G == nil {
		return nil, nil
	}
	return jf{m}, nil
}
func (j jf) array(name string) (*array, error) {
	m := j.G[name]
	if m == nil || m.G != nil {
		return nil, nil
	}
	return &array{m.Shape, m.Num, m.Text}, nil
}
