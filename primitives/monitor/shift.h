/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A one-sided CUSUM of z-scores against the flow's own slow mean and mean absolute deviation. Fixed point, 1/16:
 *
 *	z = (x - mean) / (deviation + floor), clipped to 8;    S = max(0, S + z - 2)
 *
 * and, for a tail that grows while most values stay, of far values (z of 8) at more than one in 32:
 *
 *	T = max(0, T + (far ? 1 : -1/32))
 *
 * Shifted when S > 16 or T > 4, held for a tenth of a second: a stream gives several late values within one burst of
 * somebody's work on the same processor.
 */
#ifndef NV_SHIFT_H
#define NV_SHIFT_H

#include "flow.h"

#define NV_Z_ONE 16
#define NV_Z_CLIP (8 * NV_Z_ONE)
#define NV_Z_FREEZE (4 * NV_Z_ONE)
#define NV_SHIFT_SLACK (2 * NV_Z_ONE)
#define NV_SHIFT_LIMIT (16 * NV_Z_ONE)
/* The score stops here, so that it has calmed a dozen ordinary samples after the shift ended. */
#define NV_SHIFT_CEILING (40 * NV_Z_ONE)
#define NV_SHIFT_FLOOR_NS 50000
#define NV_SHIFT_LEAST_EXCESS_NS 1000000
#define NV_SHIFT_MOST_NS 0xffffffffu /* 4.29 s */
#define NV_SHIFT_WARM_UP 16
#define NV_SHIFT_HOLD_MS 100
#define NV_FAR_ONE 32
#define NV_FAR_LIMIT (4 * NV_FAR_ONE)
#define NV_FAR_CEILING (6 * NV_FAR_ONE)
#define NV_SLOW_GAIN 6 /* 1/64 */
#define NV_FROZEN_GAIN 9 /* 1/512: a shift must not become the new normal while it is judged */

/* In 1/16, at most 8; the division is spared where the answer is clear. */
static __always_inline __u32 nv_shift_z(const struct nv_shift *shift, __u32 distance)
{
	__u64 scale = (__u64)shift->deviation_ns + NV_SHIFT_FLOOR_NS;

	if (distance >= scale * (NV_Z_CLIP / NV_Z_ONE))
		return NV_Z_CLIP;
	return (__u64)distance * NV_Z_ONE / scale;
}

/* The first samples weigh more: 1/1, 1/2, 1/4 … 1/64. */
static __always_inline __u32 nv_shift_gain(const struct nv_shift *shift, bool above, __u32 z)
{
	__u32 gain = 0;

	if (shift->samples >= NV_SHIFT_WARM_UP && above && z > NV_Z_FREEZE)
		return NV_FROZEN_GAIN;
	while (gain < NV_SLOW_GAIN && shift->samples >> gain)
		gain++;
	return gain;
}

static __always_inline __u64 nv_shift_threshold(const struct nv_shift *shift)
{
	__u64 slack = 2 * ((__u64)shift->deviation_ns + NV_SHIFT_FLOOR_NS);

	return shift->mean_ns + (slack > NV_SHIFT_LEAST_EXCESS_NS ? slack : NV_SHIFT_LEAST_EXCESS_NS);
}

static __always_inline bool nv_shift_score(struct nv_shift *shift, bool above, __u32 z, __u32 now_ms)
{
	__u32 score = shift->score + (above ? z : 0), slack = NV_SHIFT_SLACK + (above ? 0 : z);

	if (!shift->score)
		shift->since_ms = now_ms;
	score = score > slack ? score - slack : 0;
	shift->score = score < NV_SHIFT_CEILING ? score : NV_SHIFT_CEILING;
	return shift->score > NV_SHIFT_LIMIT && now_ms - shift->since_ms >= NV_SHIFT_HOLD_MS;
}

static __always_inline bool nv_shift_tail(struct nv_shift *shift, bool far, __u32 now_ms)
{
	if (!shift->far)
		shift->far_since_ms = now_ms;
	if (far)
		shift->far += NV_FAR_ONE;
	else if (shift->far)
		shift->far--;
	if (shift->far > NV_FAR_CEILING)
		shift->far = NV_FAR_CEILING;
	return shift->far > NV_FAR_LIMIT && now_ms - shift->far_since_ms >= NV_SHIFT_HOLD_MS;
}

static __always_inline __u32 nv_moved(__u32 from, __u32 to, __u32 gain)
{
	return from + (__s32)(((__s64)to - (__s64)from) >> gain);
}

/* Takes one more value; answers whether the mean has shifted upwards. */
static __always_inline bool nv_shift_update(struct nv_shift *shift, __u64 value_ns, __u32 now_ms)
{
	bool above, warm, high, risen, tail;
	__u32 value, distance, gain, z;

	value = value_ns > NV_SHIFT_MOST_NS ? NV_SHIFT_MOST_NS : value_ns;
	above = value > shift->mean_ns;
	distance = above ? value - shift->mean_ns : shift->mean_ns - value;
	z = nv_shift_z(shift, distance);
	warm = shift->samples >= NV_SHIFT_WARM_UP;
	gain = nv_shift_gain(shift, above, z);
	high = value >= nv_shift_threshold(shift);
	/* The first value is all mean and no deviation. */
	if (shift->samples)
		shift->deviation_ns = nv_moved(shift->deviation_ns, distance, gain);
	shift->mean_ns = nv_moved(shift->mean_ns, value, gain);
	if (shift->samples < 1 << NV_SLOW_GAIN)
		shift->samples++;
	if (!warm)
		return false;
	risen = nv_shift_score(shift, above, z, now_ms);
	tail = nv_shift_tail(shift, high && z == NV_Z_CLIP, now_ms);
	return high && (risen || tail);
}

#endif
