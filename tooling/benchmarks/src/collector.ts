// Takes the traces of the platform that is measured, and keeps none.
import { createServer } from 'node:http';

const { HOST, PORT } = process.env;

createServer((request, response) => {
  request.resume().once('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
}).listen(Number(PORT), HOST);
