#include <errno.h>
#include <stdlib.h>

#include "addon.h"

struct handle {
	struct handle *next;
	uint32_t id;
	enum nv_kind kind;
	void *pointer;
};

/* One table per environment: a worker thread never sees the handles of another. */
struct table {
	struct handle *first;
	uint32_t last_id;
};

static void release(napi_env env, enum nv_kind kind, void *pointer)
{
	switch (kind) {
	case NV_OBJECT:
		nv_object_release(pointer);
		break;
	case NV_LINK:
		nv_link_release(pointer);
		break;
	case NV_RING:
		nv_ring_release(env, pointer);
		break;
	}
}

static void close_all(void *data)
{
	struct table *table = data;

	while (table->first) {
		struct handle *handle = table->first;

		table->first = handle->next;
		release(NULL, handle->kind, handle->pointer);
		free(handle);
	}
	free(table);
}

bool nv_handles_init(napi_env env)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return false;
	if (napi_set_instance_data(env, table, NULL, NULL) != napi_ok ||
	    napi_add_env_cleanup_hook(env, close_all, table) != napi_ok) {
		free(table);
		return false;
	}
	return true;
}

static struct table *table_of(napi_env env)
{
	void *table = NULL;

	napi_get_instance_data(env, &table);
	return table;
}

napi_value nv_handle_new(napi_env env, enum nv_kind kind, void *pointer)
{
	struct table *table = table_of(env);
	struct handle *handle = malloc(sizeof(*handle));

	if (!handle) {
		release(env, kind, pointer);
		return nv_throw(env, ENOMEM, "no memory for a handle");
	}
	*handle = (struct handle){
		.next = table->first,
		.id = ++table->last_id,
		.kind = kind,
		.pointer = pointer,
	};
	table->first = handle;
	return nv_u32(env, handle->id);
}

static struct handle **find(napi_env env, napi_value value, enum nv_kind kind)
{
	static const char *const names[] = { "object", "link", "ring" };
	struct handle **place;
	uint32_t id;

	if (!nv_get_u32(env, value, &id))
		return NULL;
	for (place = &table_of(env)->first; *place; place = &(*place)->next)
		if ((*place)->id == id && (*place)->kind == kind)
			return place;
	nv_throw(env, EBADF, "%s %u is closed or never was", names[kind], id);
	return NULL;
}

void *nv_handle_get(napi_env env, napi_value id, enum nv_kind kind)
{
	struct handle **place = find(env, id, kind);

	return place ? (*place)->pointer : NULL;
}

void *nv_handle_take(napi_env env, napi_value id, enum nv_kind kind)
{
	struct handle **place = find(env, id, kind);
	struct handle *handle;
	void *pointer;

	if (!place)
		return NULL;
	handle = *place;
	pointer = handle->pointer;
	*place = handle->next;
	free(handle);
	return pointer;
}
