/** What the analyzer says, kept fresh: incidents pushed by /v1/events, hosts asked for. */
import { useEffect, useState } from 'preact/hooks';
import type { Incident } from '../../incidents/incident.js';

const HOSTS_EVERY_MS = 3000;

export function useIncidents(): Incident[] {
  const [incidents, setIncidents] = useState<Incident[]>([]);
  useEffect(() => {
    const load = async (): Promise<void> => {
      const response = await fetch('/v1/incidents');
      if (!response.ok) return;
      setIncidents(((await response.json()) as { incidents: Incident[] }).incidents);
    };
    const events = new EventSource('/v1/events');
    events.addEventListener('incident', (event: MessageEvent<string>) => {
      const changed = JSON.parse(event.data) as Incident;
      setIncidents((all) => merged(all, changed));
    });
    // After a break the list is asked for again.
    events.addEventListener('open', () => void load().catch(() => undefined));
    return () => events.close();
  }, []);
  return incidents;
}

/** Newest first. */
function merged(all: readonly Incident[], changed: Incident): Incident[] {
  const known = all.some((i) => i.id === changed.id);
  return known ? all.map((i) => (i.id === changed.id ? changed : i)) : [changed, ...all];
}

export interface Host {
  readonly host: string;
  readonly connected: boolean;
}

export function useHosts(): Host[] {
  const [hosts, setHosts] = useState<Host[]>([]);
  useEffect(() => {
    const load = async (): Promise<void> => {
      const response = await fetch('/v1/hosts');
      if (response.ok) setHosts(((await response.json()) as { hosts: Host[] }).hosts);
    };
    const quietly = (): void => void load().catch(() => undefined);
    quietly();
    const timer = setInterval(quietly, HOSTS_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return hosts;
}
