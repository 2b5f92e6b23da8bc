// MCP servers of the stateless revision, from the vendor's own SDK. Run in a folder where it is installed.
// usage: node modern_mcp.mjs PORT-FILE reject|stateless; reject: speaks that revision alone, stateless: the older ones too.
import fs from 'node:fs';
import http from 'node:http';
import { toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';

const [portFile, legacy] = process.argv.slice(2);
const handler = createMcpHandler(
  () => {
    const server = new McpServer({ name: 'modern', version: '1.0.0' });
    server.registerTool('hello', { description: 'says hello' }, async () => ({ content: [{ type: 'text', text: 'hello' }] }));
    return server;
  },
  { legacy },
);
const server = http.createServer((request, response) => {
  if (request.url.startsWith('/mcp')) return toNodeHandler(handler)(request, response);
  response.writeHead(404).end();
});
server.listen(0, '127.0.0.1', () => {
  fs.writeFileSync(`${portFile}.part`, String(server.address().port));
  fs.renameSync(`${portFile}.part`, portFile);
});
