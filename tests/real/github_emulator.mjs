// usage: node github_emulator.mjs FILE (run where node_modules/emulate is): a GitHub API on a free loopback port, which is written to
// FILE. The package listens on every address, so its port is bound to loopback here.
import fs from "node:fs";
import net from "node:net";

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, { port, host: "127.0.0.1" }, rest.find(one => typeof one === "function"));
};
const free = await new Promise(done => {
  const server = net.createServer().listen(0, () => {
    const { port } = server.address();
    server.close(() => done(port));
  });
});
const { createEmulator } = await import("emulate");
const seed = {
  tokens: { bot_token: { login: "keeper", scopes: ["repo"] } },
  github: {
    users: [{ login: "keeper" }, { login: "ann" }],
    repos: [{ owner: "keeper", name: "mcp", auto_init: true }],
  },
};
await createEmulator({ service: "github", port: free, seed });
fs.writeFileSync(process.argv[2], String(free));
