/** Who owns which address on this host. Only changes become rows. */

export interface Endpoint {
  readonly role: 'pod' | 'host' | 'underlay';
  readonly pod: string;
  readonly ifname: string;
  readonly ifindex: number;
  readonly netns: number;
  readonly address: string;
}

export interface EndpointChange extends Endpoint {
  readonly present: 0 | 1;
}

export class EndpointTable {
  #known = new Map<string, Endpoint>();

  /** Takes what is there now; answers what came and what went. */
  update(endpoints: readonly Endpoint[]): EndpointChange[] {
    const present = new Map(endpoints.map((endpoint) => [keyOf(endpoint), endpoint]));
    const gone = [...this.#known].filter(([key]) => !present.has(key));
    const found = [...present].filter(([key]) => !this.#known.has(key));
    this.#known = present;
    return [
      ...gone.map(([, endpoint]) => ({ ...endpoint, present: 0 as const })),
      ...found.map(([, endpoint]) => ({ ...endpoint, present: 1 as const })),
    ];
  }
}

const keyOf = (endpoint: Endpoint): string => Object.values(endpoint).join(' ');
