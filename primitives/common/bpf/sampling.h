/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which packets and socket calls of an armed flow are told of. All, while few pass a place; of more those that hold or
 * acknowledge a sign: one byte in about 2^level, the same ones at every place and host, whatever the headers are and
 * wherever segments are cut or merged. Up to 2^14 signs are the multiples of 2^level, above it the byte marks whose
 * rank is high enough; so those of a higher level are among those of a lower one. The level follows from the bytes that
 * pass, which all places on the path count alike.
 */
#ifndef NV_SAMPLING_H
#define NV_SAMPLING_H

#include "flow_key.h"
#include "function.h"
#include "ring.h"
#include "sequence.h"

#define NV_SAMPLING_WINDOW_NS 100000000ULL
/* Segments or calls in a window that are told of one by one: all of a request/response flow. */
#define NV_TELL_ALL 30
/* Of more, 2^4 signs at least, and less than twice as many. */
#define NV_SIGNS_LOG2 4
/* Re-sends and the like included. */
#define NV_TELL_AT_MOST 240

/* A stream of bytes as one place sees it: sent, or acknowledged. */
struct nv_progress {
	__u32 end; /* highest seen */
	__u32 bytes; /* in the present window */
	__u8 level; /* that the last window asked for */
	__u8 known;
	__u8 pad[2];
};

struct nv_sampling {
	__u64 window_ns;
	__u32 segments;
	__u32 told;
	__u32 left_out; /* since the last that was told */
	__u8 busy; /* the last window had more than NV_TELL_ALL */
	__u8 pad[3];
	struct nv_progress data;
	struct nv_progress acknowledged;
};

/* What passes a place: a packet, or the bytes of a call. */
struct nv_portion {
	__u64 now_ns;
	__u32 seq;
	__u32 end; /* seq: no data */
	__u32 ack;
	__u32 segments;
	bool acknowledges;
	bool datagram; /* seq is its name (datagram.h), no place in a stream */
	bool turning; /* begins or ends the connection: always told */
};

/* Where it passes: the places of a host are its taps and probes. */
struct nv_vantage {
	struct nv_flow_key flow;
	__u64 device; /* or namespace, or tap */
	__u32 probe;
	__u32 direction;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct nv_vantage);
	__type(value, struct nv_sampling);
} nv_samplings SEC(".maps");

static __always_inline __u32 nv_level_for(__u32 bytes)
{
	return nv_log2(bytes >> NV_SIGNS_LOG2 ?: 1);
}

static __always_inline bool nv_holds_sign(__u32 seq, __u32 end, __u32 level)
{
	__u32 mark = nv_next_mark(seq);

	if (level <= NV_MARK_SPACING_LOG2)
		return (end - 1) >> level != (seq - 1) >> level;
	return nv_after(end, mark) &&
	       nv_mark_rank(nv_rarest_mark(mark, end)) >= level - NV_MARK_SPACING_LOG2;
}

static __always_inline void nv_new_window(struct nv_sampling *sampling, __u64 now_ns)
{
	bool paused = now_ns - sampling->window_ns > 2 * NV_SAMPLING_WINDOW_NS;
	bool busy = !paused && sampling->segments > NV_TELL_ALL;
	struct nv_progress *data = &sampling->data, *acknowledged = &sampling->acknowledged;

	sampling->window_ns = now_ns;
	sampling->segments = sampling->told = 0;
	sampling->busy = busy;
	data->level = busy ? nv_level_for(data->bytes) : 0;
	acknowledged->level = busy ? nv_level_for(acknowledged->bytes) : 0;
	data->bytes = acknowledged->bytes = 0;
	/* Nor is what was seen long ago, perhaps before the flow was armed, of use. */
	if (paused)
		data->known = acknowledged->known = 0;
}

/* Answers whether [seq, end) holds a sign. */
static __always_inline bool nv_advance(struct nv_progress *progress, __u32 seq, __u32 end)
{
	__u32 level;

	progress->bytes += end - seq;
	progress->end = end;
	progress->known = 1;
	level = nv_level_for(progress->bytes);
	return nv_holds_sign(seq, end, level > progress->level ? level : progress->level);
}

/* 1: to be told of. */
NV_GLOBAL nv_sample(struct nv_sampling *sampling, const struct nv_portion *portion)
{
	bool chosen;

	if (!sampling || !portion)
		return 0;
	if (portion->now_ns - sampling->window_ns > NV_SAMPLING_WINDOW_NS)
		nv_new_window(sampling, portion->now_ns);
	sampling->segments += portion->segments;
	chosen = portion->turning || (!sampling->busy && sampling->segments <= NV_TELL_ALL);
	if (portion->end != portion->seq) {
		/* What is sent again, or was overtaken, is told. */
		if (!portion->datagram && sampling->data.known &&
		    !nv_after(portion->end, sampling->data.end))
			chosen = true;
		else if (nv_advance(&sampling->data, portion->seq, portion->end))
			chosen = true;
	}
	if (portion->acknowledges) {
		__u32 from = sampling->acknowledged.known ? sampling->acknowledged.end : portion->ack - 1;

		if (nv_after(portion->ack, from) &&
		    nv_advance(&sampling->acknowledged, from, portion->ack))
			chosen = true;
	}
	if (!chosen || sampling->told >= NV_TELL_AT_MOST) {
		sampling->left_out++;
		return 0;
	}
	sampling->told++;
	return 1;
}

static __always_inline struct nv_sampling *nv_sampling_at(const struct nv_vantage *vantage)
{
	struct nv_sampling *sampling = bpf_map_lookup_elem(&nv_samplings, vantage);
	struct nv_sampling fresh = {};

	if (sampling)
		return sampling;
	bpf_map_update_elem(&nv_samplings, vantage, &fresh, BPF_NOEXIST);
	sampling = bpf_map_lookup_elem(&nv_samplings, vantage);
	if (!sampling)
		nv_lost(NV_LOSS_SAMPLINGS_FULL, 1);
	return sampling;
}

static __always_inline __u32 nv_take_left_out(struct nv_sampling *sampling)
{
	__u32 left_out = sampling->left_out;

	sampling->left_out = 0;
	return left_out;
}

#endif
