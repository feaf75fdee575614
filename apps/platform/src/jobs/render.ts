import { stripVTControlCharacters } from 'node:util';
import type { Message } from '@plinth/data-kit';
import { alignColumns } from '../command-line.ts';
import type { JobState } from './module-jobs.ts';

const units = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3600 },
  { name: 'min', seconds: 60 },
];

/** Converts a duration to its largest unit. */
const toAge = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const unit = units.find((candidate) => seconds >= candidate.seconds) ?? { name: 's', seconds: 1 };
  return `${Math.floor(seconds / unit.seconds)} ${unit.name}`;
};

export const jobHeaders = ['module', 'name', 'ready', 'dead', 'oldest ready', 'paused for'];

export const toJobRow = ({ module, consumer, ready, dead, oldestAt, pausedAt }: JobState, now: Date): string[] => {
  const toCell = (since: Date | undefined): string => (since ? toAge(now.getTime() - since.getTime()) : '-');
  return [module, consumer, String(ready), String(dead), toCell(oldestAt), toCell(pausedAt)];
};

const summaryLengthMax = 80;

/** An error may have several lines, and characters that control a terminal. */
const toLine = (text: string): string => stripVTControlCharacters(text).replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ');

/** JSON leaves some of these characters as they are, and the payload may have text of users. */
const toJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const toSummary = (text: string): string => {
  const line = toLine(text);
  return line.length > summaryLengthMax ? `${line.slice(0, summaryLengthMax - 1)}…` : line;
};

const toTime = (date: Date | undefined): string => date?.toISOString() ?? '-';

export const deadHeaders = ['id', 'module', 'tenant', 'event', 'attempts', 'dead since', 'last failure'];

export const toDeadRow = (module: string, message: Message): string[] => [
  message._id,
  module,
  message.tenantId,
  message.event.name,
  String(message.attempts),
  toTime(message.endedAt),
  toSummary(message.failures.at(-1)?.message ?? '-'),
];

/** Returns the lines that show a message with its payload and all its failures. */
export const renderMessage = (module: string, message: Message): string[] => {
  const { event, failures } = message;
  const fields = alignColumns([
    ['id', message._id],
    ['module', module],
    ['consumer', message.consumer],
    ['tenant', message.tenantId],
    ['state', message.state],
    ['attempts', String(message.attempts)],
    ['received', toTime(message.receivedAt)],
    ['ended', toTime(message.endedAt)],
    ['event', `${event.name}, version ${event.version ?? 1}`],
    ['source', event.source],
    ['aggregate', event.aggregateId],
    ['emitted', toTime(event.at)],
    ['actor', `${event.actor.kind} ${event.actor.id}`],
    ['request', event.requestId],
    ['trace', event.traceId],
    ['payload', toJson(event.payload)],
  ]);
  const lines = failures.map(({ at, message: text }) => `  ${toTime(at)}  ${toLine(text)}`);
  return [...fields, failures.length === 0 ? 'no failures' : 'failures, newest last:', ...lines];
};
