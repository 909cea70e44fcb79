/** What is compared: one line each. Every one of them is opened once and attached in turn. */
import {
  openMonitor,
  openNothing,
  openObject,
  type Opened,
  openPaper,
} from '../harness/programs.js';

export interface Contender {
  readonly name: string;
  readonly about: string;
  /** Held against the targets. */
  readonly judged: boolean;
  /** Left out of the other: what a packet costs, or what throughput and latency become. */
  readonly only?: 'costs' | 'rates';
  /** @param flows how many will live at once. Tables get twice the room, and never less than by default. */
  open(flows: number): Opened;
}

export const BASELINE = 'empty';
export const NOISE = 'empty again';
export const PAPER = 'paper';

export const CONTENDERS: readonly Contender[] = [
  { name: 'none', about: 'no program', judged: false, only: 'rates', open: openNothing },
  {
    name: BASELINE,
    about: 'a program that returns',
    judged: false,
    open: () => openObject('empty'),
  },
  { name: NOISE, about: 'the same: the noise', judged: false, open: () => openObject('empty') },
  {
    name: 'parser',
    about: 'the parser alone: what reading a packet costs, which no design avoids',
    judged: false,
    only: 'costs',
    open: () => openObject('parser'),
  },
  { name: PAPER, about: 'the paper’s design', judged: false, open: openPaper },
  {
    name: 'monitor',
    about: 'as an uplink',
    judged: true,
    open: (flows) => openMonitor(flows, { flowTable: 'set_associative' }),
  },
  {
    name: 'monitor, LRU hash',
    about: '--flow-table lru_hash',
    judged: false,
    open: (flows) => openMonitor(flows, { flowTable: 'lru_hash' }),
  },
];

export const COUNTED = CONTENDERS.filter(({ only }) => only !== 'rates');
export const RATED = CONTENDERS.filter(({ only }) => only !== 'costs');
