import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { TIERS } from './tiers.js';

/** Ends every run with what was skipped and why, and one line of counts. */
export class TierReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const passed = tests.filter((test) => test.result().state === 'passed');
    const failed = tests.filter((test) => test.result().state === 'failed');
    const skipped = tests.filter((test) => !passed.includes(test) && !failed.includes(test));
    const broken = modules.filter((module) => module.errors().length > 0);
    const failures = failed.length + broken.length + errors.length;
    for (const line of reasons(skipped)) console.log(`skipped: ${line}`);
    console.log(`${passed.length} passed, ${failures} failed, ${skipped.length} skipped`);
  }
}

function reasons(skipped: readonly TestCase[]): string[] {
  const unable = TIERS.filter((tier) => tier.missing !== undefined);
  const whole = unable.map((tier) => {
    const count = skipped.filter((test) => test.project.name === tier.name).length;
    return `${tier.name} tier, ${count} tests: ${tier.missing}`;
  });
  const single = skipped
    .filter((test) => !unable.some((tier) => tier.name === test.project.name))
    .map((test) => `${test.module.relativeModuleId}: ${test.fullName}${note(test)}`);
  return [...whole, ...single];
}

function note(test: TestCase): string {
  const result = test.result();
  return result.state === 'skipped' && result.note ? `: ${result.note}` : '';
}
