/** Who owns which address on this host. Only changes become rows, and now and then what has not changed. */

export interface Endpoint {
  readonly role: 'pod' | 'host' | 'underlay';
  readonly pod: string;
  readonly ifname: string;
  readonly ifindex: number;
  readonly netns: number;
  readonly address: string;
}

export interface EndpointRow extends Endpoint {
  readonly present: 0 | 1;
  /** Found or lost. */
  readonly time_ns: bigint;
}

export class EndpointTable {
  #known = new Map<string, EndpointRow>();

  /** Takes what is there now; answers what came and what went. */
  update(endpoints: readonly Endpoint[], nowNs: bigint): EndpointRow[] {
    const known = this.#known;
    const present = new Map(
      endpoints.map((endpoint) => {
        const key = keyOf(endpoint);
        return [key, known.get(key) ?? { ...endpoint, present: 1 as const, time_ns: nowNs }];
      }),
    );
    const gone = [...known].filter(([key]) => !present.has(key));
    const found = [...present].filter(([key]) => !known.has(key));
    this.#known = present;
    return [
      ...gone.map(([, row]) => ({ ...row, present: 0 as const, time_ns: nowNs })),
      ...found.map(([, row]) => row),
    ];
  }

  /** The rows of all that is there, as they were when it was found. */
  get all(): EndpointRow[] {
    return [...this.#known.values()];
  }
}

const keyOf = ({ role, pod, ifname, ifindex, netns, address }: Endpoint): string =>
  [role, pod, ifname, ifindex, netns, address].join(' ');
