/**
 * Service addresses in front of pods, as kube-proxy makes them: the client's own host translates them (DNAT), in
 * `masquerade` mode the client's address to its own, too.
 */
import type { HostPlan, Plan, PodPlan } from './plan.js';
import { inNamespace } from './shell.js';

export const SERVICE_MODES = ['dnat', 'masquerade'] as const;
export type ServiceMode = (typeof SERVICE_MODES)[number];

/** Ports that pods serve under, 8000 less, at their service's address. */
const BACKEND_PORTS = Array.from({ length: 20 }, (_, index) => 8080 + index);

export const serviceAddress = (pod: PodPlan): string => pod.address.replace('10.244.', '10.96.');

export const servicePort = (backendPort: number): number => backendPort - 8000;

export async function addServices({ hosts }: Plan, mode: ServiceMode): Promise<void> {
  const all = Object.values(hosts);
  const rules = rulesFor(all, mode);
  await Promise.all(
    all.map(({ netns }) => inNamespace(netns, `nft -f - <<'RULES'\n${rules}RULES`)),
  );
}

function rulesFor(hosts: readonly HostPlan[], mode: ServiceMode): string {
  const backends = hosts
    .flatMap(({ pods }) => pods)
    .flatMap((pod) =>
      BACKEND_PORTS.map(
        (port) => `${serviceAddress(pod)} . ${servicePort(port)} : ${pod.address} . ${port}`,
      ),
    );
  return `table ip services {
  map backends {
    type ipv4_addr . inet_service : ipv4_addr . inet_service
    elements = { ${backends.join(',\n')} }
  }
  chain translate {
    type nat hook prerouting priority dstnat;
    dnat to ip daddr . tcp dport map @backends
  }
  chain outgoing {
    type nat hook postrouting priority srcnat;
    ${mode === 'masquerade' ? 'ct status dnat masquerade' : ''}
  }
}
`;
}
