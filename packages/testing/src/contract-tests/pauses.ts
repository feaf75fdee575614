import { describe, expect, it } from 'vitest';
import { createId } from '../contexts.ts';
import type { Fixture } from './fixture.ts';

/** The guarantees of the pauses of consumers. */
export const pauseCases = (use: () => Fixture): void => {
  describe('pauses', () => {
    it('race: of ten operators one pauses a consumer, and of ten one resumes it', async () => {
      const { pauses, clock } = use();
      const [paused, other] = [`b-${createId()}`, `a-${createId()}`];
      const count = (results: readonly boolean[]): number => results.filter(Boolean).length;
      const repeat = (call: () => Promise<boolean>) => Promise.all(Array.from({ length: 10 }, call));
      expect(count(await repeat(() => pauses.pause(paused)))).toBe(1);
      await pauses.pause(other);
      const pausedAt = clock.now();
      expect(await pauses.list()).toEqual([
        { consumer: other, pausedAt },
        { consumer: paused, pausedAt },
      ]);
      expect(count(await repeat(() => pauses.resume(paused)))).toBe(1);
      expect(await pauses.list()).toEqual([{ consumer: other, pausedAt }]);
      await pauses.resume(other);
    });
  });
};
