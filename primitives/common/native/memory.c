/* Arrays mapped into JavaScript (BPF_F_MMAPABLE): read and written without a system call. */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "addon.h"

static void unmap(napi_env env, void *memory, void *size)
{
	(void)env;
	munmap(memory, (size_t)(uintptr_t)size);
}

static size_t mapped_size(const struct bpf_map_info *map)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t bytes = (size_t)((map->value_size + 7) & ~7u) * map->max_entries;

	return (bytes + page - 1) & ~(page - 1);
}

static napi_value map_memory(napi_env env, napi_callback_info info)
{
	struct bpf_map_info map = {};
	uint32_t info_size = sizeof(map);
	napi_value args[1], value;
	void *memory;
	size_t size;
	int32_t fd;
	int error;

	if (!nv_arguments(env, info, 1, args) || !nv_get_i32(env, args[0], &fd))
		return NULL;
	error = bpf_obj_get_info_by_fd(fd, &map, &info_size);
	if (error)
		return nv_throw(env, error, "%d is not a map", fd);
	size = mapped_size(&map);
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return nv_throw(env, errno, "cannot map the %zu bytes of map \"%s\"", size, map.name);
	if (napi_create_external_arraybuffer(env, memory, size, unmap, (void *)(uintptr_t)size, &value) != napi_ok) {
		munmap(memory, size);
		return nv_throw(env, ENOMEM, "no memory for a view of map \"%s\"", map.name);
	}
	return value;
}

/* The views become empty at once; the memory goes when the last of them has been collected. */
static napi_value memory_release(napi_env env, napi_callback_info info)
{
	napi_value args[1];

	if (!nv_arguments(env, info, 1, args))
		return NULL;
	if (napi_detach_arraybuffer(env, args[0]) != napi_ok)
		return nv_throw(env, EINVAL, "not the memory of a map");
	return nv_undefined(env);
}

void nv_memory_exports(napi_env env, napi_value exports)
{
	nv_export(env, exports, "mapMemory", map_memory);
	nv_export(env, exports, "memoryRelease", memory_release);
}
