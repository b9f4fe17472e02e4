#include "textflag.h"

// func multiply(a, b int) int
TEXT ·multiply(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), AX
	IMULQ b+8(FP), AX
	MOVQ AX, ret+16(FP)
	RET
