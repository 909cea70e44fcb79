/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Sequence numbers of TCP: their order, and the byte marks that every tap and probe knows alike. */
#ifndef NV_SEQUENCE_H
#define NV_SEQUENCE_H

/* Byte marks are multiples of it. */
#define NV_MARK_SPACING_LOG2 14
#define NV_MARK_SPACING (1u << NV_MARK_SPACING_LOG2)
/* A super-packet of 64 KiB holds four marks. */
#define NV_MARKS_PER_PACKET 5
#define NV_MOST_RANK 15

/* Sequence numbers wrap: a is after b when less than half of the space lies between. */
static __always_inline bool nv_after(__u32 a, __u32 b)
{
	return (__s32)(a - b) > 0;
}

/* BPF has no instruction for it. */
static __always_inline __u32 nv_log2(__u32 value)
{
	__u32 result = (value > 0xffff) << 4, step;

	value >>= result;
	step = (value > 0xff) << 3;
	value >>= step;
	result |= step;
	step = (value > 0xf) << 2;
	value >>= step;
	result |= step;
	step = (value > 0x3) << 1;
	value >>= step;
	result |= step;
	return result | value >> 1;
}

/* The lowest bit that is set of a hash: 2^rank, and as good to compare. */
static __always_inline __u32 nv_mark_rarity(__u32 mark)
{
	__u32 hash = mark * 0x9e3779b1u;

	hash ^= hash >> 15;
	hash *= 0x85ebca6bu;
	hash ^= hash >> 13;
	hash |= 1u << NV_MOST_RANK;
	return hash & -hash;
}

/*
 * Trailing zeros of a hash: a function of the mark alone, so that taps which keep few samples keep the same. Rank r has
 * a share of 2^-(r+1).
 */
static __always_inline __u32 nv_mark_rank(__u32 mark)
{
	return nv_log2(nv_mark_rarity(mark));
}

/* The first mark at or after a byte. */
static __always_inline __u32 nv_next_mark(__u32 seq)
{
	return (seq + NV_MARK_SPACING - 1) & ~(NV_MARK_SPACING - 1);
}

/* The rarest of the marks in [from, end), which lie 2^14 apart. `from` is one. */
static __always_inline __u32 nv_rarest_mark(__u32 from, __u32 end)
{
	__u32 mark = from, rarest = from, most = nv_mark_rarity(from);

	for (int i = 1; i < NV_MARKS_PER_PACKET; i++) {
		__u32 rarity;

		mark += NV_MARK_SPACING;
		if (!nv_after(end, mark))
			break;
		rarity = nv_mark_rarity(mark);
		if (rarity > most) {
			most = rarity;
			rarest = mark;
		}
	}
	return rarest;
}

#endif
