import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Incident } from '../../incidents/incident.js';
import { reportMarkup } from '../../report/html.js';
import { headline } from '../../report/words.js';
import { useHosts, useIncidents } from './live.js';
import { live } from './markup.js';

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
        {shown && reportMarkup(shown).map(live)}
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
  const { id, state, opened_at, verdict } = incident;
  return (
    <button
      class={`entry ${verdict?.domain ?? 'undetermined'}`}
      aria-current={current}
      onClick={() => choose(id)}
    >
      <b>{headline(incident)}</b>
      <small>
        {opened_at.slice(11, 19)} · {state}
      </small>
    </button>
  );
}
