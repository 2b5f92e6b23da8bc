// usage: node openapi.js GOLDEN DOCUMENT (below the folder MODULES): every request of tests/forge/golden/github.json against
// GitHub's own OpenAPI document. Prints "ok NAME" or "FAILED NAME: WHY" for each conversation.
const fs = require("fs");
const path = require("path");
const modules = process.env.GITHUB_MODULES;
const load = name => require(path.join(modules, name));
const Ajv = load("ajv").default;
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
load("ajv-formats").default(ajv);
const [golden, document] = process.argv.slice(2);
const api = JSON.parse(fs.readFileSync(document));

function templateOf(url) {
  const parts = url.split("/");
  let best;
  for (const template of Object.keys(api.paths)) {
    const names = template.split("/");
    if (names.length !== parts.length) continue;
    if (!names.every((name, i) => name.startsWith("{") || name === parts[i])) continue;
    const literal = names.filter(name => !name.startsWith("{")).length;
    if (!best || literal > best.literal) best = { template, literal, names };
  }
  return best;
}

function typed(text, schema) {
  return schema && schema.type === "integer" && /^[0-9]+$/.test(text) ? Number(text) : text;
}

function resolve(parameter) {
  if (!parameter.$ref) return parameter;
  return parameter.$ref.slice(2).split("/").reduce((at, key) => at[key], api);
}

function problems(request) {
  const url = new URL(request.target, "http://x");
  const found = templateOf(url.pathname);
  const operation = found && api.paths[found.template][request.method.toLowerCase()];
  if (!operation) return ["no such operation: " + request.method + " " + url.pathname];
  const wrong = [];
  const judge = (value, schema, what) => {
    if (ajv.validate(schema, value)) return;
    wrong.push(...ajv.errors.map(error => what + error.instancePath + " " + error.message));
  };
  const parameters = (operation.parameters || []).map(resolve);
  const parts = url.pathname.split("/");
  found.names.forEach((name, i) => {
    const parameter = name.startsWith("{") && parameters.find(one => one.in === "path" && "{" + one.name + "}" === name);
    if (parameter) judge(typed(decodeURIComponent(parts[i]), parameter.schema), parameter.schema, name);
  });
  for (const [name, value] of url.searchParams) {
    const parameter = parameters.find(one => one.in === "query" && one.name === name);
    if (!parameter) wrong.push("no parameter " + name);
    else judge(typed(value, parameter.schema), parameter.schema, name);
  }
  const body = operation.requestBody;
  if (!body !== !request.body && !(body && !body.required && !request.body)) wrong.push("a body is wanted or not wanted");
  if (body && request.body) {
    const schema = body.content["application/json"].schema;
    judge(request.body, schema, "body");
    // What the document does not know it would let pass.
    for (const name of Object.keys(request.body))
      if (!schema.properties || !(name in schema.properties)) wrong.push("body has " + name + ", which is not known");
  }
  return wrong;
}

const conversations = JSON.parse(fs.readFileSync(golden));
let requests = 0;
for (const conversation of conversations) {
  const wrong = conversation.requests.flatMap(problems);
  requests += conversation.requests.length;
  const name = path.basename(document, ".deref.json") + "." + conversation.name.replace(/ /g, "-");
  console.log(wrong.length ? "FAILED github.openapi." + name + ": " + wrong.join("; ") : "ok github.openapi." + name);
}
if (requests < 20) console.log("FAILED github.openapi: only " + requests + " requests");
