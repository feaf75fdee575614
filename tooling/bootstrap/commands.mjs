import { join } from 'node:path';
import { root } from './run.mjs';

const turbo = (task, summary) => ({
  usage: `npm run ${task} [-- <arguments of turbo run>]`,
  summary,
  toProgram: (args) => ['turbo', 'run', task, ...args],
});
const script = (path) => (args) => ['node', join(root, path), ...args];
const withDatabases = (data, path) => (args) =>
  script('tooling/bootstrap/src/with-databases.ts')([data, join(root, path), ...args]);

const dbScript = 'apps/platform/src/db.ts';

/** The commands of the root package: the program and the help of each script. */
export const commands = {
  start: {
    usage: 'npm start [-- <app>] [--port <number>]',
    summary: 'Runs all services in one process and a worker beside it, with databases and demo data, until Ctrl-C.',
    details: `  <app>     a folder of apps/, to run one service alone, without demo data
  --port    the port to listen on, instead of PORT

Uses MONGODB_URI and REDIS_URL when they are set, in the environment or in .env. Otherwise it starts both databases, with
their data in .data/; delete that folder to start over. .env.example explains every setting.`,
    toProgram: script('tooling/bootstrap/src/start.ts'),
  },
  test: {
    usage: 'npm test [-- <arguments of turbo run>]',
    summary: 'Runs lint, type check, tests and build of all packages on temporary databases.',
    details: `  npm test -- --filter=@plinth/mongo    one package

The last line is "N passed, N failed".`,
    toProgram: withDatabases('volatile', 'tooling/bootstrap/src/run-tests.ts'),
  },
  bench: {
    usage: 'npm run bench -- [<mode>] [<options>]',
    summary: 'Compares the platform with a raw server, on temporary databases.',
    details: `Modes:
  raw                CPU time of a request, beside a raw server of Fastify and the driver (default)
  arrivals           the same with Poisson arrivals, and latencies
  tracing            CPU time with a tenth of the traces recorded, beside no tracing
  overload           throughput with three and six times as many clients as the platform serves at a time
  regression         CPU time beside another commit; exits with 1 when a request costs a tenth more

Options:
  --kinds <list>     of get,list,post
  --loads <list>     connections; for arrivals, requests per second
  --rounds <n>       how often each server is loaded
  --seconds <n>      for how long
  --base <commit>    for regression: compares with the commit where this branch left <commit>; by default origin/main
  --write            writes the figures into docs/performance.md
  --profile          writes a CPU profile of each server to .data/profiles`,
    toProgram: withDatabases('temporary', 'tooling/benchmarks/src/main.ts'),
  },
  load: {
    usage: 'npm run load -- [<profile>] [--minutes <n>] [--rate <reads per second>]',
    summary: 'Runs a load test against the platform, on temporary databases.',
    details: `  smoke     ten seconds at 100 reads and 20 writes per second (default)
  stress    three minutes: climbs to 600 reads and 120 writes per second
  soak      ten minutes at 150 reads and 30 writes per second

It needs k6 on PATH (https://k6.io) or a running Docker daemon, and exits with 1 when a threshold is crossed.`,
    toProgram: withDatabases('temporary', 'tooling/load/src/main.ts'),
  },
  drill: {
    usage: 'npm run drill',
    summary: 'Restores a backup to a point in time on two temporary replica sets, and prints RPO and RTO.',
    toProgram: script('tooling/backup/src/main.ts'),
  },
  'test:faults': {
    usage: 'npm run test:faults [-- --full] [--seed <n>]',
    summary:
      'Kills, stops and disconnects every part of the product under load, and checks that nothing is lost or done twice.',
    details: `  --full    more than 200 kills of platforms and workers, and tens of failures of MongoDB, Redis and the network between
            them: half an hour; without it the size of npm test, about a minute
  --seed    repeats the random choices of a run, which prints its seed

It uses databases of its own: a replica set of three nodes, and Redis behind a proxy. docs/reliability.md lists what it checks.`,
    toProgram: script('apps/worker/test/faults/main.ts'),
  },
  token: {
    usage: 'npm run token -- [--tenant acme|globex] [--role owner|member|viewer]',
    summary: 'Prints an access token for the demo data of npm start. It expires after 15 minutes.',
    details: '  npm run --silent token    prints the token alone, for scripts',
    toProgram: script('apps/platform/src/token.ts'),
  },
  keys: {
    usage: 'npm run keys -- list|make|retire <kid> [--file <path>]',
    summary: 'Lists, makes and retires the keys of access tokens, by default those of npm start.',
    details: `  list      prints the names of the keys that are trusted
  make      makes a signing key, and trusts it beside the others
  retire    ends the trust in a key
  --file    a key set of a deployment, which AUTH_JWKS_FILE names there; make prints the private key once

Running services notice the change within about a second. docs/keys.md describes a rotation.`,
    toProgram: script('apps/platform/src/keys.ts'),
  },
  db: {
    usage: 'npm run db -- <command> [--module <name>]',
    summary: 'Migrates and checks the database of MONGODB_URI, by default that of npm start.',
    details: `  status     shows the migrations
  migrate    runs the pending ones; --dry-run lists them, --contract runs the last phase
  check      compares collections and indexes with the code
  repair     creates what is missing; --drop-indexes drops or replaces indexes
  seed       adds the demo data
  roles      prints a script that creates the roles and users of production in MongoDB`,
    toProgram: (args) =>
      // The only command without a database.
      args[0] === 'roles' ? script(dbScript)(args) : withDatabases('.data', dbScript)(args),
  },
  audit: {
    usage: 'npm run audit -- verify [--tenant <id>]',
    summary: 'Verifies the audit trail in the database of MONGODB_URI, by default that of npm start.',
    details: `  verify    names the first audit event of each organization that was altered, removed, inserted or reordered
  --tenant  the id of one organization

It checks the signatures by AUDIT_PUBLIC_KEYS, by default the key of npm start, and exits with 1 when it finds something.`,
    toProgram: withDatabases('.data', 'apps/svc-audit/src/audit.ts'),
  },
  jobs: {
    usage: 'npm run jobs -- <command> [<id> …|<name> …] [<options>]',
    summary:
      'Shows the backlog of consumers, retries and drops dead messages, and pauses consumers, in the database of MONGODB_URI.',
    details: `  list             each consumer: its ready and dead messages, the age of the oldest ready one, and whether it is paused
  dead             the dead messages, newest first
  show <id>        one message with its payload and all its failures
  retry <id> …     makes dead messages ready again, so that a worker handles them
  drop <id> …      ends dead messages without their effect
  pause <name> …   stops consumers within a second or two, for all organizations; the messages in hand end
  resume <name> …  lets them continue
  --module <m>     the consumers of one module, instead of all
  --name <name>    for dead, and with --all: the messages of one consumer
  --limit <n>      for dead: how many, by default 20
  --all            for retry and drop: every dead message, instead of ids; drop --all also needs --yes

A message is an event for one consumer; it is dead when it has failed too often. Payloads hold ids and no personal data.
When an argument is wrong, nothing changes and the exit code is 1. docs/guides/dead-messages.md shows how to use it.`,
    toProgram: withDatabases('.data', 'apps/platform/src/jobs.ts'),
  },
  contracts: {
    usage: 'npm run contracts -- diff [--base <commit>]',
    summary: 'Compares the contracts with an earlier commit, and says which changes break clients.',
    details: `  --base    compares with the commit where this branch left <commit>; by default the last release, or else main
  --json    prints the changes as JSON

It reads the sources, needs no network, and exits with 1 when a breaking change has no changeset with the bump that it needs.
docs/guides/versions.md describes how to keep what an API has promised.`,
    toProgram: script('tooling/api-diff/src/main.ts'),
  },
  gen: {
    usage: 'npm run gen -- <what> <names> [--dry-run]',
    summary: 'Writes a new domain, resource, operation, event or migration, or removes a domain.',
    details: `  domain <plural>                    one resource through every layer, with tests: domain invoices
  resource <domain> <plural>         a further resource: resource orders coupons
  operation <domain> <verb-resource> a route, its action and its test: operation orders return-order
  event <domain> <resource-past>     event orders order-returned
  migration <domain> <purpose>       migration orders add-reference
  remove domain <plural>             the reverse of domain
  --singular <name>                  the singular of a plural that does not show it
  --parent <plural>                  nests a resource below another one: resource orders invoices --parent orders
  --dry-run                          lists the files and writes none

It asks for missing names in a terminal, refuses to overwrite a file, and prints what it wrote and the next steps.`,
    toProgram: script('tooling/generators/src/main.ts'),
  },
  shell: {
    usage: 'npm run shell [-- <program> <arguments>]',
    summary: 'Opens a shell with Node, pnpm and the programs of the packages on PATH, or runs a program with them.',
    toProgram: (args) => (args.length > 0 ? args : [process.env.SHELL ?? 'sh']),
  },
  build: turbo('build', 'Writes the generated files, for example docs/openapi.json and .env.example.'),
  lint: turbo('lint', 'Checks the rules of the code, the imports between packages, the words and the format.'),
  typecheck: turbo('typecheck', 'Checks the types of all packages.'),
  format: {
    usage: 'npm run format [-- <files>]',
    summary: 'Formats the code, by default all of it.',
    toProgram: (args) => ['biome', 'check', '--write', '--linter-enabled=false', ...(args.length > 0 ? args : ['.'])],
  },
};

export const isHelp = (args) => args.includes('--help') || args.includes('-h');

export const renderHelp = ({ usage, summary, details }) =>
  `${[`Usage: ${usage}`, summary, ...(details ? [details] : [])].join('\n\n')}\n`;

export const renderList = () => {
  const rows = Object.entries(commands).map(([name, { summary }]) => {
    return `  ${(name === 'start' || name === 'test' ? `npm ${name}` : `npm run ${name}`).padEnd(21)}${summary}`;
  });
  return `${['Commands:', ...rows, '', 'Each one takes --help, as in: npm start -- --help'].join('\n')}\n`;
};
