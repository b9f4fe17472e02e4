package onnx

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPage holds docs/onnx.md against the operators that are read and refused.
func TestPage(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "onnx.md"))
	require.NoError(t, err)
	_, tables, ok := strings.Cut(string(text), "## What is read")
	require.True(t, ok)
	read, refused, ok := strings.Cut(tables, "## What is refused")
	require.True(t, ok)

	for _, op := range listed(read) {
		require.True(t, operator(op) != nil || folder(op) != nil || op == "Shape" || op == "Size",
			"%s is not read", op)
	}
	for _, op := range listed(refused) {
		require.True(t, operator(op) == nil && folder(op) == nil, "%s is read", op)
		require.NotContains(t, refusal(op).Error(), "the operator is not read",
			"%s is refused without a reason of its own", op)
	}
}

var code = regexp.MustCompile("`([A-Za-z0-9]+)`")

// listed are the names in the first column of a table.
func listed(table string) []string {
	var names []string
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) < 3 {
			continue
		}
		for _, name := range code.FindAllStringSubmatch(cells[1], -1) {
			names = append(names, name[1])
		}
	}
	return names
}
