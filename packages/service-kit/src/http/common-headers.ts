import {
  IncomingMessage,
  type OutgoingHttpHeader,
  ServerResponse,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http';
import { Socket } from 'node:net';

type OwnHeaders = Readonly<Record<string, OutgoingHttpHeader>>;

/** Node's answer, as far as the head that it is about to send lies open: a text, since there is Node. */
type OpenAnswer = { _header: string };

const end = '\r\n';

/** Whether the head of an answer can be read and changed before it is sent. If not, the headers take the longer way. */
const isHeadOpen = (): boolean => {
  const answer = new ServerResponse(new IncomingMessage(new Socket()));
  answer.writeHead(200, []);
  const { _header: head } = answer as unknown as Partial<OpenAnswer>;
  return typeof head === 'string' && head.startsWith('HTTP/1.1 200 OK\r\n') && head.endsWith(end + end);
};

const listOf = (headers: OwnHeaders): OutgoingHttpHeader[] => {
  const list: OutgoingHttpHeader[] = [];
  for (const name in headers) list.push(name, headers[name] as OutgoingHttpHeader);
  return list;
};

/**
 * Makes what gives an answer the headers that all answers have. They join its head as one text, which is made once: Node
 * checks each header of each answer, which for a dozen that never change costs more than the gate.
 */
export const commonHeadersOf = (headers: Readonly<Record<string, string>>, isOpen = isHeadOpen()) => {
  const common = Object.entries(headers);
  for (const [name, value] of common) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  const text = common.map(([name, value]) => `${name}: ${value}${end}`).join('') + end;
  const writeHead = function (this: ServerResponse, status: number, own?: OwnHeaders): ServerResponse {
    const { writeHead: write } = Object.getPrototypeOf(this) as ServerResponse;
    if (own && isOpen && write === ServerResponse.prototype.writeHead) {
      write.call(this, status, listOf(own));
      const answer = this as unknown as OpenAnswer;
      answer._header = answer._header.slice(0, -end.length) + text;
      return this;
    }
    // What streams has set its own headers before; a server that is asked in memory has other answers.
    for (const [name, value] of common) this.setHeader(name, value);
    return write.call(this, status, own && listOf(own));
  } as ServerResponse['writeHead'];
  return (answer: ServerResponse): void => {
    answer.writeHead = writeHead;
  };
};
