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

static __always_inline void nv_address_v4(union nv_address *to, __be32 v4)
{
	to->halves[0] = 0;
	to->words[2] = bpf_htonl(0xffff);
	to->words[3] = v4;
}

#endif
