/* SPDX-License-Identifier: GPL-2.0 */
/* Which process holds which socket: an iterator over all open files, read when asked, attached to nothing. */
#ifndef NV_TRACER_OWNERS_H
#define NV_TRACER_OWNERS_H

#include "tracer/socket/open_socket.h"

SEC("iter/task_file")
int nv_socket_owners(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct sock *sk = nv_open_socket(task, ctx->file);
	struct nv_socket_owner owner = {};
	struct nv_ends ends;

	if (!task || !sk || nv_ends_of_socket(sk, &ends) < 0)
		return 0;
	owner.netns = nv_netns_of_socket(sk);
	if (!nv_netns_in_scope(owner.netns))
		return 0;
	__builtin_memcpy(owner.src, &ends.src, sizeof(owner.src));
	__builtin_memcpy(owner.dst, &ends.dst, sizeof(owner.dst));
	owner.src_port = ends.src_port;
	owner.dst_port = ends.dst_port;
	owner.protocol = ends.protocol;
	owner.tcp_state = BPF_CORE_READ(sk, __sk_common.skc_state);
	owner.tgid = task->tgid;
	owner.uid = BPF_CORE_READ(task, cred, uid.val);
	BPF_CORE_READ_STR_INTO(&owner.comm, task, comm);
	bpf_seq_write(ctx->meta->seq, &owner, sizeof(owner));
	return 0;
}

#endif
