/** What is compared: one line each. Everything stands at both hosts, as it would be deployed. */
import { openObject, openPaper } from '../harness/programs.js';
import { openCapture } from './capture.js';
import { openHostInt } from './host-int.js';
import type { Hosts } from './hosts.js';
import { openNetverdict } from './netverdict.js';
import type { Opened } from './opened.js';
import { openPrograms } from './programs.js';

/** As the paper's Figure 2 has it, per cent of native. */
export interface Published {
  readonly throughput: number;
  readonly cpu: number;
}

export interface Contender {
  readonly name: string;
  readonly about: string;
  /** The kernel can say what its programs cost a packet. */
  readonly programs: boolean;
  readonly published?: Published;
  open(hosts: Hosts, flows: number): Opened | Promise<Opened>;
}

export const NATIVE = 'native';
export const EMPTY = 'empty';
export const MONITOR = 'monitor';
export const PAPER = 'paper';
export const HOST_INT = 'host-INT';

export const CONTENDERS: readonly Contender[] = [
  {
    name: EMPTY,
    about: 'a TC program that returns',
    programs: true,
    open: (hosts) => openPrograms(hosts, () => openObject('empty')),
  },
  {
    name: MONITOR,
    about: 'netverdict’s monitor, swept and encoded as the agent does it',
    programs: true,
    open: (hosts) => openNetverdict(hosts, 0),
  },
  {
    name: 'armed, 1 flow',
    about: 'the same, and the tracer armed for one of the flows',
    programs: true,
    open: (hosts) => openNetverdict(hosts, 1),
  },
  {
    name: 'armed, 10 flows',
    about: 'the same for ten',
    programs: true,
    open: (hosts) => openNetverdict(hosts, 10),
  },
  {
    name: PAPER,
    about: 'the paper’s design: an LRU map on flow and sequence',
    programs: true,
    published: { throughput: 0, cpu: 2.69 },
    open: (hosts, flows) => openPrograms(hosts, () => openPaper(flows)),
  },
  {
    name: HOST_INT,
    about:
      'host-INT’s way: a record a packet through a ring buffer, the RTT computed in user space',
    programs: true,
    published: { throughput: -10, cpu: 9.16 },
    open: openHostInt,
  },
  {
    name: 'tcptrace, headers',
    about: 'tcpdump of the first 96 bytes of each packet, piped into tcptrace',
    programs: false,
    open: (hosts) => openCapture(hosts, 96),
  },
  {
    name: 'tcptrace, full',
    about: 'tcpdump of whole packets, piped into tcptrace',
    programs: false,
    published: { throughput: -20, cpu: 53.15 },
    open: (hosts) => openCapture(hosts, 262_144),
  },
];
