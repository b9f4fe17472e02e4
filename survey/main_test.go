package survey_test

import (
	"testing"

	"adder/internal/draws"
)

// TestMain draws fewer networks than rapid would: see package draws.
func TestMain(m *testing.M) { draws.Main(m) }
