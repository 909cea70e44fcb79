/**
 * Takes the README's picture of a report:
 *   netverdict demo --once --scenario noisy_neighbour --json > incident.json
 *   npx tsx docs/pictures/take.ts incident.json docs/pictures/report.png
 */
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { Value } from 'typebox/value';
import { Incident } from '../../analyzer/incidents/incident.js';
import { renderHtml } from '../../analyzer/report/index.js';

const [incidentFile = '', pictureFile = ''] = process.argv.slice(2);
const [line = ''] = readFileSync(incidentFile, 'utf8').split('\n');
const incident = Value.Parse(Incident, JSON.parse(line));
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: 1040, height: 1230 } });
await page.setContent(renderHtml(incident));
await page.screenshot({ path: pictureFile });
await browser.close();
