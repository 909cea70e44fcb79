import { defineConfig } from 'vitest/config';
import { TIERS } from './.ci/vitest/tiers.js';
import { TierReporter } from './.ci/vitest/reporter.js';

export default defineConfig({
  test: {
    reporters: ['default', new TierReporter()],
    projects: TIERS.map((tier, position) => ({
      test: {
        name: tier.name,
        include: [tier.include],
        exclude: ['**/node_modules/**', 'dist/**', 'build/**', ...tier.exclude],
        fileParallelism: !tier.sharesMachine,
        testTimeout: tier.timeoutMs,
        hookTimeout: tier.timeoutMs,
        sequence: { groupOrder: position },
        ...(tier.missing === undefined ? {} : { runner: './.ci/vitest/skip-runner.ts' }),
      },
    })),
  },
});
