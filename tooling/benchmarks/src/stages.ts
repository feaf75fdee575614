import type { Profiler } from 'node:inspector/promises';

/** What a request passes on its way, and what the process does beside. */
export const stages = [
  'sockets and event loop',
  'Node HTTP',
  'Fastify',
  'pipeline',
  'token and policy',
  'limits',
  'validation',
  'action and mapper',
  'collection and unit of work',
  'MongoDB driver',
  'BSON',
  'JSON',
  'log line',
  'metrics and traces',
  'garbage collection',
  'server by hand',
  'other',
] as const;
export type Stage = (typeof stages)[number];

/** Whose code a file is. The first that fits counts. */
const owners: readonly (readonly [place: RegExp, Stage])[] = [
  [/\/node_modules\/bson\//, 'BSON'],
  [/\/node_modules\/(mongodb|mongodb-connection-string-url)\//, 'MongoDB driver'],
  [/\/node_modules\/(fast-json-stringify|json-schema-ref-resolver)\//, 'JSON'],
  [/\/node_modules\/secure-json-parse\//, 'JSON'],
  [/\/node_modules\/(zod|fastify-type-provider-zod)\//, 'validation'],
  [
    /\/node_modules\/(fastify|find-my-way|avvio|@fastify\/[^/]+|light-my-request|fast-querystring|process-warning)\//,
    'Fastify',
  ],
  [/\/node_modules\/(ioredis|@ioredis)\//, 'limits'],
  [/\/node_modules\/jose\//, 'token and policy'],
  [/\/node_modules\/(prom-client|@opentelemetry\/[^/]+)\//, 'metrics and traces'],
  [/\/packages\/auth\//, 'token and policy'],
  [/\/packages\/service-kit\/src\/(plugins\/(auth|request-context)|http\/request-scope)\.ts/, 'token and policy'],
  [/\/packages\/contract-kit\/src\/routes\/permissions\.ts/, 'token and policy'],
  [
    /\/packages\/(redis|service-kit\/src\/(http\/(limits|client-network)|plugins\/rate-limit)\.ts|data-kit\/src\/rate-limits)/,
    'limits',
  ],
  [/\/packages\/logger\//, 'log line'],
  [/\/packages\/(telemetry|service-kit\/src\/http\/telemetry\.ts)/, 'metrics and traces'],
  [/\/packages\/service-kit\/src\/http\/serialize\.ts/, 'JSON'],
  [/\/packages\/service-kit\//, 'pipeline'],
  [/\/packages\/(actions|mappers|models|dtos|service-contracts)\//, 'action and mapper'],
  [/\/packages\/(mongo|contract-kit|data-kit)\//, 'collection and unit of work'],
  [/\/tooling\/benchmarks\/src\/raw-server\.ts/, 'server by hand'],
  [/^node:_http_/, 'Node HTTP'],
];

/** What fast-json-stringify names the functions that it makes; they have no file. */
const isSerializer = ({ functionName, url }: Frame): boolean =>
  url === '' && /^(anonymous\d+|main)$/.test(functionName);

type Frame = Profiler.ProfileNode['callFrame'];

const stageOf = (frame: Frame): Stage | undefined => {
  if (frame.functionName === '(garbage collector)') return 'garbage collection';
  if (isSerializer(frame)) return 'JSON';
  return owners.find(([place]) => place.test(frame.url))?.[1];
};

const isIdle = ({ functionName }: Frame): boolean => functionName === '(idle)';

/** To begin and to end a profile takes a while itself. */
const isProfiler = ({ url }: Frame): boolean => url.endsWith('/profiled.ts');

/**
 * The part that each stage has of the time in which a profile was not idle: 1 in all. What Node or the kernel does for
 * somebody belongs to whoever called; what nobody called, the event loop does.
 */
export const sharesOf = ({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): ReadonlyMap<Stage, number> => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  /** None for what no request has to do with. */
  const stageOfNode = (id: number): Stage | undefined => {
    for (let at: number | undefined = id; at !== undefined; at = callers.get(at)) {
      const frame = (byId.get(at) as Profiler.ProfileNode).callFrame;
      if (isIdle(frame) || isProfiler(frame)) return undefined;
      const stage = stageOf(frame);
      if (stage) return stage;
    }
    return (byId.get(id) as Profiler.ProfileNode).callFrame.url.startsWith('file:')
      ? 'other'
      : 'sockets and event loop';
  };
  const micros = new Map<Stage, number>();
  let all = 0;
  for (const [at, id] of samples.entries()) {
    const stage = stageOfNode(id);
    if (!stage) continue;
    const took = timeDeltas[at] ?? 0;
    micros.set(stage, (micros.get(stage) ?? 0) + took);
    all += took;
  }
  return new Map([...micros].map(([stage, took]) => [stage, took / all]));
};
