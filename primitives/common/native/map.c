/* Map entries. Sizes are held against the map's own: the kernel trusts the buffers it is given. */
#include <errno.h>
#include <stdlib.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "addon.h"

struct shape {
	int fd;
	size_t key_bytes;
	size_t value_bytes; /* of all CPUs for a per-CPU map */
};

static bool per_cpu(enum bpf_map_type type)
{
	return type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       type == BPF_MAP_TYPE_LRU_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

static bool get_shape(napi_env env, napi_value value, struct shape *out)
{
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);
	int error;

	if (!nv_get_i32(env, value, &out->fd))
		return false;
	error = bpf_obj_get_info_by_fd(out->fd, &info, &size);
	if (error) {
		nv_throw(env, error, "%d is not a map", out->fd);
		return false;
	}
	out->key_bytes = info.key_size;
	out->value_bytes = info.value_size;
	if (per_cpu(info.type))
		out->value_bytes = (size_t)libbpf_num_possible_cpus() * ((info.value_size + 7) & ~7u);
	return true;
}

/* The first two arguments of each call: the map and a key. */
static bool get_key(napi_env env, napi_value *args, struct shape *map, struct nv_bytes *key)
{
	if (!get_shape(env, args[0], map) || !nv_get_bytes(env, args[1], key))
		return false;
	if (key->length == map->key_bytes)
		return true;
	nv_throw(env, EINVAL, "a key of %zu bytes for a map of %zu", key->length, map->key_bytes);
	return false;
}

static napi_value map_lookup(napi_env env, napi_callback_info info)
{
	struct nv_bytes key;
	struct shape map;
	napi_value args[3], result;
	uint32_t size;
	uint8_t *value;
	int error;

	if (!nv_arguments(env, info, 3, args) || !get_key(env, args, &map, &key) ||
	    !nv_get_u32(env, args[2], &size))
		return NULL;
	if (size != map.value_bytes)
		return nv_throw(env, EINVAL, "a value of %u bytes for a map of %zu", size, map.value_bytes);
	value = malloc(size);
	if (!value)
		return nv_throw(env, ENOMEM, "no memory for a value");
	error = bpf_map_lookup_elem(map.fd, key.data, value);
	if (error == -ENOENT)
		result = nv_undefined(env);
	else if (error)
		result = nv_throw(env, error, "cannot look up in map %d", map.fd);
	else
		result = nv_bytes_copy(env, value, size);
	free(value);
	return result;
}

static napi_value map_update(napi_env env, napi_callback_info info)
{
	struct nv_bytes key, value;
	struct shape map;
	napi_value args[3];
	int error;

	if (!nv_arguments(env, info, 3, args) || !get_key(env, args, &map, &key) ||
	    !nv_get_bytes(env, args[2], &value))
		return NULL;
	if (value.length != map.value_bytes)
		return nv_throw(env, EINVAL, "a value of %zu bytes for a map of %zu", value.length,
				map.value_bytes);
	error = bpf_map_update_elem(map.fd, key.data, value.data, BPF_ANY);
	if (error)
		return nv_throw(env, error, "cannot update map %d", map.fd);
	return nv_undefined(env);
}

static napi_value map_delete(napi_env env, napi_callback_info info)
{
	struct nv_bytes key;
	struct shape map;
	napi_value args[2];
	int error;

	if (!nv_arguments(env, info, 2, args) || !get_key(env, args, &map, &key))
		return NULL;
	error = bpf_map_delete_elem(map.fd, key.data);
	if (error && error != -ENOENT)
		return nv_throw(env, error, "cannot delete from map %d", map.fd);
	return nv_bool(env, !error);
}

struct batch {
	struct shape map;
	struct nv_bytes keys;
	struct nv_bytes values;
	uint32_t capacity;
	uint32_t filled;
	bool truncated;
};

/* Answers 0 or a negative errno. A bucket that does not fit any more (ENOSPC) ends the batch. */
static int lookup_all(struct batch *b)
{
	uint64_t cursor[64]; /* the kernel writes a bucket number, or a whole key for other map types */
	void *position = NULL;

	while (b->filled < b->capacity) {
		uint32_t count = b->capacity - b->filled;
		int error = bpf_map_lookup_batch(b->map.fd, position, cursor,
						 b->keys.data + b->filled * b->map.key_bytes,
						 b->values.data + b->filled * b->map.value_bytes, &count,
						 NULL);

		if (error && error != -ENOENT && error != -ENOSPC)
			return error;
		if (error == -ENOSPC)
			break;
		b->filled += count;
		if (error == -ENOENT)
			return 0;
		position = cursor;
	}
	b->truncated = true;
	return 0;
}

static napi_value map_lookup_batch(napi_env env, napi_callback_info info)
{
	struct batch batch = {};
	napi_value args[3], result;
	size_t fit;
	int error;

	if (!nv_arguments(env, info, 3, args) || !get_shape(env, args[0], &batch.map) ||
	    !nv_get_bytes(env, args[1], &batch.keys) || !nv_get_bytes(env, args[2], &batch.values))
		return NULL;
	if (batch.map.key_bytes > 512)
		return nv_throw(env, EINVAL, "keys of %zu bytes", batch.map.key_bytes);
	batch.capacity = batch.keys.length / batch.map.key_bytes;
	fit = batch.values.length / batch.map.value_bytes;
	if (fit < batch.capacity)
		batch.capacity = fit;
	error = lookup_all(&batch);
	if (error)
		return nv_throw(env, error, "cannot read map %d in batches", batch.map.fd);
	napi_create_object(env, &result);
	nv_set(env, result, "count", nv_u32(env, batch.filled));
	nv_set(env, result, "truncated", nv_bool(env, batch.truncated));
	return result;
}

void nv_map_exports(napi_env env, napi_value exports)
{
	nv_export(env, exports, "mapLookup", map_lookup);
	nv_export(env, exports, "mapUpdate", map_update);
	nv_export(env, exports, "mapDelete", map_delete);
	nv_export(env, exports, "mapLookupBatch", map_lookup_batch);
}
