/*
 * TCX (Linux 6.6) by plain bpf(2): libbpf 1.1 has no wrapper and Debian 12's <linux/bpf.h> none of the names.
 */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "link.h"

#define TCX_INGRESS 46 /* BPF_TCX_INGRESS */
#define TCX_EGRESS 47 /* BPF_TCX_EGRESS */
#define F_BEFORE (1u << 3) /* BPF_F_BEFORE; with no relative program: in front of all */
#define MAX_PROGRAMS 64 /* BPF_MPROG_MAX */

/* union bpf_attr, link_create.tcx */
struct tcx_create {
	uint32_t prog_fd;
	uint32_t target_ifindex;
	uint32_t attach_type;
	uint32_t flags;
	uint32_t relative_fd;
	uint32_t reserved;
	uint64_t expected_revision;
};

/* union bpf_attr, query, as far as `revision`, which the kernel writes */
struct tcx_query {
	uint32_t target_ifindex;
	uint32_t attach_type;
	uint32_t query_flags;
	uint32_t attach_flags;
	uint64_t prog_ids;
	uint32_t count;
	uint32_t reserved;
	uint64_t prog_attach_flags;
	uint64_t link_ids;
	uint64_t link_attach_flags;
	uint64_t revision;
};

static int attach_type(bool egress)
{
	return egress ? TCX_EGRESS : TCX_INGRESS;
}

static napi_value attach_tcx(napi_env env, napi_callback_info info)
{
	struct nv_attach_arguments a;
	struct nv_netns_visit visit;
	struct tcx_create attr;
	int fd, error;

	if (!nv_attach_arguments(env, info, &a) ||
	    !nv_enter_device(env, a.netns, a.ifindex, a.ifname, &visit))
		return NULL;
	attr = (struct tcx_create){
		.prog_fd = a.program,
		.target_ifindex = a.ifindex,
		.attach_type = attach_type(a.egress),
		.flags = F_BEFORE,
	};
	fd = syscall(__NR_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
	error = errno;
	nv_netns_leave(&visit);
	if (fd < 0)
		return nv_throw(env, error, "cannot attach to \"%s\" (tcx %s)", a.ifname,
				a.egress ? "egress" : "ingress");
	return nv_link_from_fd(env, fd);
}

static napi_value query_tcx(napi_env env, napi_callback_info info)
{
	struct nv_netns_visit visit;
	uint32_t ids[MAX_PROGRAMS], i;
	int32_t netns, ifindex;
	struct tcx_query attr;
	napi_value args[3], list;
	bool egress;
	int error;

	if (!nv_arguments(env, info, 3, args) || !nv_get_i32(env, args[0], &netns) ||
	    !nv_get_i32(env, args[1], &ifindex) || !nv_get_bool(env, args[2], &egress))
		return NULL;
	error = nv_netns_enter(netns, &visit);
	if (error)
		return nv_throw(env, error, "cannot enter the namespace of interface %d", ifindex);
	attr = (struct tcx_query){
		.target_ifindex = ifindex,
		.attach_type = attach_type(egress),
		.prog_ids = (uintptr_t)ids,
		.count = MAX_PROGRAMS,
	};
	error = syscall(__NR_bpf, BPF_PROG_QUERY, &attr, sizeof(attr)) ? errno : 0;
	nv_netns_leave(&visit);
	if (error)
		return nv_throw(env, error, "cannot query tcx of interface %d", ifindex);
	napi_create_array(env, &list);
	for (i = 0; i < attr.count; i++)
		napi_set_element(env, list, i, nv_u32(env, ids[i]));
	return list;
}

/* A program of anybody's, by an id that queryTcx answered. */
static napi_value program_name(napi_env env, napi_callback_info info)
{
	struct bpf_prog_info found = {};
	uint32_t id, size = sizeof(found);
	napi_value args[1];
	int fd, error;

	if (!nv_arguments(env, info, 1, args) || !nv_get_u32(env, args[0], &id))
		return NULL;
	fd = bpf_prog_get_fd_by_id(id);
	if (fd == -ENOENT)
		return nv_undefined(env);
	if (fd < 0)
		return nv_throw(env, fd, "cannot open program %u", id);
	error = bpf_obj_get_info_by_fd(fd, &found, &size);
	close(fd);
	if (error)
		return nv_throw(env, error, "no information on program %u", id);
	return nv_string(env, found.name);
}

void nv_tcx_exports(napi_env env, napi_value exports)
{
	nv_export(env, exports, "attachTcx", attach_tcx);
	nv_export(env, exports, "queryTcx", query_tcx);
	nv_export(env, exports, "programName", program_name);
}
