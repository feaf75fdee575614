import { expect, it } from 'vitest';
import type { Row } from '../src/compare.ts';
import { runOverload } from '../src/modes.ts';
import { openLab } from '../src/servers.ts';

const heavy = process.env['PLINTH_HEAVY'] === '1';
const { MONGODB_URI: mongodbUri = '', REDIS_URL: redisUrl = '' } = process.env;

/** Three times the clients that the platform serves at a time. */
const clients = 768;
const throughputShareMin = 0.85;
const healthMaxMs = 200;
const growthMaxMiB = 200;
/** Other processes take CPU time from single slices; a platform that misses a target does so in each attempt. */
const attemptsMax = 5;

const meetsTargets = ({ subject: [overload], reference: [peak] }: Row): boolean =>
  overload !== undefined &&
  peak !== undefined &&
  overload.perSecond / peak.perSecond >= throughputShareMin &&
  overload.healthMs < healthMaxMs &&
  overload.memoryMiB - peak.memoryMiB < growthMaxMiB;

it.runIf(heavy)(
  'boundary: throughput stays at 85 % of the peak, health responds, memory is bounded',
  async () => {
    const lab = await openLab({ mongodbUri, redisUrl });
    const size = { loads: [clients], rounds: 1, seconds: 5, log: () => undefined };
    const measured: Row[] = [];
    let kinds: Row['kind'][] = ['list', 'post'];
    try {
      for (let attempt = 1; attempt <= attemptsMax && kinds.length > 0; attempt += 1) {
        const rows = await runOverload(lab, { ...size, kinds });
        measured.push(...rows);
        kinds = rows.filter((row) => !meetsTargets(row)).map(({ kind }) => kind);
      }
    } finally {
      await lab.close();
    }
    expect(kinds, JSON.stringify(measured)).toEqual([]);
  },
  180_000,
);
