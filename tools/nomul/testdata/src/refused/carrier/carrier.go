package carrier

import "helper" // want `import of "helper", outside`

// Carry hands out a value whose methods multiply.
func Carry() helper.Thing { return helper.Thing{Factor: 3} }

var product = helper.Mul(2, 3) // want `Mul of helper, outside the datapath's allow-list, could multiply`
