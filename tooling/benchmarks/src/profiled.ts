// Preloaded by the servers of a waterfall: each message starts the profiler, or ends it and answers with the profile.
import { type Profiler, Session } from 'node:inspector/promises';

/** How far samples lie apart, in microseconds. */
const intervalMicros = 250;

/** What a server is asked for, and what it answers with. */
export type ProfileOrder = { readonly profile: 'begin' | 'end' };
export type ProfileReply = { readonly profile: Profiler.Profile | undefined };

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: intervalMicros });

const replyTo = async ({ profile }: ProfileOrder): Promise<ProfileReply> => {
  if (profile === 'end') return await session.post('Profiler.stop');
  await session.post('Profiler.start');
  return { profile: undefined };
};

process.on('message', (order: ProfileOrder) => {
  void replyTo(order).then((reply) => process.send?.(reply));
});
