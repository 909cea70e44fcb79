/* SPDX-License-Identifier: GPL-2.0 */
/* How many records may leave in a window of time. */
#ifndef NV_BUDGET_H
#define NV_BUDGET_H

#define NV_BUDGET_WINDOW_NS 100000000ULL

struct nv_budget {
	__u64 window_ns;
	__u32 left;
	__u32 pad;
};

/*
 * `reserve` of the `records` stays for those who ask with a smaller reserve. CPUs may race for the last record of a
 * budget: it is a bound on cost, not an account.
 */
static __always_inline bool nv_spend_above(struct nv_budget *budget, __u32 records, __u32 reserve,
					   __u64 now_ns)
{
	if (now_ns - budget->window_ns > NV_BUDGET_WINDOW_NS) {
		budget->window_ns = now_ns;
		budget->left = records;
	}
	if (budget->left <= reserve)
		return false;
	budget->left--;
	return true;
}

static __always_inline bool nv_spend(struct nv_budget *budget, __u32 records, __u64 now_ns)
{
	return nv_spend_above(budget, records, 0, now_ns);
}

#endif
