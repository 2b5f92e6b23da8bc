// An MCP server (streamable HTTP, JSON answers, no sessions) that may demand headers and remembers what it was sent.
// usage: node recording_mcp.mjs PORT-FILE [NAME=VALUE ...]; listens on a free port of 127.0.0.1 and writes it down.
// GET /_seen: method of the call and headers of the last 100 requests. GET /_down and /_up: until then, calls are answered 503.
import fs from 'node:fs';
import http from 'node:http';

const [portFile, ...demands] = process.argv.slice(2);
const demanded = demands.map((text) => {
  const at = text.indexOf('=');
  return [text.slice(0, at).toLowerCase(), text.slice(at + 1)];
});
const seen = [];
let down = false;

function answerTo(call) {
  if (call.method === 'initialize') {
    const known = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];
    const asked = call.params?.protocolVersion;
    return {
      result: {
        protocolVersion: known.includes(asked) ? asked : '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'recording', version: '1' },
      },
    };
  }
  if (call.method === 'tools/list')
    return { result: { tools: [{ name: 'hello', description: 'says hello', inputSchema: { type: 'object', properties: {} } }] } };
  if (call.method === 'ping') return { result: {} };
  return { error: { code: -32601, message: 'Method not found' } };
}

function handle(request, body, send) {
  if (request.url === '/_seen') return send(200, seen);
  if (request.url === '/_down' || request.url === '/_up') {
    down = request.url === '/_down';
    return send(200, { down });
  }
  if (down) return send(503, null);
  let call = null;
  try {
    call = JSON.parse(body || 'null');
  } catch {
    return send(400, { jsonrpc: '2.0', error: { code: -32700, message: 'Parse error' }, id: null });
  }
  seen.push({ call: call?.method ?? null, headers: request.headers });
  if (seen.length > 100) seen.shift();
  if (!demanded.every(([name, value]) => request.headers[name] === value))
    return send(401, { jsonrpc: '2.0', error: { code: -32001, message: 'Unauthorized' }, id: null }, { 'www-authenticate': 'Bearer' });
  if (request.method !== 'POST' || call === null) return send(405, null, { allow: 'POST' });
  if (call.id === undefined) return send(202, null);
  return send(200, { jsonrpc: '2.0', id: call.id, ...answerTo(call) });
}

const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (part) => {
    body += part;
  });
  request.on('end', () =>
    handle(request, body, (status, value, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(value === null ? '' : JSON.stringify(value));
    }),
  );
});
server.listen(0, '127.0.0.1', () => {
  fs.writeFileSync(`${portFile}.part`, String(server.address().port));
  fs.renameSync(`${portFile}.part`, portFile);
});
