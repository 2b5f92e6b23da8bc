// usage: node github_emulator.mjs FILE (run where node_modules/emulate is): a GitHub API on a free loopback port, which is written to
// FILE; the key of its app 12345 ("kedge-app") goes to FILE.pem. The package listens on every address: it is held to loopback here.
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
    apps: [
      {
        app_id: 12345,
        slug: "kedge-app",
        name: "kedge",
        permissions: { checks: "write", pull_requests: "write", issues: "write", contents: "read", metadata: "read" },
        installations: [{ installation_id: 100, account: "keeper", repository_selection: "all" }],
      },
    ],
  },
};
const github = await createEmulator({ service: "github", port: free, seed });
const key = github.generatedSecrets.find(one => one.kind === "github.app_private_key");
fs.writeFileSync(process.argv[2] + ".pem", key.value, { mode: 0o600 });
fs.writeFileSync(process.argv[2], String(free));
