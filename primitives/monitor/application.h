/* SPDX-License-Identifier: GPL-2.0 */
/* Protocols whose payload is read. Ports tell them first, so that all other packets pay for a comparison. */
#ifndef NV_APPLICATION_H
#define NV_APPLICATION_H

#include "dns/dns.h"
#include "quic/quic.h"

/* After nv_account, which fills the rest of the passage. */
static __always_inline void nv_application(struct __sk_buff *skb, struct nv_passage *passage)
{
	if (nv_is_dns(&passage->packet))
		nv_dns(skb, passage);
	else if (nv_may_be_quic(passage))
		nv_quic_packet(skb, passage);
}

#endif
