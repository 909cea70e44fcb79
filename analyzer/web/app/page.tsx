import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Incident } from '../../incidents/incident.js';
import { headline } from '../../report/document.js';
import { renderFragment } from '../../report/html.js';
import { useHosts, useIncidents } from './live.js';

export function Page(): JSX.Element {
  const incidents = useIncidents();
  const hosts = useHosts();
  const [chosen, choose] = useState<string | null>(null);
  const shown = incidents.find((i) => i.id === chosen) ?? incidents[0];
  return (
    <div class="page">
      <header class="top">
        <h1>netverdict</h1>
        <p>
          {hosts.filter((h) => h.connected).length} of {hosts.length} hosts connected:{' '}
          {hosts.map((h) => (
            <span class={h.connected ? 'host' : 'host gone'} key={h.host}>
              {h.host}
            </span>
          ))}
        </p>
      </header>
      <nav aria-label="Incidents">
        {incidents.length === 0 && <p class="calm">No incident. Nothing suffers.</p>}
        <ul>
          {incidents.map((i) => (
            <li key={i.id}>
              <Entry incident={i} current={i === shown} choose={choose} />
            </li>
          ))}
        </ul>
      </nav>
      <main class="report" aria-live="polite">
        {/* The server's own report: every text in it is escaped by renderFragment. */}
        {shown && <div dangerouslySetInnerHTML={{ __html: renderFragment(shown) }} />}
      </main>
    </div>
  );
}

interface EntryProps {
  readonly incident: Incident;
  readonly current: boolean;
  readonly choose: (id: string) => void;
}

function Entry({ incident, current, choose }: EntryProps) {
  const { id, state, opened_at, verdict, trigger } = incident;
  return (
    <button
      class={`entry ${verdict?.domain ?? 'undetermined'}`}
      aria-current={current}
      onClick={() => choose(id)}
    >
      <b>{verdict ? headline(verdict) : `${trigger.kind} on ${trigger.host}`}</b>
      <small>
        {opened_at.slice(11, 19)} · {state}
      </small>
    </button>
  );
}
