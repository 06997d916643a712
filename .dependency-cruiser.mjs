// Who may import whom (ARCHITECTURE.md says why). Type-only imports count, except where a rule lets them pass.
const TESTS = '\\.(test|spec)\\.tsx?$|/testing/';
// Next itself answers for `server-only`, so it is met under its bare name.
const WEB_PACKAGES = '^server-only$|node_modules/(next|react|react-dom|next-auth|server-only)/';
// The catalogue of metric names: constants, common to all.
const METRIC_NAMES = '^lib/workflow/telemetry/names\\.ts$';
const TYPE_ONLY = ['type-only', 'type-import'];

/** Modules of `from` import, of the project's own modules, only those in `to`. */
function only({ name, comment, from, to, fromNot = [], typesOnly }) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, pathNot: [TESTS, ...fromNot] },
    to: {
      path: '^(app|components|lib|worker|workflows|scripts|bench|e2e|drizzle)/',
      pathNot: to,
      ...(typesOnly && { dependencyTypesNot: TYPE_ONLY }),
    },
  };
}

/** Modules of `from` never import `to`. */
function never({ name, comment, from, fromNot, to, toNot, dependencyTypesNot, reachable }) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, ...(fromNot && { pathNot: fromNot }) },
    to: {
      path: to,
      ...(toNot && { pathNot: toNot }),
      ...(dependencyTypesNot && { dependencyTypesNot }),
      ...(reachable && { reachable }),
    },
  };
}

const engine = [
  only({
    name: 'model-stands-alone',
    comment: 'The vocabulary knows nothing but itself.',
    from: '^lib/workflow/model/',
    to: ['^lib/workflow/model/'],
  }),
  {
    name: 'model-imports-zod-only',
    comment: 'Of packages the vocabulary knows zod alone, and nothing of Node.',
    severity: 'error',
    from: { path: '^lib/workflow/(model|replay)/', pathNot: TESTS },
    to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'core'], pathNot: 'node_modules/zod/' },
  },
  only({
    name: 'replay-knows-model',
    comment: 'Replay is pure: history in, outcome and commands out.',
    from: '^lib/workflow/replay/',
    to: ['^lib/workflow/(model|replay)/'],
  }),
  only({
    name: 'core-works-over-ports',
    comment: 'What the simulation drives knows replay, model and ports, never an adapter.',
    from: '^lib/workflow/core/[^/]+/',
    to: ['^lib/workflow/(core|replay|model|tasks)/', METRIC_NAMES],
  }),
  only({
    name: 'senders-use-postgres-alone',
    comment: 'Submitting and starting join the transaction of their caller, so they call the statements themselves.',
    from: '^lib/workflow/core/[^/]+\\.ts$',
    fromNot: ['^lib/workflow/core/ambient\\.ts$'],
    to: ['^lib/workflow/(core|replay|model|tasks|persistence)/', METRIC_NAMES],
  }),
  only({
    name: 'ambient-loads-the-root-late',
    comment: 'The ambient runtime may load the composition root, and only when it is asked for.',
    from: '^lib/workflow/core/ambient\\.ts$',
    to: ['^lib/workflow/(core|replay|model|tasks)/', METRIC_NAMES, '^lib/workflow/index\\.ts$'],
  }),
  {
    name: 'root-is-not-loaded-early',
    comment: 'A static import of the composition root from inside the engine would be a cycle.',
    severity: 'error',
    from: { path: '^lib/workflow/', pathNot: [TESTS] },
    to: { path: '^lib/workflow/index\\.ts$', dependencyTypesNot: ['dynamic-import'] },
  },
  only({
    name: 'adapters-point-inward',
    comment: 'Adapters know the ports they fill, and the client of their server.',
    from: '^lib/workflow/(persistence|streams|telemetry)/',
    to: ['^lib/workflow/(model|replay|persistence|streams|telemetry)/', '^lib/redis/'],
  }),
  never({
    name: 'adapters-are-apart',
    comment: 'Postgres knows nothing of Redis, and Redis nothing of Postgres; names of metrics are common to all.',
    from: '^lib/workflow/(persistence|streams|telemetry)/',
    fromNot: TESTS,
    to: '^lib/workflow/(persistence|streams|telemetry)/',
    toNot: '^lib/workflow/($1/|telemetry/names\\.ts$)',
  }),
  only({
    name: 'tasks-point-inward',
    comment: 'Human tasks are use-cases over ports; forms are shared and pure.',
    from: '^lib/workflow/tasks/',
    to: ['^lib/workflow/(model|tasks)/', METRIC_NAMES, '^lib/forms/'],
  }),
  only({
    name: 'engine-stands-alone',
    comment: 'The engine can be lifted out: only its composition root knows the rest of the product.',
    from: '^lib/workflow/',
    fromNot: ['^lib/workflow/(index|connect)\\.ts$'],
    to: ['^lib/workflow/', '^lib/forms/', '^lib/redis/'],
  }),
  never({
    name: 'engine-is-free-of-the-web',
    comment: 'The engine runs in plain Node.',
    from: '^lib/workflow/',
    to: WEB_PACKAGES,
  }),
  never({
    name: 'workers-run-without-the-web',
    comment:
      'What a worker loads at start must run in plain Node, where "server-only" throws and requests do not exist.',
    from: '^(worker|workflows|scripts|bench|lib/(db|redis|forms|invoices|attachments))/',
    to: WEB_PACKAGES,
  }),
];

const doors = [
  never({
    name: 'workflows-use-authoring',
    comment: 'A workflow sees the engine through its one door for authors.',
    from: '^workflows/',
    fromNot: TESTS,
    to: '^lib/workflow/',
    toNot: '^lib/workflow/authoring\\.ts$',
  }),
  only({
    name: 'workflows-stand-alone',
    comment: 'Workflow code does no I/O of its own; how amounts are written is pure, and shared with the pages.',
    from: '^workflows/',
    to: ['^workflows/', '^lib/workflow/authoring\\.ts$', '^lib/forms/', '^lib/invoices/amounts\\.ts$'],
  }),
  never({
    name: 'engine-has-one-door',
    comment: 'The product uses the engine through lib/workflow/index.ts.',
    from: '^(app|worker|lib/(?!workflow/|forms/)[^/]+)/',
    fromNot: [TESTS, '^worker/main\\.ts$'],
    to: '^lib/workflow/',
    toNot: ['^lib/workflow/index\\.ts$', '^lib/workflow/model/', METRIC_NAMES],
  }),
  never({
    name: 'worker-has-two-doors',
    comment: 'The worker also picks the logger and the metrics, which the web has no use for.',
    from: '^worker/main\\.ts$',
    to: '^lib/workflow/',
    toNot: ['^lib/workflow/index\\.ts$', '^lib/workflow/model/', '^lib/workflow/telemetry/'],
  }),
  never({
    name: 'model-as-types',
    comment: 'Pages and worker take the types of the model, and its values through the door.',
    from: '^(app|worker)/',
    fromNot: TESTS,
    to: '^lib/workflow/model/',
    dependencyTypesNot: TYPE_ONLY,
  }),
  never({
    name: 'components-know-the-model-only',
    comment: 'A component may run in a browser: of the engine it sees the vocabulary.',
    from: '^components/',
    to: '^lib/workflow/',
    toNot: '^lib/workflow/model/',
  }),
  never({
    name: 'web-never-imports-workflows',
    comment: 'Workflow code runs in workers.',
    from: '^(app|components)/',
    fromNot: TESTS,
    to: '^(workflows|worker)/',
  }),
  never({
    name: 'pages-read-through-queries',
    comment: 'Pages read view models and write through actions; tables are below them.',
    from: '^(app|components)/',
    fromNot: TESTS,
    to: '^(lib/db/|lib/redis/|drizzle/|node_modules/(drizzle-orm|postgres|ioredis|bullmq|knex)/)',
  }),
  {
    name: 'components-take-view-models',
    comment: 'A component knows the shape of what it shows, not how that is read.',
    severity: 'error',
    from: { path: '^components/' },
    to: { path: '^lib/(queries|auth|actions)/', dependencyTypesNot: TYPE_ONLY },
  },
  never({ name: 'components-know-no-route', comment: 'Routes use components.', from: '^components/', to: '^app/' }),
  never({
    name: 'lib-knows-no-page',
    comment: 'lib is below the pages.',
    from: '^lib/',
    to: '^(app|components|worker)/',
  }),
];

const forms = [
  only({
    name: 'forms-are-shared',
    comment: 'Browser, web server and worker use the same forms code.',
    from: '^lib/forms/',
    to: ['^lib/forms/', '^lib/workflow/model/'],
  }),
  never({
    name: 'forms-are-isomorphic',
    comment: 'Only the server part may use what a browser cannot load or should not.',
    from: '^lib/forms/',
    fromNot: [TESTS, '^lib/forms/server'],
    to: '^lib/forms/server|node_modules/(ajv|re2js|@rjsf)/',
    dependencyTypesNot: TYPE_ONLY,
  }),
  never({
    name: 'ajv-stays-on-the-server',
    comment: 'It compiles schemas with the Function constructor, which a page must not allow.',
    from: '',
    fromNot: '^lib/forms/server|^node_modules/',
    to: 'node_modules/@rjsf/validator-ajv8/',
  }),
  never({
    name: 'rjsf-has-one-home',
    comment: 'The form library is met in one folder.',
    from: '',
    fromNot: '^(components/task-form|lib/forms/server|node_modules)',
    to: 'node_modules/@rjsf/(core|utils)/',
    dependencyTypesNot: TYPE_ONLY,
  }),
];

const hygiene = [
  {
    name: 'no-cycles',
    comment: 'A cycle has no first module to read.',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: [...TYPE_ONLY, 'dynamic-import'] } },
  },
  {
    name: 'resolvable',
    comment: 'An import that leads nowhere.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: '^server-only$' },
  },
  {
    name: 'product-without-development-packages',
    comment: 'A production install has no development packages.',
    severity: 'error',
    from: { path: '^(app|components|lib|worker|workflows)/', pathNot: TESTS },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: TYPE_ONLY, pathNot: 'node_modules/(@types|tailwindcss)/' },
  },
  {
    name: 'tests-are-not-imported',
    comment: 'Product code never needs a test or its helpers.',
    severity: 'error',
    from: { path: '^(app|components|lib|worker|workflows)/', pathNot: TESTS },
    to: { path: TESTS, pathNot: 'node_modules' },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
const configuration = {
  forbidden: [...engine, ...doors, ...forms, ...hygiene],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(\\.next[^/]*|\\.data|bench/peers)/|\\.css$|next-env\\.d\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
};

export default configuration;
