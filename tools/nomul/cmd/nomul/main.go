// Command nomul refuses multiplication, division and floating point in the packages
// of the integer datapath. Run it as
//
//	go vet -vettool=$(which nomul) ./fixedpoint/... ./core/... ./router/...
//
// or directly with package patterns. Flags: -packages, -imports and -assembly, see package nomul.
package main

import (
	"golang.org/x/tools/go/analysis/singlechecker"

	"adder/tools/nomul"
)

func main() { singlechecker.Main(nomul.New()) }
