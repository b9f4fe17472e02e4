package imports

import (
	_ "encoding/binary"
	_ "errors"
	_ "helper"   // want `import of "helper", outside the datapath's allow-list, could multiply; do it in a package that is not guarded`
	_ "math"     // want `import of "math", outside`
	_ "math/big" // want `import of "math/big", outside`
	_ "math/bits"
	_ "math/cmplx"   // want `import of "math/cmplx", outside`
	_ "math/rand/v2" // want `import of "math/rand/v2", outside`
	_ "reflect"      // want `import of "reflect", outside`
	_ "time"         // want `import of "time", outside`
	_ "unsafe"       // want `import of "unsafe", outside`

	_ "github.com/emirpasic/gods/v2/queues/priorityqueue"
	_ "refused/operators"
)
