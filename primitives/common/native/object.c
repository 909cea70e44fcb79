/* Opening, configuring, loading and listing an eBPF object. */
#include <errno.h>
#include <limits.h>

#include <bpf/libbpf.h>

#include "addon.h"

#define NAME_SIZE 128

void nv_object_release(void *object)
{
	bpf_object__close(object);
}

static napi_value object_open(napi_env env, napi_callback_info info)
{
	struct bpf_object *object;
	char path[PATH_MAX];
	napi_value args[1];

	if (!nv_arguments(env, info, 1, args) || !nv_get_string(env, args[0], path, sizeof(path)))
		return NULL;
	nv_log_reset();
	object = bpf_object__open_file(path, NULL);
	if (!object)
		return nv_throw(env, errno, "cannot open %s", path);
	return nv_handle_new(env, NV_OBJECT, object);
}

static napi_value object_set_max_entries(napi_env env, napi_callback_info info)
{
	struct bpf_object *object;
	char name[NAME_SIZE];
	struct bpf_map *map;
	napi_value args[3];
	uint32_t entries;
	int error;

	if (!nv_arguments(env, info, 3, args) ||
	    !(object = nv_handle_get(env, args[0], NV_OBJECT)) ||
	    !nv_get_string(env, args[1], name, sizeof(name)) || !nv_get_u32(env, args[2], &entries))
		return NULL;
	map = bpf_object__find_map_by_name(object, name);
	if (!map)
		return nv_throw(env, ENOENT, "no map \"%s\"", name);
	error = bpf_map__set_max_entries(map, entries);
	if (error)
		return nv_throw(env, error, "cannot set max_entries of \"%s\" to %u", name, entries);
	return nv_undefined(env);
}

static napi_value object_set_autoload(napi_env env, napi_callback_info info)
{
	struct bpf_program *program;
	struct bpf_object *object;
	char name[NAME_SIZE];
	napi_value args[3];
	bool autoload;
	int error;

	if (!nv_arguments(env, info, 3, args) ||
	    !(object = nv_handle_get(env, args[0], NV_OBJECT)) ||
	    !nv_get_string(env, args[1], name, sizeof(name)) || !nv_get_bool(env, args[2], &autoload))
		return NULL;
	program = bpf_object__find_program_by_name(object, name);
	if (!program)
		return nv_throw(env, ENOENT, "no program \"%s\"", name);
	error = bpf_program__set_autoload(program, autoload);
	if (error)
		return nv_throw(env, error, "cannot set autoload of \"%s\"", name);
	return nv_undefined(env);
}

static napi_value object_load(napi_env env, napi_callback_info info)
{
	struct bpf_object *object;
	napi_value args[1];
	int error;

	if (!nv_arguments(env, info, 1, args) || !(object = nv_handle_get(env, args[0], NV_OBJECT)))
		return NULL;
	nv_log_reset();
	error = bpf_object__load(object);
	if (error)
		return nv_throw(env, error, "cannot load \"%s\"", bpf_object__name(object));
	return nv_undefined(env);
}

static napi_value describe_map(napi_env env, const struct bpf_map *map)
{
	napi_value entry;

	napi_create_object(env, &entry);
	nv_set(env, entry, "name", nv_string(env, bpf_map__name(map)));
	nv_set(env, entry, "fd", nv_i32(env, bpf_map__fd(map)));
	nv_set(env, entry, "keySize", nv_u32(env, bpf_map__key_size(map)));
	nv_set(env, entry, "valueSize", nv_u32(env, bpf_map__value_size(map)));
	nv_set(env, entry, "maxEntries", nv_u32(env, bpf_map__max_entries(map)));
	return entry;
}

static napi_value object_maps(napi_env env, napi_callback_info info)
{
	struct bpf_object *object;
	napi_value args[1], list;
	struct bpf_map *map;
	uint32_t count = 0;

	if (!nv_arguments(env, info, 1, args) || !(object = nv_handle_get(env, args[0], NV_OBJECT)))
		return NULL;
	napi_create_array(env, &list);
	bpf_object__for_each_map(map, object)
		napi_set_element(env, list, count++, describe_map(env, map));
	return list;
}

static napi_value describe_program(napi_env env, const struct bpf_program *program)
{
	int fd = bpf_program__fd(program);
	napi_value entry;

	napi_create_object(env, &entry);
	nv_set(env, entry, "name", nv_string(env, bpf_program__name(program)));
	nv_set(env, entry, "fd", nv_i32(env, fd < 0 ? -1 : fd));
	nv_set(env, entry, "section", nv_string(env, bpf_program__section_name(program)));
	return entry;
}

static napi_value object_programs(napi_env env, napi_callback_info info)
{
	struct bpf_program *program;
	struct bpf_object *object;
	napi_value args[1], list;
	uint32_t count = 0;

	if (!nv_arguments(env, info, 1, args) || !(object = nv_handle_get(env, args[0], NV_OBJECT)))
		return NULL;
	napi_create_array(env, &list);
	bpf_object__for_each_program(program, object)
		napi_set_element(env, list, count++, describe_program(env, program));
	return list;
}

static napi_value object_close(napi_env env, napi_callback_info info)
{
	struct bpf_object *object;
	napi_value args[1];

	if (!nv_arguments(env, info, 1, args) || !(object = nv_handle_take(env, args[0], NV_OBJECT)))
		return NULL;
	nv_object_release(object);
	return nv_undefined(env);
}

void nv_object_exports(napi_env env, napi_value exports)
{
	nv_export(env, exports, "objectOpen", object_open);
	nv_export(env, exports, "objectSetMaxEntries", object_set_max_entries);
	nv_export(env, exports, "objectSetAutoload", object_set_autoload);
	nv_export(env, exports, "objectLoad", object_load);
	nv_export(env, exports, "objectMaps", object_maps);
	nv_export(env, exports, "objectPrograms", object_programs);
	nv_export(env, exports, "objectClose", object_close);
}
