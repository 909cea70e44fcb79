/** How places, causes, flows and triggers are said. */
import type { Flow } from '../incidents/flow.js';
import type { Incident, Verdict } from '../incidents/incident.js';
import { CAUSES, type Cause } from '../rules/causes.js';
import { count, duration } from './units.js';

export const DOMAIN_NAMES: Record<Verdict['domain'], string> = {
  sender_host: 'sender host',
  receiver_host: 'receiver host',
  network: 'network',
  undetermined: 'undetermined',
};

/** What a cause means; the bare id for one that has no words yet. */
export const causeTitle = (cause: string): string =>
  (CAUSES as Record<string, Cause | undefined>)[cause]?.title ?? cause;

/** The verdict in one sentence, for lists and titles. */
export function headline({ verdict, trigger }: Incident): string {
  if (verdict === null) return `Tracing: ${triggerName(trigger.kind)} on host ${trigger.host}`;
  const { domain, host, cause } = verdict;
  if (domain === 'undetermined') return 'Undetermined: no single place holds the harm';
  const place =
    host === null ? `The ${DOMAIN_NAMES[domain]}` : `The ${DOMAIN_NAMES[domain]} ${host}`;
  return `${place} is to blame: ${causeTitle(cause)}`;
}

export function sureness(confidence: number): string {
  if (confidence >= 0.85) return 'high';
  return confidence >= 0.6 ? 'fair' : 'low';
}

export const flowText = (flow: Flow): string =>
  `${flow.protocol} ${srcText(flow)} → ${dstText(flow)}`;

export const srcText = ({ src, src_port }: Flow): string => endpoint(src, src_port);

export const dstText = ({ dst, dst_port }: Flow): string => endpoint(dst, dst_port);

const endpoint = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

type End = Incident['victims'][number]['src'];

export const endText = ({ host, pod, process }: End): string =>
  [pod ?? 'no known pod', host === null ? 'no agent there' : `host ${host}`, process]
    .filter((part) => part !== null)
    .join(', ');

const triggerName = (kind: string): string => kind.replaceAll('_', ' ');

/** What raised the alarm, with what it was held against. */
export function triggerText({
  kind,
  host,
  observed,
  threshold,
  unit,
}: Incident['trigger']): string {
  const value = (n: number): string =>
    unit === 'ns' ? duration(n / 1000) : `${count(n)}${unit === 'count' ? '' : ` ${unit}`}`;
  return `${triggerName(kind)} on host ${host}: ${value(observed)}, threshold ${value(threshold)}`;
}
