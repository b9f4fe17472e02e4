package unreadable // want `empty.s hides its operations`

import _ "unsafe" // want `import of "unsafe", outside`

//go:linkname multiply helper.multiply // want `go:linkname hides its operations in the integer datapath; write it in Go`
func multiply(a, b int) int // want `function multiply without a body hides its operations`
