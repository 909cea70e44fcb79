/* SPDX-License-Identifier: GPL-2.0 */
/* How functions are cut for the verifier. */
#ifndef NV_FUNCTION_H
#define NV_FUNCTION_H

/*
 * A call costs some 9 ns where returns are guarded (SRSO, retbleed), more than parsing a packet. So what every packet
 * does is inlined, and what few do is a function: it keeps the paths few that the verifier has to follow.
 */

/*
 * A function with a frame of its own: all that is inlined shares 512 bytes of stack. It answers 0, and `used`
 * keeps clang from making it void: the verifier refuses the pointer that would then be left in R0.
 */
#define NV_SUBPROGRAM static __noinline __attribute__((used)) int
/* A global function: the verifier looks at it once, not at each call. Its pointers may be NULL, says BTF. */
#define NV_GLOBAL __noinline int

#endif
