package event

import (
	"encoding/xml"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// aedat4Stream is the header of a stream.
type aedat4Stream struct {
	number        int32
	kind          string
	width, height int
}

// dvNode is a node of the tree that describes streams.
type dvNode struct {
	Name  string   `xml:"name,attr"`
	Nodes []dvNode `xml:"node"`
	Attrs []struct {
		Key  string `xml:"key,attr"`
		Text string `xml:",chardata"`
	} `xml:"attr"`
}

func (n *dvNode) attr(key string) string {
	for _, a := range n.Attrs {
		if a.Key == key {
			return a.Text
		}
	}
	return ""
}

func (n *dvNode) child(name string) *dvNode {
	for i := range n.Nodes {
		if n.Nodes[i].Name == name {
			return &n.Nodes[i]
		}
	}
	return &dvNode{}
}

// aedat4Streams reads the tree, in the order of the streams' numbers.
func aedat4Streams(text string) ([]aedat4Stream, error) {
	if err := checkDepth(text); err != nil {
		return nil, err
	}
	var tree dvNode
	if err := xml.Unmarshal([]byte(text), &tree); err != nil {
		return nil, fmt.Errorf("the description of the streams: %w", err)
	}
	var out []aedat4Stream
	for _, node := range tree.child("outInfo").Nodes {
		number, err := strconv.ParseInt(node.Name, 10, 32)
		if err != nil {
			continue
		}
		s := aedat4Stream{number: int32(number), kind: node.attr("typeIdentifier")}
		about := node.child("info")
		s.width, s.height = sensorSize(about.attr("sizeX"), about.attr("sizeY"))
		out = append(out, s)
	}
	if len(out) == 0 {
		return nil, errors.New("the description of the streams names none")
	}
	slices.SortStableFunc(out, func(a, b aedat4Stream) int { return int(a.number) - int(b.number) })
	return out, nil
}

// checkDepth refuses XML whose elements are nested as no description's are, before a
// decoder goes down there.
func checkDepth(text string) error {
	const most = 64
	decoder := xml.NewDecoder(strings.NewReader(text))
	for depth := 0; ; {
		token, err := decoder.RawToken()
		if err != nil {
			return nil // xml.Unmarshal says what is wrong
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > most {
			return fmt.Errorf("the description of the streams is nested more than %d deep", most)
		}
	}
}
