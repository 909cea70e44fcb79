/* SPDX-License-Identifier: GPL-2.0 */
/* How many records may leave in a window of time, and how many stayed behind since the last that did. */
#ifndef NV_BUDGET_H
#define NV_BUDGET_H

#define NV_BUDGET_WINDOW_NS 100000000ULL
/* All of a request/response flow, the first packets of a stream. */
#define NV_BUDGET_FLOW 300

struct nv_budget {
	__u64 window_ns;
	__u32 left;
	__u32 left_out;
};

/* CPUs may race for the last record of a budget: it is a bound on cost, not an account. */
static __always_inline bool nv_spend(struct nv_budget *budget, __u32 records, __u64 now_ns)
{
	if (now_ns - budget->window_ns > NV_BUDGET_WINDOW_NS) {
		budget->window_ns = now_ns;
		budget->left = records;
	}
	if (budget->left == 0) {
		budget->left_out++;
		return false;
	}
	budget->left--;
	return true;
}

static __always_inline __u32 nv_take_left_out(struct nv_budget *budget)
{
	__u32 left_out = budget->left_out;

	budget->left_out = 0;
	return left_out;
}

#endif
