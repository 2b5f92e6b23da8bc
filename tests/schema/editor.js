// An editor's side of the YAML language server: opens FILE, whose first line names its schema, and prints what a person would see.
// usage: editor.js SERVER FILE [LINE COLUMN]: diagnostics as "LINE: MESSAGE"; with a place the help shown there and the keys offered.
const fs = require("fs");
const { spawn } = require("child_process");

const [server, file, line, column] = process.argv.slice(2);
const child = spawn(process.execPath, [server, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
const uri = "file://" + file;
const waiting = new Map();
let number = 0;
let rest = Buffer.alloc(0);
let showDiagnostics;
const diagnostics = new Promise((resolve) => (showDiagnostics = resolve));

function send(message) {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
function ask(method, params) {
    send({ id: ++number, method, params });
    return new Promise((resolve) => waiting.set(number, resolve));
}
function hear(message) {
    if (message.method === "textDocument/publishDiagnostics" && message.params.uri === uri) showDiagnostics(message.params.diagnostics);
    else if (message.method && message.id !== undefined) send({ id: message.id, result: message.method === "workspace/configuration" ? message.params.items.map(() => null) : null });
    else if (waiting.has(message.id)) waiting.get(message.id)(message.result);
}
child.stdout.on("data", (data) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
        const head = rest.indexOf("\r\n\r\n");
        if (head < 0) return;
        const end = head + 4 + Number(/Content-Length: (\d+)/i.exec(rest.subarray(0, head).toString())[1]);
        if (rest.length < end) return;
        hear(JSON.parse(rest.subarray(head + 4, end).toString()));
        rest = rest.subarray(end);
    }
});

async function main() {
    await ask("initialize", { processId: process.pid, rootUri: null, capabilities: { textDocument: { hover: {}, completion: {} } } });
    send({ method: "initialized", params: {} });
    send({ method: "workspace/didChangeConfiguration", params: { settings: { yaml: { schemaStore: { enable: false }, completion: true, hover: true, validate: true } } } });
    send({ method: "textDocument/didOpen", params: { textDocument: { uri, languageId: "yaml", version: 1, text: fs.readFileSync(file, "utf8") } } });
    for (const one of await diagnostics) console.log(`${one.range.start.line + 1}: ${one.message}`);
    if (line) {
        const at = { textDocument: { uri }, position: { line: line - 1, character: column - 1 } };
        const hover = await ask("textDocument/hover", at);
        console.log("help: " + JSON.stringify(hover && hover.contents));
        const offered = await ask("textDocument/completion", at);
        console.log("offered: " + (offered ? offered.items || offered : []).map((item) => item.label).join(" "));
    }
    child.kill();
}
main();
