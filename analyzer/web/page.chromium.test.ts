import { resolve } from 'node:path';
import pino from 'pino';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { VerdictEngine } from '../incidents/engine.js';
import type { Incident } from '../incidents/incident.js';
import { noisyNeighbour, undetermined } from '../report/fixtures.js';
import { buildApp } from '../server/app.js';
import { ControlHub } from '../server/control.js';
import { RecordingEngine, temporaryStore } from '../server/fixtures.js';

/** An engine whose incidents change when a test says so. */
class LiveEngine extends RecordingEngine {
  readonly #listeners = new Set<(incident: Incident) => void>();

  override readonly onChange: VerdictEngine['onChange'] = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  show(incident: Incident): void {
    this.incidents.unshift(incident);
    for (const listener of this.#listeners) listener(incident);
  }
}

const engine = new LiveEngine();
let browser: Browser;
let page: Page;
let address: string;
let stop: () => Promise<void>;
const complaints: string[] = [];

beforeAll(async () => {
  const { store, remove } = await temporaryStore();
  const control = new ControlHub();
  const app = await buildApp({
    store,
    engine,
    control,
    webRoot: resolve('dist/analyzer/web'),
    logger: pino({ enabled: false }),
  });
  address = await app.listen({ host: '127.0.0.1', port: 0 });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  stop = async () => {
    await browser.close();
    control.close();
    await app.close();
    await remove();
  };
});
afterAll(() => stop());

beforeEach(async () => {
  engine.incidents.length = 0;
  complaints.length = 0;
  page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
});

it('says that nothing suffers, then shows an incident the moment it comes', async () => {
  await page.goto(address);
  await page.getByText('No incident. Nothing suffers.').waitFor();
  engine.show(noisyNeighbour());
  await page.getByRole('heading', { name: 'sender host a is to blame' }).waitFor();
  expect(complaints).toEqual([]);
});

it('shows the split as a picture with its numbers, evidence, culprit and quality', async () => {
  engine.show(noisyNeighbour());
  await page.goto(address);
  const picture = page.getByRole('img', { name: 'Blamed: sender host' });
  await picture.waitFor();
  const box = await picture.boundingBox();
  expect(box?.width).toBeGreaterThan(500);
  expect(box?.height).toBeGreaterThan(150);
  for (const title of ['Who did it', 'Evidence for', 'On the wire', 'Quality of the data'])
    expect(await page.getByRole('heading', { name: title }).count()).toBe(1);
  expect(complaints).toEqual([]);
});

it('lets one choose among incidents', async () => {
  engine.show(undetermined());
  engine.show(noisyNeighbour());
  await page.goto(address);
  await page.getByRole('button', { name: 'Undetermined' }).click();
  await page.getByRole('heading', { name: 'Undetermined', level: 1 }).waitFor();
  expect(await page.getByText('Not measured: there is no agent on d').count()).toBe(1);
});

it('fits a narrow screen', async () => {
  engine.show(noisyNeighbour());
  await page.setViewportSize({ width: 400, height: 800 });
  await page.goto(address);
  await page.getByRole('img', { name: 'Blamed' }).waitFor();
  const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect(overflow).toBeLessThanOrEqual(0);
});
