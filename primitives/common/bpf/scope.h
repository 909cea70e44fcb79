/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What belongs to this host. Tracepoints fire for every namespace and CPU of the kernel; several hosts may share
 * one kernel (each with an agent of its own), and in a cluster nothing of another host can be seen.
 */
#ifndef NV_SCOPE_H
#define NV_SCOPE_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define NV_MAX_CPUS 1024

/* Inodes of the host's namespace and of its pods'. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u8);
} nv_netns SEC(".maps");

/* Bitmap of the CPUs that serve the host. */
const volatile __u64 nv_cpus[NV_MAX_CPUS / 64];

static __always_inline int nv_netns_in_scope(__u32 inode)
{
	return bpf_map_lookup_elem(&nv_netns, &inode) != NULL;
}

static __always_inline int nv_cpu_in_scope(__u32 cpu)
{
	if (cpu >= NV_MAX_CPUS)
		return 0;
	return (nv_cpus[cpu / 64] >> (cpu % 64)) & 1;
}

static __always_inline __u32 nv_netns_of_socket(struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
}

#endif
