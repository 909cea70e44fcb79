import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TapPrograms } from '../harness/program-statistics.js';
import type { Traffic } from '../harness/traffic.js';
import { CONTENDERS } from './contenders.js';
import { Hosts } from './hosts.js';
import { FLOWS, LOADS } from './loads.js';

let hosts: Hosts;
let traffic: Traffic;

beforeAll(async () => {
  hosts = await Hosts.build();
  const paced = LOADS.find(({ id }) => id === 'half');
  if (paced) traffic = await paced.start(hosts, 2e9);
});
afterAll(async () => {
  await hosts.destroy();
});

const programs = (): boolean[] =>
  hosts.all.map(({ target }) => {
    const found = TapPrograms.at(target);
    found?.close();
    return found !== null;
  });

it.each(CONTENDERS)('lets $name stand at both hosts while traffic goes on', async (contender) => {
  const opened = await contender.open(hosts, FLOWS);
  const attached = await opened.attach();
  try {
    expect(programs()).toEqual([contender.programs, contender.programs]);
    traffic.begin();
    await sleep(400);
    expect((await traffic.end()).perSecond).toBeGreaterThan(1e6);
    expect(running()).toEqual(contender.programs ? [] : ['tcpdump', 'tcptrace']);
  } finally {
    expect(await attached.detach()).toBeGreaterThanOrEqual(0);
    opened.close();
  }
  expect(programs()).toEqual([false, false]);
  await sleep(200);
  expect(running()).toEqual([]);
});

/** Names of captures in the two hosts' namespaces. */
function running(): string[] {
  const inodes = hosts.all.map(({ netns }) => `net:[${netns.inode}]`);
  const names = readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && inodes.includes(read(`/proc/${pid}/ns/net`)))
    .map((pid) => command(pid))
    .filter((name) => name === 'tcpdump' || name === 'tcptrace');
  return [...new Set(names)].sort();
}

function read(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

const command = (pid: string): string => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
