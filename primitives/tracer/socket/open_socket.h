/* SPDX-License-Identifier: GPL-2.0 */
/* The socket behind an open file, for the iterators over all files. */
#ifndef NV_TRACER_OPEN_SOCKET_H
#define NV_TRACER_OPEN_SOCKET_H

#include "tracer/socket/socket_probe.h"

#define NV_S_IFMT 0170000
#define NV_S_IFSOCK 0140000

static __always_inline struct sock *nv_open_socket(struct task_struct *task, struct file *file)
{
	struct socket *socket;

	/* Threads share their files: the first speaks for all. */
	if (!task || !file || task->pid != task->tgid)
		return NULL;
	if ((BPF_CORE_READ(file, f_inode, i_mode) & NV_S_IFMT) != NV_S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

#endif
