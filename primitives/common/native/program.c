/* Programs by file descriptor: test runs, statistics, iterators, and what the kernel supports. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "addon.h"

/* What a program may add in front of a packet. */
#define HEADROOM 256

static napi_value run_result(napi_env env, const struct bpf_test_run_opts *run)
{
	napi_value result;

	napi_create_object(env, &result);
	nv_set(env, result, "retval", nv_i32(env, run->retval));
	nv_set(env, result, "durationNs", nv_u32(env, run->duration));
	nv_set(env, result, "dataOut", nv_bytes_copy(env, run->data_out, run->data_size_out));
	return result;
}

/* The optional last argument: a struct __sk_buff. */
static bool get_context(napi_env env, napi_value value, struct nv_bytes *out)
{
	napi_valuetype type;

	napi_typeof(env, value, &type);
	return type == napi_undefined || nv_get_bytes(env, value, out);
}

static napi_value program_test_run(napi_env env, napi_callback_info info)
{
	LIBBPF_OPTS(bpf_test_run_opts, run);
	struct nv_bytes data, context = {};
	size_t given = 4;
	napi_value args[4], result;
	int32_t program;
	uint32_t repeat;
	int error;

	napi_get_cb_info(env, info, &given, args, NULL, NULL); /* what is not given is undefined */
	if (!nv_get_i32(env, args[0], &program) || !nv_get_bytes(env, args[1], &data) ||
	    !nv_get_u32(env, args[2], &repeat) || !get_context(env, args[3], &context))
		return NULL;
	run.ctx_in = context.data;
	run.ctx_size_in = context.length;
	run.data_in = data.data;
	run.data_size_in = data.length;
	run.data_size_out = data.length + HEADROOM;
	run.data_out = malloc(run.data_size_out);
	run.repeat = repeat;
	if (!run.data_out)
		return nv_throw(env, ENOMEM, "no memory for a test run");
	error = bpf_prog_test_run_opts(program, &run);
	result = error ? nv_throw(env, error, "cannot test-run program %d", program) :
			 run_result(env, &run);
	free(run.data_out);
	return result;
}

static napi_value program_info(napi_env env, napi_callback_info info)
{
	struct bpf_prog_info found = {};
	uint32_t size = sizeof(found);
	napi_value args[1], result;
	int32_t program;
	int error;

	if (!nv_arguments(env, info, 1, args) || !nv_get_i32(env, args[0], &program))
		return NULL;
	error = bpf_obj_get_info_by_fd(program, &found, &size);
	if (error)
		return nv_throw(env, error, "no information on program %d", program);
	napi_create_object(env, &result);
	nv_set(env, result, "id", nv_u32(env, found.id));
	nv_set(env, result, "name", nv_string(env, found.name));
	nv_set(env, result, "runTimeNs", nv_u64(env, found.run_time_ns));
	nv_set(env, result, "runCount", nv_u64(env, found.run_cnt));
	return result;
}

static napi_value program_open(napi_env env, napi_callback_info info)
{
	napi_value args[1];
	uint32_t id;
	int program;

	if (!nv_arguments(env, info, 1, args) || !nv_get_u32(env, args[0], &id))
		return NULL;
	program = bpf_prog_get_fd_by_id(id);
	if (program < 0)
		return nv_throw(env, program, "no program has the id %u", id);
	return nv_i32(env, program);
}

static napi_value enable_statistics(napi_env env, napi_callback_info info)
{
	int statistics = bpf_enable_stats(BPF_STATS_RUN_TIME);

	(void)info;
	if (statistics < 0)
		return nv_throw(env, statistics, "cannot switch the statistics of programs on");
	return nv_i32(env, statistics);
}

/* An open iterator, or a negative errno. */
static int open_iterator(int program)
{
	int link = bpf_link_create(program, 0, BPF_TRACE_ITER, NULL);
	int iterator;

	if (link < 0)
		return link;
	iterator = bpf_iter_create(link);
	close(link);
	return iterator;
}

static napi_value iterator_open(napi_env env, napi_callback_info info)
{
	napi_value args[1];
	int32_t program;
	int iterator;

	if (!nv_arguments(env, info, 1, args) || !nv_get_i32(env, args[0], &program))
		return NULL;
	iterator = open_iterator(program);
	if (iterator < 0)
		return nv_throw(env, iterator, "cannot open an iterator of program %d", program);
	return nv_i32(env, iterator);
}

static napi_value iterator_read(napi_env env, napi_callback_info info)
{
	napi_value args[2];
	struct nv_bytes into;
	int32_t iterator;
	ssize_t got;

	if (!nv_arguments(env, info, 2, args) || !nv_get_i32(env, args[0], &iterator) ||
	    !nv_get_bytes(env, args[1], &into))
		return NULL;
	do {
		got = read(iterator, into.data, into.length);
	} while (got < 0 && (errno == EINTR || errno == EAGAIN));
	if (got < 0)
		return nv_throw(env, -errno, "cannot read the iterator %d", iterator);
	return nv_i32(env, got);
}

static napi_value supports(napi_env env, napi_callback_info info, bool program)
{
	napi_value args[1];
	uint32_t type;
	int answer;

	if (!nv_arguments(env, info, 1, args) || !nv_get_u32(env, args[0], &type))
		return NULL;
	nv_log_reset();
	answer = program ? libbpf_probe_bpf_prog_type(type, NULL) : libbpf_probe_bpf_map_type(type, NULL);
	if (answer < 0)
		return nv_throw(env, answer, "cannot probe %s type %u", program ? "program" : "map", type);
	return nv_bool(env, answer);
}

static napi_value supports_program_type(napi_env env, napi_callback_info info)
{
	return supports(env, info, true);
}

static napi_value supports_map_type(napi_env env, napi_callback_info info)
{
	return supports(env, info, false);
}

void nv_program_exports(napi_env env, napi_value exports)
{
	nv_export(env, exports, "programTestRun", program_test_run);
	nv_export(env, exports, "programInfo", program_info);
	nv_export(env, exports, "programOpen", program_open);
	nv_export(env, exports, "enableStatistics", enable_statistics);
	nv_export(env, exports, "iteratorOpen", iterator_open);
	nv_export(env, exports, "iteratorRead", iterator_read);
	nv_export(env, exports, "supportsProgramType", supports_program_type);
	nv_export(env, exports, "supportsMapType", supports_map_type);
}
