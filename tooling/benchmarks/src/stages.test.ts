import type { Profiler } from 'node:inspector/promises';
import { expect, it } from 'vitest';
import { type Stage, sharesOf } from './stages.ts';

type Call = { readonly of: string; readonly at?: string; readonly micros?: number; readonly calls?: readonly Call[] };

/** A profile of a tree of calls, with one sample of each call that took time by itself. */
const profileOf = (root: Call): Profiler.Profile => {
  const nodes: Profiler.ProfileNode[] = [];
  const samples: number[] = [];
  const timeDeltas: number[] = [];
  const add = ({ of, at = '', micros, calls = [] }: Call): number => {
    const id = nodes.length + 1;
    const callFrame = { functionName: of, url: at, scriptId: '0', lineNumber: 0, columnNumber: 0 };
    const node: Profiler.ProfileNode = { id, callFrame };
    nodes.push(node);
    if (micros !== undefined) {
      samples.push(id);
      timeDeltas.push(micros);
    }
    node.children = calls.map(add);
    return id;
  };
  add(root);
  return { nodes, samples, timeDeltas, startTime: 0, endTime: 0 };
};

const sharesIn = (...calls: readonly Call[]): Partial<Record<Stage, number>> =>
  Object.fromEntries(sharesOf(profileOf({ of: '(root)', calls })));

const driver = 'file:///srv/node_modules/.pnpm/mongodb@7/node_modules/mongodb/lib/cmap/connection.js';

it('what Node does for somebody belongs to whoever called it', () => {
  const write = { of: 'writeBuffer', micros: 30, calls: [] };
  const socket = { of: 'write', at: 'node:net', micros: 10, calls: [write] };
  expect(sharesIn({ of: 'writeCommand', at: driver, micros: 20, calls: [socket] })).toEqual({ 'MongoDB driver': 1 });
  expect(sharesIn({ of: 'onStreamRead', at: 'node:net', micros: 5 })).toEqual({ 'sockets and event loop': 1 });
});

it('the nearest caller counts, and functions without a file are those of the serializer', () => {
  const kit = 'file:///srv/packages/service-kit/src/http';
  const serializer = { of: 'anonymous0', micros: 25 };
  const encode = { of: 'serialize', at: `${kit}/serialize.ts`, calls: [serializer] };
  const log = { of: 'line', at: 'file:///srv/packages/logger/src/request-line.ts', micros: 25 };
  const handler = { of: 'handle', at: `${kit}/routes.ts`, micros: 50, calls: [encode, log] };
  expect(sharesIn(handler)).toEqual({ pipeline: 0.5, JSON: 0.25, 'log line': 0.25 });
});

it('boundary: neither idle time nor the profiler itself is part of it; a file that nobody owns is named so', () => {
  const profiler = { of: 'post', at: 'node:inspector', micros: 1000 };
  const shares = sharesIn(
    { of: '(idle)', micros: 1000 },
    { of: 'replyTo', at: 'file:///srv/tooling/benchmarks/src/profiled.ts', calls: [profiler] },
    { of: '(garbage collector)', micros: 1 },
    { of: 'run', at: 'file:///srv/node_modules/unheard-of/index.js', micros: 3 },
  );
  expect(shares).toEqual({ 'garbage collection': 0.25, other: 0.75 });
});
