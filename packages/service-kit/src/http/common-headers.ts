import type { OutgoingHttpHeader, ServerResponse } from 'node:http';

/**
 * Makes what gives an answer the headers that all answers have. They join the others when its head is written, as a
 * list that is made once: to set them one by one for each request would cost more than the gate.
 */
export const commonHeadersOf = (headers: Readonly<Record<string, string>>) => {
  const entries = Object.entries(headers);
  const common: readonly OutgoingHttpHeader[] = entries.flat();
  const writeHead = function (
    this: ServerResponse,
    status: number,
    own?: Readonly<Record<string, OutgoingHttpHeader>>,
  ) {
    const { writeHead: write } = Object.getPrototypeOf(this) as ServerResponse;
    if (own) {
      const all = [...common];
      for (const name in own) all.push(name, own[name] as OutgoingHttpHeader);
      return write.call(this, status, all);
    }
    // What streams has set its headers before.
    for (const [name, value] of entries) this.setHeader(name, value);
    return write.call(this, status);
  } as ServerResponse['writeHead'];
  return (answer: ServerResponse): void => {
    answer.writeHead = writeHead;
  };
};
