import { commonErrors } from '@plinth/contract-kit';
import { weightedIn } from './weighted.ts';

/** How well a range of media types names a type: the more exact range decides. */
const exactness = (range: string, type: string): number => {
  if (range === type) return 3;
  if (range === `${type.split('/')[0]}/*`) return 2;
  return range === '*/*' ? 1 : 0;
};

/** True when an `Accept` header takes a media type; without one everything is taken. */
const accepts = (header: string | undefined, type: string): boolean => {
  if (header === undefined || header.trim() === '' || header === '*/*' || header === type) return true;
  const fitting = weightedIn(header)
    .map((range) => ({ ...range, exactness: exactness(range.name, type) }))
    .filter((range) => range.exactness > 0)
    .sort((left, right) => right.exactness - left.exactness);
  const [best] = fitting;
  return best !== undefined && best.quality > 0;
};

/** @throws `not-acceptable` when the caller takes none of what the route answers with. */
export const assertAcceptable = (header: string | undefined, type: string): void => {
  if (!accepts(header, type)) throw commonErrors.notAcceptable({ detail: `This answers with ${type}.` });
};
