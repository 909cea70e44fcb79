/** Which room may know which. The picture is in docs/architecture.md. */
const TEST = '[.]test[.]ts$';
const WEB_APP = '^analyzer/web/(app/|vite[.]config[.]ts$)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Rooms and files point one way.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing uses, and that uses nothing, is dead.',
      severity: 'error',
      from: { orphan: true, pathNot: [TEST, '[.]d[.]ts$'] },
      to: {},
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'common-is-the-floor',
      severity: 'error',
      from: { path: '^primitives/common/' },
      to: { path: '^(primitives/(?!common/)|analyzer|cli|experiments|bench|paper-figures)' },
    },
    {
      name: 'schema-and-errors-need-no-kernel',
      comment: 'The analyzer imports them, and it runs where no addon exists.',
      severity: 'error',
      from: { path: '^primitives/common/(schema|errors)/', pathNot: TEST },
      to: { path: '^primitives/common/(native|loader)/', reachable: true },
    },
    {
      name: 'primitives-are-peers',
      comment: 'monitor, tracer and mapping stand on common and do not know each other.',
      severity: 'error',
      from: { path: '^primitives/(monitor|tracer|mapping)/' },
      to: { path: '^(primitives|analyzer|cli)/', pathNot: '^primitives/(common|$1)/' },
    },
    {
      name: 'agent-composes-primitives',
      severity: 'error',
      from: { path: '^primitives/agent/', pathNot: TEST },
      to: { path: '^(analyzer|cli|experiments|bench|paper-figures)/' },
    },
    {
      name: 'primitives-without-testbed',
      comment: 'Only their tests may build hosts.',
      severity: 'error',
      from: { path: '^primitives/', pathNot: TEST },
      to: { path: '^(experiments|bench|paper-figures)/' },
    },
    {
      name: 'agent-without-duckdb',
      comment: 'The agent runs on every host and must stay small.',
      severity: 'error',
      from: { path: '^primitives/' },
      to: { path: '@duckdb/', reachable: true },
    },
    {
      name: 'analyzer-knows-the-schema-only',
      severity: 'error',
      from: { path: '^analyzer/', pathNot: TEST },
      to: {
        path: '^(primitives|cli|experiments|bench|paper-figures)/',
        pathNot: '^primitives/common/(schema/|errors/|artifacts[.]ts$)',
      },
    },
    {
      name: 'analyzer-without-kernel',
      severity: 'error',
      from: { path: '^analyzer/', pathNot: TEST },
      to: { path: '^primitives/common/(native|loader)/', reachable: true },
    },
    {
      name: 'nobody-imports-the-cli',
      severity: 'error',
      from: { pathNot: '^cli/' },
      to: { path: '^cli/' },
    },
    {
      name: 'only-the-cli-imports-the-bench',
      severity: 'error',
      from: { pathNot: '^(bench|cli)/' },
      to: { path: '^bench/' },
    },
    {
      name: 'bench-measures-primitives-and-experiments',
      severity: 'error',
      from: { path: '^bench/', pathNot: '^bench/(arming|ingest)/' },
      to: { path: '^(analyzer|paper-figures)/' },
    },
    {
      name: 'figures-read-saved-data',
      severity: 'error',
      from: { path: '^paper-figures/' },
      to: { path: '^(primitives|analyzer|cli|experiments|bench)/' },
    },
    {
      name: 'only-the-cli-imports-the-figures',
      severity: 'error',
      from: { pathNot: '^(paper-figures|cli)/' },
      to: { path: '^paper-figures/' },
    },
    {
      name: 'nobody-imports-a-test',
      severity: 'error',
      from: {},
      to: { path: TEST },
    },
    {
      name: 'runs-without-dev-dependencies',
      severity: 'error',
      from: { pathNot: [TEST, WEB_APP] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'declared-dependencies',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
