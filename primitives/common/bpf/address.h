/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* IP addresses of both families as 16 bytes in network order, IPv4 as ::ffff:a.b.c.d. */
#ifndef NV_ADDRESS_H
#define NV_ADDRESS_H

#include <bpf/bpf_endian.h>

union nv_address {
	__u8 bytes[16];
	__u32 words[4];
	__u64 halves[2];
};

/* In halves, as keys are read: a load has to wait for the narrower stores before it. */
static __always_inline void nv_address_v4(union nv_address *to, __be32 v4)
{
	to->halves[0] = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	to->halves[1] = (__u64)v4 << 32 | bpf_htonl(0xffff);
#else
	to->halves[1] = (__u64)bpf_htonl(0xffff) << 32 | v4;
#endif
}

#endif
