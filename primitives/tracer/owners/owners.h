/* SPDX-License-Identifier: GPL-2.0 */
/* Which process holds which socket: an iterator over all open files, read when asked, attached to nothing. */
#ifndef NV_TRACER_OWNERS_H
#define NV_TRACER_OWNERS_H

#include "tracer/socket/socket_probe.h"

#define NV_S_IFMT 0170000
#define NV_S_IFSOCK 0140000

SEC("iter/task_file")
int nv_socket_owners(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct nv_socket_owner owner = {};
	struct socket *socket;
	struct nv_ends ends;
	struct sock *sk;

	/* Threads share their files: the first speaks for all. */
	if (!task || !file || task->pid != task->tgid)
		return 0;
	if ((BPF_CORE_READ(file, f_inode, i_mode) & NV_S_IFMT) != NV_S_IFSOCK)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	if (!sk || nv_ends_of_socket(sk, &ends) < 0)
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
