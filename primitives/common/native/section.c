/* Global variables of an object: their places, and the bytes of their sections. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "addon.h"

#define NAME_SIZE 128

/* libbpf finds the maps of sections by their real names (`.rodata`). */
static struct bpf_map *find_section(napi_env env, napi_value *args)
{
	struct bpf_object *object = nv_handle_get(env, args[0], NV_OBJECT);
	char name[NAME_SIZE];
	struct bpf_map *map;

	if (!object || !nv_get_string(env, args[1], name, sizeof(name)))
		return NULL;
	map = bpf_object__find_map_by_name(object, name);
	if (!map)
		nv_throw(env, ENOENT, "no section \"%s\"", name);
	return map;
}

static napi_value object_set_section(napi_env env, napi_callback_info info)
{
	struct nv_bytes bytes;
	struct bpf_map *map;
	napi_value args[3];
	int error;

	if (!nv_arguments(env, info, 3, args) || !(map = find_section(env, args)) ||
	    !nv_get_bytes(env, args[2], &bytes))
		return NULL;
	error = bpf_map__set_initial_value(map, bytes.data, bytes.length);
	if (error)
		return nv_throw(env, error, "cannot set the %zu bytes of \"%s\"", bytes.length,
				bpf_map__name(map));
	return nv_undefined(env);
}

/* libbpf keeps the initial bytes only; once loaded, the map has the present ones as its one entry. */
static napi_value present_bytes(napi_env env, const struct bpf_map *map)
{
	uint32_t size = bpf_map__value_size(map), key = 0;
	void *bytes = malloc(size);
	napi_value result;
	int error;

	if (!bytes)
		return nv_throw(env, ENOMEM, "no memory for a section");
	error = bpf_map_lookup_elem(bpf_map__fd(map), &key, bytes);
	result = error ? nv_throw(env, error, "cannot read \"%s\"", bpf_map__name(map)) :
			 nv_bytes_copy(env, bytes, size);
	free(bytes);
	return result;
}

static napi_value object_get_section(napi_env env, napi_callback_info info)
{
	struct bpf_map *map;
	napi_value args[2];
	const void *bytes;
	size_t length;

	if (!nv_arguments(env, info, 2, args) || !(map = find_section(env, args)))
		return NULL;
	if (!bpf_map__is_internal(map))
		return nv_throw(env, EINVAL, "\"%s\" is not a section", bpf_map__name(map));
	if (bpf_map__fd(map) >= 0)
		return present_bytes(env, map);
	bytes = bpf_map__initial_value(map, &length);
	return nv_bytes_copy(env, bytes, bytes ? length : 0);
}

static const struct btf_var_secinfo *find_in(const struct btf *btf, const struct btf_type *section,
					     const char *name)
{
	const struct btf_var_secinfo *variable = btf_var_secinfos(section);
	int i;

	for (i = 0; i < btf_vlen(section); i++, variable++) {
		const struct btf_type *type = btf__type_by_id(btf, variable->type);

		if (btf_is_var(type) && !strcmp(btf__name_by_offset(btf, type->name_off), name))
			return variable;
	}
	return NULL;
}

static napi_value describe(napi_env env, const char *section, const struct btf_var_secinfo *place)
{
	napi_value value;

	napi_create_object(env, &value);
	nv_set(env, value, "section", nv_string(env, section));
	nv_set(env, value, "offset", nv_u32(env, place->offset));
	nv_set(env, value, "size", nv_u32(env, place->size));
	return value;
}

static napi_value object_variable(napi_env env, napi_callback_info info)
{
	struct bpf_object *object;
	const struct btf *btf;
	char name[NAME_SIZE];
	napi_value args[2];
	uint32_t id;

	if (!nv_arguments(env, info, 2, args) ||
	    !(object = nv_handle_get(env, args[0], NV_OBJECT)) ||
	    !nv_get_string(env, args[1], name, sizeof(name)))
		return NULL;
	btf = bpf_object__btf(object);
	for (id = 1; btf && id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const struct btf_var_secinfo *place;

		place = btf_is_datasec(type) ? find_in(btf, type, name) : NULL;
		if (place)
			return describe(env, btf__name_by_offset(btf, type->name_off), place);
	}
	return nv_throw(env, ENOENT, "no variable \"%s\"", name);
}

void nv_section_exports(napi_env env, napi_value exports)
{
	nv_export(env, exports, "objectSetSection", object_set_section);
	nv_export(env, exports, "objectGetSection", object_get_section);
	nv_export(env, exports, "objectVariable", object_variable);
}
