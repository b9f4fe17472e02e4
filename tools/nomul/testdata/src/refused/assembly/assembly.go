package assembly // want `multiply_amd64.s hides its operations in the integer datapath; write it in Go`

func multiply(a, b int) int // want `function multiply without a body hides its operations`
