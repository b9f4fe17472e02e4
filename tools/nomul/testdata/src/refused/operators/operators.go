package operators

const width = 4

type number interface{ ~int | ~int32 }

func plain(a, b int) int {
	c := a * b // want `multiplication \(\*\) in the integer datapath; use shifts and adds, or a table`
	d := a / b // want `division \(/\) in the integer datapath`
	e := a % b // want `modulo \(%\) in the integer datapath`
	c *= d     // want `multiplication \(\*=\)`
	c /= e     // want `division \(/=\)`
	c %= 3     // want `modulo \(%=\)`
	return c
}

func byConstant(x int) int {
	return x*2 + // want `multiplication`
		x/width + // want `division`
		x%width // want `modulo`
}

func hidden[T number](a, b T) T { return a * b } // want `multiplication`

func address(table []int32, row, column int) int32 {
	return table[row*width+column] // want `multiplication`
}

func inClosure(n int) []int {
	f := func(x int) int { return x * x } // want `multiplication`
	out := make([]int, n*width)           // want `multiplication`
	for i := range n / 2 {                // want `division`
		out[i] = f(i)
	}
	return out
}

var global = len(table) * height // want `multiplication`

var height = 3

var table = []int{1, 2}

// The length of an array is a constant, that of a slice is not.
var array [5]int

const area = len(array) * width

func lengths(s []int) int {
	return len(array)*2 +
		len(s)*2 // want `multiplication`
}
