/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The identity of a connection: the same for both directions. User space makes the same bytes
 * (primitives/common/bpf/flow-key.ts).
 */
#ifndef NV_FLOW_KEY_H
#define NV_FLOW_KEY_H

#include "address.h"

/* The end with the lower (address, port) comes first. Ports in host order. */
struct nv_flow_key {
	union nv_address lo;
	union nv_address hi;
	union {
		struct {
			__u16 lo_port;
			__u16 hi_port;
			__u8 protocol;
			__u8 pad[3];
		};
		__u64 ends;
	};
};
_Static_assert(sizeof(struct nv_flow_key) == 40, "size of nv_flow_key");

/* Any total order will do, as long as user space uses the same: halves as native integers. */
static __always_inline bool nv_end_above(const union nv_address *a, __u16 a_port,
					 const union nv_address *b, __u16 b_port)
{
	if (a->halves[0] != b->halves[0])
		return a->halves[0] > b->halves[0];
	if (a->halves[1] != b->halves[1])
		return a->halves[1] > b->halves[1];
	return a_port > b_port;
}

/* In one store where it can be, see nv_address_v4. */
static __always_inline void nv_set_ends(struct nv_flow_key *key, __u16 lo_port, __u16 hi_port,
					__u8 protocol)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	key->ends = lo_port | (__u64)hi_port << 16 | (__u64)protocol << 32;
#else
	key->ends = 0;
	key->lo_port = lo_port;
	key->hi_port = hi_port;
	key->protocol = protocol;
#endif
}

/* Fills the key; answers 1 when src is the `hi` end. */
static __always_inline int nv_flow_key_of(struct nv_flow_key *key, const union nv_address *src,
					  __u16 src_port, const union nv_address *dst,
					  __u16 dst_port, __u8 protocol)
{
	bool swap = nv_end_above(src, src_port, dst, dst_port);

	key->lo = swap ? *dst : *src;
	key->hi = swap ? *src : *dst;
	nv_set_ends(key, swap ? dst_port : src_port, swap ? src_port : dst_port, protocol);
	return swap;
}

#endif
