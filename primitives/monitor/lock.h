/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A lock in a word that counts its uses: odd while held. Neither LRU hashes (for the verifier) nor mapped arrays may
 * hold a bpf_spin_lock. TC programs run with softirqs off, so whoever holds it runs on another CPU and lets go within a
 * packet's time, unless a hypervisor took that CPU away: the wait is bounded.
 */
#ifndef NV_LOCK_H
#define NV_LOCK_H

#include "function.h"

/* Some 10 us. */
#define NV_LOCK_TRIES 512

static __always_inline bool nv_try_lock(__u32 *word)
{
	__u32 seen = *(volatile __u32 *)word;

	return !(seen & 1) && __sync_val_compare_and_swap(word, seen, seen + 1) == seen;
}

/* Answers 1 once it is held, 0 if it could not be had. */
__noinline int nv_lock_slowly(__u32 *word)
{
	if (!word)
		return 0;
	for (int i = 0; i < NV_LOCK_TRIES; i++)
		if (nv_try_lock(word))
			return 1;
	return 0;
}

static __always_inline bool nv_lock(__u32 *word)
{
	return nv_try_lock(word) || nv_lock_slowly(word);
}

static __always_inline void nv_unlock(__u32 *word)
{
#ifdef __TARGET_ARCH_x86
	/* Stores are not reordered among themselves: a plain one releases. */
	barrier();
	*(volatile __u32 *)word = *word + 1;
#else
	__sync_fetch_and_add(word, 1);
#endif
}

#endif
